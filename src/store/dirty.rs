//! Whether evidence taken here may come from something else than the commit it is for.

use gix::bstr::{ByteSlice as _, ByteVec as _};

use super::git::GitError;
use super::refs::RefError;
use super::repository::Repository;
use crate::record::ids::CommitId;

/// Everything that keeps the work tree from being the commit. Empty is clean.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dirty {
    /// The reasons found.
    pub reasons: Vec<Reason>,
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// There is no work tree.
    NoWorkTree,
    /// HEAD is another commit, or none.
    OtherHead(Option<CommitId>),
    /// A tracked file differs from HEAD, in the index or the work tree, or a submodule does.
    Changed(String),
    /// A flag in the index (assume-unchanged or skip-worktree) hides whether this file differs.
    Hidden(String),
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoWorkTree => f.write_str("there is no work tree"),
            Self::OtherHead(Some(head)) => write!(f, "HEAD is {}", head.short()),
            Self::OtherHead(None) => f.write_str("HEAD has no commit"),
            Self::Changed(path) => write!(f, "{} differs", path.escape_debug()),
            Self::Hidden(path) => write!(f, "{} is hidden by an index flag", path.escape_debug()),
        }
    }
}

/// Why it could not be told.
#[derive(Debug, thiserror::Error)]
pub enum DirtyError {
    /// HEAD cannot be read.
    #[error(transparent)]
    Ref(#[from] RefError),
    /// git could not be asked.
    #[error(transparent)]
    Git(#[from] GitError),
}

impl Dirty {
    /// Whether there is any reason.
    pub fn is_dirty(&self) -> bool {
        !self.reasons.is_empty()
    }
}

impl Repository {
    /// Compares the work tree with a commit. Untracked files do not count.
    ///
    /// Runs no hook and no file-system monitor; filters of the user's own configuration do run, as without them every
    /// file that is stored in another form would differ.
    pub fn dirty_state(&self, commit: &CommitId) -> Result<Dirty, DirtyError> {
        let mut reasons = Vec::new();
        if self.workdir().is_none() {
            return Ok(Dirty { reasons: vec![Reason::NoWorkTree] });
        }
        let head = self.head()?;
        if head != Some(*commit) {
            reasons.push(Reason::OtherHead(head));
        }
        let status = ["status", "--porcelain=v2", "-z", "--untracked-files=no", "--ignore-submodules=none", "--no-renames"];
        let status = self.git.read(&status)?.success()?;
        reasons.extend(status.split(|byte| *byte == 0).filter_map(changed).map(Reason::Changed));
        let flags = self.git.read(&["ls-files", "-v", "-z", "--full-name", ":/"])?.success()?;
        reasons.extend(flags.split(|byte| *byte == 0).filter_map(hidden).map(Reason::Hidden));
        Ok(Dirty { reasons })
    }
}

/// `1 <XY> <sub> <mH> <mI> <mW> <hH> <hI> <path>`, or `u` with two fields more.
fn changed(entry: &[u8]) -> Option<String> {
    let fields = match entry.first()? {
        b'1' => 9,
        b'u' => 11,
        _ => return None,
    };
    let path = entry.splitn_str(fields, " ").last()?;
    Some(path.to_vec().into_string_lossy())
}

/// A lower-case letter is assume-unchanged, `S` skip-worktree.
fn hidden(entry: &[u8]) -> Option<String> {
    let (tag, path) = entry.split_once_str(" ")?;
    let flagged = tag.first()?.is_ascii_lowercase() || tag == b"S";
    flagged.then(|| path.to_vec().into_string_lossy())
}
