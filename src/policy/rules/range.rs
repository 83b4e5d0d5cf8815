//! `range.*`: whether every commit since the last release was looked at.

use super::{Metric, Paths, Reading};
use crate::policy::evidence::Standing;
use crate::policy::rule::Rule;
use crate::record::Kind;

/// How many commits are named.
const NAMED: usize = 5;

pub(super) static METRICS: &[Metric] = &[Metric {
    name: "range.unapproved",
    unit: "commits",
    doc: "First-parent commits since the last release that passed this rule without exception, or since the baseline, that nobody but their own authors has approved, on the commit or on an identical tree of the same change. Approving a merge covers what it merges.",
    kind: Kind::Approval,
    paths: Paths::All,
    read: unapproved,
}];

fn unapproved<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    let (all, open) = (standing.lineage.range.len(), standing.unapproved());
    let mut found = format!("{} of {all} commits unapproved", open.len());
    if !open.is_empty() {
        let named: Vec<_> = open.iter().take(NAMED).map(crate::record::ids::CommitId::short).collect();
        let more = open.len().saturating_sub(NAMED);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        found = format!("{found}: {}{more}", named.join(", "));
    }
    let first = open.first().map_or(String::new(), |commit| format!(" {}", commit.short()));
    Reading::count(open.len(), found, Vec::new()).hint(format!("another person approves each: git qms approve{first}"))
}
