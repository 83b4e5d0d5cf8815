//! Pushing: everything together, or nothing.

use gix::bstr::ByteSlice as _;

use super::SyncError;
use crate::record::ids::CommitId;
use crate::store::files::FILES;
use crate::store::git::escaped;
use crate::store::repository::Repository;

impl Repository {
    /// Pushes references of ours under their own names, all or none, and never by force.
    pub fn push(&self, remote: &str, references: &[&str]) -> Result<(), SyncError> {
        self.push_with(remote, references, None)
    }

    /// As [`Self::push`], and with `files` the attached files, too, where the remote still has these.
    pub fn push_with(
        &self,
        remote: &str,
        references: &[&str],
        files: Option<Option<CommitId>>,
    ) -> Result<(), SyncError> {
        self.known_remote(remote)?;
        let references = references.iter().copied().chain(files.map(|_| FILES));
        let specs: Vec<String> = references.map(|name| format!("{name}:{name}")).collect();
        // Without a commit: as long as there is no such reference.
        let there = files.flatten().map(|there| there.to_string()).unwrap_or_default();
        let lease = files.map(|_| format!("--force-with-lease={FILES}:{there}"));
        let args = ["push", "--atomic", "--porcelain", "--no-follow-tags", "--recurse-submodules=no"];
        let args = args.into_iter().chain(lease.as_deref()).chain(["--end-of-options", remote]);
        let args: Vec<&str> = args.chain(specs.iter().map(String::as_str)).collect();
        let output = self.exchange(&args, None)?;
        if output.is_success() {
            return Ok(());
        }
        let said = output.stdout.to_str_lossy().into_owned();
        let rejected: Vec<(String, String)> = said.lines().filter_map(rejection).collect();
        let behind = |reason: &str| LOST_RACE.iter().any(|words| reason.contains(words));
        let remote = remote.to_owned();
        // With --atomic the others fail too, for no fault of their own.
        let own_fault = |reason: &str| !reason.contains("atomic") && !behind(reason);
        if let Some((reference, reason)) = rejected.iter().find(|(_, reason)| own_fault(reason)) {
            let reason = format!("{reason} {}", escaped(&output.stderr)).trim().to_owned();
            return Err(SyncError::Refused { remote, reference: reference.clone(), reason });
        }
        // When two pushes meet at the server, it says so in words, and of each reference only that all failed together.
        let met = output.stderr.contains_str("cannot lock ref");
        if met && let Some(reason) = held(&escaped(&output.stderr)) {
            return Err(SyncError::Held { remote, reason });
        }
        if rejected.is_empty() && output.code == Some(1) && !met && !output.stderr.contains_str("fatal:") {
            return Err(SyncError::Stopped { remote, reason: escaped(&output.stderr).trim().to_owned() });
        }
        let lost = rejected.into_iter().filter(|(_, reason)| met || behind(reason));
        let references: Vec<_> = lost.map(|(reference, _)| reference).collect();
        if references.is_empty() { Err(output.failure().into()) } else { Err(SyncError::Behind { remote, references }) }
    }
}

/// What git says when the remote has something that we do not have yet.
const LOST_RACE: [&str; 6] =
    ["fetch first", "non-fast-forward", "stale info", "failed to update ref", "lock", "incorrect old value"];

/// What a server says of a lock that is in the way all the time.
fn held(said: &str) -> Option<String> {
    let lock = said.lines().find(|line| line.contains(".lock': File exists"))?;
    Some(lock.trim_start_matches("remote: ").trim_start_matches("error: ").trim_end_matches('.').to_owned())
}

/// `!\t<from>:<to>\t[rejected] (reason)`.
fn rejection(line: &str) -> Option<(String, String)> {
    let mut fields = line.strip_prefix("!\t")?.splitn(2, '\t');
    let (names, reason) = (fields.next()?, fields.next()?);
    let to = names.split_once(':').map_or(names, |(_, to)| to);
    Some((escaped(to.as_bytes()), escaped(reason.as_bytes())))
}
