//! Test: what the tests found, counted case by case. in-toto test result v0.1.
//!
//! Source: <https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md>.

use serde::{Deserialize, Serialize};

use super::{Predicate, Resource, Stage, not_empty};
use crate::record::name::{Name, RequirementId};
use crate::record::time::Span;

/// How many test cases a record names; the others are only counted.
pub const MAX_NAMED_CASES: usize = 1_000;

/// How many files of a coverage report a record lists; the totals count them all.
pub const MAX_COVERED_FILES: usize = 5_000;

/// The in-toto test result, with the members that git-qms writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TestResult {
    /// Failed when any case failed, warned when any was flaky.
    pub result: Outcome,
    /// The source that configures the tests: the commit.
    pub configuration: Vec<Resource>,
    /// Where the run can be looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Names of requirement-linked cases that passed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed_tests: Vec<String>,
    /// Names of flaky cases.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warned_tests: Vec<String>,
    /// Names of failed cases.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed_tests: Vec<String>,
}

/// The outcome of a whole test run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Outcome {
    /// Every case that ran passed at once.
    Passed,
    /// None failed, but at least one passed only after failing, or none is known to have passed.
    Warned,
    /// At least one failed.
    Failed,
}

/// What a test record says beyond the in-toto test result; lies in the header.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TestDetail {
    /// One entry a type of suite. Empty when the record carries coverage alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suites: Vec<Suite>,
    /// What the tests reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<Coverage>,
    /// Where a report's own totals differ from what was counted in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discrepancies: Vec<Discrepancy>,
}

/// The cases of one type of suite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Suite {
    /// `unit`, `integration`, `contract`, `regression` or another name.
    #[serde(rename = "type")]
    pub kind: Name,
    /// The tool that wrote the report, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<Tool>,
    /// Cases that passed, flaky ones and unexpected passes included.
    pub passed: u64,
    /// Cases that failed or broke.
    pub failed: u64,
    /// Cases that prove nothing: skipped, disabled, or failed as expected.
    pub skipped: u64,
    /// Cases among `passed` that failed first.
    pub flaky: u64,
    /// Cases among `skipped` that are switched off or yet to be written.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub disabled: u64,
    /// Cases among `skipped` that ran, and failed as expected.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub expected_failures: u64,
    /// Cases among `passed`, or among `failed` where the tool is strict, that were expected to fail.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unexpected_passes: u64,
    /// Sum of the cases' durations, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// First start to last end, where the report says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ran: Option<Span>,
    /// Failed, flaky, unexpectedly passed and requirement-linked cases, up to [`MAX_NAMED_CASES`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<Case>,
    /// How many more would be named.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub omitted: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// A tool and its version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// For instance `nextest`.
    pub name: String,
    /// As the tool writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// One test case that is worth a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Class or file and name, as the tool writes it.
    pub name: String,
    /// How it went.
    pub outcome: CaseOutcome,
    /// The requirements it is linked to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<RequirementId>,
}

/// How one test case went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CaseOutcome {
    /// Passed at once.
    Passed,
    /// Did not run.
    Skipped,
    /// Did not run: switched off, or yet to be written.
    Disabled,
    /// Failed, as was expected of it.
    ExpectedFailure,
    /// Passed, although it was expected to fail.
    UnexpectedPass,
    /// Passed after failing.
    Flaky,
    /// Failed or broke.
    Failed,
}

impl CaseOutcome {
    /// The word in a record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Skipped => "skipped",
            Self::Disabled => "disabled",
            Self::ExpectedFailure => "expectedFailure",
            Self::UnexpectedPass => "unexpectedPass",
            Self::Flaky => "flaky",
            Self::Failed => "failed",
        }
    }
}

/// Counts of what tests reached. Each pair is covered of total.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Coverage {
    /// Lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<Ratio>,
    /// Branches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<Ratio>,
    /// Functions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<Ratio>,
    /// The same by file, sorted by path, up to [`MAX_COVERED_FILES`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileCoverage>,
    /// How many files are not listed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub omitted: u64,
}

/// What tests reached in one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct FileCoverage {
    /// From the top of the repository where that could be told, else as the report writes it.
    pub path: String,
    /// Lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<Ratio>,
    /// Branches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<Ratio>,
    /// Functions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<Ratio>,
}

/// `covered` of `total`; a total of zero has no percentage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ratio {
    /// Those reached.
    pub covered: u64,
    /// All.
    pub total: u64,
}

impl Ratio {
    /// Hundredths of a percent, rounded down, so that 79.999 % never reads as 80.
    pub fn basis_points(self) -> Option<u64> {
        (self.total > 0)
            .then(|| u64::try_from(u128::from(self.covered) * 10_000 / u128::from(self.total)).unwrap_or(u64::MAX))
    }

