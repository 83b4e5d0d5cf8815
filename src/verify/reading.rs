//! Every line of the ledger's history, read and examined once, on all cores.

use std::collections::HashMap;
use std::sync::Mutex;

use super::finding::{Code, Finding};
use super::ledger::unread;
use super::line::{Examined, Rejection, examine};
use super::notes::{History, Notes};
use crate::record::ids::{BlobId, CommitId, LineDigest, RecordId};
use crate::trust::Chain;

/// Above this size, or this number of lines, writers refuse to let a note grow.
pub const MAX_NOTE_BYTES: usize = 4 << 20;
/// See [`MAX_NOTE_BYTES`].
pub const MAX_NOTE_LINES: usize = 1_000;

/// Locks are many, so that threads seldom wait for one another.
const SHARDS: u32 = 64;

/// One distinct line on one annotated object.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) digest: LineDigest,
    pub(super) on: CommitId,
    pub(super) outcome: Result<Examined, Rejection>,
}

impl Entry {
    /// The id of its record, if it is one.
    pub(super) fn record_id(&self) -> Option<RecordId> {
        self.outcome.as_ref().ok().map(|examined| examined.record.id)
    }
}

/// All distinct lines, and which of them each note holds.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub(super) entries: Vec<Entry>,
    notes: HashMap<(CommitId, BlobId), Box<[u32]>>,
    /// Notes whose lines are not sorted, unique and closed by a newline.
    pub(super) disordered: Vec<(CommitId, BlobId)>,
    pub(super) findings: Vec<Finding>,
}

impl Lines {
    /// The lines of a note, as places in `entries`.
    pub(super) fn of(&self, on: CommitId, note: Option<BlobId>) -> &[u32] {
        note.and_then(|note| self.notes.get(&(on, note))).map_or(&[], |lines| lines)
    }

    /// Reads every note that the history mentions.
    pub(super) fn read(history: &History, notes: &dyn Notes, chain: &Chain) -> Self {
        let (blobs, owners) = distinct(history);
        let shards: Vec<Mutex<Shard>> = (0..SHARDS).map(|_| Mutex::default()).collect();
        let rest = Mutex::new(Self::default());
        notes.for_each(&blobs, &|at, content| match content {
            Ok(content) => {
                let (lines, ordered) = split(content);
                let digests: Vec<_> = lines.iter().map(|line| LineDigest::of(line)).collect();
                for on in &owners[at] {
                    let examine = |line: &[u8]| examine(line, *on, notes.annotated(on), chain);
                    let held: Box<[_]> = lines
                        .iter()
                        .zip(&digests)
                        .map(|(line, digest)| enter(&shards, line, *digest, *on, examine))
                        .collect();
                    let mut rest = locked(&rest);
                    if !ordered {
                        rest.disordered.push((*on, blobs[at]));
                    }
                    if content.len() > MAX_NOTE_BYTES || held.len() > MAX_NOTE_LINES {
                        let text = format!(
                            "note of {} lines and {} bytes is larger than writers make it",
                            held.len(),
                            content.len()
                        );
                        rest.findings.push(Finding::new(Code::NoteLarge, text).at_commit(*on));
                    }
                    rest.notes.insert((*on, blobs[at]), held);
                }
            }
            Err(unreadable) => {
                let finding = unread(unreadable);
                locked(&rest).findings.push(finding.at_ref("refs/notes/qms").at_commit(owners[at][0]));
            }
        });
        let mut lines = rest.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        lines.gather(shards);
        lines
    }

    /// Puts the shards into one list. A place in a shard becomes its place in the list.
    fn gather(&mut self, shards: Vec<Mutex<Shard>>) {
        let mut starts = Vec::with_capacity(SHARDS as usize);
        for shard in shards {
            starts.push(u32::try_from(self.entries.len()).unwrap_or(u32::MAX));
            let shard = shard.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
            // Every place that was claimed was filled before the readers ended.
            self.entries.extend(shard.entries.into_iter().flatten());
        }
        for held in self.notes.values_mut() {
            for place in held {
                let (shard, at) = (*place % SHARDS, *place / SHARDS);
                *place = starts[shard as usize] + at;
            }
        }
    }
}

#[derive(Debug, Default)]
struct Shard {
    index: HashMap<(LineDigest, CommitId), u32>,
    entries: Vec<Option<Entry>>,
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // A panic of another thread ends the program anyway; its data are not looked at.
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Claims the line's place; who comes first examines it, outside the lock.
fn enter(
    shards: &[Mutex<Shard>],
    line: &[u8],
    digest: LineDigest,
    on: CommitId,
    examine: impl Fn(&[u8]) -> Result<Examined, Rejection>,
) -> u32 {
    let number = u32::from(digest.as_bytes()[0]) % SHARDS;
    let shard = &shards[number as usize];
    let at = {
        let mut shard = locked(shard);
        if let Some(at) = shard.index.get(&(digest, on)) {
            return place(*at, number);
        }
        let at = u32::try_from(shard.entries.len()).unwrap_or(u32::MAX);
        shard.index.insert((digest, on), at);
        shard.entries.push(None);
        at
    };
    let outcome = examine(line);
    locked(shard).entries[at as usize] = Some(Entry { digest, on, outcome });
    place(at, number)
}

fn place(at: u32, shard: u32) -> u32 {
    at * SHARDS + shard
}

/// Each note's bytes once, with every object it was ever on.
fn distinct(history: &History) -> (Vec<BlobId>, Vec<Vec<CommitId>>) {
    let mut index = HashMap::new();
    let mut blobs = Vec::new();
    let mut owners: Vec<Vec<CommitId>> = Vec::new();
    for change in history.commits.iter().flat_map(|commit| &commit.changes) {
        for blob in change.before.iter().chain([&change.after]).flatten() {
            let at = *index.entry(*blob).or_insert_with(|| {
                blobs.push(*blob);
                owners.push(Vec::new());
                blobs.len() - 1
            });
            if !owners[at].contains(&change.annotated) {
                owners[at].push(change.annotated);
            }
        }
    }
    (blobs, owners)
}

/// The lines that are not blank, and whether the note is in the order that a union leaves.
fn split(content: &[u8]) -> (Vec<&[u8]>, bool) {
    let mut ordered = content.ends_with(b"\n");
    let mut lines: Vec<&[u8]> = Vec::new();
    for line in content.strip_suffix(b"\n").unwrap_or(content).split(|byte| *byte == b'\n') {
        if line.is_empty() || lines.last().is_some_and(|last| *last >= line) {
            ordered = false;
        }
        if !line.is_empty() {
            lines.push(line);
        }
    }
    (lines, ordered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_are_skipped_and_told() {
        assert_eq!(split(b"a\nb\n"), (vec![&b"a"[..], b"b"], true));
        assert_eq!(split(b"a\n\nb\n"), (vec![&b"a"[..], b"b"], false));
        assert_eq!(split(b"b\na\n"), (vec![&b"b"[..], b"a"], false));
        assert_eq!(split(b"a\na\n"), (vec![&b"a"[..], b"a"], false));
        assert_eq!(split(b"a"), (vec![&b"a"[..]], false));
    }
}
