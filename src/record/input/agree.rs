//! What predicate, detail and artifacts say of each other.

use super::{Detail, Input};
use crate::record::kind::Claim;
use crate::record::kind::test::{CaseOutcome, Outcome, Suite, TestDetail, TestResult};
use crate::record::misfit::Misfit;

impl Input {
    /// What predicate, detail and artifacts say of each other.
    pub(super) fn agrees(&self) -> Result<(), Misfit> {
        match (&self.claim, &self.detail) {
            (Claim::Test(result), Some(Detail::Test(detail))) if result.result != outcome(&detail.suites) => {
                let counted = outcome(&detail.suites);
                Err(Misfit::new("/predicate/result", format!("by the counts of the suites it is {}", word(counted)))
                    .with(&word(result.result).into()))
            }
            (Claim::Scan(found), Some(Detail::Scan(detail)))
                if detail.counts.total() < u64::try_from(found.scanner.result.len()).unwrap_or(u64::MAX) =>
            {
                let (counted, listed) = (detail.counts.total(), found.scanner.result.len());
                Err(Misfit::new("/detail/counts", format!("{counted} findings are counted and {listed} listed")))
            }
            (Claim::Build(_), Some(Detail::Build(detail))) if detail.artifact_sizes.len() != self.artifacts.len() => {
                let (sizes, artifacts) = (detail.artifact_sizes.len(), self.artifacts.len());
                Err(Misfit::new("/detail/artifactSizes", format!("{sizes} sizes of {artifacts} artifacts")))
            }
            (Claim::Build(_), _) if self.artifacts.is_empty() => {
                Err(Misfit::new("/artifacts", "a build needs at least one: {\"name\", \"sha256\"}"))
            }
            _ => Ok(()),
        }
    }
}

/// The in-toto test result that a detail comes to.
pub(super) fn result_of(detail: &TestDetail) -> TestResult {
    let names = |outcome| {
        let cases = detail.suites.iter().flat_map(|suite| &suite.cases);
        cases.filter(|case| case.outcome == outcome).map(|case| case.name.clone()).collect()
    };
    TestResult {
        result: outcome(&detail.suites),
        configuration: Vec::new(),
        url: None,
        passed_tests: names(CaseOutcome::Passed),
        warned_tests: names(CaseOutcome::Flaky),
        failed_tests: names(CaseOutcome::Failed),
    }
}

fn outcome(suites: &[Suite]) -> Outcome {
    let any = |count: fn(&Suite) -> u64| suites.iter().any(|suite| count(suite) > 0);
    if any(|suite| suite.failed) {
        Outcome::Failed
    } else if any(|suite| suite.flaky) || !any(|suite| suite.passed) {
        Outcome::Warned
    } else {
        Outcome::Passed
    }
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "PASSED",
        Outcome::Warned => "WARNED",
        Outcome::Failed => "FAILED",
    }
}
