//! A shallow clone made whole.

use super::repository::Repository;
use super::sync::SyncError;

impl Repository {
    /// Fetches the history that a shallow clone left at a remote. Moves nothing of ours.
    pub fn unshallow(&self, remote: &str) -> Result<(), SyncError> {
        let args =
            ["fetch", "--quiet", "--unshallow", "--no-auto-maintenance", "--no-recurse-submodules", "--end-of-options"];
        let args: Vec<&str> = args.into_iter().chain([remote]).collect();
        Ok(self.git.write(&args, None)?.success().map(drop)?)
    }
}
