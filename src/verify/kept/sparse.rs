//! A ledger of which each record is read when somebody asks for it.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Rest;
use super::bytes::Reader;
use super::entry::{self, Entry};
use crate::record::ids::{CommitId, RecordId, TreeId};
use crate::record::kind::Kind;
use crate::record::statement::Record;
use crate::verify::index::{Index, beginning};
use crate::verify::ledger::Body;
use crate::verify::order::Order;
use crate::verify::outline::Outline;
use crate::verify::supersede;
use crate::verify::verified::Verified;

/// Fewer records are read sooner than a thread is started.
const WORTH_A_THREAD: usize = 256;

/// After a read of a part for each so many records, all are read: of large ledgers each part about three times.
const ENOUGH: usize = 10;

/// So many parts are read in any case.
const FEW: usize = 2_000;

/// Every record in outline, and those that were read.
#[derive(Debug)]
pub(in crate::verify) struct Sparse {
    pub(in crate::verify) order: Order,
    pub(in crate::verify) superseded: HashMap<RecordId, RecordId>,
    chunks: Vec<Vec<u8>>,
    /// Where entries lie: in which chunk, from where to where.
    entries: Vec<(usize, Range<usize>)>,
    commits: u32,
    read: Vec<OnceLock<Verified<Record>>>,
    by_id: Index,
    by_commit: Index,
    by_tree: Index,
    by_kind: BTreeMap<Kind, Vec<usize>>,
    /// How many parts were read.
    reads: AtomicUsize,
}

/// A record cannot be had so, or so many were asked for that reading all takes less.
#[derive(Debug)]
pub(in crate::verify) struct Lost;

impl Sparse {
    /// From the chunks of a ledger; `None` where they are not what was written.
    pub(in crate::verify) fn of(chunks: Vec<Vec<u8>>, commits: u32, records: u64) -> Option<Self> {
        let (mut all, mut entries) = (Vec::new(), Vec::new());
        for (number, chunk) in chunks.iter().enumerate() {
            let mut reader = Reader(chunk);
            while !reader.0.is_empty() {
                for _ in 0..reader.length()? {
                    let id = reader.commit()?;
                    all.push((id, reader.places(commits)?.into()));
                }
                for _ in 0..reader.length()? {
                    let length = reader.long()?.len();
                    let end = chunk.len() - reader.0.len();
                    entries.push((number, end - length..end));
                }
            }
        }
        let follows =
            |(at, (_, parents)): (usize, &(CommitId, Box<[u32]>))| parents.iter().all(|place| (*place as usize) < at);
        let fits = all.len() == commits as usize && entries.len() as u64 == records;
        if !fits || !all.iter().enumerate().all(follows) {
            return None;
        }
        let (mut superseded, mut by_kind) = (HashMap::new(), BTreeMap::<Kind, Vec<usize>>::new());
        let (mut ids, mut on, mut trees) = (Vec::new(), Vec::new(), Vec::new());
        for (at, (number, range)) in entries.iter().enumerate() {
            let entry = entry::read(&chunks[*number][range.clone()], commits)?;
            ids.push(entry.outline.id);
            on.push(beginning(entry.outline.commit.as_bytes()).to_be_bytes());
            trees.push(beginning(entry.outline.tree.as_bytes()).to_be_bytes());
            by_kind.entry(entry.outline.kind).or_default().push(at);
            superseded.extend(entry.superseded_by.map(|by| (entry.outline.id, by)));
        }
        let by_id = Index::of(ids.iter().map(RecordId::as_bytes));
        // Never written so: of equal ones the first counts.
        if by_id.alike().any(|alike| alike.windows(2).any(|two| ids[two[0].1 as usize] == ids[two[1].1 as usize])) {
            return None;
        }
        Some(Self {
            order: Order::of_commits(all.into_iter()),
            superseded,
            commits,
            read: entries.iter().map(|_| OnceLock::new()).collect(),
            by_id,
            by_commit: Index::of(on.iter()),
            by_tree: Index::of(trees.iter()),
            by_kind,
            entries,
            chunks,
            reads: AtomicUsize::new(0),
        })
    }

