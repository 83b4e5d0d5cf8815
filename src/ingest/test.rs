//! What a test run found, case by case, and the claim made of one or more runs.

use std::collections::BTreeMap;

use super::cases::{CaseCounts, Cases};
use super::room::Room;
use super::{IngestError, Origin, Report, coverage};
use crate::record::Kind;
use crate::record::ids::CommitId;
use crate::record::kind::Resource;
use crate::record::kind::test::{
    Case, CaseOutcome, Discrepancy, MAX_NAMED_CASES, Outcome, Suite, TestDetail, TestResult, Tool,
};
use crate::record::name::{Name, RequirementId};
use crate::record::time::Span;

/// How many bytes of JSON the named cases of one record may take. A record names each of them twice.
const CASES_ROOM: usize = 150 << 10;

/// How many discrepancies one record notes.
const MAX_DISCREPANCIES: usize = 200;

/// One test report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestReport {
    /// Where it is from.
    pub origin: Origin,
    /// The tool that wrote it, where it says so.
    pub tool: Option<Tool>,
    /// Its cases; at least one.
    pub cases: Cases,
    /// Sum of the cases' durations, in milliseconds, where all that are written can be read.
    pub duration_ms: Option<u64>,
    /// First start to last end, where the report says so.
    pub ran: Option<Span>,
    /// Where its own totals differ from what was counted.
    pub discrepancies: Vec<Discrepancy>,
}

/// One test case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestCase {
    /// Class or file and name; never empty.
    pub name: String,
    /// How it went.
    pub outcome: CaseOutcome,
    /// What was expected of it.
    pub expected: Expectation,
    /// The requirements it is linked to, sorted.
    pub requirements: Vec<RequirementId>,
}

/// What was expected of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expectation {
    /// To pass, as of most.
    Pass,
    /// To fail: one that passes all the same may be a failure to a strict tool.
    Failure,
}

impl TestCase {
    /// A case without links.
    pub(super) fn told(name: impl Into<String>, outcome: CaseOutcome) -> Self {
        Self { name: name.into(), outcome, expected: Expectation::Pass, requirements: Vec::new() }
    }

    /// Adds the links of another run of it.
    pub(super) fn link(&mut self, other: Self) {
        self.requirements.extend(other.requirements);
        self.requirements.sort_unstable();
        self.requirements.dedup();
    }

    /// Whether it was expected to fail, but passed.
    pub(super) fn is_unexpected_pass(&self) -> bool {
        match self.outcome {
            CaseOutcome::UnexpectedPass => true,
            CaseOutcome::Failed => self.expected == Expectation::Failure,
            _ => false,
        }
    }
}

