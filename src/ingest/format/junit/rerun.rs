//! Cases that one report tells several times, because the tool ran them again.

use std::collections::{BTreeMap, BTreeSet};

use super::case::RawCase;
use crate::ingest::TestCase;
use crate::record::kind::test::CaseOutcome;

/// One case a name where its runs both failed and passed: flaky if the last one passed, else failed.
/// Where all runs agree they are cases of their own, since several tools give parameters no name.
/// Skipped ones always are.
pub(super) fn unite(raw: &[RawCase]) -> Vec<TestCase> {
    let mut reruns: BTreeMap<_, Vec<&RawCase>> = BTreeMap::new();
    for case in raw.iter().filter(|case| !is_skipped(case)) {
        reruns.entry((&case.place, &case.name)).or_default().push(case);
    }
    reruns.retain(|_, runs| runs.iter().any(|run| has_failed(run)) && !runs.iter().all(|run| has_failed(run)));
    let mut cases = Vec::new();
    for case in raw {
        match reruns.get(&(&case.place, &case.name)) {
            Some(runs) if !is_skipped(case) => {
                // The place of the first run is that of the case.
                if runs.first().is_some_and(|first| std::ptr::eq(*first, case)) {
                    cases.push(united(case, runs));
                }
            }
            _ => cases.push(told(case, case.signs.outcome(), case.requirements.clone())),
        }
    }
    cases
}

fn united(case: &RawCase, runs: &[&RawCase]) -> TestCase {
    let outcome =
        if runs.last().is_some_and(|last| has_failed(last)) { CaseOutcome::Failed } else { CaseOutcome::Flaky };
    told(case, outcome, runs.iter().flat_map(|run| run.requirements.iter().cloned()).collect())
}

fn told(case: &RawCase, outcome: CaseOutcome, requirements: BTreeSet<crate::record::RequirementId>) -> TestCase {
    TestCase { name: case.name.clone(), outcome, requirements: requirements.into_iter().collect() }
}

fn is_skipped(case: &RawCase) -> bool {
    case.signs.outcome() == CaseOutcome::Skipped
}

fn has_failed(case: &RawCase) -> bool {
    case.signs.outcome() == CaseOutcome::Failed
}
