//! What machines record: tests with coverage, scans, static analyses, builds.

use super::values::{Value, count, entries, flag, number, one_of, run};
use crate::policy::case::{Build, Scan, What};
use crate::policy::problem::Problems;
use crate::policy::table::{Table, list, parsed, sentence, table};
use crate::record::kind::analysis::Levels;
use crate::record::kind::scan::Severities;
use crate::record::kind::test::{Case, CaseOutcome, Coverage, FileCoverage, Ratio, Suite, TestDetail};
use crate::record::{Name, RequirementId};

/// The outcomes that a linked case can have.
const OUTCOMES: [CaseOutcome; 4] = [CaseOutcome::Passed, CaseOutcome::Failed, CaseOutcome::Skipped, CaseOutcome::Flaky];

fn word_of(outcome: CaseOutcome) -> &'static str {
    match outcome {
        CaseOutcome::Failed => "failed",
        CaseOutcome::Skipped => "skipped",
        CaseOutcome::Flaky => "flaky",
        _ => "passed",
    }
}

pub(super) fn test(record: &mut Table<'_>, problems: &mut Problems<'_>) -> Option<What> {
    let kind = record.optional("suite").map(|value| parsed::<Name>(value, problems));
    let counts = ["passed", "failed", "skipped", "flaky"].map(|key| number(record, key, problems));
    let cases = record.optional("requirements").map(|value| linked(value, problems)).unwrap_or_default();
    let files = record.optional("files").map(|value| covered(value, problems)).unwrap_or_default();
    let [line, branch, function] = ratios(record, problems);
    // Of what is told by file alone the whole is the sum.
    let sum = |of: fn(&FileCoverage) -> Option<Ratio>| files.iter().filter_map(of).reduce(Ratio::plus);
    let line = line.or_else(|| sum(|file| file.line));
    let branch = branch.or_else(|| sum(|file| file.branch));
    let function = function.or_else(|| sum(|file| file.function));
    let coverage = Coverage { line, branch, function, files, omitted: 0 };
    let is_covered = coverage != Coverage::default();
    let kind = match kind {
        Some(kind) => Some(kind?),
        None if is_covered && counts == [0; 4] && cases.is_empty() => None,
        None => "unit".parse().ok(),
    };
    let suites = kind.into_iter().map(|kind| suite(kind, counts, cases.clone())).collect();
    let coverage = is_covered.then_some(coverage);
    Some(What::Test(TestDetail { suites, coverage, ..TestDetail::default() }))
}

/// A suite without anything remarkable. The linked cases are among those counted: there are at least so many.
fn suite(kind: Name, [passed, failed, skipped, flaky]: [u64; 4], cases: Vec<Case>) -> Suite {
    let named = |outcome| cases.iter().filter(|case| case.outcome == outcome).count() as u64;
    let flaky = flaky.max(named(CaseOutcome::Flaky));
    Suite {
        kind,
        tool: None,
        passed: passed.max(named(CaseOutcome::Passed)).saturating_add(flaky),
        failed: failed.max(named(CaseOutcome::Failed)),
        skipped: skipped.max(named(CaseOutcome::Skipped)),
        flaky,
        disabled: 0,
        expected_failures: 0,
        unexpected_passes: 0,
        duration_ms: None,
        ran: None,
        cases,
        omitted: 0,
    }
}

/// A test for each requirement: `{ REQ-7 = "passed" }`.
fn linked<'t>(value: &'t Value<'t>, problems: &mut Problems<'_>) -> Vec<Case> {
    let mut cases = Vec::new();
    for (id, outcome) in entries(value, "requirements = { REQ-7 = \"passed\" }", problems) {
        let outcome = one_of(outcome, "outcome", &OUTCOMES, word_of, problems);
        match id.get_ref().parse::<RequirementId>() {
            Ok(id) => cases.extend(outcome.map(|outcome| Case {
                name: format!("a test of {id}"),
                outcome,
                requirements: vec![id],
            })),
            Err(error) => problems.add(id.span(), "no id of a requirement", error.to_string(), "correct the id"),
        }
    }
    cases
}

/// Coverage by file: `{ "src/a.rs" = { line = [9, 10] } }`.
fn covered<'t>(value: &'t Value<'t>, problems: &mut Problems<'_>) -> Vec<FileCoverage> {
    let mut files = Vec::new();
    for (path, value) in entries(value, "files = { \"src/a.rs\" = { line = [9, 10] } }", problems) {
        let Some(mut file) = table("a covered file", value, problems) else { continue };
        let [line, branch, function] = ratios(&mut file, problems);
        file.finish(problems);
        files.push(FileCoverage { path: path.get_ref().to_string(), line, branch, function });
    }
    files
}

fn ratios(table: &mut Table<'_>, problems: &mut Problems<'_>) -> [Option<Ratio>; 3] {
    ["line", "branch", "function"].map(|key| ratio(table, key, problems))
}

/// `[163, 200]`: covered, of all.
fn ratio(record: &mut Table<'_>, key: &'static str, problems: &mut Problems<'_>) -> Option<Ratio> {
    let value = record.optional(key)?;
    let parts: Vec<u64> = list(value, problems, count).into_iter().map(|one| one.value).collect();
    match parts[..] {
        [covered, total] if covered <= total => Some(Ratio { covered, total }),
        _ => {
            problems.add(value.span(), "no share", "two counts: covered, of all", "for instance: [163, 200]");
            None
        }
    }
}

pub(super) fn scan(record: &mut Table<'_>, problems: &mut Problems<'_>) -> Option<What> {
    let tool = tool(record, problems)?;
    let counts = Severities {
        critical: number(record, "critical", problems),
        high: number(record, "high", problems),
        medium: number(record, "medium", problems),
        low: number(record, "low", problems),
        unknown: number(record, "unknown", problems),
    };
    let database = record.optional("database-age").and_then(|value| parsed(value, problems));
    Some(What::Scan(Scan { tool, counts, run: run(record, problems), database }))
}

pub(super) fn analysis(record: &mut Table<'_>, problems: &mut Problems<'_>) -> Option<What> {
    let tool = tool(record, problems)?;
    let counts = Levels {
        error: number(record, "error", problems),
        warning: number(record, "warning", problems),
        note: number(record, "note", problems),
        none: 0,
    };
    Some(What::Analysis(tool, counts, run(record, problems)))
}

fn tool(record: &mut Table<'_>, problems: &mut Problems<'_>) -> Option<String> {
    let tool = record.optional("tool").map(|value| sentence(value, problems));
    tool.unwrap_or(Some("scanner".into()))
}

pub(super) fn build(record: &mut Table<'_>, problems: &mut Problems<'_>) -> Option<What> {
    let id = record.optional("id").map(|value| sentence(value, problems));
    let mut names = |key| {
        let names = record.optional(key).map(|value| list(value, problems, sentence)).unwrap_or_default();
        names.into_iter().map(|name| name.value).collect::<Vec<_>>()
    };
    let [artifacts, attested] = ["artifacts", "attested"].map(&mut names);
    let inventory = flag(record, "inventory", false, problems);
    Some(What::Build(Build { id: id.unwrap_or(Some("1".into()))?, artifacts, inventory, attested }))
}
