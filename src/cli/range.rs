//! The range of a release, gathered from git: the commits that go out with it, where it starts, and who made them.

use std::collections::BTreeSet;

use super::context::Context;
use super::error::Result;
use crate::policy::evidence::{CommitFacts, Evidence, Lineage};
use crate::policy::{Policy, Service};
use crate::record::kind::gate::VerificationResult;
use crate::record::{Claim, CommitId, Kind, Name, Record, UtcTime};
use crate::store::CommitInfo;
use crate::verify::{Ledger, Verified};

impl Context {
    /// The range of a release in the files of the service, other commits with a tree of it that hold approvals, and the
    /// commit that the range starts after.
    pub(super) fn lineage(
        &self,
        ledger: &Ledger,
        policy: &Policy,
        service: Option<&Service>,
        commit: &CommitInfo,
        starts_after: &dyn Fn(CommitId) -> bool,
    ) -> Result<(Lineage, Option<CommitId>)> {
        let mut range = Vec::new();
        let mut base = None;
        let mut next = Some(commit.clone());
        while let Some(info) = next.take() {
            let first = info.id == commit.id;
            if policy.baseline == Some(info.id) || (!first && starts_after(info.id)) {
                base = Some(info.id);
                break;
            }
            next = info.parents.first().map(|parent| self.repo.commit(parent)).transpose()?;
            if self.concerns(service, info.parents.first(), &info.id)? {
                range.push(self.facts(&info)?);
            }
        }
        range.reverse();
        let head = match range.last() {
            Some(head) if head.id == commit.id => head.clone(),
            _ => self.facts(commit)?,
        };
        let all = range.iter().chain(std::iter::once(&head));
        let judged: Vec<_> = all.map(|facts| (facts.id, facts.tree)).collect();
        let twins = Evidence::twins(ledger, &judged);
        let twins = twins.iter().filter_map(|twin| self.repo.commit(twin).ok());
        let twins = twins.map(|info| self.facts(&info)).collect::<Result<_>>()?;
        Ok((Lineage { head, range, twins }, base))
    }

    /// The files of the service that the range changes, where an exception is only for some; git is not asked otherwise.
    pub(super) fn changed(
        &self,
        ledger: &Ledger,
        lineage: &Lineage,
        service: Option<&Service>,
        commit: &CommitInfo,
    ) -> Result<Option<Vec<String>>> {
        let narrow =
            |record: &Verified<Record>| matches!(&record.claim, Claim::Exception(asked) if !asked.paths.is_empty());
        let Some(first) = lineage.range.first().filter(|_| ledger.of_kind(Kind::Exception).any(narrow)) else {
            return Ok(None);
        };
        let mut paths = self.repo.changed_paths(first.parents.first(), &commit.id)?;
        paths.retain(|path| service.is_none_or(|service| service.is_made_of(path)));
        Ok(Some(paths))
    }

    fn facts(&self, info: &CommitInfo) -> Result<CommitFacts> {
        let merged = if info.parents.len() > 1 { self.repo.merged_by(&info.id)? } else { Vec::new() };
        let merged =
            merged.iter().map(|id| self.facts_of(&self.repo.commit(id)?, Vec::new())).collect::<Result<_>>()?;
        self.facts_of(info, merged)
    }

    fn facts_of(&self, info: &CommitInfo, merged: Vec<CommitFacts>) -> Result<CommitFacts> {
        let signer = if info.signed { self.repo.signer_of(&info.id)? } else { None };
        Ok(CommitFacts {
            id: info.id,
            tree: info.tree,
            parents: info.parents.clone(),
            author_email: info.author.email.clone(),
            committer_email: info.committer.email.clone(),
            co_author_emails: info.co_authors.clone(),
            signed_by: signer.map(|key| key.fingerprint().to_string()),
            merged,
        })
    }
}

/// The rules of a catalog that ask that only approved code is released.
pub(super) fn range_rules(policy: &Policy) -> BTreeSet<String> {
    let rules = policy.controls.iter().flat_map(|control| &control.require).map(ToString::to_string);
    rules.filter(|rule| rule.contains("range.unapproved")).collect()
}

/// Whether a range may start after a commit: released for the service, and where the catalog asks that only approved code is
/// released, by a decision of the releaser that said so before the release, by the same rules.
pub(super) fn was_released(
    ledger: &Ledger,
    rules: &BTreeSet<String>,
    service: Option<&Name>,
    commit: CommitId,
    at: UtcTime,
) -> bool {
    let lost = ledger.lost_releases().iter().filter(|record| record.commit == commit);
    let released = ledger.on(commit).chain(lost).filter(|record| record.header.kind == Kind::Release);
    let mut released =
        released.filter(|record| record.header.service.as_ref() == service && record.header.recorded <= at);
    released.any(|release| rules.is_empty() || rules.is_subset(&passed(ledger, release)))
}

/// The rules that the decision for a release found satisfied. What anybody else decided, for something else or
/// later, says nothing about it.
fn passed(ledger: &Ledger, release: &Verified<Record>) -> BTreeSet<String> {
    let is_its = |gate: &&Verified<Record>| {
        let (of, header) = (&release.header, &gate.header);
        matches!(&gate.claim, Claim::Gate(gate) if gate.verification_result == VerificationResult::Passed)
            && (&header.recorder, &header.service, &header.environment) == (&of.recorder, &of.service, &of.environment)
            && ledger.is_before(gate, release)
    };
    let decisions = ledger.on(release.commit).filter(is_its).filter_map(|record| record.header.gate.as_ref());
    let controls = decisions.flat_map(|gate| &gate.controls).filter(|control| control.outcome.as_str() == "pass");
    controls.flat_map(|control| control.required.split(", ")).map(str::to_owned).collect()
}
