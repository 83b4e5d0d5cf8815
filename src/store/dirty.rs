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
    /// A sparse checkout leaves this file out: what was tested or built is a part of the commit.
    LeftOut(String),
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoWorkTree => f.write_str("there is no work tree"),
            Self::OtherHead(Some(head)) => write!(f, "HEAD is {}", head.short()),
            Self::OtherHead(None) => f.write_str("HEAD has no commit"),
            Self::Changed(path) => write!(f, "{} differs", path.escape_debug()),
            Self::LeftOut(path) => write!(f, "{} is not checked out", path.escape_debug()),
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
    /// Compares the work tree with a commit. Untracked files do not count, in submodules neither. In a bare repository
    /// there is nothing to compare, so that nobody can tell what evidence was taken from: a reason like any other.
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
        let status =
            ["status", "--porcelain=v2", "-z", "--untracked-files=no", "--ignore-submodules=none", "--no-renames"];
        let status = self.git.read(&status)?.success()?;
        reasons.extend(status.split(|byte| *byte == 0).filter_map(changed).map(Reason::Changed));
        let flags = ["ls-files", "-v", "-z", "--full-name", "--recurse-submodules", ":/"];
        let flags = self.git.read(&flags)?.success()?;
        reasons.extend(flags.split(|byte| *byte == 0).filter_map(|entry| self.hidden(entry)));
        Ok(Dirty { reasons })
    }

    /// A lower-case letter is assume-unchanged, `S` skip-worktree.
    fn hidden(&self, entry: &[u8]) -> Option<Reason> {
        let (tag, path) = entry.split_once_str(" ")?;
        let file = self.workdir()?.join(path.to_path().ok()?);
        let path = path.to_vec().into_string_lossy();
        match tag {
            // A sparse checkout sets the flag and takes the file away; where the file is there, the flag hides it.
            b"S" if file.symlink_metadata().is_err() => Some(Reason::LeftOut(path)),
            b"S" => Some(Reason::Hidden(path)),
            tag => tag.first()?.is_ascii_lowercase().then_some(Reason::Hidden(path)),
        }
    }
}

/// `1 <XY> <sub> <mH> <mI> <mW> <hH> <hI> <path>`, or `u` with two fields more.
fn changed(entry: &[u8]) -> Option<String> {
    let fields = match entry.first()? {
        b'1' => 9,
        b'u' => 11,
        _ => return None,
    };
    let mut columns = entry.split_str(" ");
    // A submodule in which nothing but untracked files is new.
    if columns.nth(1) == Some(b".M") && columns.next() == Some(b"S..U") {
        return None;
    }
    let path = entry.splitn_str(fields, " ").last()?;
    Some(path.to_vec().into_string_lossy())
}
