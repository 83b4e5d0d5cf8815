//! What the gate judges by, gathered from git: the catalog in force, and the commits in question.

use super::context::Context;
use super::error::{Error, Result, While as _};
use super::range::{range_rules, was_released};
use super::requirements::traced;
use super::verification::{Thoroughness, Verification};
use crate::policy::evidence::{Evidence, Subject};
use crate::policy::exception::{untagged_deployment, with_deployment};
use crate::policy::{self, InForce, Policy, Purpose, Verdict, in_force};
use crate::record::{ChangeRef, CommitId, FileDigest, Name, Record, RecordId, TagName, UtcTime};
use crate::report::timing::Deadlines;
use crate::store::CommitInfo;
use crate::verify::{Finding, Ledger, Verified};

/// The largest catalog that is read: 1 MiB.
const MAX_POLICY: usize = 1 << 20;

/// What is asked of the gate.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// The service; the catalog's sole one where absent.
    pub service: Option<Name>,
    /// The environment; the catalog's sole one where absent.
    pub environment: Option<Name>,
    /// The change; that of the plan on the commit where absent.
    pub change: Option<ChangeRef>,
    /// The tag of its release, where it has one or is about to.
    pub release: Option<TagName>,
    /// What the answer is for.
    pub purpose: Purpose,
}

/// The verdict, and all it was made from.
pub struct Judged {
    /// The answer.
    pub verdict: Verdict,
    /// The catalog it was judged by.
    pub policy: Policy,
    /// What was judged.
    pub subject: Subject,
    /// What for.
    pub purpose: Purpose,
    /// For a tag: the production deployment that was before it.
    pub deployed_before: Option<RecordId>,
}

/// What a commit is judged on.
pub struct Basis<'a> {
    /// The verified ledger.
    pub ledger: &'a Ledger,
    /// What was found besides what the ledger says of itself.
    pub others: Vec<Finding>,
    /// The catalog.
    pub policy: &'a Policy,
    /// As of when.
    pub at: UtcTime,
    /// The decision that bounds what is seen.
    pub seen_by: Option<&'a Verified<Record>>,
    /// Whether a range starts after this commit.
    pub starts_after: &'a dyn Fn(CommitId) -> bool,
}

impl Context {
    /// Verifies everything and judges a commit as of `--at`.
    pub fn judge(&self, verification: &Verification, commit: &CommitInfo, question: &Question) -> Result<Judged> {
        self.judge_at(verification, commit, question, self.at)
    }

    /// As [`Self::judge`], as of another moment.
    pub fn judge_at(
        &self,
        verification: &Verification,
        commit: &CommitInfo,
        question: &Question,
        at: UtcTime,
    ) -> Result<Judged> {
        let ledger = &verification.ledger;
        let policy = self.policy(ledger, commit, at)?;
        let service = question.service.clone().or_else(|| sole(policy.services.iter().map(|service| &service.name)));
        if let Some(service) = service.as_ref().filter(|service| policy.service(service).is_none()) {
            let names = names(policy.services.iter().map(|service| &service.name));
            return Err(
                Error::new(format!("the catalog has no service {service}")).hint(format!("services are: {names}"))
            );
        }
        let environment = question
            .environment
            .clone()
            .or_else(|| sole(policy.environments.iter().map(|environment| &environment.name)));
        if let Some(unknown) = environment.as_ref().filter(|environment| policy.environment(environment).is_none()) {
            let names = names(policy.environments.iter().map(|environment| &environment.name));
            return Err(Error::new(format!("the catalog has no environment {unknown}"))
                .hint(format!("environments are: {names}")));
        }
        let others = verification.findings.iter().filter(|finding| !ledger.findings().contains(finding)).cloned();
        let rules = range_rules(&policy);
        let starts_after = |id| was_released(ledger, &rules, service.as_ref(), id, at);
        let basis =
            Basis { ledger, others: others.collect(), policy: &policy, at, seen_by: None, starts_after: &starts_after };
        let asked = Question { service: service.clone(), environment, ..question.clone() };
        let (verdict, subject, deployed_before) = self.judge_by(&basis, commit, asked)?;
        Ok(Judged { verdict, policy, subject, purpose: question.purpose.clone(), deployed_before })
    }

