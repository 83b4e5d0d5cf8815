//! `change.*`: whether the ticket of the change was approved, and not its files alone.

use super::{Metric, Paths, Reading, absent, distinct};
use crate::policy::evidence::Standing;
use crate::policy::rule::Rule;
use crate::record::Kind;

pub(super) static METRICS: &[Metric] = &[Metric {
    name: "change.approved",
    unit: "people",
    doc: "Distinct people who approved with the plan of the change before them, and did not ask for it themselves. Without a plan there is none; plans of two members for one change satisfy nothing. What a ticket system says of its own is not known: whoever approves there approves here.",
    kind: Kind::Plan,
    paths: Paths::All,
    read: approved,
}];

fn approved<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    let plans = standing.plans();
    if let Some(conflict) = plans.conflict() {
        return Reading::barred(conflict, plans.current().to_vec())
            .hint("agree on one: git qms record plan --supersedes ID --reason \"…\"");
    }
    let counted: Vec<_> = plans.counted().collect();
    let Some(change) = counted.first().and_then(|plan| plan.header.change.as_ref()) else {
        return absent(standing, Kind::Plan, "plan of a change");
    };
    // A vote counts only of whoever has seen every plan of the change, and has asked for none.
    let votes: Vec<_> = standing.votes().iter().filter(|vote| vote.counts()).collect();
    let people: std::collections::BTreeSet<_> = votes.iter().map(|vote| vote.member).collect();
    let found = format!("{change} approved by {} people", people.len());
    let records = distinct(counted.iter().copied().chain(votes.iter().map(|vote| vote.record)));
    Reading::count(people.len(), found, records).hint("another person reads the plan, and approves: git qms approve")
}
