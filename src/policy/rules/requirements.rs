//! `requirements.*`: whether what the plan links was tested.

use std::collections::BTreeSet;

use super::{Metric, Paths, Reading, absent, distinct};
use crate::policy::evidence::{Proof, Standing};
use crate::policy::rule::Rule;
use crate::record::kind::test::{CaseOutcome, Suite};
use crate::record::{Claim, Kind, RequirementId};

/// How many requirements are named.
const NAMED: usize = 5;

pub(super) static METRICS: &[Metric] = &[
    Metric {
        name: "requirements.linked",
        unit: "requirements",
        doc: "Requirements that the plans of the change link.",
        kind: Kind::Plan,
        paths: Paths::All,
        read: linked,
    },
    Metric {
        name: "requirements.uncovered",
        unit: "requirements",
        doc: "Those of them that no test of this very tree covers: none that is linked passed, or one failed, in the last result of every suite type. A result that has no room for all its failed cases covers nothing. Who signs them off approves the plan that links them, for instance approvals.product-owner.",
        kind: Kind::Test,
        paths: Paths::All,
        read: uncovered,
    },
];

fn of_plans(standing: &Standing<'_>) -> BTreeSet<RequirementId> {
    let plans = standing.plans().counted();
    let linked = plans.filter_map(|record| match &record.claim {
        Claim::Plan(plan) => Some(plan.requirements.iter().cloned()),
        _ => None,
    });
    linked.flatten().collect()
}

fn linked<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    let plans: Vec<Proof<'a>> = standing.plans().counted().collect();
    if plans.is_empty() {
        return absent(standing, Kind::Plan, "plan");
    }
    let count = of_plans(standing).len();
    Reading::count(count, format!("{count} requirements linked"), plans)
        .hint("link them: git qms record plan --requirement ID --supersedes ID --reason \"…\"")
}

fn uncovered<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    if standing.plans().counted().next().is_none() {
        return absent(standing, Kind::Plan, "plan");
    }
    let wanted = of_plans(standing);
    let results = super::test::last_results(standing);
    if results.is_empty() {
        return absent(standing, Kind::Test, "test");
    }
    let suites: Vec<&Suite> =
        results.iter().filter_map(|record| record.header.test.as_ref()).flat_map(|test| &test.suites).collect();
    let outcomes = |id: &RequirementId| {
        let of_suite = |suite: &&&Suite| suite.cases.iter().any(|case| case.requirements.contains(id));
        let cases = suites.iter().filter(of_suite).flat_map(|suite| {
            let all_named = is_named_whole(suite);
            suite.cases.iter().map(move |case| (case, all_named))
        });
        cases.filter(|(case, _)| case.requirements.contains(id)).collect::<Vec<_>>()
    };
    let is_covered = |id: &&RequirementId| {
        let outcomes = outcomes(id);
        outcomes.iter().any(|(case, all_named)| *all_named && case.outcome == CaseOutcome::Passed)
            && outcomes.iter().all(|(case, _)| case.outcome != CaseOutcome::Failed)
    };
    let open: Vec<&RequirementId> = wanted.iter().filter(|id| !is_covered(id)).collect();
    let mut found = format!("{} of {} requirements not covered", open.len(), wanted.len());
    if !open.is_empty() {
        let more = open.len().saturating_sub(NAMED);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        let named: Vec<_> = open.iter().take(NAMED).map(ToString::to_string).collect();
        found = format!("{found}: {}{more}", named.join(", "));
    }
    let proofs = distinct(standing.plans().counted().chain(results));
    Reading::count(open.len(), found, proofs)
        .hint("link a test that passes, in its name or its properties; see git qms trace")
}

/// Whether every failed case is named, so that none of a requirement is among the others.
fn is_named_whole(suite: &Suite) -> bool {
    let named = suite.cases.iter().filter(|case| case.outcome == CaseOutcome::Failed).count();
    u64::try_from(named).is_ok_and(|named| named >= suite.failed)
}