    /// Judges a commit by a catalog at hand. A service or environment that it does not have fails. For a tag, the production
    /// deployment that was before it is told, too.
    pub fn judge_by(
        &self,
        basis: &Basis<'_>,
        commit: &CommitInfo,
        asked: Question,
    ) -> Result<(Verdict, Subject, Option<RecordId>)> {
        let Basis { ledger, policy, at, .. } = *basis;
        let made_of = asked.service.as_ref().and_then(|name| policy.service(name));
        let (lineage, base) = self.lineage(ledger, policy, made_of, commit, basis.starts_after)?;
        let changes = self.changes(policy, made_of, base.as_ref(), &commit.id);
        let own_policy =
            self.repo.read_blob_at(&commit.id, policy::PATH, MAX_POLICY)?.map(|bytes| FileDigest::of(&bytes));
        let Question { service, environment, change, release, purpose } = asked;
        let changed = self.changed(ledger, &lineage, made_of, commit)?;
        let (id, tree) = (commit.id, commit.tree);
        let subject = Subject { commit: id, tree, service, environment, change, release, changed, own_policy };
        let is_tag = purpose == Purpose::Tag;
        let evidence = Evidence::gather(ledger, subject.clone(), lineage, basis.others.clone());
        let evidence =
            evidence.changing(changes).asked_for(purpose).tracing(traced(&self.repo, ledger, policy, commit));
        let evidence = match basis.seen_by {
            Some(decision) => evidence.as_seen_by(decision),
            None => evidence,
        };
        let mut verdict = policy::evaluate(policy, &evidence, at);
        let before = if is_tag { untagged_deployment(&evidence, policy, at) } else { None };
        if let Some(deployment) = before {
            verdict = with_deployment(verdict, &evidence, policy, deployment);
        }
        Ok((verdict, subject, before.map(|record| record.id)))
    }

    /// The catalog in force; where none is ratified, that of the commit, or else of the work tree.
    pub fn policy(&self, ledger: &Ledger, commit: &CommitInfo, at: UtcTime) -> Result<Policy> {
        let in_force = in_force(ledger, at);
        let (bytes, place) = match &in_force {
            InForce::Ratified { commit, .. } => {
                let bytes = self.repo.read_blob_at(commit, policy::PATH, MAX_POLICY)?.ok_or_else(|| {
                    Error::new(format!("the ratified {} is not at commit {commit}", policy::PATH))
                        .hint("git qms policy ratify")
                })?;
                in_force.confirm(&bytes)?;
                (bytes, format!("{} at {}", policy::PATH, commit.short()))
            }
            _ => match self.repo.read_blob_at(&commit.id, policy::PATH, MAX_POLICY)? {
                Some(bytes) => (bytes, format!("{} at {}", policy::PATH, commit.id.short())),
                None => (self.policy_of_work_tree()?, policy::PATH.to_owned()),
            },
        };
        let text = String::from_utf8(bytes).map_err(|_| Error::new(format!("{place} is not UTF-8")))?;
        Ok(policy::parse(&text, &place)?)
    }

    /// What is late by the catalog in force, or else by that of the work tree; a day where there is none.
    pub fn deadlines(&self, ledger: &Ledger) -> Deadlines {
        let in_force = in_force(ledger, self.at);
        let ratified = match &in_force {
            InForce::Ratified { commit, .. } => self.repo.read_blob_at(commit, policy::PATH, MAX_POLICY).ok().flatten(),
            _ => None,
        };
        let bytes =
            ratified.filter(|bytes| in_force.confirm(bytes).is_ok()).or_else(|| self.policy_of_work_tree().ok());
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        match text.and_then(|text| policy::parse(&text, policy::PATH).ok()) {
            Some(policy) => Deadlines::of(&policy, self.at),
            None => Deadlines { at: Some(self.at), ..Deadlines::default() },
        }
    }

    fn policy_of_work_tree(&self) -> Result<Vec<u8>> {
        let file = self.repo.workdir().map(|tree| tree.join(policy::PATH)).filter(|file| file.is_file());
        let file = file.ok_or_else(|| {
            Error::new(format!("there is no control catalog: {} is neither ratified, nor in the commit", policy::PATH))
                .hint("git qms init writes one")
        })?;
        super::command::record::reports::bytes_of(&file, MAX_POLICY).while_("reading the control catalog")
    }
}

fn sole<'a>(mut names: impl Iterator<Item = &'a Name>) -> Option<Name> {
    match (names.next(), names.next()) {
        (Some(name), None) => Some(name.clone()),
        _ => None,
    }
}

fn names<'a>(names: impl Iterator<Item = &'a Name>) -> String {
    names.map(Name::as_str).collect::<Vec<_>>().join(", ")
}

/// Verification as the gate needs it: the repository's own pin is good enough.
pub fn for_gate() -> Thoroughness<'static> {
    Thoroughness::default()
}
