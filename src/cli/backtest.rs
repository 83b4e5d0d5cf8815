//! A catalog held against every past release: each judged as its decision saw it, in one pass over a ledger verified once.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::context::Context;
use super::error::{Error, Result};
use super::judge::{Basis, Question};
use super::range::range_rules;
use super::verification::Verification;
use crate::policy::verdict::Judgement;
use crate::policy::{self, Policy, Purpose, Verdict};
use crate::record::kind::gate::VerificationResult;
use crate::record::{Claim, CommitId, FileDigest, Kind, Name, Record, RecordId, TagName, UtcTime};
use crate::verify::{Finding, Ledger, Outcome, Verified};

mod changed;

use changed::changed;
pub use changed::{Changed, ChangedControl};

/// What came of it.
#[derive(Debug, Default)]
pub struct Backtest {
    /// How many releases were judged.
    pub releases: usize,
    /// Those whose verdict the catalog changes, in the order of the ledger.
    pub changed: Vec<Changed>,
    /// Decisions that come out otherwise by their own catalog, too: not for the catalog's sake.
    pub otherwise: Vec<RecordId>,
    /// Releases of which it cannot be told, with why.
    pub untold: Vec<(TagName, String)>,
}

/// One past release, and what it was decided by.
#[derive(Clone, Copy)]
struct Past<'a> {
    release: &'a Verified<Record>,
    tag: &'a TagName,
    decision: Option<&'a Verified<Record>>,
}

/// Services and commits of theirs after which a range starts.
type Released = HashSet<(Option<Name>, CommitId)>;

/// What is the same for every release.
struct Trial<'a> {
    context: &'a Context,
    ledger: &'a Ledger,
    others: Vec<Finding>,
}

impl Context {
    /// Judges every past release by the catalog.
    pub fn backtest(&self, verification: &Verification, policy: &Policy) -> Result<Backtest> {
        let ledger = &verification.ledger;
        // What is wrong today was not what the decisions saw; what could not be read, nobody can judge.
        let incomplete = verification.findings.iter().filter(|of| of.severity == crate::verify::Severity::Incomplete);
        let others = incomplete.filter(|finding| !ledger.findings().contains(finding)).cloned().collect();
        let trial = Trial { context: self, ledger, others };
        let mut result = Backtest::default();
        let mut catalogs: HashMap<FileDigest, Option<Policy>> = HashMap::new();
        let tried = range_rules(policy);
        let (mut released, mut before): (Released, Released) = Default::default();
        for past in pasts(ledger).filter(|past| past.release.header.recorded <= self.at) {
            result.releases += 1;
            let service = &past.release.header.service;
            let starts = |id| released.contains(&(service.clone(), id));
            let verdict = trial.judge(policy, past, &starts)?;
            if passes(&verdict, &tried) {
                released.insert((service.clone(), past.release.commit));
            }
            before.insert((service.clone(), past.release.commit));
            let Some(was) = recorded(past) else {
                result.untold.push((past.tag.clone(), "no decision for it is on record".into()));
                continue;
            };
            if verdict.result == Outcome::Incomplete {
                result.untold.push((past.tag.clone(), why_incomplete(&verdict)));
            } else if verdict.result != was {
                let own = trial.by_own_catalog(past, &mut catalogs, &before)?;
                match (own, past.decision) {
                    (Some(own), Some(decision)) if own == verdict.result => result.otherwise.push(decision.id),
                    _ => result.changed.push(changed(past, was, &verdict)),
                }
            }
        }
        Ok(result)
    }
}

impl Trial<'_> {
    fn judge(&self, policy: &Policy, past: Past<'_>, starts_after: &dyn Fn(CommitId) -> bool) -> Result<Verdict> {
        let seen_by = past.decision.unwrap_or(past.release);
        let header = &seen_by.header;
        let basis = Basis {
            ledger: self.ledger,
            others: self.others.clone(),
            policy,
            at: moment(past),
            seen_by: Some(seen_by),
            starts_after,
        };
        let asked = Question {
            service: header.service.clone(),
            environment: header.environment.clone(),
            change: header.change.clone(),
            release: Some(past.tag.clone()),
            purpose: Purpose::Tag,
        };
        let commit = self.context.commit_info(past.release.commit)?;
        let (verdict, ..) = self.context.judge_by(&basis, &commit, asked)?;
        // Of the ledger as it is today nothing is asked but that it can be read.
        let rest = verdict.controls.iter().filter(|line| line.id.as_str() != "LEDGER" && line.id.as_str() != "POLICY");
        let controls: Vec<_> = rest.cloned().collect();
        Ok(Verdict { result: result_of(&verdict, &controls), controls, ..verdict })
    }

    /// The verdict by the catalog of the decision, where that can still be read.
    fn by_own_catalog(
        &self,
        past: Past<'_>,
        catalogs: &mut HashMap<FileDigest, Option<Policy>>,
        released: &Released,
    ) -> Result<Option<Outcome>> {
        let Some(Claim::Gate(summary)) = past.decision.map(|decision| &decision.claim) else { return Ok(None) };
        let digest = summary.policy.digest.get("sha256").and_then(|hex| hex.parse::<FileDigest>().ok());
        let Some(digest) = digest else { return Ok(None) };
        let policy = catalogs.entry(digest).or_insert_with(|| self.catalog(digest));
        let Some(policy) = policy else { return Ok(None) };
        let own = past.release.commit;
        let starts = |id| id != own && released.contains(&(past.release.header.service.clone(), id));
        Ok(Some(self.judge(policy, past, &starts)?.result))
    }

    /// A catalog that was ratified, by its digest.
    fn catalog(&self, digest: FileDigest) -> Option<Policy> {
        let is_it = |record: &&Verified<Record>| matches!(&record.claim, Claim::Policy(of) if of.sha256 == digest);
        let on = self.ledger.records().iter().find(is_it)?.commit;
        let bytes = self.context.repo.read_blob_at(&on, policy::PATH, 1 << 20).ok()??;
        policy::parse(std::str::from_utf8(&bytes).ok()?, policy::PATH).ok().filter(|policy| policy.digest == digest)
    }
}

