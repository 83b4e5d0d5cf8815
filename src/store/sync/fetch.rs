//! Fetching: what a remote has, beside what it had when it was last asked.

use std::collections::BTreeMap;

use gix::bstr::ByteSlice as _;

use super::{Fetched, MovedTag, SyncError, tracking_files, tracking_ledger, tracking_tags, tracking_trust};
use crate::record::ids::{CommitId, TagId};
use crate::store::files::FILES;
use crate::store::git::{GitError, Output, escaped};
use crate::store::ledger::LEDGER;
use crate::store::reader::tag_id;
use crate::store::refs::RefError;
use crate::store::repository::Repository;
use crate::store::trust::TRUST;

/// References of a remote, or ours, by full name.
type Tips = BTreeMap<String, String>;

/// More new tags than this are fetched by one pattern, and packed.
const MANY: usize = 100;

impl Repository {
    /// Fetches ledger, trust and tags into `refs/qms/remotes/<remote>/`. Nothing of ours moves.
    pub fn fetch(&self, remote: &str) -> Result<Fetched, SyncError> {
        self.known_remote(remote)?;
        let theirs = self.list_remote(remote)?;
        let pairs = [(LEDGER, tracking_ledger(remote)), (TRUST, tracking_trust(remote))];
        let mut wanted = Vec::new();
        for (reference, tracking) in &pairs {
            match (self.ref_tip(tracking)?, theirs.contains_key(*reference)) {
                (Some(had), false) => return Err(lost(remote, reference, had, None)),
                (_, true) => wanted.push(format!("{reference}:{tracking}\n")),
                (None, false) => {}
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
        let output = self.fetch_refs(remote, wanted)?;
        if output.is_success() {
            return Ok(());
        }
        if output.stderr.contains_str("(non-fast-forward)") {
            for (reference, tracking) in pairs {
                let (had, now) = (self.ref_tip(tracking)?, theirs.get(*reference).and_then(|now| now.parse().ok()));
                if let Some(had) = had.filter(|had| Some(*had) != now) {
                    return Err(lost(remote, reference, had, now));
                }
            }
        }
        Err(output.failure().into())
    }

    /// Lets git fetch by these refspecs, a line each, and nothing else.
    pub(in crate::store) fn fetch_refs(&self, remote: &str, wanted: &str) -> Result<Output, GitError> {
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
        self.exchange(&args, Some(wanted.as_bytes()))
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

    /// Whether a remote has a trust chain; asks it, and fetches nothing.
    pub fn remote_has_trust(&self, remote: &str) -> Result<bool, SyncError> {
        self.known_remote(remote)?;
        Ok(self.list_remote(remote)?.contains_key(TRUST))
    }

    /// The ledger that a remote has now; asks it, and fetches nothing.
    pub fn remote_ledger(&self, remote: &str) -> Result<Option<CommitId>, SyncError> {
        self.known_remote(remote)?;
        Ok(self.list_remote(remote)?.get(LEDGER).and_then(|tip| tip.parse().ok()))
    }

    fn list_remote(&self, remote: &str) -> Result<Tips, SyncError> {
        let mut theirs = self.ask_remote(remote, &[LEDGER, TRUST, FILES, "refs/tags/*"])?;
        // git matches the ends of names, so `x/refs/notes/qms` is listed too.
        theirs.retain(|name, _| [LEDGER, TRUST, FILES].contains(&name.as_str()) || name.starts_with("refs/tags/"));
        Ok(theirs)
    }

    /// The references of a remote whose names, or the ends of them, are like these.
    pub(in crate::store) fn ask_remote(&self, remote: &str, patterns: &[&str]) -> Result<Tips, SyncError> {
        let args = [&["ls-remote", "--quiet", "--refs", "--end-of-options", remote], patterns].concat();
        let output = self.git.write(&args, None)?;
        if !output.is_success() {
            let reason = first_words(&escaped(&output.stderr));
            return Err(SyncError::Unreachable { remote: remote.to_owned(), reason });
        }
        // A server can send any bytes; only what git would accept as a name gets into a refspec.
        let is_name = |name: &str| gix::refs::FullName::try_from(name).is_ok();
        let text = output.stdout.to_str_lossy();
        let pairs = text.lines().filter_map(|line| line.split_once('\t')).filter(|(_, name)| is_name(name));
        Ok(pairs.map(|(id, name)| (name.to_owned(), id.to_owned())).collect())
    }
}

fn lost(remote: &str, reference: &str, had: CommitId, now: Option<CommitId>) -> SyncError {
    SyncError::Lost { remote: remote.to_owned(), reference: reference.to_owned(), had, now }
}

/// What went wrong, without what git always adds to it.
fn first_words(said: &str) -> String {
    let line = said.lines().find(|line| !line.trim().is_empty()).unwrap_or("git did not say why");
    line.trim_start_matches("fatal: ").trim_end_matches("\\r").to_owned()
}
