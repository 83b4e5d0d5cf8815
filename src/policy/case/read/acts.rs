//! What people say and do: plans, approvals, deployments and what came of them.

use super::record::Draft;
use super::values::{choice, flag, one_of};
use crate::policy::case::{Trouble, What};
use crate::policy::problem::Problems;
use crate::policy::table::{Table, list, parsed, sentence, string};
use crate::record::kind::approval::Meaning;
use crate::record::kind::deploy::{Deploy, DeployOutcome};
use crate::record::kind::incident::Severity;
use crate::record::kind::monitor::{Monitor, RollbackStatus, SmokeTest};
use crate::record::kind::plan::Plan;

pub(super) fn plan(record: &mut Table<'_>, problems: &mut Problems<'_>) -> Option<What> {
    let mut text = |key| record.optional(key).map(|value| sentence(value, problems));
    let reason = text("reason").unwrap_or(Some("a case".into()));
    let [rollout, monitoring, rollback] = ["rollout", "monitoring", "rollback"].map(|key| text(key).flatten());
    let mut name = |value| record.optional(value).and_then(|value| parsed(value, problems));
    let [change_type, risk_tier] = ["type", "tier"].map(&mut name);
    let requirements = record.optional("requirements").map(|value| list(value, problems, parsed));
    let risks = record.optional("risks").map(|value| list(value, problems, sentence));
    Some(What::Plan(Box::new(Plan {
        reason: reason?,
        requirements: requirements.unwrap_or_default().into_iter().map(|one| one.value).collect(),
        change_type,
        risk_tier,
        known_risks: risks.unwrap_or_default().into_iter().map(|one| one.value).collect(),
        rollout_strategy: rollout,
        monitoring_plan: monitoring,
        rollback_criteria: rollback,
    })))
}

pub(super) fn approval(record: &mut Table<'_>, problems: &mut Problems<'_>) -> Option<What> {
    let role = record.required("role", "\"release-manager\"", problems).and_then(|role| parsed(role, problems));
    let meaning = record.optional("meaning").map(|value| {
        let word = string(value, problems)?;
        let found = Meaning::ALL.into_iter().find(|meaning| meaning.to_string() == word);
        if found.is_none() {
            let words: Vec<String> = Meaning::ALL.iter().map(ToString::to_string).collect();
            problems.add(value.span(), format!("meaning {word:?}"), words.join(", "), "write one of these");
        }
        found
    });
    Some(What::Approval(role?, meaning.unwrap_or(Some(Meaning::Approved))?))
}

pub(super) fn deploy(record: &mut Table<'_>, problems: &mut Problems<'_>) -> Option<What> {
    let outcomes = (&DeployOutcome::ALL[..], DeployOutcome::Success);
    let outcome = choice(record, "outcome", outcomes, DeployOutcome::as_str, problems);
    let planned = flag(record, "planned", true, problems);
    let rollback_of = record.optional("rollback-of").and_then(|value| parsed(value, problems));
    let (infrastructure_revision, migrations, actor) = (None, Vec::new(), None);
    let outcome = outcome?;
    Some(What::Deploy(Deploy { outcome, planned, infrastructure_revision, migrations, actor, rollback_of }))
}

pub(super) fn monitor(record: &mut Table<'_>, problems: &mut Problems<'_>) -> Option<What> {
    let smokes = (&SmokeTest::ALL[..], SmokeTest::Pass);
    let smoke_test = choice(record, "smoke", smokes, SmokeTest::as_str, problems);
    let rollbacks = (&RollbackStatus::ALL[..], RollbackStatus::None);
    let rollback = choice(record, "rollback", rollbacks, RollbackStatus::as_str, problems);
    Some(What::Monitor(Monitor { smoke_test: smoke_test?, observation: None, rollback: rollback?, note: None }))
}

/// An incident or a defect.
pub(super) fn trouble(draft: &mut Draft<'_, '_>, problems: &mut Problems<'_>) -> Option<Trouble> {
    let deployment = draft.reference("deployment", problems);
    let record = &mut draft.table;
    let id = record.required("id", "\"INC-7\"", problems).and_then(|id| parsed(id, problems));
    let severity = record.required("severity", "\"high\"", problems);
    let severity = severity.and_then(|one| one_of(one, "severity", &Severity::ALL, Severity::as_str, problems));
    let mut ago = |key| record.optional(key).and_then(|value| parsed(value, problems));
    let [detected, restored, closed] = ["detected", "restored", "closed"].map(&mut ago);
    Some(Trouble { id: id?, severity: severity?, detected, restored, closed, deployment })
}
