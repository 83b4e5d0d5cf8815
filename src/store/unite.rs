//! Two ledgers become one: nothing that either holds is lost, and nothing is signed anew.

use gix::objs::Kind;

use super::append::{NotesTree, lines_of};
use super::batch::Batch;
use super::fanout::{ALL, Difference, Fanout};
use super::ledger::LEDGER;
use super::lock::Locked;
use super::reader::{commit_id, object_id};
use super::write::WriteError;
use crate::record::UtcTime;
use crate::record::ids::CommitId;

/// What uniting came to, and the ledger's tip after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum United {
    /// Theirs was contained already.
    Unchanged(CommitId),
    /// Ours was contained in theirs, which is the tip now.
    FastForward(CommitId),
    /// A commit with both as parents.
    Merged(CommitId),
}

impl United {
    /// The ledger's tip.
    pub fn tip(&self) -> CommitId {
        match self {
            Self::Unchanged(tip) | Self::FastForward(tip) | Self::Merged(tip) => *tip,
        }
    }
}

impl Locked<'_> {
    /// Brings `theirs` into the ledger, whose tip is `ours`.
    ///
    /// The notes of a merge hold the lines of both, sorted and unique, as `git notes merge -s cat_sort_uniq` makes them of
    /// two clones that only added; a line that one side deleted stays.
    pub fn unite(&self, ours: Option<CommitId>, theirs: CommitId, time: UtcTime) -> Result<United, WriteError> {
        self.expect_tip(LEDGER, ours)?;
        let repository = self.repository;
        let their_id = theirs.to_string();
        let Some(ours) = ours else {
            repository.reader().node(&object_id(theirs.as_bytes())?)?;
            self.update_ref(LEDGER, &their_id, None, "git qms sync: created")?;
            return Ok(United::FastForward(theirs));
        };
        if repository.is_ancestor(&theirs, &ours)? {
            return Ok(United::Unchanged(ours));
        }
        if repository.is_ancestor(&ours, &theirs)? {
            self.update_ref(LEDGER, &their_id, Some(&ours.to_string()), "git qms sync: fast-forward")?;
            return Ok(United::FastForward(theirs));
        }
        let mut reader = repository.reader();
        let mut tree_of = |commit: &CommitId| Ok::<_, WriteError>(reader.node(&object_id(commit.as_bytes())?)?.tree);
        let (our_tree, their_tree) = (tree_of(&ours)?, tree_of(&theirs)?);
        let (mut one, mut other) = (repository.reader(), repository.reader());
        let mut fanout = Fanout::new(&mut one);
        let mut difference = Difference::default();
        fanout.difference(Some(our_tree), Some(their_tree), &ALL, &mut difference)?;
        difference.touched.sort_unstable();
        difference.touched.dedup();
        let batch = Batch::new(repository);
        let mut notes = NotesTree::of(repository, Some(ours))?;
        for annotated in &difference.touched {
            let (note, _) = fanout.note(their_tree, annotated)?;
            let Some(note) = note.filter(|_| fanout.note(our_tree, annotated).is_ok_and(|ours| ours.0 != note)) else {
                continue;
            };
            let note = other.find(Kind::Blob, &note)?;
            // No limits here: what is written already is not refused, readers cope.
            notes.add(&batch, &commit_id(annotated), &lines_of(note).collect::<Vec<_>>(), None)?;
        }
        let tree = notes.changed(&batch)?.unwrap_or(our_tree);
        self.commit(batch, LEDGER, tree, &[ours, theirs], "Unite two ledgers", time).map(United::Merged)
    }

    /// Moves a reference on to a commit that contains where it is, as for trust. None if it is there already.
    pub fn fast_forward(&self, reference: &str, to: &CommitId) -> Result<Option<CommitId>, WriteError> {
        let now = self.tip(reference)?;
        if now.as_ref() == Some(to) {
            return Ok(None);
        }
        if let Some(now) = &now
            && !self.repository.is_ancestor(now, to)?
        {
            return Err(WriteError::Diverged { reference: reference.to_owned(), ours: *now, theirs: *to });
        }
        let old = now.map(|now| now.to_string());
        self.update_ref(reference, &to.to_string(), old.as_deref(), "git qms sync: fast-forward")?;
        Ok(Some(*to))
    }
}
