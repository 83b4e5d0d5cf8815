//! Fetching and pushing, through stock git. What comes goes to references of its own, never onto ours.

use std::collections::BTreeMap;

use gix::bstr::ByteSlice as _;

use super::files::FILES;
use super::git::{GitError, escaped};
use super::ledger::LEDGER;
use super::reader::{ReadError, tag_id};
use super::refs::RefError;
use super::repository::Repository;
use super::trust::TRUST;
use crate::record::ids::{CommitId, TagId};

/// Why nothing was exchanged.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// There is no such remote.
    #[error("remote {0:?} is not configured: git remote add NAME URL, or name one of `git remote`")]
    NoRemote(String),
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

/// References of a remote, or ours, by full name.
type Tips = BTreeMap<String, String>;

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

impl Repository {
    /// The names of the remotes.
    pub fn remotes(&self) -> Result<Vec<String>, GitError> {
        let output = self.git.read(&["remote"])?.success()?;
        Ok(output.to_str_lossy().lines().map(str::to_owned).collect())
    }

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

    /// Fetches ledger, trust and tags into `refs/qms/remotes/<remote>/`. Nothing of ours moves.
    pub fn fetch(&self, remote: &str) -> Result<Fetched, SyncError> {
        self.known_remote(remote)?;
        let theirs = self.list_remote(remote)?;
        let pairs = [(LEDGER, tracking_ledger(remote)), (TRUST, tracking_trust(remote))];
        let mut wanted = Vec::new();
        for (reference, tracking) in &pairs {
            let (had, now) = (self.ref_tip(tracking)?, theirs.get(*reference));
            let lost = |now: Option<&String>, had| SyncError::Lost {
                remote: remote.to_owned(),
                reference: (*reference).to_owned(),
                had,
                now: now.and_then(|now| now.parse().ok()),
            };
            match (had, now) {
                (Some(had), None) => return Err(lost(None, had)),
                (Some(had), Some(now)) if had.to_string() != *now && self.is_behind(now, &had)? => {
                    return Err(lost(Some(now), had));
                }
                (_, Some(_)) => wanted.push(format!("{reference}:{tracking}\n")),
                (None, None) => {}
            }
        }
        let has_files = theirs.contains_key(FILES);
        if has_files {
            wanted.push(format!("+{FILES}:{}\n", tracking_files(remote)));
        }
        let (seen, moved_tags) = self.compare_tags(remote, &theirs)?;
        let new: Vec<&str> = theirs.keys().filter_map(|name| name.strip_prefix("refs/tags/")).collect();
        let new: Vec<&str> = new.into_iter().filter(|name| !seen.contains_key(*name)).collect();
        let tracking = tracking_tags(remote);
        if new.len() > MANY {
            // By a pattern: git holds each reference against each refspec. Those that moved stay as they were first seen.
            wanted.push(format!("refs/tags/*:{tracking}*\n"));
            wanted.extend(moved_tags.iter().map(|moved| format!("^refs/tags/{}\n", moved.name)));
        } else {
            wanted.extend(new.iter().map(|name| format!("refs/tags/{name}:{tracking}{name}\n")));
        }
        if !wanted.is_empty() {
            self.fetch_into(remote, &wanted.concat(), &pairs, &theirs)?;
            if new.len() > MANY {
                // One file instead of as many as there are tags. Where it fails, all is there all the same.
                self.git.write(&["pack-refs", "--all"], None)?;
            }
        }
        let tags = self.tips_below(&tracking_tags(remote))?;
        let prefix = tracking_tags(remote);
        let name = |name: &str| name.strip_prefix(&prefix).unwrap_or(name).to_owned();
        Ok(Fetched {
            ledger: self.ref_tip(&pairs[0].1)?,
            trust: self.ref_tip(&pairs[1].1)?,
            files: if has_files { self.ref_tip(&tracking_files(remote))? } else { None },
            tags: tags.into_iter().map(|tip| (name(&tip.name), tag_id(&tip.target))).collect(),
            moved_tags,
        })
    }

