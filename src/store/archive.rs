//! The references that keep a project whose root keys are lost, beside the one that continues it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::git::GitError;
use super::ledger::LEDGER;
use super::lock::Locked;
use super::refs::RefError;
use super::repository::Repository;
use super::sync::{SyncError, tracking_ledger, tracking_trust};
use super::trust::TRUST;
use super::write::WriteError;
use crate::record::ids::{CommitId, TrustDigest};

/// What all of them begin with.
pub const ARCHIVE: &str = "refs/qms/archive/";

/// The reference that keeps the ledger of a project that was continued.
pub fn archived_ledger(project: TrustDigest) -> String {
    format!("{ARCHIVE}{project}/notes")
}

/// The reference that keeps its trust chain.
pub fn archived_trust(project: TrustDigest) -> String {
    format!("{ARCHIVE}{project}/trust")
}

/// Where what a remote has is looked at before it is believed.
const LOOK: [&str; 2] = ["refs/qms/continued/notes", "refs/qms/continued/trust"];

/// What a remote has in place of the project here. Nothing of ours moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Continued {
    /// Its ledger.
    pub ledger: Option<CommitId>,
    /// Its trust chain.
    pub trust: Option<CommitId>,
}

/// Where ledger and trust of one project stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stand {
    /// The ledger's tip; none of a project that has only just begun.
    pub ledger: Option<CommitId>,
    /// The tip of the trust chain.
    pub trust: CommitId,
}

impl Repository {
    /// The references that keep projects which were continued, by full name.
    pub fn archived(&self) -> Result<Vec<(String, CommitId)>, RefError> {
        let tips = self.tips_below(ARCHIVE)?.into_iter();
        Ok(tips.map(|tip| (tip.name, super::reader::commit_id(&tip.target))).collect())
    }

    /// Fetches ledger and trust of a remote beside all that is here, whatever it had before.
    pub fn fetch_continued(&self, remote: &str) -> Result<Continued, SyncError> {
        let there = self.asked(remote, &[LEDGER, TRUST])?;
        let wanted = [LEDGER, TRUST].into_iter().zip(LOOK).filter(|(name, _)| there.contains_key(*name));
        self.bring(remote, &wanted.map(|(name, to)| format!("+{name}:{to}\n")).collect::<Vec<_>>())?;
        Ok(Continued { ledger: self.ref_tip(LOOK[0])?, trust: self.ref_tip(LOOK[1])? })
    }

    /// Takes what was looked at away again.
    pub fn forget_continued(&self) -> Result<(), GitError> {
        for name in LOOK {
            self.git.write(&["update-ref", "-d", name], None)?.success()?;
        }
        Ok(())
    }

    /// Fetches what a remote keeps of a project that was continued. What is here stays as it is.
    pub fn fetch_archive(&self, remote: &str, project: TrustDigest) -> Result<(), SyncError> {
        let names = [archived_ledger(project), archived_trust(project)];
        let there = self.asked(remote, &[&names[0], &names[1]])?;
        let mut wanted = Vec::new();
        for name in names.iter().filter(|name| there.contains_key(*name)) {
            if self.ref_tip(name)?.is_none() {
                wanted.push(format!("{name}:{name}\n"));
            }
        }
        self.bring(remote, &wanted)
    }

    /// The references of our archives that a remote lacks.
    pub fn archived_lacking(&self, remote: &str) -> Result<Vec<String>, SyncError> {
        let ours = self.archived()?;
        if ours.is_empty() {
            return Ok(Vec::new());
        }
        let there = self.asked(remote, &[&format!("{ARCHIVE}*")])?;
        Ok(ours.into_iter().map(|(name, _)| name).filter(|name| !there.contains_key(name)).collect())
    }

    fn asked(&self, remote: &str, patterns: &[&str]) -> Result<BTreeMap<String, String>, SyncError> {
        self.known_remote(remote)?;
        self.ask_remote(remote, patterns)
    }

    /// Fetches by these refspecs, lines, if there are any.
    fn bring(&self, remote: &str, wanted: &[String]) -> Result<(), SyncError> {
        if !wanted.is_empty() {
            self.fetch_refs(remote, &wanted.concat())?.success()?;
        }
        Ok(())
    }
}

impl Locked<'_> {
    /// Puts the project `old` aside, at `kept`, and `new` in its place: all or nothing.
    pub fn put_aside(
        &self,
        project: TrustDigest,
        old: Stand,
        kept: Stand,
        new: Stand,
        message: &str,
    ) -> Result<(), WriteError> {
        let here = |reference: &str| self.tip(reference);
        let mut steps = String::from("start\n");
        let mut step = |text: std::fmt::Arguments<'_>| steps.write_fmt(text).unwrap_or_default();
        for (name, tip) in [(archived_ledger(project), kept.ledger), (archived_trust(project), Some(kept.trust))] {
            let Some(tip) = tip else { continue };
            match here(&name)? {
                Some(is) if is == tip => {}
                Some(is) => step(format_args!("update {name} {tip} {is}\n")),
                None => step(format_args!("create {name} {tip}\n")),
            }
        }
        match (old.ledger, new.ledger) {
            (Some(old), Some(new)) => step(format_args!("update {LEDGER} {new} {old}\n")),
            (Some(old), None) => step(format_args!("delete {LEDGER} {old}\n")),
            (None, Some(new)) => step(format_args!("create {LEDGER} {new}\n")),
            (None, None) => {}
        }
        step(format_args!("update {TRUST} {} {}\nprepare\ncommit\n", new.trust, old.trust));
        self.update_refs(&steps, message)
    }

    /// Remembers what was followed as what the remote has.
    pub fn track_continued(&self, remote: &str, theirs: &Continued) -> Result<(), WriteError> {
        let tracking = [(tracking_ledger(remote), theirs.ledger), (tracking_trust(remote), theirs.trust)];
        let steps = tracking.iter().filter_map(|(name, tip)| Some(format!("update {name} {}\n", (*tip)?)));
        self.update_refs(&steps.collect::<String>(), "qms: follow the project that continues this one")
    }
}
