//! The ledger as verification reads it: its history, its notes, and what they are on.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use gix::hash::ObjectId;
use gix::objs::Kind;

use super::commit::Node;
use super::history::{history, line, threads};
use super::places::{Place, Places};
use super::reach::Reach;
use super::reader::{Reader, object_id};
use super::refs::{RefError, Tip};
use super::repository::Repository;
use crate::record::ids::{BlobId, CommitId};
use crate::verify::notes::{Annotated, History, Notes, Unreadable, Visit};

/// The ledger's reference.
pub const LEDGER: &str = "refs/notes/qms";

/// What a commit must be reachable from to be *here*.
const HERE: [&str; 3] = ["refs/heads/", "refs/remotes/", "refs/tags/"];

/// Objects handed to one thread at a time: few enough to share out, enough to lie side by side in a pack.
const TAKEN: usize = 512;

/// Notes of so many bytes, and the one that is over it, are checked together.
const TOGETHER: usize = 1 << 20;

/// A ledger at one tip.
pub struct Ledger<'r> {
    repository: &'r Repository,
    tip: Option<CommitId>,
    history: History,
    reach: Mutex<Reach>,
}

impl Repository {
    /// The ledger that a reference holds; an empty one if there is no such reference.
    pub fn ledger(&self, reference: &str) -> Result<Ledger<'_>, RefError> {
        self.ledger_at(self.ref_tip(reference)?, &[])
    }

    /// The ledger at a tip, as a push may bring it. `also` are commits that its branches and tags bring.
    pub fn ledger_at(&self, tip: Option<CommitId>, also: &[CommitId]) -> Result<Ledger<'_>, RefError> {
        let start = tip.as_ref().map(|tip| object_id(tip.as_bytes())).transpose();
        let (history, unread) = match start {
            Ok(start) => (history(self, start), Vec::new()),
            Err(error) => (History::default(), vec![error]),
        };
        let mut reach = Reach::new(self.reader(), annotated_commits(self, &history));
        reach.unread = unread;
        self.tips_here()?.into_iter().for_each(|tip| reach.start(tip.target));
        for commit in also {
            match object_id(commit.as_bytes()) {
                Ok(id) => reach.start(id),
                Err(error) => reach.unread.push(error),
            }
        }
        Ok(Ledger { repository: self, tip, history, reach: Mutex::new(reach) })
    }

    /// The part of the ledger from `base`, which is not in it, to `tip`: at most `most` commits in one line. `None` where it
    /// is anything else.
    pub fn growth(
        &self,
        base: CommitId,
        tip: CommitId,
        also: &[CommitId],
        most: usize,
    ) -> Result<Option<Ledger<'_>>, RefError> {
        let (Ok(from), Ok(to)) = (object_id(base.as_bytes()), object_id(tip.as_bytes())) else { return Ok(None) };
        let Some(history) = line(self, from, to, most) else { return Ok(None) };
        let mut reach = Reach::new(self.reader(), Vec::new());
        // Evidence is about what is being worked on: nearly always the walk ends where it begins.
        let current = self.head_branch()?.filter(|branch| branch.starts_with(HERE[0]));
        if let Some(current) = current.and_then(|branch| self.target(&branch).transpose()) {
            reach.start(current?);
        }
        reach.start_later(self.tips_here()?.into_iter().map(|tip| tip.target));
        reach.start_later(also.iter().filter_map(|commit| object_id(commit.as_bytes()).ok()));
        Ok(Some(Ledger { repository: self, tip: Some(tip), history, reach: Mutex::new(reach) }))
    }

    /// Every reference that keeps commits *here*, by name.
    pub(super) fn tips_here(&self) -> Result<Vec<Tip>, RefError> {
        let mut tips = Vec::new();
        for prefix in HERE {
            tips.extend(self.tips_below(prefix)?);
        }
        let trust = self.target(super::trust::TRUST)?;
        tips.extend(trust.map(|target| Tip { name: super::trust::TRUST.to_owned(), target }));
        Ok(tips)
    }
}

impl Ledger<'_> {
    /// Its newest commit.
    pub fn tip(&self) -> Option<CommitId> {
        self.tip
    }

    /// Its commits and what they changed.
    pub fn history(&self) -> &History {
        &self.history
    }
}

