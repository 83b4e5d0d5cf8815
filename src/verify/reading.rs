//! Every line of the ledger's history, read and examined once, on all cores.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use super::claims::{Claims, Entry, Fresh, locked};
use super::few::Few;
use super::finding::{Code, Finding};
use super::ledger::unread;
use super::line::Line;
use super::note::{MAX_NOTE_BYTES, MAX_NOTE_LINES, Split, split};
use super::notes::{History, Notes, Unreadable};
use crate::envelope::{Arithmetic, Keyring};
use crate::record::ids::{BlobId, CommitId, LineDigest};
use crate::trust::Chain;

/// All distinct lines, and which of them each note holds.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub(super) entries: Vec<Entry>,
    notes: HashMap<(CommitId, BlobId), Few<u32>>,
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

    /// How many notes there are.
    pub(super) fn notes(&self) -> usize {
        self.notes.len()
    }

    /// Reads every note that the history mentions.
    pub(super) fn read(history: &History, notes: &dyn Notes, chain: &Chain, arithmetic: Arithmetic) -> Self {
        let (blobs, owners) = distinct(history);
        let claims = Claims::new();
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
                for on in owners[*at].iter() {
                    let mut annotated = None;
                    let claimed = split.lines.iter().zip(&digests).map(|(line, digest)| {
                        let (place, is_new) = claims.claim(*digest, *on);
                        if is_new {
                            let annotated = *annotated.get_or_insert_with(|| notes.annotated(on));
                            fresh.push(Line { bytes: line, on: *on, annotated }, place, *digest);
                        }
                        place
                    });
                    let claimed = claimed.collect();
                    held.hold((*on, blobs[*at]), content.len(), &split, claimed);
                }
            }
            locked(&rest).unite(held);
            fresh.settle(&claims, chain, &keyring);
        });
        let mut lines = rest.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (entries, placed) = claims.gather();
        lines.entries = entries;
        let places = lines.notes.values_mut().flat_map(Few::as_mut_slice);
        places.for_each(|place| *place = placed(*place));
        lines
    }

    /// Takes in what another one holds, but for its entries, which are among the claims.
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
    fn hold(&mut self, note: (CommitId, BlobId), bytes: usize, split: &Split<'_>, held: Few<u32>) {
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
}

/// Each note's bytes once, with every object it was ever on.
fn distinct(history: &History) -> (Vec<BlobId>, Vec<Few<CommitId>>) {
    let changes = history.commits.iter().flat_map(|commit| &commit.changes);
    let most = history.commits.iter().map(|commit| commit.changes.len()).sum();
    let mut index = HashMap::with_capacity(most);
    let mut blobs = Vec::with_capacity(most);
    let mut owners: Vec<Few<CommitId>> = Vec::with_capacity(most);
    for change in changes {
        for blob in change.before.iter().chain([&change.after]).flatten() {
            let at = *index.entry(*blob).or_insert_with(|| {
                blobs.push(*blob);
                owners.push(Few::None);
                blobs.len() - 1
            });
            owners[at].push(change.annotated);
        }
    }
    // One note may be put on very many objects.
    for owners in &mut owners {
        owners.sort_and_dedup();
    }
    (blobs, owners)
}
