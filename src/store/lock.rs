//! One writer at a time: a lock that the system takes back when a process dies.

#![expect(clippy::disallowed_methods, reason = "a wait for the lock ends by the monotonic clock")]

use std::fs::{File, TryLockError};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::repository::Repository;
use super::write::WriteError;

/// How long a writer waits for another one.
const PATIENCE: Duration = Duration::from_mins(1);

/// Why the lock was not had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process holds it.
    #[error("{path} has been held by another git-qms for {seconds} s: wait for it to end, or end it, and repeat")]
    Held {
        /// The lock file.
        path: PathBuf,
        /// How long this one waited.
        seconds: u64,
    },
    /// The file cannot be made or locked.
    #[error("cannot lock {path}: {source}")]
    File {
        /// The lock file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// The right to write. All writing of git-qms in one repository, linked worktrees included, goes through it.
pub struct Locked<'r> {
    pub(super) repository: &'r Repository,
    /// Closing it unlocks.
    _file: File,
}

impl Repository {
    /// Does `act` while no other git-qms writes here. Not to be nested: a second lock waits for the first.
    pub fn with_lock<T, E: From<WriteError>>(&self, act: impl FnOnce(&Locked<'_>) -> Result<T, E>) -> Result<T, E> {
        self.with_lock_within(PATIENCE, act)
    }

    /// As [`Self::with_lock`], waiting no longer than `patience`.
    pub fn with_lock_within<T, E: From<WriteError>>(
        &self,
        patience: Duration,
        act: impl FnOnce(&Locked<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let locked = self.lock(patience).map_err(WriteError::from)?;
        act(&locked)
    }

    fn lock(&self, patience: Duration) -> Result<Locked<'_>, LockError> {
        let path = self.common_dir().join("qms.lock");
        let failed = |source| LockError::File { path: path.clone(), source };
        // Never deleted: a lock on a deleted file would keep nobody out.
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        let started = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Locked { repository: self, _file: file }),
                Err(TryLockError::Error(source)) => return Err(failed(source)),
                Err(TryLockError::WouldBlock) if started.elapsed() >= patience => {
                    return Err(LockError::Held { path, seconds: patience.as_secs() });
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(3)),
            }
        }
    }
}
