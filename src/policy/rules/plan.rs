//! `plan.*`: whether somebody said why.

use super::{Metric, Paths, Reading, absent};
use crate::policy::evidence::Standing;
use crate::policy::rule::Rule;
use crate::record::Kind;

pub(super) static METRICS: &[Metric] = &[Metric {
    name: "plan.recorded",
    unit: "records",
    doc: "Plans of the change, found by its reference on whatever commit they lie, that no other supersedes. Plans of two members for one change satisfy nothing.",
    kind: Kind::Plan,
    paths: Paths::All,
    read: recorded,
}];

fn recorded<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    let plans = standing.plans();
    if let Some(conflict) = plans.conflict() {
        return Reading::barred(conflict, plans.current().to_vec())
            .hint("agree on one: git qms record plan --supersedes ID --reason \"…\"");
    }
    let counted: Vec<_> = plans.counted().collect();
    match counted.first().and_then(|plan| plan.header.change.as_ref()) {
        _ if counted.is_empty() => absent(standing, Kind::Plan, "plan"),
        Some(change) => Reading::count(counted.len(), format!("plan for {change}"), counted),
        None => Reading::count(counted.len(), "plan", counted),
    }
}
