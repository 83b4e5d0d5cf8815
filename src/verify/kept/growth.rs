//! What a few new ledger commits bring to a ledger that was verified: records that count, and nothing else. Whatever is
//! not as plain as that is in doubt, and the whole is verified.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use super::Summary;
use super::chunk::{Piece, piece};
use crate::envelope::{Arithmetic, Envelope, Keyring};
use crate::record::ids::{BlobId, CommitId, LineDigest, RecordId};
use crate::record::kind::Claim;
use crate::record::kind::checkpoint::Occasion;
use crate::record::statement::Record;
use crate::trust::Chain;
use crate::verify::few::Few;
use crate::verify::finding::{Code, Finding};
use crate::verify::line::{Examined, Line, examine, permits};
use crate::verify::note::{MAX_NOTE_BYTES, MAX_NOTE_LINES, Split, split};
use crate::verify::notes::{Annotated, Change, History, Notes};
use crate::verify::verified::{Seal, Verified};

/// Why the whole has to be verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Doubt(pub &'static str);

/// A ledger that has grown.
#[derive(Debug)]
pub struct Grown {
    /// What it comes to now.
    pub summary: Summary,
    /// What is kept besides what there is: a chunk, and the part that it pins.
    pub pieces: [Piece; 2],
    /// Whether a release is among the new records.
    pub brings_release: bool,
    /// Whether one of them names a file.
    pub brings_file: bool,
}

/// Bytes of notes that are taken into memory at a time; more is verified as a whole.
const MOST_BYTES: usize = 64 << 20;

/// Findings that new records do not change.
fn is_settled(finding: &Finding) -> bool {
    let code = finding.code;
    code.is_of_void_line()
        || matches!(
            code,
            Code::TrustUnknown
                | Code::HeadNotBefore
                | Code::LineRestored
                | Code::VoidRemoved
                | Code::NoteDisordered
                | Code::NoteLarge
                | Code::NotesPath
                | Code::LedgerRoot
                | Code::Orphaned
                | Code::Unverifiable
                | Code::EndedRetroactively
        )
}

impl Summary {
    /// Verifies what came after. The commits of `new` are one line, the first of them on the tip of old; they alone are in
    /// that history. Trust is the same as before.
    pub fn grow(&self, new: &History, notes: &dyn Notes, chain: &Chain) -> Result<Grown, Doubt> {
        if !self.findings.iter().all(is_settled) {
            return Err(Doubt("something was found that new records may change"));
        }
        if !(new.odd_paths.is_empty() && new.missing.is_empty() && new.damaged.is_empty()) {
            return Err(Doubt("the new part of the ledger is not in order"));
        }
        let odd: HashSet<CommitId> = self.findings.iter().filter_map(|finding| finding.commit).collect();
        let changes = || new.commits.iter().flat_map(|commit| &commit.changes);
        if changes().any(|change| odd.contains(&change.annotated)) {
            return Err(Doubt("a note is touched in which something was found"));
        }
        let contents = read(changes(), notes)?;
        let keyring = Keyring::new(chain.keys(), Arithmetic::Tables);
        let mut heads = HashMap::from([(self.tip, self.commits.saturating_sub(1))]);
        let (mut commits, mut records, mut ids) = (Vec::new(), Vec::new(), HashSet::new());
        for (at, commit) in (self.commits..).zip(&new.commits) {
            let first = records.len();
            for change in &commit.changes {
                for (line, examined) in examined(change, &contents, notes, (chain, &keyring), &mut ids)? {
                    let head = place(&examined, chain, &heads)?;
                    let introduced = std::iter::once(at).collect::<Few<u32>>();
                    let seal = Seal { line, key: examined.key, orphaned: false, introduced, head: Some(head) };
                    records.push(Verified::admit(examined.record, seal));
                }
            }
            // As the ledger's own order has it.
            records[first..].sort_unstable_by_key(|record| record.id);
            commits.push((commit.id, vec![at.saturating_sub(1)]));
            heads.insert(commit.id, at);
        }
        if !notes.unread().is_empty() {
            return Err(Doubt("a commit could not be read"));
        }
        let mut summary = self.clone();
        summary.tip = new.commits.last().map_or(self.tip, |commit| commit.id);
        summary.commits += u32::try_from(commits.len()).map_err(|_| Doubt("very many commits"))?;
        summary.counts.valid += records.len() as u64;
        let first = u32::try_from(self.counts.records()).map_err(|_| Doubt("very many records"))?;
        // A record that corrects another is in doubt, so nothing is corrected.
        let (chunk, part) = piece(&commits, records.iter().map(|record| (record, None)), first)
            .ok_or(Doubt("a record cannot be written"))?;
        Ok(Grown {
            summary,
            pieces: [Piece::Part(first, part), Piece::Chunk(chunk)],
            brings_release: records.iter().any(|record| matches!(record.claim, Claim::Release(_))),
            brings_file: records.iter().any(|record| !record.header.files.is_empty()),
        })
    }
}

