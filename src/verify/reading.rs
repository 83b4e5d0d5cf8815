//! Every line of the ledger's history, read and examined once, on all cores.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use super::finding::{Code, Finding};
use super::ledger::unread;
use super::line::{Examined, Line, Rejection, examine};
use super::notes::{History, Notes, Unreadable};
use crate::envelope::{Arithmetic, Envelope, Keyring};
use crate::record::ids::{BlobId, CommitId, LineDigest, RecordId};
use crate::trust::Chain;

/// Above this size, or this number of lines, writers refuse to let a note grow.
pub const MAX_NOTE_BYTES: usize = 4 << 20;
/// See [`MAX_NOTE_BYTES`].
pub const MAX_NOTE_LINES: usize = 1_000;

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
    pub(super) fn read(history: &History, notes: &dyn Notes, chain: &Chain, arithmetic: Arithmetic) -> Self {
        let (blobs, owners) = distinct(history);
        let shards: Vec<Mutex<Shard>> = (0..SHARDS).map(|_| Mutex::default()).collect();
        let rest = Mutex::new(Self::default());
        let keyring = Keyring::new(chain.keys(), arithmetic);
        notes.for_each(&blobs, &|group| {
            let (mut fresh, mut held) = (Fresh::default(), Self::default());
            for (at, content) in group {
                let content = match content {
                    Ok(content) => content,
                    Err(unreadable) => {
                        held.miss(unreadable.clone(), &owners[*at]);
                        continue;
                    }
                };
                let split = split(content, |line| chain.knows_line(line));
                let digests: Vec<_> = split.lines.iter().map(|line| LineDigest::of(line)).collect();
                for on in &owners[*at] {
                    let mut annotated = None;
                    let claimed = split.lines.iter().zip(&digests).map(|(line, digest)| {
                        let (place, is_new) = claim(&shards, *digest, *on);
                        if is_new {
                            let annotated = *annotated.get_or_insert_with(|| notes.annotated(on));
                            fresh.lines.push(Line { bytes: line, on: *on, annotated });
                            fresh.places.push((place, *digest));
                        }
                        place
                    });
                    let claimed = claimed.collect();
                    held.hold((*on, blobs[*at]), content.len(), &split, claimed);
                }
            }
            locked(&rest).unite(held);
            fresh.settle(&shards, chain, &keyring);
        });
        let mut lines = rest.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        lines.gather(shards);
        lines
    }

    /// Takes in what another one holds, but for its entries, which are in the shards.
    fn unite(&mut self, other: Self) {
        self.notes.extend(other.notes);
        self.disordered.extend(other.disordered);
        self.crowds.extend(other.crowds);
        self.unread.extend(other.unread);
        self.findings.extend(other.findings);
    }

    /// A note that could not be read.
    fn miss(&mut self, unreadable: Unreadable, on: &[CommitId]) {
        self.findings.push(unread(unreadable).at_ref("refs/notes/qms").at_commit(on[0]));
        self.unread.extend(on);
    }

    /// A note of so many bytes on an object, and its lines.
    fn hold(&mut self, note: (CommitId, BlobId), bytes: usize, split: &Split<'_>, held: Box<[u32]>) {
        if !split.ordered {
            self.disordered.push(note);
        }
        if split.crowd > 0 {
            self.crowds.push((note.0, note.1, split.crowd));
        }
        let count = held.len() + split.crowd;
        if bytes > MAX_NOTE_BYTES || count > MAX_NOTE_LINES {
            let text = format!("note of {count} lines and {bytes} bytes is larger than writers make it");
            self.findings.push(Finding::new(Code::NoteLarge, text).at_commit(note.0));
        }
        self.notes.insert(note, held);
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

/// The line's place, and whether it is new: who comes first examines it.
fn claim(shards: &[Mutex<Shard>], digest: LineDigest, on: CommitId) -> (u32, bool) {
    let number = u32::from(digest.as_bytes()[0]) % SHARDS;
    let mut shard = locked(&shards[number as usize]);
    let next = u32::try_from(shard.entries.len()).unwrap_or(u32::MAX);
    let at = *shard.index.entry((digest, on)).or_insert(next);
    if at == next {
        shard.entries.push(None);
    }
    (place(at, number), at == next)
}

/// Lines that nobody has examined, and their places.
#[derive(Default)]
struct Fresh<'n> {
    lines: Vec<Line<'n>>,
    places: Vec<(u32, LineDigest)>,
}

impl Fresh<'_> {
    /// Examines them, as many at a time as are worth it and as memory has room for.
    fn settle(self, shards: &[Mutex<Shard>], chain: &Chain, keyring: &Keyring) {
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
                let (shard, at) = (place % SHARDS, place / SHARDS);
                let entry = Entry { digest: *digest, on: line.on, outcome };
                locked(&shards[shard as usize]).entries[at as usize] = Some(entry);
            }
            (lines, places) = (later, &places[count..]);
        }
    }
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
