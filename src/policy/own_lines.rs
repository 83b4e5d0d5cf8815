//! The gate's own lines: what fails it whatever the catalog's controls say.

use std::collections::BTreeSet;

use super::catalog::{Control, Enforcement, Environment, Policy};
use super::evaluate::proving;
use super::evidence::{Evidence, Proof, Standing, Subject};
use super::tiering::Tiering;
use super::verdict::{ControlVerdict, Judgement, PolicyState, Shortfall};
use crate::record::Name;
use crate::record::kind::approval::Meaning;
use crate::verify::{Finding, Outcome, Severity};

/// The line about the ledger.
pub(super) const LEDGER: &str = "LEDGER";

/// What fails a gate whatever the catalog says.
pub(super) fn own_lines(
    policy: &Policy,
    evidence: &Evidence<'_>,
    standing: &Standing<'_>,
    state: PolicyState,
    read_whole: bool,
) -> Vec<ControlVerdict> {
    let mut lines = Vec::new();
    lines.extend(ledger_line(evidence));
    if state == PolicyState::Ambiguous {
        let text = "several catalogs were ratified, none after the other";
        let mut line = own_line("POLICY", "One catalog is in force", text.into());
        line.hint = Some("the policy owner decides: git qms policy ratify".into());
        lines.push(line);
    }
    lines.extend(unknown_subject(policy, evidence.subject()).map(|found| {
        let mut line = own_line("SUBJECT", "The catalog knows what is judged", found);
        line.hint = Some("name one of the catalog's, or add it to .qms/policy.toml".into());
        line
    }));
    let against: Vec<_> = standing.votes().iter().filter(|vote| vote.meaning == Meaning::Rejected).collect();
    if !against.is_empty() {
        let whose: BTreeSet<_> = against.iter().map(|vote| format!("{} as {}", vote.member, vote.role)).collect();
        let found = format!("rejected by {}", whose.into_iter().collect::<Vec<_>>().join(", "));
        let mut line = own_line("REJECTED", "Nobody has rejected it", found);
        line.records = proving(against.iter().map(|vote| vote.record));
        if !read_whole {
            // What takes it back may be among what could not be read.
            line.outcome = Judgement::Incomplete;
        }
        line.hint = Some("whoever rejected it approves it, or another tree is judged".into());
        lines.push(line);
    }
    lines
}

/// What the catalog says of the tier and the type of the change does not hold, or cannot be told.
pub(super) fn tier_lines(
    policy: &Policy,
    tiering: &Tiering,
    plans: &[Proof<'_>],
    environment: Option<&Environment>,
) -> Vec<ControlVerdict> {
    let mut lines = Vec::new();
    lines.extend(tiering.unknown.as_ref().map(|why| {
        let mut line = own_line("TIER", "It is known what changes", format!("what changes cannot be told: {why}"));
        line.outcome = Judgement::Incomplete;
        line.hint = Some("bring the whole history: git fetch --unshallow".into());
        line
    }));
    lines.extend(tiering.wrong_type(policy, plans).map(|found| {
        let mut line = own_line("CHANGE-TYPE", "The change is of a type it may be of", found);
        line.records = proving(plans.iter().copied());
        line.hint =
            Some("plan it as what it is: git qms record plan --type TYPE --supersedes ID --reason \"…\"".into());
        line
    }));
    let guards = |control: &&Control| control.applies_to(environment) && tiering.spares(control).is_none();
    if let Some(tier) = &tiering.tier
        && policy.controls.iter().any(|control| control.applies_to(environment))
        && !policy.controls.iter().any(|control| guards(&control))
    {
        let mut line = own_line("TIER", "Something guards the tier", format!("no control guards tier {tier}"));
        line.hint = Some("ask for one in every tier, in .qms/policy.toml".into());
        lines.push(line);
    }
    lines
}

/// A line that fails.
pub(super) fn own_line(id: &str, title: &str, found: String) -> ControlVerdict {
    ControlVerdict {
        id: id.parse().expect("the gate's own ids are names"),
        title: title.into(),
        objective: None,
        frameworks: Vec::new(),
        line: None,
        enforcement: Enforcement::Block,
        outcome: Judgement::Fail,
        shortfall: Some(Shortfall::Breach),
        required: title.to_lowercase(),
        found,
        records: Vec::new(),
        exception: None,
        hint: None,
        owner: None,
        escalation: None,
    }
}

/// Evidence from a ledger that was tampered with, or that cannot be read whole, proves nothing.
fn ledger_line(evidence: &Evidence<'_>) -> Option<ControlVerdict> {
    // A void line counts for nothing and makes nothing else fail: else whoever can push could stop every release.
    let is_void = |finding: &Finding| finding.severity == Severity::Error && finding.code.is_of_void_line();
    let sound: Vec<Finding> = evidence.findings().iter().filter(|finding| !is_void(finding)).cloned().collect();
    let (outcome, severity) = match Outcome::of(&sound) {
        Outcome::Fail => (Judgement::Fail, Severity::Error),
        Outcome::Incomplete => (Judgement::Incomplete, Severity::Incomplete),
        Outcome::Pass => (Judgement::Warn, Severity::Error),
    };
    let told = |finding: &&Finding| finding.severity == severity && (outcome == Judgement::Warn || !is_void(finding));
    let findings: Vec<_> = evidence.findings().iter().filter(told).collect();
    let first = findings.first()?;
    let more = if findings.len() == 1 { String::new() } else { format!(", and {} more", findings.len() - 1) };
    let mut line = own_line(LEDGER, "The ledger verifies", format!("{}: {}{more}", first.code, first.message));
    line.outcome = outcome;
    line.hint = Some("see all of it: git qms verify".into());
    Some(line)
}

/// A service or environment that the catalog does not have is guarded by nothing.
fn unknown_subject(policy: &Policy, subject: &Subject) -> Option<String> {
    let known = |what, asked: &Option<Name>, names: Vec<&Name>| {
        let asked = asked.as_ref().filter(|asked| !names.contains(asked))?;
        let names = names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        Some(format!("the catalog has no {what} {asked}, but: {names}"))
    };
    let services = policy.services.iter().map(|service| &service.name).collect();
    let environments = policy.environments.iter().map(|environment| &environment.name).collect();
    known("service", &subject.service, services)
        .or_else(|| known("environment", &subject.environment, environments))
        .or_else(|| {
            let environment = policy.environment(subject.environment.as_ref()?);
            let none = !policy.controls.iter().any(|control| control.applies_to(environment));
            none.then(|| format!("no control guards {}", subject.environment.as_ref().map_or("it", Name::as_str)))
        })
}
