//! Flaky rate: tests that both passed and failed on one commit.

use std::collections::{BTreeMap, BTreeSet};

use crate::measure::item::{Amount, Gathered, Item};
use crate::measure::scope::Scope;
use crate::record::kind::test::{CaseOutcome, Suite};
use crate::record::{Kind, Record};

/// By commit and type of suite; a test that ran several times on a commit is one.
pub(super) fn gather(scope: &Scope<'_>) -> Gathered {
    let mut runs: BTreeMap<_, Vec<(&Record, &Suite)>> = BTreeMap::new();
    for record in scope.of_kind(Kind::Test) {
        for suite in record.header.test.iter().flat_map(|test| &test.suites) {
            runs.entry((record.commit, &suite.kind)).or_default().push((record, suite));
        }
    }
    let items = runs.into_iter().filter_map(|((commit, kind), runs)| {
        let first = runs.first()?.0;
        let ran = runs.iter().map(|(_, suite)| suite.passed.saturating_add(suite.failed)).max()?;
        let flaky = flaky(&runs).min(ran);
        Some(Item {
            at: first.header.occurred.end,
            amount: Amount::Of { part: flaky, whole: ran },
            what: format!("{kind} on {}", commit.short()),
            records: runs.iter().map(|(record, _)| record.id).collect(),
            flag: None,
        })
    });
    Gathered::of(items)
        .note("a lower bound: reports hide what was tried again, and records name no test that simply passed")
}

/// How many tests were flaky at least: by the reports' word, or by failing in one run and not in another of as many tests.
fn flaky(runs: &[(&Record, &Suite)]) -> u64 {
    let mut names: BTreeSet<&str> = BTreeSet::new();
    let mut most_reported = 0;
    for (_, suite) in runs {
        most_reported = most_reported.max(suite.flaky);
        names.extend(named(suite, CaseOutcome::Flaky));
        for name in named(suite, CaseOutcome::Failed) {
            let passed_elsewhere = runs.iter().any(|(_, other)| passed(other, name, suite));
            if passed_elsewhere {
                names.insert(name);
            }
        }
    }
    (names.len() as u64).max(most_reported)
}

fn named(suite: &Suite, outcome: CaseOutcome) -> impl Iterator<Item = &str> {
    suite.cases.iter().filter(move |case| case.outcome == outcome).map(|case| case.name.as_str())
}

/// Whether a test passed in a run: by name; or, since a run names all that failed, because as many ran and none failed.
fn passed(run: &Suite, name: &str, failed_in: &Suite) -> bool {
    let named = run.cases.iter().find(|case| case.name == name);
    match named {
        Some(case) => matches!(case.outcome, CaseOutcome::Passed | CaseOutcome::Flaky),
        None => run.failed == 0 && run.passed == failed_in.passed.saturating_add(failed_in.failed),
    }
}