    fn fetch_into(
        &self,
        remote: &str,
        wanted: &str,
        pairs: &[(&str, String); 2],
        theirs: &Tips,
    ) -> Result<(), SyncError> {
        let args = [
            "fetch",
            "--no-tags",
            "--no-prune",
            "--no-write-fetch-head",
            "--no-auto-maintenance",
            "--no-recurse-submodules",
            // A partial clone has the evidence whole all the same.
            "--no-filter",
            // Configured references move in fetches that the user asks for, not in this one.
            "--refmap=",
            "--stdin",
            "--end-of-options",
            remote,
        ];
        let output = self.git.write(&args, Some(wanted.as_bytes()))?;
        if output.is_success() {
            return Ok(());
        }
        if output.stderr.contains_str("(non-fast-forward)") {
            for (reference, tracking) in pairs {
                let (had, now) = (self.ref_tip(tracking)?, theirs.get(*reference).and_then(|now| now.parse().ok()));
                if let Some(had) = had.filter(|had| Some(*had) != now) {
                    return Err(SyncError::Lost {
                        remote: remote.to_owned(),
                        reference: (*reference).to_owned(),
                        had,
                        now,
                    });
                }
            }
        }
        Err(output.failure().into())
    }

    /// Whether `now` is an object of ours that `had` contains: the remote went back.
    fn is_behind(&self, now: &str, had: &CommitId) -> Result<bool, SyncError> {
        let Ok(now) = now.parse::<CommitId>() else { return Ok(false) };
        Ok(self.has_object(&now) && self.is_ancestor(&now, had)?)
    }

    /// The tags seen before, and those of them that are not what they were.
    fn compare_tags(&self, remote: &str, theirs: &Tips) -> Result<(BTreeMap<String, TagId>, Vec<MovedTag>), RefError> {
        let prefix = tracking_tags(remote);
        let (mut seen, mut moved) = (BTreeMap::new(), Vec::new());
        for tip in self.tips_below(&prefix)? {
            let name = tip.name.strip_prefix(&prefix).unwrap_or(&tip.name).to_owned();
            let had = tag_id(&tip.target);
            let now = theirs.get(&format!("refs/tags/{name}")).and_then(|now| now.parse().ok());
            if now != Some(had) {
                moved.push(MovedTag { name: name.clone(), had, now });
            }
            seen.insert(name, had);
        }
        Ok((seen, moved))
    }

    fn known_remote(&self, remote: &str) -> Result<(), SyncError> {
        let is_known = self.remotes()?.iter().any(|name| name == remote);
        if is_known && !remote.starts_with('-') { Ok(()) } else { Err(SyncError::NoRemote(remote.to_owned())) }
    }

    /// Whether a remote has a trust chain; asks it, and fetches nothing.
    pub fn remote_has_trust(&self, remote: &str) -> Result<bool, SyncError> {
        self.known_remote(remote)?;
        Ok(self.list_remote(remote)?.contains_key(TRUST))
    }

    fn list_remote(&self, remote: &str) -> Result<Tips, SyncError> {
        let args = ["ls-remote", "--quiet", "--refs", "--end-of-options", remote, LEDGER, TRUST, FILES, "refs/tags/*"];
        let output = self.git.write(&args, None)?.success()?;
        // git matches the ends of names, so `x/refs/notes/qms` is listed too.
        let ours = |name: &str| {
            let is_wanted = [LEDGER, TRUST, FILES].contains(&name) || name.starts_with("refs/tags/");
            // A server can send any bytes; only what git would accept as a name gets into a refspec.
            is_wanted && gix::refs::FullName::try_from(name).is_ok()
        };
        let text = output.to_str_lossy();
        let pairs = text.lines().filter_map(|line| line.split_once('\t')).filter(|(_, name)| ours(name));
        Ok(pairs.map(|(id, name)| (name.to_owned(), id.to_owned())).collect())
    }

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
        let output = self.git.write(&args, None)?;
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
        if rejected.is_empty() && output.code == Some(1) && !met && !output.stderr.contains_str("fatal:") {
            return Err(SyncError::Stopped { remote, reason: escaped(&output.stderr).trim().to_owned() });
        }
        let lost = rejected.into_iter().filter(|(_, reason)| met || behind(reason));
        let references: Vec<_> = lost.map(|(reference, _)| reference).collect();
        if references.is_empty() { Err(output.failure().into()) } else { Err(SyncError::Behind { remote, references }) }
    }
}

/// More new tags than this are fetched by one pattern, and packed.
const MANY: usize = 100;

/// What git says when the remote has something that we do not have yet.
const LOST_RACE: [&str; 6] =
    ["fetch first", "non-fast-forward", "stale info", "failed to update ref", "lock", "incorrect old value"];

/// `!\t<from>:<to>\t[rejected] (reason)`.
fn rejection(line: &str) -> Option<(String, String)> {
    let mut fields = line.strip_prefix("!\t")?.splitn(2, '\t');
    let (names, reason) = (fields.next()?, fields.next()?);
    let to = names.split_once(':').map_or(names, |(_, to)| to);
    Some((escaped(to.as_bytes()), escaped(reason.as_bytes())))
}
