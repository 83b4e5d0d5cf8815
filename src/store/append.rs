//! New lines for notes: sorted by byte and unique, so that two clones make the same note of the same lines.

use std::collections::{BTreeMap, BTreeSet};

use gix::hash::{Kind as HashKind, ObjectId};
use gix::objs::Kind;

use super::batch::Batch;
use super::ledger::LEDGER;
use super::lock::Locked;
use super::reader::{ReadError, object_id};
use super::repository::Repository;
use super::write::WriteError;
use crate::envelope::dsse::MAX_LINE;
use crate::record::UtcTime;
use crate::record::ids::CommitId;

/// Writers stop at this many records in one note.
const MOST_RECORDS: usize = 1000;

/// Writers stop at this many bytes in one note.
const MOST_BYTES: usize = 4 << 20;

impl Repository {
    /// As [`Locked::append`], under a lock of its own.
    pub fn append(
        &self,
        lines: &[(CommitId, String)],
        message: &str,
        expected: Option<CommitId>,
        time: UtcTime,
    ) -> Result<CommitId, WriteError> {
        self.with_lock(|locked| locked.append(lines, message, expected, time))
    }
}

impl Locked<'_> {
    /// Adds lines to the notes of commits, in one commit of the ledger, whose tip is `expected`.
    ///
    /// Lines that are there already stay as they are, known or not; if all are, the tip is returned as it is.
    pub fn append(
        &self,
        lines: &[(CommitId, String)],
        message: &str,
        expected: Option<CommitId>,
        time: UtcTime,
    ) -> Result<CommitId, WriteError> {
        self.expect_tip(LEDGER, expected)?;
        let repository = self.repository;
        repository.refuse_unless_whole(expected)?;
        let mut by_commit: BTreeMap<CommitId, Vec<&[u8]>> = BTreeMap::new();
        let mut reader = repository.reader();
        for (commit, line) in lines {
            let refused = |reason| WriteError::Line { commit: *commit, reason };
            if line.is_empty() || line.contains(['\n', '\0']) {
                return Err(refused("is empty or holds a newline or NUL: one record is one line"));
            }
            if line.len() > MAX_LINE {
                return Err(refused("is longer than 1 MiB"));
            }
            if !by_commit.contains_key(commit) {
                reader.node(&object_id(commit.as_bytes())?)?;
            }
            by_commit.entry(*commit).or_default().push(line.as_bytes());
        }
        let batch = Batch::new(repository);
        let mut notes = NotesTree::of(repository, expected)?;
        for (commit, new) in &by_commit {
            notes.add(&batch, commit, new, Some((MOST_RECORDS, MOST_BYTES)))?;
        }
        let Some(tree) = notes.changed(&batch)? else {
            return expected.ok_or(WriteError::Damaged("there is no ledger and nothing to begin one with".to_owned()));
        };
        let parents: Vec<_> = expected.into_iter().collect();
        self.commit(batch, LEDGER, tree, &parents, message, time)
    }
}

impl Locked<'_> {
    /// The lines of one note at a tip of the ledger, as they are stored.
    pub fn note_lines(&self, tip: Option<CommitId>, commit: &CommitId) -> Result<Vec<Vec<u8>>, WriteError> {
        let batch = Batch::new(self.repository);
        let mut notes = NotesTree::of(self.repository, tip)?;
        let note = notes.note(&batch, commit)?;
        Ok(lines_of(&note).map(<[u8]>::to_vec).collect())
    }
}

/// The notes at one tip of the ledger, to be read as they are stored.
pub struct StoredNotes {
    batch: Batch,
    notes: NotesTree,
}

impl Repository {
    /// The notes at a tip of the ledger.
    pub fn stored_notes(&self, tip: Option<CommitId>) -> Result<StoredNotes, WriteError> {
        Ok(StoredNotes { batch: Batch::new(self), notes: NotesTree::of(self, tip)? })
    }
}

impl StoredNotes {
    /// The lines of the note on a commit.
    pub fn lines(&mut self, commit: &CommitId) -> Result<Vec<Vec<u8>>, WriteError> {
        let note = self.notes.note(&self.batch, commit)?;
        Ok(lines_of(&note).map(<[u8]>::to_vec).collect())
    }
}

/// A notes tree under change.
pub(super) struct NotesTree {
    state: gix::note::plumbing::State,
    is_changed: bool,
}

impl NotesTree {
    pub(super) fn of(repository: &Repository, tip: Option<CommitId>) -> Result<Self, WriteError> {
        let tree = match tip {
            Some(tip) => repository.reader().node(&object_id(tip.as_bytes())?)?.tree,
            None => ObjectId::empty_tree(HashKind::Sha1),
        };
        let state = gix::note::plumbing::State::new(tree, &Batch::new(repository)).map_err(|error| damaged(&error))?;
        Ok(Self { state, is_changed: false })
    }

    /// The bytes of one note; none are an empty note.
    fn note(&mut self, batch: &Batch, commit: &CommitId) -> Result<Vec<u8>, WriteError> {
        let found = self.state.get(&object_id(commit.as_bytes())?, batch).map_err(|error| damaged(&error))?;
        Ok(found.map(|id| batch.read(Kind::Blob, &id)).transpose()?.unwrap_or_default())
    }

    /// Unites the lines of one note with further ones. Within `limits`, of records and bytes, if there are any.
    pub(super) fn add(
        &mut self,
        batch: &Batch,
        commit: &CommitId,
        lines: &[&[u8]],
        limits: Option<(usize, usize)>,
    ) -> Result<(), WriteError> {
        let annotated = object_id(commit.as_bytes())?;
        let old = self.note(batch, commit)?;
        let united: BTreeSet<&[u8]> = lines_of(&old).chain(lines.iter().copied()).collect();
        let records = united.len();
        let note: Vec<u8> = united.into_iter().flat_map(|line| line.iter().chain(b"\n")).copied().collect();
        if note == old {
            return Ok(());
        }
        if limits.is_some_and(|(most, bytes)| records > most || note.len() > bytes) {
            return Err(WriteError::NoteFull { commit: *commit, records, bytes: note.len() });
        }
        let blob = batch.add(Kind::Blob, &note)?;
        self.state.edit(annotated, Some(blob), batch).map_err(|error| damaged(&error))?;
        self.is_changed = true;
        Ok(())
    }

    /// The new tree, if any note changed.
    pub(super) fn changed(mut self, batch: &Batch) -> Result<Option<ObjectId>, WriteError> {
        if !self.is_changed {
            return Ok(None);
        }
        self.state.write(batch).map(Some).map_err(|error| damaged(&error))
    }
}

/// The lines of a note; blank ones are none, as `cat_sort_uniq` has it.
pub(super) fn lines_of(note: &[u8]) -> impl Iterator<Item = &[u8]> {
    note.split(|byte| *byte == b'\n').filter(|line| !line.is_empty())
}

fn damaged(error: &gix::Error) -> WriteError {
    let missing = error.iter_errors().find_map(|cause| cause.downcast_ref::<ReadError>());
    missing.map_or_else(|| WriteError::Damaged(error.to_string()), |cause| WriteError::Read(cause.clone()))
}
