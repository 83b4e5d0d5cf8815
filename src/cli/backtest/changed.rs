//! What a catalog changes about one past release, control by control.

use super::{Past, moment};
use crate::policy::Verdict;
use crate::policy::verdict::Judgement;
use crate::record::{Name, RecordId, TagName, UtcTime};
use crate::verify::Outcome;

/// A release whose verdict changes.
#[derive(Debug)]
pub struct Changed {
    /// The release.
    pub release: TagName,
    /// The decision that let it go, if one is on record.
    pub decision: Option<RecordId>,
    /// As of when it was judged.
    pub at: UtcTime,
    /// The verdict it was released on.
    pub before: Outcome,
    /// By the catalog tried.
    pub after: Outcome,
    /// Each control, or line of the gate's own, that comes out otherwise.
    pub controls: Vec<ChangedControl>,
}

/// A control that comes out otherwise.
#[derive(Debug)]
pub struct ChangedControl {
    /// Its id.
    pub id: Name,
    /// The outcome on record; none where the catalog did not have it.
    pub before: Option<Name>,
    /// By the catalog tried; none where it does not have it.
    pub after: Option<Judgement>,
    /// What it asks for, of what there was.
    pub required: String,
    /// What there was.
    pub found: String,
}

/// What is not the same, control by control.
pub(super) fn changed(past: Past<'_>, before: Outcome, verdict: &Verdict) -> Changed {
    let was = past.decision.and_then(|decision| decision.header.gate.as_ref());
    let was = was.map(|gate| &gate.controls[..]).unwrap_or_default();
    let mut controls = Vec::new();
    for control in &verdict.controls {
        let old = was.iter().find(|old| old.id == control.id);
        if old.is_some_and(|old| old.outcome.as_str() == control.outcome.as_str())
            || (old.is_none() && matches!(control.outcome, Judgement::Pass | Judgement::NotApplicable))
        {
            continue;
        }
        controls.push(ChangedControl {
            id: control.id.clone(),
            before: old.map(|old| old.outcome.clone()),
            after: Some(control.outcome),
            required: control.required.clone(),
            found: control.found.clone(),
        });
    }
    let gone = was.iter().filter(|old| verdict.controls.iter().all(|control| control.id != old.id));
    let gone = gone.filter(|old| !["LEDGER", "POLICY", "SUBJECT", "REJECTED"].contains(&old.id.as_str()));
    controls.extend(gone.filter(|old| old.outcome.as_str() != "not-applicable").map(|old| ChangedControl {
        id: old.id.clone(),
        before: Some(old.outcome.clone()),
        after: None,
        required: old.required.clone(),
        found: old.found.clone(),
    }));
    Changed {
        release: past.tag.clone(),
        decision: past.decision.map(|decision| decision.id),
        at: moment(past),
        before,
        after: verdict.result,
        controls,
    }
}
