//! `plan.*`: whether somebody said why, and how it goes out, is watched and is taken back.

use super::{Metric, Paths, Reading, absent};
use crate::policy::evidence::{Proof, Standing};
use crate::policy::rule::Rule;
use crate::record::kind::plan::Plan;
use crate::record::{Claim, Kind};

macro_rules! metrics {
    ($($name:literal $read:ident $doc:literal;)*) => {
        pub(super) static METRICS: &[Metric] = &[$(Metric {
            name: $name, unit: "plans", doc: $doc, kind: Kind::Plan, paths: Paths::All, read: $read,
        }),*];
    };
}

metrics! {
    "plan.recorded" recorded "Plans of the change, found by its reference on whatever commit they lie, that no other supersedes. Plans of two members for one change satisfy nothing, here and below.";
    "plan.rollout" rollout "Those that say how the change reaches its users; none where one of them does not.";
    "plan.monitoring" monitoring "Those that say what is watched, and for how long; none where one of them does not.";
    "plan.rollback" rollback "Those that say when and how the change is taken back; none where one of them does not.";
}

/// The plans that count, or why there are none.
fn plans<'a>(standing: &Standing<'a>) -> Result<Vec<Proof<'a>>, Reading<'a>> {
    let plans = standing.plans();
    if let Some(conflict) = plans.conflict() {
        return Err(Reading::barred(conflict, plans.current().to_vec())
            .hint("agree on one: git qms record plan --supersedes ID --reason \"…\""));
    }
    let counted: Vec<_> = plans.counted().collect();
    if counted.is_empty() { Err(absent(standing, Kind::Plan, "plan")) } else { Ok(counted) }
}

fn recorded<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    let counted = match plans(standing) {
        Ok(counted) => counted,
        Err(reading) => return reading,
    };
    match counted.first().and_then(|plan| plan.header.change.as_ref()) {
        Some(change) => Reading::count(counted.len(), format!("plan for {change}"), counted),
        None => Reading::count(counted.len(), "plan", counted),
    }
}

fn stating<'a>(standing: &Standing<'a>, what: &str, option: &str, part: fn(&Plan) -> Option<&String>) -> Reading<'a> {
    let counted = match plans(standing) {
        Ok(counted) => counted,
        Err(reading) => return reading,
    };
    let says = |record: &Proof<'_>| matches!(&record.claim, Claim::Plan(plan) if part(plan).is_some());
    if let Some(silent) = counted.iter().copied().find(|plan| !says(plan)) {
        let id = silent.id.short();
        return Reading::count(0, format!("plan {id} says no {what}"), vec![silent])
            .hint(format!("git qms record plan --{option} \"…\" --supersedes {id} --reason \"…\""));
    }
    Reading::count(counted.len(), what, counted)
}

fn rollout<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    stating(standing, "rollout strategy", "rollout", |plan| plan.rollout_strategy.as_ref())
}

fn monitoring<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    stating(standing, "monitoring plan", "monitoring", |plan| plan.monitoring_plan.as_ref())
}

fn rollback<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    stating(standing, "rollback criteria", "rollback", |plan| plan.rollback_criteria.as_ref())
}