impl Notes for Ledger<'_> {
    fn for_each(&self, notes: &[BlobId], each: Visit<'_>) {
        spread(self.repository, notes, BlobId::as_bytes, &|reader, places| {
            let mut group = Group::default();
            for (place, at) in places {
                reader.next_at(*place);
                let note = object_id(notes[*at].as_bytes());
                let read = note.and_then(|id| reader.find(Kind::Blob, &id));
                group.add(*at, read.map_err(Unreadable::from));
                if group.bytes.len() >= TOGETHER {
                    group.hand_to(each);
                }
            }
            group.hand_to(each);
        });
    }

    fn annotated(&self, commit: &CommitId) -> Annotated {
        let mut reach = self.reach.lock().unwrap_or_else(PoisonError::into_inner);
        match object_id(commit.as_bytes()) {
            Ok(id) => reach.annotated(id),
            Err(_) => Annotated::Orphaned(None),
        }
    }

    fn unread(&self) -> Vec<Unreadable> {
        let reach = self.reach.lock().unwrap_or_else(PoisonError::into_inner);
        reach.unread.iter().cloned().map(Unreadable::from).collect()
    }
}

/// The commits that notes are on. One after the other, as a walk would, they take longer to read than all cores need.
fn annotated_commits(repository: &Repository, history: &History) -> Vec<(ObjectId, Node)> {
    let changes = history.commits.iter().flat_map(|commit| &commit.changes);
    let distinct: HashSet<_> = changes.filter_map(|change| object_id(change.annotated.as_bytes()).ok()).collect();
    let ids: Vec<_> = distinct.into_iter().collect();
    let read = Mutex::new(Vec::with_capacity(ids.len()));
    spread(repository, &ids, |id| id.as_bytes(), &|reader, places| {
        // What is no commit, or not there, is told when somebody asks what it is.
        let nodes = places.iter().filter_map(|(place, at)| {
            reader.next_at(*place);
            Some((ids[*at], reader.node(&ids[*at]).ok()?))
        });
        let nodes: Vec<_> = nodes.collect();
        read.lock().unwrap_or_else(PoisonError::into_inner).extend(nodes);
    });
    read.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Notes read one after the other, to be checked together.
#[derive(Default)]
struct Group {
    bytes: Vec<u8>,
    notes: Vec<(usize, Result<std::ops::Range<usize>, Unreadable>)>,
}

impl Group {
    fn add(&mut self, place: usize, note: Result<&[u8], Unreadable>) {
        let note = note.map(|note| {
            let start = self.bytes.len();
            self.bytes.extend_from_slice(note);
            start..self.bytes.len()
        });
        self.notes.push((place, note));
    }

    fn hand_to(&mut self, each: Visit<'_>) {
        let bytes = &self.bytes;
        let notes = self.notes.drain(..).map(|(place, note)| (place, note.map(|range| &bytes[range])));
        each(&notes.collect::<Vec<_>>());
        self.bytes.clear();
    }
}

/// An object of a list: where it is, if that is known, and its number in the list.
type Located = (Option<Place>, usize);

/// Does `act` for the objects `ids`, on all cores.
///
/// Each pack is read from end to end: deltas then find their base still decoded.
fn spread<T: Sync>(
    repository: &Repository,
    ids: &[T],
    raw: impl Fn(&T) -> &[u8] + Sync,
    act: &(dyn Fn(&mut Reader, &[Located]) + Sync),
) {
    let packs = Arc::new(Places::of(repository));
    let located = in_pack_order(&packs, ids, raw);
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads().min(located.len().div_ceil(TAKEN)) {
            scope.spawn(|| {
                let mut reader = repository.reader().with_packs(packs.clone());
                loop {
                    let start = next.fetch_add(TAKEN, Ordering::Relaxed);
                    let Some(rest) = located.get(start..) else { return };
                    act(&mut reader, &rest[..rest.len().min(TAKEN)]);
                }
            });
        }
    });
}

/// Objects in the order in which packs hold them; those that are in none come last.
fn in_pack_order<T: Sync>(packs: &Places, ids: &[T], raw: impl Fn(&T) -> &[u8] + Sync) -> Vec<Located> {
    let share = ids.len().div_ceil(threads()).max(TAKEN);
    let located_in = |part: usize, ids: &[T]| {
        let mut ids: Vec<_> = ids.iter().enumerate().map(|(at, id)| (raw(id), part * share + at)).collect();
        // Neighbours in an index lie together in memory.
        ids.sort_unstable();
        ids.into_iter().map(|(id, at)| (object_id(id).ok().and_then(|id| packs.of_object(&id)), at)).collect::<Vec<_>>()
    };
    let mut located = std::thread::scope(|scope| {
        let located_in = &located_in;
        let parts = ids.chunks(share).enumerate();
        let workers: Vec<_> = parts.map(|(part, ids)| scope.spawn(move || located_in(part, ids))).collect();
        let done = workers.into_iter().map(|worker| worker.join().expect("a worker does not panic"));
        done.flatten().collect::<Vec<_>>()
    });
    located.sort_unstable_by_key(|(place, at)| (place.is_none(), *place, *at));
    located
}
