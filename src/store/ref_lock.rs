//! git's own lock of a reference, as it was found. A process that was killed leaves it behind, and git itself never takes
//! it away.

use std::path::PathBuf;
use std::time::SystemTime;

use super::repository::Repository;

/// A lock file, and when it was made; there may be none.
pub(super) struct RefLock {
    path: PathBuf,
    made: Option<SystemTime>,
}

impl RefLock {
    /// That of a reference here.
    pub(super) fn of(repository: &Repository, reference: &str) -> Self {
        Self::at(repository.common_dir().join(format!("{reference}.lock")))
    }

    fn at(path: PathBuf) -> Self {
        Self { made: made(&path), path }
    }

    /// The one that git named as in its way, if it is of a reference that remembers a remote: only we write these, and
    /// `git fetch`, which holds them for milliseconds.
    pub(super) fn told(repository: &Repository, said: &str) -> Option<Self> {
        let (path, _) = said.split_once("Unable to create '")?.1.split_once("': File exists")?;
        let path = PathBuf::from(path);
        let is_tracking = path.starts_with(repository.common_dir().join("refs/qms/remotes"));
        is_tracking.then(|| Self::at(path))
    }

    /// Whether the same file is still there.
    pub(super) fn is_left_behind(&self) -> bool {
        self.made.is_some() && made(&self.path) == self.made
    }

    /// Takes it away.
    pub(super) fn remove(&self) {
        // Where that cannot be done, the next attempt tells.
        std::fs::remove_file(&self.path).ok();
    }
}

fn made(file: &std::path::Path) -> Option<SystemTime> {
    std::fs::metadata(file).ok()?.modified().ok()
}
