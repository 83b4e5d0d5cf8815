//! Lines that the ledger's history had and its tip has not are put back.

use std::collections::{BTreeMap, BTreeSet};

use gix::objs::Kind;

use super::append::{NotesTree, lines_of};
use super::batch::Batch;
use super::history::history;
use super::ledger::LEDGER;
use super::lock::Locked;
use super::reader::object_id;
use super::write::WriteError;
use crate::record::UtcTime;
use crate::record::ids::{BlobId, CommitId, LineDigest};

/// A line that was put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoredLine {
    /// The commit whose note it is in.
    pub on: CommitId,
    /// Its digest.
    pub line: LineDigest,
    /// The last ledger commit that took it out.
    pub removed_by: Option<CommitId>,
}

#[derive(Default)]
struct Sought {
    bytes: Option<Vec<u8>>,
    removed_by: Option<CommitId>,
}

impl Locked<'_> {
    /// Puts lines back from the history of `expected`, the ledger's tip, in one commit on it. Those that no note of the
    /// history holds stay away.
    pub fn restore(
        &self,
        expected: CommitId,
        wanted: &[(CommitId, LineDigest)],
        time: UtcTime,
    ) -> Result<Vec<RestoredLine>, WriteError> {
        self.expect_tip(LEDGER, Some(expected))?;
        let repository = self.repository;
        repository.refuse_unless_whole(Some(expected))?;
        let mut sought: BTreeMap<(CommitId, LineDigest), Sought> =
            wanted.iter().map(|wanted| (*wanted, Sought::default())).collect();
        let on: BTreeSet<CommitId> = wanted.iter().map(|(on, _)| *on).collect();
        let mut reader = repository.reader();
        for commit in history(repository, Some(object_id(expected.as_bytes())?)).commits {
            for change in commit.changes.iter().filter(|change| on.contains(&change.annotated)) {
                let mut held = |note: &BlobId| -> Result<BTreeMap<LineDigest, Vec<u8>>, WriteError> {
                    let note = reader.find(Kind::Blob, &object_id(note.as_bytes())?)?;
                    Ok(lines_of(note).map(|line| (LineDigest::of(line), line.to_vec())).collect())
                };
                let after = change.after.as_ref().map(&mut held).transpose()?.unwrap_or_default();
                for note in change.before.iter().flatten() {
                    for (digest, bytes) in held(note)? {
                        let Some(sought) = sought.get_mut(&(change.annotated, digest)) else { continue };
                        sought.bytes = Some(bytes);
                        if !after.contains_key(&digest) {
                            sought.removed_by = Some(commit.id);
                        }
                    }
                }
            }
        }
        let batch = Batch::new(repository);
        let mut notes = NotesTree::of(repository, Some(expected))?;
        let mut restored = Vec::new();
        for ((on, line), sought) in sought {
            let Some(bytes) = sought.bytes else { continue };
            // No limits here: what was written once is not refused.
            notes.add(&batch, &on, &[&bytes], None)?;
            restored.push(RestoredLine { on, line, removed_by: sought.removed_by });
        }
        if let Some(tree) = notes.changed(&batch)? {
            let message = format!("Put back {} removed lines", restored.len());
            self.commit(batch, LEDGER, tree, &[expected], &message, time)?;
        }
        Ok(restored)
    }
}
