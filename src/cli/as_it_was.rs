//! The repository as a recorded decision had it: the ledger up to the head it was signed over, under its own trust.

use std::collections::HashSet;
use std::mem::ManuallyDrop;

use super::context::{Context, Tips};
use super::error::{Error, Result};
use super::verification::Verification;
use crate::envelope::Arithmetic;
use crate::record::kind::gate::VerificationSummary;
use crate::record::{Record, RecordId, TagName};
use crate::release::{check_releases, judged_by, releases};
use crate::verify::{Code, Ledger, Verified};

impl Context {
    /// Verifies what a decision was made from. `present` is the ledger of today, which tells what came later.
    pub fn verify_as_it_was(
        &self,
        present: &Ledger,
        decision: &Verified<Record>,
        summary: &VerificationSummary,
    ) -> Result<Verification> {
        let ledger = self.ledger_as_it_was(present, decision, summary)?;
        let pin = self.pin(ledger.chain(), None, false)?;
        let later = released_later(present, &ledger);
        let (mut tags, mut unreadable) = self.tags()?;
        tags.retain(|tag| !later.contains(&format!("refs/tags/{}", tag.name)));
        unreadable.retain(|finding| finding.git_ref.as_ref().is_none_or(|name| !later.contains(name)));
        let is_unread =
            |name: &Option<String>| name.is_some() && unreadable.iter().any(|unread| unread.git_ref == *name);
        let before = ledger.chain().continues();
        let tags = judged_by(&ledger, &tags, &|named| before.is_none_or(|before| named != Some(before.project)));
        let found = check_releases(&ledger, &tags, None);
        let found = found.into_iter().filter(|of| of.code != Code::TagMissing || !is_unread(&of.git_ref));
        let mut findings: Vec<_> = self.conditions().into_iter().chain(pin.finding.clone()).chain(found).collect();
        findings.append(&mut unreadable);
        findings.extend(ledger.findings().iter().cloned());
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        let count = releases(&ledger).count();
        let archives = Vec::new();
        Ok(Verification { ledger: ManuallyDrop::new(ledger), findings, pin, releases: count, files: None, archives })
    }

    fn ledger_as_it_was(
        &self,
        present: &Ledger,
        decision: &Verified<Record>,
        summary: &VerificationSummary,
    ) -> Result<Ledger> {
        let header = &decision.header;
        let gone = |what: String| {
            Error::new(format!("decision {} cannot be evaluated again: {what}", decision.id.short()))
                .hint("bring it from a clone that has it: git qms sync --fetch-only")
        };
        let head = header.ledger.filter(|head| present.contains_head(*head));
        let head = head.ok_or_else(|| gone("the ledger does not contain the head it was signed over".into()))?;
        let link = present.chain().links().iter().find(|link| link.digest == header.trust);
        let link = link.ok_or_else(|| gone(format!("trust version {} is not here", header.trust)))?;
        // What it relied on was reached by a branch then, by its signed word; the branch may be gone.
        let relied = relied_on(summary).filter_map(|id| present.record(id)).map(|record| record.commit);
        let also = std::iter::once(decision.commit).chain(relied).filter(|commit| self.repo.has_object(commit));
        let tips = Tips { ledger: Some(head), trust: Some(link.commit), also: also.collect(), tags: Vec::new() };
        self.ledger_at(&tips, Arithmetic::Tables)
    }
}

/// The references of releases that were recorded after the ledger was `then`.
fn released_later(present: &Ledger, then: &Ledger) -> HashSet<String> {
    let named = |ledger| -> HashSet<TagName> { releases(ledger).map(|(_, release)| release.tag.clone()).collect() };
    let before = named(then);
    named(present).iter().filter(|tag| !before.contains(*tag)).map(|tag| format!("refs/tags/{tag}")).collect()
}

/// The records that a decision relied on.
pub fn relied_on(summary: &VerificationSummary) -> impl Iterator<Item = RecordId> {
    summary.input_attestations.iter().filter_map(|input| input.digest.get("sha256")?.parse().ok())
}
