//! The ledger as verification needs it, told by whoever can read it: git, or a test.

use crate::record::ids::{BlobId, CommitId, TreeId};

/// The history of the ledger, oldest first: every parent comes before its children, the tip is last.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// Every commit that the tip contains. Empty when there is no ledger.
    pub commits: Vec<LedgerCommit>,
    /// Paths in a notes tree that are no notes, or a second note of one object.
    pub odd_paths: Vec<OddPath>,
    /// Objects that could not be read, each named in words: shallow, partial or damaged.
    pub missing: Vec<String>,
    /// Objects that are there and not what their id or place says, each named in words. Tampering, exit 1.
    pub damaged: Vec<String>,
}

/// One commit of the ledger.
#[derive(Debug, Clone)]
pub struct LedgerCommit {
    /// Its id.
    pub id: CommitId,
    /// Its parents, as places in [`History::commits`].
    pub parents: Vec<usize>,
    /// The notes that differ from at least one parent; in a root commit, all.
    pub changes: Vec<Change>,
}

/// A note that one ledger commit changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The object the note is on.
    pub annotated: CommitId,
    /// The note in each parent, in the order of [`LedgerCommit::parents`].
    pub before: Vec<Option<BlobId>>,
    /// The note in this commit.
    pub after: Option<BlobId>,
}

/// A path in a notes tree that should not be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OddPath {
    /// The ledger commit.
    pub commit: CommitId,
    /// The path, as bytes turned to text; not escaped.
    pub path: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

/// What a note is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Annotated {
    /// A commit that a branch, remote-tracking branch, tag or `refs/qms/trust` reaches.
    Here(TreeId),
    /// A commit that none of these reaches any more; its tree, if the object can still be read.
    Orphaned(Option<TreeId>),
    /// Not a commit at all.
    NotACommit,
}

/// A note by its place in the list that was asked for, or why it cannot be read.
pub type ReadNote<'n> = (usize, Result<&'n [u8], Unreadable>);

/// Takes a few notes at a time.
pub type Visit<'a> = &'a (dyn Fn(&[ReadNote<'_>]) + Sync);

/// Reads notes for verification. Every object is re-hashed as it is read.
pub trait Notes: Sync {
    /// Reads these notes, each once, in any order and from several threads at once, and hands them to `each`, as many at a
    /// time as are worth checking together.
    fn for_each(&self, notes: &[BlobId], each: Visit<'_>);

    /// What the annotated object is.
    fn annotated(&self, commit: &CommitId) -> Annotated;

    /// What [`Self::annotated`] could not read so far, so that a commit may be called orphaned that is not: to be asked last.
    fn unread(&self) -> Vec<Unreadable> {
        Vec::new()
    }
}

/// Why an object could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// It is not there: shallow, partial or damaged clone. Incomplete, exit 2.
    Missing(String),
    /// It is there with other bytes than its id says. Tampering, exit 1.
    WrongHash(String),
}
