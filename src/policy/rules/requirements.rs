//! `requirements.*`: whether what the plan links was tested.

use std::collections::{BTreeMap, BTreeSet};

use super::{Metric, Paths, Reading, absent, distinct};
use crate::policy::evidence::{Entry, Miss, Proof, Standing, Traced};
use crate::policy::rule::Rule;
use crate::record::kind::test::{Case, CaseOutcome, Suite};
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
        doc: "Those of them that no test of this very tree covers. One covers that passed in the last result of its suite type by a link that is not suspect, by what git qms trace says: for the requirement as it is now and was reviewed. None is covered where one failed or is flaky, now or in an earlier result of the tree, or where a result has no room for all its failed cases; skipped ones and failures that were expected cover nothing. Where the catalog has [requirements], what is not written there or not in force counts as not covered. Who signs them off approves the plan that links them, for instance approvals.product-owner.",
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
    let plans: Vec<Proof<'a>> = standing.plans().counted().collect();
    if plans.is_empty() {
        return absent(standing, Kind::Plan, "plan");
    }
    if let Traced::Unread(why) = standing.traced {
        return Reading::barred(format!("unknown: {why}"), plans)
            .hint("mend the files of requirements, or [requirements] in .qms/policy.toml; see git qms trace");
    }
    let wanted = of_plans(standing);
    let results = super::test::last_results(standing);
    if results.is_empty() {
        return absent(standing, Kind::Test, "test");
    }
    let links = Links::of(standing, &results);
    let open: Vec<String> = wanted.iter().filter_map(|name| links.lacks(name)).collect();
    let mut found = format!("{} of {} requirements not covered", open.len(), wanted.len());
    if !open.is_empty() {
        let more = open.len().saturating_sub(NAMED);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        found = format!("{found}: {}{more}", open[..open.len().min(NAMED)].join(", "));
    }
    Reading::count(open.len(), found, distinct(plans.into_iter().chain(results)))
        .hint("link a test that passes, in its name or its properties; see git qms trace")
}

/// What the tests of the tree say of each requirement.
struct Links<'a> {
    traced: &'a Traced,
    /// By the requirement's own id.
    tested: BTreeMap<RequirementId, Tested>,
}

/// What speaks for a requirement, and what against it.
#[derive(Default)]
struct Tested {
    passed: bool,
    /// Why it is not covered whatever passed.
    against: Option<&'static str>,
    /// Why what passed does not cover it.
    doubt: Option<String>,
}

impl<'a> Links<'a> {
    fn of(standing: &Standing<'a>, results: &[Proof<'a>]) -> Self {
        let mut links = Self { traced: standing.traced, tested: BTreeMap::new() };
        for (record, suite) in results.iter().flat_map(|record| suites(record).map(move |suite| (record, suite))) {
            let is_whole = is_named_whole(suite);
            for (name, case) in linked_cases(suite) {
                let doubt = (!is_whole).then(|| format!("failed cases are not named in {}", record.id.short()));
                links.take(name, case.outcome, doubt);
            }
        }
        // What failed on the same tree and passes now is flaky, also where the failure was superseded.
        let is_earlier = |entry: &&Entry<'a>| {
            let counted = entry.miss.is_none() || (entry.miss == Some(Miss::Superseded) && !entry.record.header.dirty);
            counted && results.iter().all(|last| last.id != entry.record.id)
        };
        for entry in standing.of_kind(Kind::Test).filter(is_earlier) {
            for (name, case) in suites(entry.record).flat_map(linked_cases) {
                if case.outcome == CaseOutcome::Failed {
                    links.take(name, CaseOutcome::Flaky, None);
                }
            }
        }
        links
    }

    fn take(&mut self, name: &RequirementId, outcome: CaseOutcome, doubt: Option<String>) {
        let Some(linked) = self.traced.linked(name) else { return };
        let tested = self.tested.entry(linked.id).or_default();
        match outcome {
            CaseOutcome::Passed => match doubt.or(linked.doubt) {
                None => tested.passed = true,
                doubt => tested.doubt = doubt,
            },
            CaseOutcome::Failed => tested.against = Some("failed"),
            CaseOutcome::Flaky => tested.against = tested.against.or(Some("flaky")),
            CaseOutcome::Skipped
            | CaseOutcome::Disabled
            | CaseOutcome::ExpectedFailure
            | CaseOutcome::UnexpectedPass => {}
        }
    }

    /// Of a requirement that is not covered: its id, and why where something speaks of it.
    fn lacks(&self, name: &RequirementId) -> Option<String> {
        let Some(linked) = self.traced.linked(name) else { return Some(format!("{name} (is not written)")) };
        if !linked.active {
            return Some(format!("{name} (is not in force)"));
        }
        match self.tested.get(&linked.id) {
            Some(Tested { against: Some(why), .. }) => Some(format!("{name} ({why})")),
            Some(Tested { passed: true, .. }) => None,
            Some(Tested { doubt: Some(doubt), .. }) => Some(format!("{name} (suspect: {doubt})")),
            _ => Some(name.to_string()),
        }
    }
}

fn suites(record: Proof<'_>) -> impl Iterator<Item = &Suite> {
    record.header.test.iter().flat_map(|test| &test.suites)
}

/// Each case of a suite with each requirement it is linked to.
fn linked_cases(suite: &Suite) -> impl Iterator<Item = (&RequirementId, &Case)> {
    suite.cases.iter().flat_map(|case| case.requirements.iter().map(move |name| (name, case)))
}

/// Whether every failed case is named, so that none of a requirement is among the others.
fn is_named_whole(suite: &Suite) -> bool {
    let named = suite.cases.iter().filter(|case| case.outcome == CaseOutcome::Failed).count();
    u64::try_from(named).is_ok_and(|named| named >= suite.failed)
}
