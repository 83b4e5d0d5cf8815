//! `git qms sync`: fetch, unite, verify, push. Nothing that either side has is lost.

use std::time::Duration;

use clap::Args;

use crate::cli::context::{Context, LEDGER};
use crate::cli::error::{Error, Exit, Result};
use crate::cli::verification::Thoroughness;
use crate::cli::{Start, clock};
use crate::store::{Fetched, SyncError, tracking_files, tracking_ledger, tracking_trust};
use crate::verify::expunged::expunged;

mod bring;
mod exchange;
mod package;
mod rehearse;
mod restore;
mod send;
mod tell;

use exchange::{Exchange, counted};
pub(super) use package::{import, refuse_other_project};

/// Fetch, unite, verify and push evidence, trust and releases.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git qms sync                     with the branch's remote, or origin
  git qms sync --fetch-only        bring evidence to a fresh clone; needs no key
  git qms sync --dry-run           tell what would come and go
  git qms sync upstream            with another remote")]
pub struct Sync {
    /// The remote; by default the branch's, or origin
    remote: Option<String>,
    /// Only bring
    #[arg(long, conflicts_with = "push_only")]
    fetch_only: bool,
    /// Only push
    #[arg(long)]
    push_only: bool,
    /// Tell what would come and go; fetches beside what is here, and changes nothing of it
    #[arg(long)]
    dry_run: bool,
}

/// How often a lost race is run again.
const TRIES: u32 = 12;

impl Sync {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let remote = self.remote(&context)?;
        for spec in context.repo.forced_refspecs(&remote)? {
            context.ui.warn(&format!(
                "remote.{remote}.fetch {spec} lets every git fetch replace the ledger here by the remote's; take it out: \
                 git config --unset-all --fixed-value remote.{remote}.fetch '{spec}'"
            ));
        }
        if self.dry_run {
            return self.rehearse(&context, remote);
        }
        context.repo.set_up_remote(&remote)?;
        let mut all = Exchange::default();
        let mut tries = 0;
        let verification = loop {
            let ours = context.repo.ref_tip(LEDGER)?;
            let theirs = if self.push_only { Fetched::default() } else { bring::bring(&context, &remote, &mut all)? };
            let mut verification = context.verify(Thoroughness::default())?;
            if !self.fetch_only && !self.push_only {
                let restored = restore::restore(&context, &verification)?;
                if !restored.is_empty() {
                    all.restored.extend(restored);
                    verification = context.verify(Thoroughness::default())?;
                }
            }
            let gone = expunged(&verification.ledger);
            all.files.expunged += context.repo.with_lock(|locked| locked.expunge_files(&gone))?;
            all.came.extend(counted(&verification, ours));
            all.tags.extend(bring::take_tags(&context, &verification, &theirs)?);
            let known = if self.push_only {
                // As it is now: it may have gone back behind what was fetched.
                context
                    .repo
                    .remote_ledger(&remote)
                    .map_err(bring::rejecting)?
                    .filter(|tip| context.repo.has_object(tip))
            } else {
                theirs.ledger.or(context.repo.ref_tip(&tracking_ledger(&remote))?)
            };
            all.went = if self.fetch_only { Vec::new() } else { counted(&verification, known) };
            if self.fetch_only {
                break verification;
            }
            let there = send::theirs_of(&context, &remote, &theirs, self.push_only)?;
            all.files.went = send::lacking(&context, there)?;
            match send::push(&context, &verification, &remote, &theirs, there) {
                Ok(()) => break verification,
                Err(SyncError::Behind { .. }) if tries < TRIES && !self.push_only => {
                    tries += 1;
                    context.ui.note(&format!("{remote} has moved on meanwhile: once more"));
                    std::thread::sleep(pause(tries));
                }
                Err(error) => return Err(bring::rejecting(error)),
            }
        };
        // The tags came after verification; what they say is verified now.
        let verification = if all.tags.is_empty() { verification } else { context.verify(Thoroughness::default())? };
        self.tell(&context, remote, all, &verification)
    }

    fn remote(&self, context: &Context) -> Result<String> {
        if let Some(remote) = &self.remote {
            return Ok(remote.clone());
        }
        let branch = context.repo.head_branch()?;
        let branch = branch.as_deref().map(|name| name.strip_prefix("refs/heads/").unwrap_or(name));
        let configured = branch.and_then(|branch| context.repo.config(&format!("branch.{branch}.remote")));
        let remotes = context.repo.remotes()?;
        let sole = || if let [sole] = &remotes[..] { Some(sole.clone()) } else { None };
        let origin = || remotes.iter().find(|remote| *remote == "origin").cloned();
        configured.filter(|name| remotes.contains(name)).or_else(origin).or_else(sole).ok_or_else(|| {
            Error::new("there is no remote to sync with")
                .hint("git remote add origin URL, or name one: git qms sync REMOTE")
        })
    }
}

/// Unites what a remote had when it was last asked with what is here, without asking it again.
pub(super) fn unite_fetched(context: &Context, remote: &str) -> Result<()> {
    let tip = |reference: String| context.repo.ref_tip(&reference);
    let theirs = Fetched {
        ledger: tip(tracking_ledger(remote))?,
        trust: tip(tracking_trust(remote))?,
        files: tip(tracking_files(remote))?,
        ..Fetched::default()
    };
    bring::take_over(context, remote, &theirs, &mut Exchange::default())
}

/// Longer each time, and not the same for all who lost the race together.
fn pause(tries: u32) -> Duration {
    let spread = u64::from(std::process::id()) % 97 + u64::try_from(clock::now().seconds() % 13).unwrap_or(0);
    Duration::from_millis((50 << tries.min(5)) + spread * u64::from(tries.min(5)))
}
