//! Whole verdicts. Text and JSON of one are shown together.

use git_qms::record::kind::approval::Meaning;
use git_qms::record::kind::scan::Severities;
use git_qms::record::kind::test::{Coverage, FileCoverage, Ratio};

use crate::claims::{approval, covered, findings, scan, suite, suites, test};
use crate::memory::{commit_id, person};
use crate::project::{Project, shown};

#[test]
fn g07_the_first_five_minutes_read_as_promised() {
    let mut project = Project::of(vec![person("ada", &["root", "ci"])]);
    project.memory.record("ada", commit_id("head"), test(), suites(vec![suite("unit", 212, 0)]));
    insta::assert_snapshot!(shown(&project.verdict()));
}

#[test]
fn g07_a_full_pass() {
    let verdict = Project::full().verdict();
    assert!(verdict.allows_release());
    insta::assert_snapshot!(shown(&verdict));
}

#[test]
fn g07_coverage_that_is_short_says_by_how_much() {
    let mut project = Project::with(&["coverage.line >= 80", "coverage.line['src/ledger/**'] >= 90"]);
    let line = |covered, total| Some(Ratio { covered, total });
    let file = |path: &str, ratio| FileCoverage { path: path.into(), line: ratio, branch: None, function: None };
    let files = vec![file("src/ledger/a.rs", line(89, 100)), file("src/ledgers.rs", line(1, 1000))];
    let coverage = Coverage { line: line(7120, 10_000), files, ..Coverage::default() };
    project.memory.record("ci", commit_id("head"), test(), covered(coverage));
    insta::assert_snapshot!(shown(&project.verdict()));
}

#[test]
fn g07_everything_that_can_be_wrong_at_once_is_one_line_each() {
    let mut project = Project::full();
    project.environment = Some("moon");
    project.memory.record("lin", commit_id("head"), approval("qa", Meaning::Rejected, &[]), |_| ());
    let gone = project.memory.record(
        "ci",
        commit_id("head"),
        scan(),
        findings("grype", Severities { critical: 2, unknown: 1, ..Severities::default() }),
    );
    project.memory.remove(gone);
    project.memory.record(
        "ci",
        commit_id("head"),
        scan(),
        findings("grype", Severities { high: 2, unknown: 1, ..Severities::default() }),
    );
    insta::assert_snapshot!(shown(&project.verdict()));
}