/// Every release, the first one first, with the decision of its releaser just before it.
fn pasts(ledger: &Ledger) -> impl Iterator<Item = Past<'_>> {
    ledger.records().iter().filter_map(move |release| {
        let Claim::Release(claim) = &release.claim else { return None };
        let is_its = |gate: &&Verified<Record>| {
            let (of, header) = (&release.header, &gate.header);
            header.kind == Kind::Gate
                && (&header.recorder, &header.service, &header.environment)
                    == (&of.recorder, &of.service, &of.environment)
                && ledger.is_before(gate, release)
        };
        let decision = ledger.on(release.commit).filter(is_its).last();
        Some(Past { release, tag: &claim.tag, decision })
    })
}

fn moment(past: Past<'_>) -> UtcTime {
    match past.decision.map(|decision| &decision.claim) {
        Some(Claim::Gate(summary)) => summary.time_verified,
        _ => past.release.header.recorded,
    }
}

fn recorded(past: Past<'_>) -> Option<Outcome> {
    match past.decision.map(|decision| &decision.claim) {
        Some(Claim::Gate(summary)) => Some(match summary.verification_result {
            VerificationResult::Passed => Outcome::Pass,
            VerificationResult::Failed => Outcome::Fail,
        }),
        _ => None,
    }
}

/// What the controls add up to without the gate's lines about the ledger of today.
fn result_of(verdict: &Verdict, controls: &[policy::ControlVerdict]) -> Outcome {
    let any = |outcome| controls.iter().any(|control| control.outcome == outcome);
    match verdict.result {
        Outcome::Fail if any(Judgement::Fail) => Outcome::Fail,
        _ if any(Judgement::Incomplete) => Outcome::Incomplete,
        Outcome::Fail if controls.iter().any(|control| control.outcome != Judgement::NotApplicable) => Outcome::Pass,
        other => other,
    }
}

/// Whether the controls with these rules were satisfied: then the range of the next release starts after it.
fn passes(verdict: &Verdict, rules: &BTreeSet<String>) -> bool {
    let passed = verdict.controls.iter().filter(|control| control.outcome == Judgement::Pass);
    let passed: BTreeSet<&str> = passed.flat_map(|control| control.required.split(", ")).collect();
    rules.iter().all(|rule| passed.contains(rule.as_str()))
}

fn why_incomplete(verdict: &Verdict) -> String {
    let first = verdict.controls.iter().find(|control| control.outcome == Judgement::Incomplete);
    first.map_or_else(|| "no control applies".to_owned(), |control| format!("{}: {}", control.id, control.found))
}

/// The catalog to try: a file, or that of a revision; without either, that of the work tree.
pub fn catalog(context: &Context, named: Option<&str>) -> Result<Policy> {
    let work_tree = || context.repo.workdir().map(|tree| tree.join(policy::PATH));
    let file = named.map_or_else(work_tree, |named| Some(named.into())).filter(|file| file.is_file());
    let (text, place) = match (file, named) {
        (Some(file), named) => {
            let bytes = super::command::record::reports::bytes_of(&file, 1 << 20)?;
            (bytes, named.unwrap_or(policy::PATH).to_owned())
        }
        (None, Some(named)) => {
            let commit = context.commit(Some(named)).map_err(|_| {
                Error::new(format!("{named:?} is no file and no revision"))
                    .hint("name a catalog's file, or a revision that has .qms/policy.toml")
            })?;
            let bytes = context.repo.read_blob_at(&commit.id, policy::PATH, 1 << 20)?;
            let bytes =
                bytes.ok_or_else(|| Error::new(format!("{} is not in commit {}", policy::PATH, commit.id.short())))?;
            (bytes, format!("{} at {}", policy::PATH, commit.id.short()))
        }
        (None, None) => {
            return Err(Error::new(format!("there is no {} in the work tree", policy::PATH))
                .hint("name a file or a revision: git qms policy backtest REV|FILE"));
        }
    };
    let text = String::from_utf8(text).map_err(|_| Error::new(format!("{place} is not UTF-8")))?;
    Ok(policy::parse(&text, &place)?)
}
