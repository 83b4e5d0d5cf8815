//! What a sync would do, told without doing it.

use std::collections::HashSet;

use super::Sync;
use super::bring::rejecting;
use super::exchange::{Exchange, by_kind_and_person};
use super::send;
use crate::cli::context::{Context, LEDGER, TRUST, Tips};
use crate::cli::error::{Error, Exit, Result};
use crate::envelope::Arithmetic;
use crate::record::{CommitId, RecordId};
use crate::release::releases;
use crate::store::{Fetched, tracking_files, tracking_ledger, tracking_trust};
use crate::verify::{Ledger, Outcome};

impl Sync {
    /// Fetches into the tracking references, as a fetch would, and tells what uniting and pushing would come to.
    pub(super) fn rehearse(&self, context: &Context, remote: String) -> Result<Exit> {
        let theirs = if self.push_only {
            let tip = |name: String| context.repo.ref_tip(&name);
            Fetched {
                ledger: tip(tracking_ledger(&remote))?,
                trust: tip(tracking_trust(&remote))?,
                files: tip(tracking_files(&remote))?,
                ..Fetched::default()
            }
        } else {
            context.repo.fetch(&remote).map_err(rejecting)?
        };
        let (ours, trust) = (context.repo.ref_tip(LEDGER)?, context.repo.ref_tip(TRUST)?);
        let newer = newer_trust(context, trust, theirs.trust)?;
        let (here, there) = (verified(context, ours, newer)?, verified(context, theirs.ledger, newer)?);
        let empty = HashSet::new();
        let ids = |ledger: &Option<Ledger>| ledger.as_ref().map_or(empty.clone(), record_ids);
        let (known, remote_has) = (ids(&here), ids(&there));
        let lacking = |ledger: &Option<Ledger>, known: &HashSet<RecordId>| {
            let records = ledger.iter().flat_map(Ledger::records).filter(|record| !known.contains(&record.id));
            by_kind_and_person(records)
        };
        let mut all = Exchange { moved: theirs.moved_tags.clone(), ..Exchange::default() };
        if !self.push_only {
            all.came = lacking(&there, &known);
            all.files.came = send::missing_from(context, context.repo.ref_tip(crate::store::FILES)?, theirs.files)?;
            if newer != trust
                && let Some(chain) = newer.map(|tip| context.chain_at(Some(tip))).transpose()?
            {
                all.trust = Some(chain.newest().version.version);
            }
            for (_, release) in there.iter().flat_map(releases) {
                let is_there = theirs.tags.get(release.tag.as_str()) == Some(&release.object);
                if is_there && context.repo.tag(&release.tag)?.is_none() {
                    all.tags.push(release.tag.to_string());
                }
            }
        }
        if !self.fetch_only {
            all.went = lacking(&here, &remote_has);
            all.files.went = send::lacking(context, theirs.files)?;
        }
        let findings = here.iter().chain(&there).flat_map(|ledger| ledger.findings().iter().cloned());
        let findings: Vec<_> = findings.collect();
        let Some(ledger) = there.as_ref().or(here.as_ref()) else {
            return Err(Error::no(format!("{remote} has no evidence, and neither has this clone"))
                .hint("somebody starts with: git qms init, and git qms sync"));
        };
        self.tell_rehearsed(context, remote, all, ledger, Outcome::of(&findings))
    }
}

fn record_ids(ledger: &Ledger) -> HashSet<RecordId> {
    ledger.records().iter().map(|record| record.id).collect()
}

/// The longer of two trust chains of which one contains the other.
fn newer_trust(context: &Context, ours: Option<CommitId>, theirs: Option<CommitId>) -> Result<Option<CommitId>> {
    let (Some(ours), Some(theirs)) = (ours, theirs) else { return Ok(ours.or(theirs)) };
    if context.repo.is_ancestor(&theirs, &ours)? {
        return Ok(Some(ours));
    }
    if context.repo.is_ancestor(&ours, &theirs)? {
        return Ok(Some(theirs));
    }
    Err(Error::no("the trust of the remote and of this clone went different ways: two versions of one number")
        .hint("the root people decide which one stands; a sync would take nothing over"))
}

fn verified(context: &Context, ledger: Option<CommitId>, trust: Option<CommitId>) -> Result<Option<Ledger>> {
    let Some(tip) = ledger else { return Ok(None) };
    let tips = Tips { ledger: Some(tip), trust, ..Tips::default() };
    context.ledger_at(&tips, Arithmetic::Tables).map(Some)
}
