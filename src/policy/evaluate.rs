//! Judges evidence by a catalog. The same inputs give the same verdict.

use std::collections::BTreeSet;

use super::catalog::{Control, DirtyEvidence, Enforcement, Policy};
use super::deployment;
use super::evidence::{Evidence, Proof, Standing};
use super::exception::{Register, excepted};
use super::in_force::{InForce, in_force_in};
use super::own_lines::{LEDGER, own_lines, tier_lines};
use super::rule::Rule;
use super::rules::{self, Reading, Value};
use super::tiering::Tiering;
use super::verdict::{ControlVerdict, Judgement, PolicyState, ProvingRecord, Shortfall, Verdict};
use crate::record::{Kind, UtcTime};
use crate::verify::{Outcome, Severity};

/// What is said of a control that does not guard the way there.
const NOT_THERE: &str = "not asked for on the way there";

/// Judges `evidence` as of `at`; what was recorded later is left out.
pub fn evaluate(policy: &Policy, evidence: &Evidence<'_>, at: UtcTime) -> Verdict {
    let standing = Standing::of(evidence, policy, at);
    let subject = evidence.subject();
    let state = state_of(policy, evidence, at);
    let read_whole = !evidence.findings().iter().any(|finding| finding.severity == Severity::Incomplete);
    let environment = subject.environment.as_ref().and_then(|name| policy.environment(name));
    let plans = standing.plans().current();
    let tiering = Tiering::of(policy, evidence.changes(), plans);
    let mut controls = own_lines(policy, evidence, &standing, state, read_whole);
    controls.extend(tier_lines(policy, &tiering, plans, environment));
    controls.extend(deployment::lines(evidence.purpose(), &standing, environment));
    let allows = |control: &Control| control.dirty == DirtyEvidence::Allowed;
    let lenient = policy.controls.iter().any(allows).then(|| standing.allowing_dirty());
    let exceptions = Register::in_view(evidence.view(at), policy).all();
    for control in &policy.controls {
        let spared = match tiering.spares(control) {
            _ if !control.is_asked(environment, evidence.purpose()) => Some(NOT_THERE.to_owned()),
            spared => spared,
        };
        controls.push(match spared {
            Some(found) => ControlVerdict { found, ..not_applicable(control) },
            None => {
                let standing = lenient.as_ref().filter(|_| allows(control)).unwrap_or(&standing);
                excepted(judge(control, standing, read_whole), Some(control), &exceptions, standing)
            }
        });
    }
    Verdict {
        result: result_of(&controls),
        at,
        commit: subject.commit,
        service: subject.service.clone(),
        environment: subject.environment.clone(),
        tier: tiering.tier,
        tier_reasons: tiering.reasons,
        policy: policy.digest,
        state,
        controls,
    }
}

/// An error outweighs what could not be told.
pub(super) fn result_of(controls: &[ControlVerdict]) -> Outcome {
    // That void lines were seen is no control that was satisfied.
    let asked = |control: &&ControlVerdict| control.id.as_str() != LEDGER || control.outcome != Judgement::Warn;
    let any = |outcome| controls.iter().filter(asked).any(|control| control.outcome == outcome);
    let satisfied = any(Judgement::Pass) || any(Judgement::Warn) || any(Judgement::Excepted);
    if any(Judgement::Fail) {
        Outcome::Fail
    } else if any(Judgement::Incomplete) || !satisfied {
        Outcome::Incomplete
    } else {
        Outcome::Pass
    }
}

fn state_of(policy: &Policy, evidence: &Evidence<'_>, at: UtcTime) -> PolicyState {
    match in_force_in(evidence.view(at)) {
        InForce::Ambiguous(_) => PolicyState::Ambiguous,
        InForce::Ratified { sha256, .. } if sha256 == policy.digest => {
            if evidence.subject().own_policy == Some(sha256) { PolicyState::InForce } else { PolicyState::TreeDiffers }
        }
        InForce::Ratified { .. } | InForce::None => PolicyState::Proposed,
    }
}

