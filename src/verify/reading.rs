//! Every line of the ledger's history, read and examined once, on all cores.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use super::finding::{Code, Finding};
use super::ledger::unread;
use super::line::{Examined, Rejection, examine};
use super::notes::{History, Notes};
use crate::envelope::Envelope;
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
    /// Notes with more garbage than is looked at line by line, and how many lines more.
    pub(super) crowds: Vec<(CommitId, BlobId, usize)>,
    /// Objects of whose notes one could not be read.
    pub(super) unread: HashSet<CommitId>,
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
                let Split { lines, crowd, ordered } = split(content, |line| chain.knows_line(line));
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
                    if crowd > 0 {
                        rest.crowds.push((*on, blobs[at], crowd));
                    }
                    let count = held.len() + crowd;
                    if content.len() > MAX_NOTE_BYTES || count > MAX_NOTE_LINES {
                        let bytes = content.len();
                        let text = format!("note of {count} lines and {bytes} bytes is larger than writers make it");
                        rest.findings.push(Finding::new(Code::NoteLarge, text).at_commit(*on));
                    }
                    rest.notes.insert((*on, blobs[at]), held);
                }
            }
            Err(unreadable) => {
                let finding = unread(unreadable);
                let mut rest = locked(&rest);
                rest.findings.push(finding.at_ref("refs/notes/qms").at_commit(owners[at][0]));
                rest.unread.extend(&owners[at]);
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
            owners[at].push(change.annotated);
        }
    }
    // One note may be put on very many objects.
    for owners in &mut owners {
        owners.sort_unstable();
        owners.dedup();
    }
    (blobs, owners)
}

/// A note taken apart.
#[derive(Debug, PartialEq, Eq)]
struct Split<'a> {
    /// The lines that are not blank.
    lines: Vec<&'a [u8]>,
    /// Lines that are no envelopes, left out of a note that is too large already: a flood of garbage is a number, not a
    /// finding for each.
    crowd: usize,
    /// Whether the note is in the order that a union leaves.
    ordered: bool,
}

fn split(content: &[u8], known: impl Fn(LineDigest) -> bool) -> Split<'_> {
    let mut split = Split { lines: Vec::new(), crowd: 0, ordered: content.ends_with(b"\n") };
    let mut last: Option<&[u8]> = None;
    for line in content.strip_suffix(b"\n").unwrap_or(content).split(|byte| *byte == b'\n') {
        split.ordered &= !line.is_empty() && last.is_none_or(|last| last < line);
        if line.is_empty() {
            continue;
        }
        last = Some(line);
        let is_late = split.lines.len() >= MAX_NOTE_LINES;
        if is_late && Envelope::parse(line).is_err() && !known(LineDigest::of(line)) {
            split.crowd += 1;
        } else {
            split.lines.push(line);
        }
    }
    split
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_are_skipped_and_told() {
        let told = |content: &'static [u8]| {
            let split = split(content, |_| false);
            (split.lines, split.ordered)
        };
        assert_eq!(told(b"a\nb\n"), (vec![&b"a"[..], b"b"], true));
        assert_eq!(told(b"a\n\nb\n"), (vec![&b"a"[..], b"b"], false));
        assert_eq!(told(b"b\na\n"), (vec![&b"b"[..], b"a"], false));
        assert_eq!(told(b"a\na\n"), (vec![&b"a"[..], b"a"], false));
        assert_eq!(told(b"a"), (vec![&b"a"[..]], false));
        assert_eq!(told(b""), (vec![], false));
    }

    #[test]
    fn a_flood_of_garbage_is_a_number_but_for_envelopes_and_known_lines() {
        let line = |number: usize| format!("{number:05}\n");
        let envelope = Envelope::sign(b"{}".to_vec(), &crate::test_support::TestKey::new(1)).expect("signs").to_line();
        let content = (0..MAX_NOTE_LINES + 3).map(line).collect::<String>() + &envelope + "\n";
        let known = LineDigest::of(line(MAX_NOTE_LINES + 1).trim_end().as_bytes());
        let split = split(content.as_bytes(), |digest| digest == known);
        assert_eq!((split.lines.len(), split.crowd, split.ordered), (MAX_NOTE_LINES + 2, 2, true));
        assert_eq!(split.lines.last(), Some(&envelope.as_bytes()));
    }
}