type Contents = HashMap<BlobId, Vec<u8>>;

/// Every note that is mentioned.
fn read<'h>(changes: impl Iterator<Item = &'h Change>, notes: &dyn Notes) -> Result<Contents, Doubt> {
    let mentioned: HashSet<BlobId> =
        changes.flat_map(|change| change.before.iter().chain([&change.after]).flatten().copied()).collect();
    let blobs: Vec<BlobId> = mentioned.into_iter().collect();
    let read: Mutex<Result<(Contents, usize), Doubt>> = Mutex::new(Ok((Contents::new(), 0)));
    notes.for_each(&blobs, &|group| {
        let mut read = read.lock().unwrap_or_else(PoisonError::into_inner);
        for (at, content) in group {
            let Ok((contents, bytes)) = &mut *read else { return };
            match content {
                Ok(content) if *bytes + content.len() <= MOST_BYTES => {
                    *bytes += content.len();
                    contents.insert(blobs[*at], content.to_vec());
                }
                Ok(_) => *read = Err(Doubt("the new part of the ledger is large")),
                Err(_) => *read = Err(Doubt("a note could not be read")),
            }
        }
    });
    read.into_inner().unwrap_or_else(PoisonError::into_inner).map(|(contents, _)| contents)
}

/// The lines of a note that is in order.
fn lines(note: Option<BlobId>, contents: &Contents) -> Result<Vec<&[u8]>, Doubt> {
    let Some(note) = note else { return Ok(Vec::new()) };
    let content = contents.get(&note).ok_or(Doubt("a note could not be read"))?;
    let Split { lines, crowd, ordered } = split(content, |_| false);
    if !ordered || crowd > 0 || lines.len() > MAX_NOTE_LINES || content.len() > MAX_NOTE_BYTES {
        return Err(Doubt("a note is not in order"));
    }
    Ok(lines)
}

/// The lines that a change adds, each of them a record, and nothing taken away.
fn examined(
    change: &Change,
    contents: &Contents,
    notes: &dyn Notes,
    (chain, keyring): (&Chain, &Keyring),
    ids: &mut HashSet<RecordId>,
) -> Result<Vec<(LineDigest, Examined)>, Doubt> {
    let [before] = change.before[..] else { return Err(Doubt("a merge")) };
    let (before, after) = (lines(before, contents)?, lines(change.after, contents)?);
    if before.iter().any(|line| after.binary_search(line).is_err()) {
        return Err(Doubt("a line was removed"));
    }
    let on = change.annotated;
    let annotated = notes.annotated(&on);
    if !matches!(annotated, Annotated::Here(_)) {
        return Err(Doubt("a record on a commit that is not here"));
    }
    let new = after.iter().filter(|line| before.binary_search(line).is_err());
    let new: Vec<_> = new.map(|bytes| Line { bytes, on, annotated }).collect();
    // Two lines of one payload are one record: which one stands is for the whole to say.
    let payload = |line: &&[u8]| Envelope::parse(line).ok().map(|envelope| RecordId::of(envelope.payload()));
    let old: HashSet<RecordId> = before.iter().filter_map(payload).collect();
    let outcomes = examine(&new, chain, keyring).into_iter().zip(&new);
    let sound = outcomes.map(|(outcome, line)| {
        let examined = outcome.map_err(|_| Doubt("a line is void"))?;
        let id = examined.record.id;
        if !examined.read || old.contains(&id) || !ids.insert(id) {
            return Err(Doubt("a record that is there twice"));
        }
        Ok((LineDigest::of(line.bytes), examined))
    });
    sound.collect()
}

/// The place of the head that a record was signed over: the tip as it was, or one of the new commits before it.
fn place(examined: &Examined, chain: &Chain, heads: &HashMap<CommitId, u32>) -> Result<u32, Doubt> {
    let record: &Record = &examined.record;
    let is_of_trust = matches!(&record.claim, Claim::Checkpoint(checkpoint) if checkpoint.occasion == Occasion::Trust);
    if is_of_trust || record.header.supersedes.is_some() {
        return Err(Doubt("a record that changes how others are judged"));
    }
    let (key, _) = chain.holder(examined.key).ok_or(Doubt("a key of nobody"))?;
    if chain.limits_of(examined.key).next().is_some() || permits(&chain.newest().version, record, key).is_err() {
        return Err(Doubt("the signer is not allowed to any more"));
    }
    let head = record.header.ledger.and_then(|head| heads.get(&head).copied());
    head.ok_or(Doubt("a record that was signed over an older ledger"))
}