fn judge(control: &Control, standing: &Standing<'_>, read_whole: bool) -> ControlVerdict {
    let mut parts = Vec::new();
    for rule in &control.require {
        let reading = (rule.metric.read)(standing, rule);
        parts.push((shortfall_of(rule, &reading), reading));
    }
    for kind in &control.evidence {
        // Where a rule measures the kind, it has said so already.
        if control.require.iter().all(|rule| rule.metric.kind != *kind) {
            let reading = presence(standing, *kind);
            parts.push(((reading.value == Value::Absent).then_some(Shortfall::Absent), reading));
        }
    }
    let lacking: Vec<_> = parts.iter().filter(|(shortfall, _)| shortfall.is_some()).map(|(_, part)| part).collect();
    let told: Vec<&Reading<'_>> =
        if lacking.is_empty() { parts.iter().map(|(_, part)| part).collect() } else { lacking };
    let shortfall = parts.iter().filter_map(|(shortfall, _)| *shortfall).max();
    let gap = if shortfall.is_none() { ", " } else { "; " };
    let mut found = once(told.iter().map(|part| part.found.clone())).join(gap);
    let records = rules::distinct(told.iter().flat_map(|part| part.records.iter().copied()));
    if records.iter().any(|record| standing.is_by_tree(record)) {
        found += " (by tree)";
    }
    if records.iter().any(|record| record.header.dirty) {
        found += " (dirty, which the control allows)";
    }
    let outcome = match (shortfall, control.enforcement) {
        _ if !read_whole => Judgement::Incomplete,
        (None, _) => Judgement::Pass,
        (Some(_), Enforcement::Block) => Judgement::Fail,
        (Some(_), Enforcement::Warn) => Judgement::Warn,
    };
    ControlVerdict {
        outcome,
        shortfall,
        found,
        records: proving(records),
        hint: shortfall.and_then(|_| told.iter().find_map(|part| part.hint.clone())),
        ..not_applicable(control)
    }
}

/// A kind that no rule measures has to be there.
fn presence<'a>(standing: &Standing<'a>, kind: Kind) -> Reading<'a> {
    let records: Vec<Proof<'a>> = match kind {
        Kind::Plan => standing.plans().counted().collect(),
        kind => standing.counted(kind).collect(),
    };
    if records.is_empty() {
        return rules::absent(standing, kind, kind.as_str());
    }
    let found = format!("{} recorded", kind.as_str());
    let count = u64::try_from(records.len()).unwrap_or(u64::MAX);
    Reading { value: Value::Measured(super::number::Quantity::count(count)), found, records, hint: None }
}

fn shortfall_of(rule: &Rule, reading: &Reading<'_>) -> Option<Shortfall> {
    match reading.value {
        Value::Measured(value) if rule.admits(value) => None,
        // Nothing where something is asked for: missing rather than wrong.
        Value::Measured(_) if reading.records.is_empty() => Some(Shortfall::Absent),
        Value::Measured(_) | Value::Barred => Some(Shortfall::Breach),
        Value::Absent => Some(Shortfall::Absent),
    }
}

fn not_applicable(control: &Control) -> ControlVerdict {
    let rules = control.require.iter().map(ToString::to_string);
    let kinds = control.evidence.iter().filter(|kind| control.require.iter().all(|rule| rule.metric.kind != **kind));
    let kinds = kinds.map(|kind| format!("{kind} recorded"));
    ControlVerdict {
        id: control.id.clone(),
        title: control.title.clone(),
        objective: Some(control.objective.clone()),
        frameworks: control.frameworks.clone(),
        line: Some(control.line),
        enforcement: control.enforcement,
        outcome: Judgement::NotApplicable,
        shortfall: None,
        required: rules.chain(kinds).collect::<Vec<_>>().join(", "),
        found: NOT_THERE.into(),
        records: Vec::new(),
        exception: None,
        hint: None,
        owner: Some(control.owner.clone()),
        escalation: control.escalation.clone(),
    }
}

pub(super) fn proving<'a>(records: impl IntoIterator<Item = Proof<'a>>) -> Vec<ProvingRecord> {
    let proof = |record: Proof<'_>| ProvingRecord { record: record.id, recorder: record.header.recorder.clone() };
    let mut records = rules::distinct(records);
    // Where the ledger has them depends on who united what first.
    records.sort_by_key(|record| (record.header.recorded, record.id));
    records.into_iter().map(proof).collect()
}

fn once(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    texts.filter(|text| seen.insert(text.clone())).collect()
}
