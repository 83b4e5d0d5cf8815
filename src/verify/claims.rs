//! Every distinct line, examined once whoever of several threads comes by it first.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::line::{Examined, Line, Rejection, examine};
use crate::envelope::Keyring;
use crate::record::ids::{CommitId, LineDigest, RecordId};
use crate::trust::Chain;

/// So many lines are examined together: their signatures are cheaper so.
const TOGETHER: usize = 256;

/// And of so many bytes, but for the last one.
const TOGETHER_BYTES: usize = 2 << 20;

/// Locks are many, so that threads seldom wait for one another.
const SHARDS: u32 = 64;

/// One distinct line on one annotated object.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) digest: LineDigest,
    pub(super) on: CommitId,
    /// Boxed: almost every line is a record, and lists of these are long.
    pub(super) outcome: Result<Examined, Box<Rejection>>,
}

impl Entry {
    /// The id of its record, if it is one.
    pub(super) fn record_id(&self) -> Option<RecordId> {
        self.outcome.as_ref().ok().map(|examined| examined.record.id)
    }
}

/// The lines of which somebody has taken charge.
pub(super) struct Claims(Vec<Mutex<Shard>>);

/// Lines of one residue class.
#[derive(Debug, Default)]
struct Shard {
    index: HashMap<(LineDigest, CommitId), u32>,
    entries: Vec<Option<Entry>>,
}

/// Locks a mutex. A panic of another thread ends the program anyway; its data are not looked at.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Claims {
    /// None yet.
    pub(super) fn new() -> Self {
        Self((0..SHARDS).map(|_| Mutex::default()).collect())
    }

    /// The line's place, and whether it is new: who comes first examines it.
    pub(super) fn claim(&self, digest: LineDigest, on: CommitId) -> (u32, bool) {
        let number = u32::from(digest.as_bytes()[0]) % SHARDS;
        let mut shard = locked(&self.0[number as usize]);
        let next = u32::try_from(shard.entries.len()).unwrap_or(u32::MAX);
        let at = *shard.index.entry((digest, on)).or_insert(next);
        if at == next {
            shard.entries.push(None);
        }
        (at * SHARDS + number, at == next)
    }

    fn fill(&self, place: u32, entry: Entry) {
        let (shard, at) = (place % SHARDS, place / SHARDS);
        locked(&self.0[shard as usize]).entries[at as usize] = Some(entry);
    }

    /// All entries in one list, and what turns the place of a claim into the place in the list.
    pub(super) fn gather(self) -> (Vec<Entry>, impl Fn(u32) -> u32) {
        let (mut entries, mut starts) = (Vec::new(), Vec::with_capacity(SHARDS as usize));
        for shard in self.0 {
            starts.push(u32::try_from(entries.len()).unwrap_or(u32::MAX));
            let shard = shard.into_inner().unwrap_or_else(PoisonError::into_inner);
            // Every place that was claimed was filled before the readers ended.
            entries.extend(shard.entries.into_iter().flatten());
        }
        (entries, move |place| starts[(place % SHARDS) as usize] + place / SHARDS)
    }
}

/// Lines that nobody has examined, and their places.
#[derive(Default)]
pub(super) struct Fresh<'n> {
    lines: Vec<Line<'n>>,
    places: Vec<(u32, LineDigest)>,
}

impl<'n> Fresh<'n> {
    /// Adds one.
    pub(super) fn push(&mut self, line: Line<'n>, place: u32, digest: LineDigest) {
        self.lines.push(line);
        self.places.push((place, digest));
    }

    /// Examines them, as many at a time as are worth it and as memory has room for.
    pub(super) fn settle(self, claims: &Claims, chain: &Chain, keyring: &Keyring) {
        let (mut lines, mut places) = (&self.lines[..], &self.places[..]);
        while !lines.is_empty() {
            let mut room = TOGETHER_BYTES;
            let fits = |line: &&Line<'_>| {
                let before = room;
                room = room.saturating_sub(line.bytes.len());
                before > 0
            };
            let count = lines.iter().take(TOGETHER).take_while(fits).count();
            let (now, later) = lines.split_at(count);
            for (outcome, (line, (place, digest))) in
                examine(now, chain, keyring).into_iter().zip(now.iter().zip(places))
            {
                claims.fill(*place, Entry { digest: *digest, on: line.on, outcome });
            }
            (lines, places) = (later, &places[count..]);
        }
    }
}
