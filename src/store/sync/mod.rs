//! Fetching and pushing, through stock git. What comes goes to references of its own, never onto ours.

use std::collections::BTreeMap;

use gix::bstr::ByteSlice as _;

use super::git::{GitError, Output};
use super::reader::ReadError;
use super::ref_lock::RefLock;
use super::refs::RefError;
use super::repository::Repository;
use crate::record::ids::{CommitId, TagId};

mod fetch;
mod push;
mod refspecs;

/// Why nothing was exchanged.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// There is no such remote.
    #[error("remote {0:?} is not configured: git remote add NAME URL, or name one of `git remote`")]
    NoRemote(String),
    /// The remote does not answer.
    #[error("cannot reach {remote}: {reason}")]
    Unreachable {
        /// The remote.
        remote: String,
        /// What git said first.
        reason: String,
    },
    /// The remote no longer has what it had: tampering, or a server restored from an old backup.
    #[error(
        "{remote}: {reference} was {had} and is now {}, which does not contain it: records were taken away there. \
         Nothing was changed here; find out why before you push the records again",
        now.map_or("gone".to_owned(), |id| id.to_string())
    )]
    Lost {
        /// The remote.
        remote: String,
        /// The reference, by its name there.
        reference: String,
        /// The tip that was seen before.
        had: CommitId,
        /// The tip now.
        now: Option<CommitId>,
    },
    /// Somebody pushed first.
    #[error("{remote} has moved on ({}): fetch, unite and push again", references.join(", "))]
    Behind {
        /// The remote.
        remote: String,
        /// The references it would not move.
        references: Vec<String>,
    },
    /// A reference there was held all the time.
    #[error(
        "{remote} could not move its references, as one of them stayed locked: {reason}; where the lock was left by a git \
         that was ended, whoever keeps {remote} deletes that file while no git runs there"
    )]
    Held {
        /// The remote.
        remote: String,
        /// What git said there.
        reason: String,
    },
    /// The remote would not take it.
    #[error("{remote} refused {reference}: {reason}")]
    Refused {
        /// The remote.
        remote: String,
        /// The reference.
        reference: String,
        /// Why, in its words.
        reason: String,
    },
    /// A hook of this repository stopped the push.
    #[error("a hook here stopped the push to {remote}: {reason}")]
    Stopped {
        /// The remote.
        remote: String,
        /// What the hook said.
        reason: String,
    },
    /// A reference of ours cannot be read.
    #[error(transparent)]
    Ref(#[from] RefError),
    /// An object of ours cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A git process failed.
    #[error(transparent)]
    Git(#[from] GitError),
}

/// What a fetch brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fetched {
    /// The remote's ledger.
    pub ledger: Option<CommitId>,
    /// The remote's trust chain.
    pub trust: Option<CommitId>,
    /// The remote's attached files.
    pub files: Option<CommitId>,
    /// The tags it has, by name, as they were first seen.
    pub tags: BTreeMap<String, TagId>,
    /// Tags that are no longer what they were when first seen.
    pub moved_tags: Vec<MovedTag>,
}

/// A tag that was moved or deleted at the remote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedTag {
    /// Its name.
    pub name: String,
    /// The object it was when first seen.
    pub had: TagId,
    /// The object it is now.
    pub now: Option<TagId>,
}

/// The reference that remembers what a remote's ledger was.
pub fn tracking_ledger(remote: &str) -> String {
    format!("refs/qms/remotes/{remote}/notes")
}

/// The reference that remembers what a remote's trust chain was.
pub fn tracking_trust(remote: &str) -> String {
    format!("refs/qms/remotes/{remote}/trust")
}

/// The reference that remembers what a remote's attached files were.
pub fn tracking_files(remote: &str) -> String {
    format!("refs/qms/remotes/{remote}/files")
}

fn tracking_tags(remote: &str) -> String {
    format!("refs/qms/remotes/{remote}/tags/")
}

/// How often an exchange is tried that something passing was in the way of: five seconds, all in all.
const TRIES: u32 = 8;

/// Whether git failed because `git gc`, here or there, took a folder away that it was about to write to; or because a
/// reference was held for a moment.
fn is_passing(said: &str) -> bool {
    let gone = ["unable to create temporary", "failed to write object", "unable to migrate", "unable to write"];
    let is_gone = said.contains("No such file or directory") && gone.iter().any(|words| said.contains(words));
    is_gone || said.contains("File exists") || said.contains("unable to resolve reference")
}

impl Repository {
    /// The names of the remotes.
    pub fn remotes(&self) -> Result<Vec<String>, GitError> {
        let output = self.git.read(&["remote"])?.success()?;
        Ok(output.to_str_lossy().lines().map(str::to_owned).collect())
    }

    pub(super) fn known_remote(&self, remote: &str) -> Result<(), SyncError> {
        let is_known = self.remotes()?.iter().any(|name| name == remote);
        if is_known && !remote.starts_with('-') { Ok(()) } else { Err(SyncError::NoRemote(remote.to_owned())) }
    }

    /// Lets git exchange something with a remote, again where something passing was in the way.
    fn exchange(&self, args: &[&str], stdin: Option<&[u8]>) -> Result<Output, GitError> {
        let mut lock: Option<RefLock> = None;
        let mut tries = 1;
        loop {
            let output = self.git.write(args, stdin)?;
            let said = output.stderr.to_str_lossy();
            if output.is_success() || tries > TRIES || !is_passing(&said) {
                drop(said);
                return Ok(output);
            }
            if tries == 1 {
                lock = RefLock::told(self, &said);
            } else if tries == TRIES
                && let Some(lock) = lock.as_ref().filter(|lock| lock.is_left_behind())
            {
                lock.remove();
            }
            std::thread::sleep(std::time::Duration::from_millis(20 << tries));
            tries += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_passing;

    #[test]
    fn only_what_housekeeping_does_is_tried_again() {
        for passing in [
            "error: unable to create temporary file: No such file or directory\nfatal: failed to write object",
            "error: cannot lock ref 'refs/x': Unable to create '/r/.git/refs/x.lock': File exists.",
        ] {
            assert!(is_passing(passing), "{passing}");
        }
        for lasting in [
            "fatal: '/nowhere.git' does not appear to be a git repository",
            "fatal: cannot exec 'ssh': No such file or directory",
            "error: unable to create temporary file: No space left on device",
            "! [rejected] refs/notes/qms -> refs/notes/qms (non-fast-forward)",
        ] {
            assert!(!is_passing(lasting), "{lasting}");
        }
    }
}
