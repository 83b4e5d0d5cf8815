//! git's configuration, told apart by where it is from: a repository must not vouch for itself.

use gix::bstr::ByteSlice as _;
use gix::config::source::Kind;

use super::git::GitError;
use super::repository::Repository;

/// Where configuration is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigScope {
    /// The user's and the machine's files, and what the user set for this one command.
    Global,
    /// The repository's own files, which whoever gave it to you may have written.
    Repository,
    /// All of them.
    Any,
}

impl Repository {
    /// Every value of a key in a scope, the last one given last.
    pub fn config_values(&self, key: &str, scope: ConfigScope) -> Vec<String> {
        let local = self.gix.to_thread_local();
        let snapshot = local.config_snapshot();
        let wanted = |meta: &gix::config::file::Metadata| {
            let own = meta.source.kind() == Kind::Repository;
            match scope {
                ConfigScope::Global => !own,
                ConfigScope::Repository => own,
                ConfigScope::Any => true,
            }
        };
        let values = snapshot.plumbing().strings_filter(key, wanted).unwrap_or_default();
        values.iter().filter_map(|value| value.to_str().ok().map(str::to_owned)).collect()
    }

    /// Sets a value in the repository's own configuration.
    pub fn set_config(&self, key: &str, value: &str) -> Result<(), GitError> {
        self.git.write(&["config", "--local", key, value], None)?.success().map(drop)
    }

    /// The version of the git that does the writing, such as `2.47.3`.
    pub fn git_version(&self) -> Result<String, GitError> {
        let said = self.git.read(&["version"])?.success()?;
        let text = String::from_utf8_lossy(&said);
        Ok(text.split_whitespace().nth(2).unwrap_or_default().to_owned())
    }
}
