//! The ledger as verification reads it: its history, its notes, and what they are on.

use std::collections::{BinaryHeap, HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use gix::hash::ObjectId;
use gix::objs::Kind;

use super::history::{history, threads};
use super::reader::{ReadError, Reader, object_id, tree_id};
use super::refs::RefError;
use super::repository::Repository;
use crate::record::ids::{BlobId, CommitId};
use crate::verify::notes::{Annotated, History, Notes, Unreadable};

/// The ledger's reference.
pub const LEDGER: &str = "refs/notes/qms";

/// What a commit must be reachable from to be *here*.
const HERE: [&str; 3] = ["refs/heads/", "refs/remotes/", "refs/tags/"];

/// Notes handed to one thread at a time: few enough to share out, enough to lie side by side in a pack.
const TAKEN: usize = 1024;

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
        let mut reach = Reach {
            reader: self.reader(),
            trees: HashMap::new(),
            seen: HashSet::new(),
            waiting: BinaryHeap::new(),
            unread,
        };
        for prefix in HERE {
            for tip in self.tips_below(prefix)? {
                reach.start(tip.target);
            }
        }
        if let Some(trust) = self.target(super::trust::TRUST)? {
            reach.start(trust);
        }
        for commit in also {
            match object_id(commit.as_bytes()) {
                Ok(id) => reach.start(id),
                Err(error) => reach.unread.push(error),
            }
        }
        Ok(Ledger { repository: self, tip, history, reach: Mutex::new(reach) })
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
    fn for_each(&self, notes: &[BlobId], each: &(dyn Fn(usize, Result<&[u8], Unreadable>) + Sync)) {
        let places = in_pack_order(self.repository, notes);
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..threads().min(places.len().div_ceil(TAKEN)) {
                scope.spawn(|| {
                    let mut reader = self.repository.reader();
                    loop {
                        let start = next.fetch_add(TAKEN, Ordering::Relaxed);
                        let Some(rest) = places.get(start..) else { return };
                        for place in rest.iter().take(TAKEN) {
                            let note = object_id(notes[*place].as_bytes());
                            let read = note.and_then(|id| reader.find(Kind::Blob, &id));
                            each(*place, read.map_err(Unreadable::from));
                        }
                    }
                });
            }
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

/// Places in `notes`, so ordered that each pack is read from end to end: deltas then find their base still decoded.
fn in_pack_order(repository: &Repository, notes: &[BlobId]) -> Vec<usize> {
    let share = notes.len().div_ceil(threads()).max(1);
    let mut located = std::thread::scope(|scope| {
        let workers: Vec<_> = notes
            .chunks(share)
            .enumerate()
            .map(|(part, ids)| {
                scope.spawn(move || {
                    let mut reader = repository.reader();
                    let place =
                        |id: &BlobId| object_id(id.as_bytes()).map_or((usize::MAX, 0, 0), |id| reader.place(&id));
                    let places: Vec<_> = ids.iter().map(place).collect();
                    places.into_iter().enumerate().map(|(at, place)| (place, part * share + at)).collect::<Vec<_>>()
                })
            })
            .collect();
        let done = workers.into_iter().map(|worker| worker.join().expect("a worker does not panic"));
        done.flatten().collect::<Vec<_>>()
    });
    located.sort_unstable();
    located.into_iter().map(|(_, place)| place).collect()
}

/// A walk over all that is *here*, newest first, that goes only as far as it is asked.
struct Reach {
    reader: Reader,
    trees: HashMap<ObjectId, ObjectId>,
    seen: HashSet<ObjectId>,
    waiting: BinaryHeap<(i64, ObjectId)>,
    unread: Vec<ReadError>,
}

impl Reach {
    fn start(&mut self, tip: ObjectId) {
        match self.reader.peeled(&tip) {
            Ok((Kind::Commit, id)) if self.seen.insert(id) => self.waiting.push((i64::MAX, id)),
            Ok(_) => {}
            Err(error) => self.unread.push(error),
        }
    }

    fn annotated(&mut self, wanted: ObjectId) -> Annotated {
        while !self.trees.contains_key(&wanted) {
            let Some((_, id)) = self.waiting.pop() else { break };
            match self.reader.node(&id) {
                Ok(node) => {
                    self.trees.insert(id, node.tree);
                    let unseen = node.parents.into_iter().filter(|parent| self.seen.insert(*parent));
                    self.waiting.extend(unseen.map(|parent| (node.time, parent)));
                }
                Err(error) => self.unread.push(error),
            }
        }
        if let Some(tree) = self.trees.get(&wanted) {
            return Annotated::Here(tree_id(tree));
        }
        match self.reader.any("annotated object", &wanted) {
            Ok((Kind::Commit, _)) => match self.reader.node(&wanted) {
                Ok(node) => Annotated::Orphaned(Some(tree_id(&node.tree))),
                Err(_) => Annotated::NotACommit,
            },
            Ok(_) => Annotated::NotACommit,
            Err(ReadError::Missing { .. }) => Annotated::Orphaned(None),
            Err(error) => {
                self.unread.push(error);
                Annotated::Orphaned(None)
            }
        }
    }
}