/// The claim of a test record: the cases of all test reports of one type as one suite, and what all coverage
/// reports together reached; the type of a coverage report means nothing. Cases of one name in two reports are
/// two cases: what fails on one platform and passes on another is a failure, and only within one report can it
/// be told from a case that was run again. With coverage alone no suite is claimed, and the outcome is
/// `WARNED`, since no test is known to have passed. `url` is where the run can be looked at.
pub fn test_claim(
    reports: &[(Name, Report)],
    commit: CommitId,
    url: Option<String>,
) -> Result<(TestResult, TestDetail), IngestError> {
    let (mut tests, mut covered) = (BTreeMap::<&Name, Vec<&TestReport>>::new(), Vec::new());
    for (kind, report) in reports {
        match report {
            Report::Tests(report) => tests.entry(kind).or_default().push(report),
            Report::Coverage(report) => covered.push(report),
            report => return Err(report.refused_for(Kind::Test)),
        }
    }
    if tests.is_empty() && covered.is_empty() {
        return Err(IngestError::NoReport(Kind::Test));
    }
    let of_tests = tests.iter().flat_map(|(kind, reports)| {
        let all = reports.iter().flat_map(|report| report.discrepancies.iter().cloned());
        all.map(|doubt| Discrepancy { suite: Some((*kind).clone()), ..doubt })
    });
    let of_coverage = covered.iter().flat_map(|report| report.discrepancies.iter().cloned());
    let discrepancies = of_tests.chain(of_coverage).take(MAX_DISCREPANCIES).collect();
    let mut room = Room::new(MAX_NAMED_CASES, CASES_ROOM);
    let suites: Vec<Suite> = tests.iter().map(|(kind, reports)| unite(reports, (*kind).clone(), &mut room)).collect();
    let configuration = vec![Resource {
        name: Some("commit".into()),
        uri: None,
        digest: [("gitCommit".to_owned(), commit.to_string())].into(),
    }];
    let names = |outcome| {
        let cases = suites.iter().flat_map(|suite| &suite.cases);
        cases.filter(|case| case.outcome == outcome).map(|case| case.name.clone()).collect()
    };
    let result = TestResult {
        result: outcome(&suites),
        configuration,
        url,
        passed_tests: names(CaseOutcome::Passed),
        warned_tests: names(CaseOutcome::Flaky),
        failed_tests: names(CaseOutcome::Failed),
    };
    Ok((result, TestDetail { suites, coverage: coverage::unite(covered), discrepancies }))
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

/// The cases of all reports as one suite.
fn unite(reports: &[&TestReport], kind: Name, room: &mut Room) -> Suite {
    let sum = |count: fn(CaseCounts) -> u64| {
        reports.iter().map(|report| count(report.cases.counts())).fold(0, u64::saturating_add)
    };
    let (cases, omitted) = named(reports, room);
    Suite {
        kind,
        tool: agreed(reports.iter().map(|report| report.tool.as_ref())).cloned(),
        passed: sum(|counts| counts.passed),
        failed: sum(|counts| counts.failed),
        skipped: sum(|counts| counts.skipped),
        flaky: sum(|counts| counts.flaky),
        disabled: sum(|counts| counts.disabled),
        expected_failures: sum(|counts| counts.expected_failures),
        unexpected_passes: sum(|counts| counts.unexpected_passes),
        duration_ms: reports.iter().try_fold(0_u64, |sum, report| Some(sum.saturating_add(report.duration_ms?))),
        ran: reports
            .iter()
            .filter_map(|report| report.ran)
            .reduce(|one, other| Span { start: one.start.min(other.start), end: one.end.max(other.end) }),
        cases,
        omitted,
    }
}

/// What all say, if all say the same.
fn agreed<T: PartialEq>(mut all: impl Iterator<Item = Option<T>>) -> Option<T> {
    let first = all.next()??;
    all.all(|other| other.as_ref() == Some(&first)).then_some(first)
}

/// The cases that are worth a name, failed ones first, then flaky ones, then those that passed unexpectedly or
/// are linked to requirements; and how many found no room.
fn named(reports: &[&TestReport], room: &mut Room) -> (Vec<Case>, u64) {
    let mut named: Vec<&TestCase> = reports.iter().flat_map(|report| report.cases.named()).collect();
    // Stable: within one outcome the order of the report stays.
    named.sort_by_key(|case| std::cmp::Reverse(case.outcome));
    let entries = named.iter().map(|case| Case {
        name: case.name.clone(),
        outcome: case.outcome,
        requirements: case.requirements.clone(),
    });
    let listed: Vec<Case> = entries.take_while(|entry| room.take(entry)).collect();
    let worth: u64 = reports.iter().map(|report| report.cases.worth_a_name()).sum();
    let omitted = worth.saturating_sub(listed.len() as u64);
    (listed, omitted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(outcomes: &[CaseOutcome], name_length: usize) -> Report {
        let mut cases = Cases::default();
        for (at, outcome) in outcomes.iter().enumerate() {
            cases.add(&0, TestCase::told(format!("{at}{}", "x".repeat(name_length)), *outcome));
        }
        Report::Tests(TestReport {
            origin: Origin { file: "junit.xml".into(), format: "JUnit XML" },
            tool: None,
            cases,
            duration_ms: None,
            ran: None,
            discrepancies: Vec::new(),
        })
    }

    fn claim(reports: &[Report]) -> (TestResult, TestDetail) {
        let commit = "4b825dc642cb6eb9a060e54bf8d69288fbee4904".parse().expect("hex");
        let reports: Vec<_> = reports.iter().map(|report| ("unit".parse().expect("a name"), report.clone())).collect();
        test_claim(&reports, commit, None).expect("a claim")
    }

    #[test]
    fn a_thousand_cases_are_named_and_the_others_counted() {
        let (result, detail) = claim(&[report(&[CaseOutcome::Failed; 1_200], 1)]);
        let suite = &detail.suites[0];
        assert_eq!((suite.failed, suite.cases.len(), suite.omitted), (1_200, 1_000, 200));
        assert_eq!(result.failed_tests.len(), 1_000);
    }

    #[test]
    fn long_names_do_not_outgrow_a_record() {
        let (result, detail) = claim(&[report(&[CaseOutcome::Failed; 1_200], 1_000)]);
        let size = serde_json::to_vec(&(&result, &detail)).expect("JSON").len();
        assert!(size < 400 << 10, "{size}");
        let suite = &detail.suites[0];
        assert_eq!(suite.cases.len() as u64 + suite.omitted, 1_200);
    }

    #[test]
    fn nothing_that_ran_is_not_a_pass() {
        let (result, _) = claim(&[report(&[CaseOutcome::Skipped; 3], 1)]);
        assert_eq!(result.result, Outcome::Warned);
    }

    #[test]
    fn failed_cases_are_named_before_flaky_ones() {
        let (_, detail) = claim(&[report(&[CaseOutcome::Flaky, CaseOutcome::Passed, CaseOutcome::Failed], 0)]);
        let names: Vec<_> = detail.suites[0].cases.iter().map(|case| case.name.as_str()).collect();
        assert_eq!(names, ["2", "0"]);
    }
}