    /// Both added up.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { covered: self.covered.saturating_add(other.covered), total: self.total.saturating_add(other.total) }
    }
}

/// A report's own total that is not what was counted in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Discrepancy {
    /// The report's file name.
    pub report: String,
    /// For instance `tests` or `line coverage`.
    pub field: String,
    /// What the report's header says.
    pub reported: String,
    /// What was counted.
    pub counted: String,
    /// The type of suite that the report is of, where it is a test report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suite: Option<Name>,
}

impl TestDetail {
    /// Checks what the types alone cannot say.
    pub fn check(&self) -> Result<(), String> {
        if self.suites.is_empty() && self.coverage.is_none() {
            return Err("a test record needs suites or coverage".into());
        }
        for suite in &self.suites {
            if suite.flaky > suite.passed {
                return Err(format!("suite {}: {} flaky of {} passed", suite.kind, suite.flaky, suite.passed));
            }
            suite.check_parts()?;
        }
        let coverage = self.coverage.iter();
        let ratios = coverage.flat_map(|all| {
            let files = all.files.iter().flat_map(|file| [file.line, file.branch, file.function]);
            [all.line, all.branch, all.function].into_iter().chain(files)
        });
        for ratio in ratios.flatten() {
            if ratio.covered > ratio.total {
                return Err(format!("coverage: {} of {}", ratio.covered, ratio.total));
            }
        }
        Ok(())
    }

    /// One line: `unit: 212 passed, 3 skipped; line coverage 81.20 %`.
    pub fn summary(&self) -> String {
        let mut parts: Vec<String> = self.suites.iter().map(Suite::summary).collect();
        if let Some(points) = self.coverage.as_ref().and_then(|coverage| coverage.line).and_then(Ratio::basis_points) {
            parts.push(format!("line coverage {}.{:02} %", points / 100, points % 100));
        }
        parts.join("; ")
    }
}

impl Suite {
    /// All cases.
    pub fn total(&self) -> u64 {
        self.passed.saturating_add(self.failed).saturating_add(self.skipped)
    }

    /// Of what it consists beyond passed, failed and flaky.
    fn check_parts(&self) -> Result<(), String> {
        let proved_nothing = self.disabled.saturating_add(self.expected_failures);
        if proved_nothing > self.skipped {
            let (kind, skipped) = (&self.kind, self.skipped);
            return Err(format!("suite {kind}: {proved_nothing} disabled or failed as expected of {skipped} skipped"));
        }
        let ran = self.passed.saturating_add(self.failed);
        if self.unexpected_passes > ran {
            return Err(format!("suite {}: {} unexpected passes of {ran} that ran", self.kind, self.unexpected_passes));
        }
        Ok(())
    }

    fn summary(&self) -> String {
        let mut text = format!("{}: {} passed", self.kind, self.passed);
        if self.failed > 0 {
            text.extend([format!(", {} failed", self.failed)]);
        }
        if self.skipped > 0 {
            text.extend([format!(
                ", {} skipped{}",
                self.skipped,
                skipped_parts(self.disabled, self.expected_failures)
            )]);
        }
        if self.flaky > 0 {
            text.extend([format!(", {} flaky", self.flaky)]);
        }
        if self.unexpected_passes > 0 {
            text.extend([format!(", {} passed unexpectedly", self.unexpected_passes)]);
        }
        text
    }
}

/// How skipped cases came about, in brackets, where that is known: ` (2 disabled, 1 failed as expected)`.
pub fn skipped_parts(disabled: u64, expected_failures: u64) -> String {
    let parts = [(disabled, "disabled"), (expected_failures, "failed as expected")];
    let parts = parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
    let parts = parts.collect::<Vec<_>>().join(", ");
    if parts.is_empty() { parts } else { format!(" ({parts})") }
}

impl Predicate for TestResult {
    const TYPE: &'static str = "https://in-toto.io/attestation/test-result/v0.1";
    const STAGE: Option<Stage> = Some(Stage::Test);

    fn check(&self) -> Result<(), String> {
        self.configuration.iter().try_for_each(Resource::check)?;
        self.passed_tests
            .iter()
            .chain(&self.warned_tests)
            .chain(&self.failed_tests)
            .try_for_each(|name| not_empty("test name", name))
    }

    fn summary(&self) -> String {
        match self.result {
            Outcome::Passed => "passed".into(),
            Outcome::Warned => format!("passed, {} flaky", self.warned_tests.len()),
            Outcome::Failed => format!("{} failed", self.failed_tests.len()),
        }
    }
}
