//! What a plain `git fetch` brings: evidence into references of its own.

use gix::bstr::ByteSlice as _;

use super::{SyncError, tracking_files, tracking_ledger, tracking_trust};
use crate::store::files::FILES;
use crate::store::ledger::LEDGER;
use crate::store::repository::Repository;
use crate::store::trust::TRUST;

impl Repository {
    /// Makes plain `git fetch` bring ledger and trust too. Adds what is not there yet; says whether anything was added.
    ///
    /// Not forced: when a remote takes records away, every fetch fails and says so. With patterns, as a plain name that the
    /// remote does not have yet would make every fetch fail.
    pub fn set_up_remote(&self, remote: &str) -> Result<bool, SyncError> {
        let missing = self.missing_refspecs(remote)?;
        for spec in &missing {
            self.git
                .write(&["config", "--local", "--add", &format!("remote.{remote}.fetch"), spec], None)?
                .success()?;
        }
        Ok(!missing.is_empty())
    }

    /// Whether a plain `git fetch` brings ledger and trust of a remote.
    pub fn is_remote_set_up(&self, remote: &str) -> Result<bool, SyncError> {
        Ok(self.missing_refspecs(remote)?.is_empty())
    }

    /// Configured refspecs by which a plain `git fetch` would replace the ledger, the trust or the files here.
    pub fn forced_refspecs(&self, remote: &str) -> Result<Vec<String>, SyncError> {
        self.known_remote(remote)?;
        let there = self.git.read(&["config", "--get-all", &format!("remote.{remote}.fetch")])?.stdout;
        let covers = |pattern: &str| {
            let (before, after) = pattern.split_once('*').unwrap_or((pattern, ""));
            [LEDGER, TRUST, FILES].iter().any(|ours| {
                *ours == pattern
                    || pattern.contains('*')
                        && ours.len() >= before.len() + after.len()
                        && ours.starts_with(before)
                        && ours.ends_with(after)
            })
        };
        let is_forced = |spec: &&str| {
            let to = spec.strip_prefix('+').and_then(|spec| spec.split_once(':')).map(|(_, to)| to);
            to.is_some_and(covers)
        };
        Ok(there.to_str_lossy().lines().filter(is_forced).map(str::to_owned).collect())
    }

    fn missing_refspecs(&self, remote: &str) -> Result<Vec<String>, SyncError> {
        self.known_remote(remote)?;
        let there = self.git.read(&["config", "--local", "--get-all", &format!("remote.{remote}.fetch")])?.stdout;
        let pairs = [(LEDGER, tracking_ledger(remote)), (TRUST, tracking_trust(remote))];
        let specs = pairs.into_iter().map(|(from, to)| format!("{from}*:{to}*"));
        // A set is replaced, it does not grow from itself.
        let specs = specs.chain([format!("+{FILES}*:{}*", tracking_files(remote))]);
        Ok(specs.filter(|spec| !there.to_str_lossy().lines().any(|line| line == spec)).collect())
    }
}