    /// How many records there are.
    pub(in crate::verify) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Every record in outline, in the order of the ledger.
    pub(in crate::verify) fn outlines(&self) -> impl Iterator<Item = Outline<'_>> {
        (0..self.len()).filter_map(|at| Some(self.entry(at)?.outline))
    }

    fn entry(&self, at: usize) -> Option<Entry<'_>> {
        let (number, range) = self.entries.get(at)?;
        entry::read(self.chunks.get(*number)?.get(range.clone())?, self.commits)
    }

    /// The place of the record of this id.
    pub(in crate::verify) fn place(&self, id: RecordId) -> Option<usize> {
        self.by_id.near(id.as_bytes()).find(|at| self.entry(*at).is_some_and(|entry| entry.outline.id == id))
    }

    /// The places of the records on a commit.
    pub(in crate::verify) fn on(&self, commit: CommitId) -> Vec<usize> {
        let near = self.by_commit.near(commit.as_bytes());
        near.filter(|at| self.entry(*at).is_some_and(|entry| entry.outline.commit == commit)).collect()
    }

    /// The places of the records on any commit with this tree.
    pub(in crate::verify) fn by_tree(&self, tree: TreeId) -> Vec<usize> {
        let near = self.by_tree.near(tree.as_bytes());
        near.filter(|at| self.entry(*at).is_some_and(|entry| entry.outline.tree == tree)).collect()
    }

    /// The places of the records of a kind, in the order of the ledger.
    pub(in crate::verify) fn of_kind(&self, kind: Kind) -> &[usize] {
        self.by_kind.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// The records at these places.
    pub(in crate::verify) fn records(&self, places: &[usize], rest: &dyn Rest) -> Result<Vec<&Verified<Record>>, Lost> {
        self.bounded(places, rest, self.len() / ENOUGH + FEW)
    }

    fn bounded(&self, places: &[usize], rest: &dyn Rest, most: usize) -> Result<Vec<&Verified<Record>>, Lost> {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let share = places.len().div_ceil(threads).max(WORTH_A_THREAD);
        if places.len() <= share {
            return self.some(places, rest, most);
        }
        let parts = std::thread::scope(|scope| {
            let workers: Vec<_> =
                places.chunks(share).map(|some| scope.spawn(|| self.some(some, rest, most))).collect();
            let done = workers.into_iter().map(|worker| worker.join().expect("a worker does not panic"));
            done.collect::<Result<Vec<_>, Lost>>()
        })?;
        Ok(parts.concat())
    }

    fn some(&self, places: &[usize], rest: &dyn Rest, most: usize) -> Result<Vec<&Verified<Record>>, Lost> {
        let mut part: Option<(u32, Vec<u8>)> = None;
        let mut found = Vec::with_capacity(places.len());
        for at in places {
            let slot = self.read.get(*at).ok_or(Lost)?;
            if slot.get().is_none() {
                let entry = self.entry(*at).ok_or(Lost)?;
                // The records of one part stand together.
                let (_, bytes) = match part.take().filter(|(number, _)| *number == entry.rest.part) {
                    Some(same) => part.insert(same),
                    None if self.reads.fetch_add(1, Ordering::Relaxed) < most => {
                        part.insert((entry.rest.part, rest.part(entry.rest.part).ok_or(Lost)?))
                    }
                    None => return Err(Lost),
                };
                // Who was quicker read the same.
                let _set = slot.set(entry.record(bytes, self.commits).ok_or(Lost)?);
            }
            found.push(slot.get().ok_or(Lost)?);
        }
        Ok(found)
    }

    /// The whole body; what was read so far is read again.
    pub(in crate::verify) fn body(&self, rest: &dyn Rest) -> Option<Body> {
        let all: Vec<usize> = (0..self.len()).collect();
        let mut body = Body::of(self.order.clone());
        body.records = self.bounded(&all, rest, usize::MAX).ok()?.into_iter().cloned().collect();
        body.settle();
        // Their findings are in the summary.
        supersede::settle(&mut body);
        Some(body)
    }
}
