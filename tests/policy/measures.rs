//! What is measured in tests and scans.

use git_qms::record::UtcTime;
use git_qms::record::kind::analysis::Levels;
use git_qms::record::kind::findings::{Cause, Run, RunOutcome, SetAside};
use git_qms::record::kind::scan::Severities;
use git_qms::record::kind::test::{Coverage, Discrepancy, FileCoverage, Ratio, TestDetail};

use crate::claims::{analysis, built, covered, findings, scan, scan_detail, short, suite, suites, test};
use crate::memory::commit_id;
use crate::project::{Project, assert_line, catalog, supersede};

#[test]
fn g05_a_missing_scan_is_not_a_clean_one() {
    assert_line(&Project::with(&["scan.critical == 0"]), "fail", "no scan");
    assert_line(&Project::with(&["test.failed == 0"]), "fail", "no test");
    assert_line(&Project::with(&["build.recorded >= 1"]), "fail", "no build");
    assert_line(&Project::with(&["plan.recorded >= 1"]), "fail", "no plan");
    assert_line(&Project::with(&["coverage.branch >= 0"]), "fail", "no branch coverage");
    assert_line(&Project::with(&["approvals < 5"]), "fail", "0 approvals");
}

#[test]
fn g05_evidence_that_no_rule_measures_has_to_be_there_too() {
    let mut project = Project::new();
    project.catalog = catalog("[\"build\"]", &[]);
    assert_line(&project, "fail", "no build");
    let (claim, detail) = built("77");
    project.memory.record("ci", commit_id("head"), claim, detail);
    assert_line(&project, "pass", "build recorded");
}

#[test]
fn g05_skipped_tests_prove_nothing() {
    let mut project = Project::with(&["test.failed == 0"]);
    project.test(0, 0);
    assert_line(&project, "fail", "no test ran, 3 skipped");
}

#[test]
fn every_suite_type_counts_for_itself() {
    let mut project = Project::with(&["test.failed == 0"]);
    project.test(10, 0);
    project.memory.record("ci", commit_id("head"), test(), suites(vec![suite("integration", 4, 1)]));
    assert_line(&project, "fail", "1 of 15 failed");
    project.catalog = Project::with(&["test.unit.failed == 0", "test.unit.total >= 10"]).catalog;
    assert_line(&project, "pass", "0 of 10 unit failed, 10 unit tests ran");
    project.catalog = Project::with(&["test.contract.failed == 0"]).catalog;
    assert_line(&project, "fail", "no contract test");
}

#[test]
fn the_last_result_in_signed_order_counts_whatever_its_date() {
    let mut project = Project::with(&["test.failed == 0"]);
    project.test(10, 0);
    project.test_on("head", 9, 1, |header| header.recorded = UtcTime::from_seconds(0));
    assert_line(&project, "fail", "1 of 10 failed");
}

#[test]
fn of_concurrent_results_the_worst_counts() {
    let mut project = Project::with(&["test.failed == 0"]);
    let fork = project.memory.head();
    project.test(9, 1);
    let other = project.memory.head();
    project.memory.checkout(fork);
    project.test(10, 0);
    project.memory.merge(other);
    assert_line(&project, "fail", "1 of 10 failed");
    project.test(10, 0);
    assert_line(&project, "pass", "0 of 10 failed");
}

#[test]
fn a36_a_pass_after_a_superseded_failure_is_flaky() {
    let mut project = Project::with(&["test.failed == 0", "test.flaky == 0"]);
    let failed = project.test(9, 1);
    project.test_on("head", 10, 0, supersede(failed));
    assert_line(&project, "fail", "1 flaky");
    project.catalog = Project::with(&["test.failed == 0"]).catalog;
    assert_line(&project, "pass", "0 of 10 failed");
}

#[test]
fn a_report_that_admits_more_failures_than_it_lists_is_believed() {
    let mut project = Project::with(&["test.failed == 0"]);
    let doubt = Discrepancy {
        report: "junit.xml".into(),
        field: "failures".into(),
        reported: "2".into(),
        counted: "0".into(),
        suite: None,
    };
    project.memory.record("ci", commit_id("head"), test(), |header| {
        header.test =
            Some(TestDetail { suites: vec![suite("unit", 10, 0)], discrepancies: vec![doubt], coverage: None });
    });
    assert_line(&project, "fail", "2 of 10 failed; junit.xml says 2 failures, 0 were counted");
}

/// The worse of what a report says and of what was counted in it, for the suite type that it is of.
#[test]
fn e05_the_worse_of_two_numbers_counts_for_its_type_of_suite() {
    let doubt = |report: &str, field: &str, reported: &str, counted: &str, of: &str| Discrepancy {
        report: report.into(),
        field: field.into(),
        reported: reported.into(),
        counted: counted.into(),
        suite: Some(of.parse().expect("a type of suite")),
    };
    let unit = "a.xml says 3 failures, 2 were counted";
    let b = "b.xml says 1 failures, 0 were counted";
    let it = format!(
        "a.xml says 1 failures of x, 0 were counted; {b}; b.xml says 9 tests, 10 were counted; and 1 totals more are not what was counted"
    );
    let all = it.replace("and 1 totals", "and 2 totals");
    let cases = [
        ("test.unit.failed == 0", format!("3 of 10 unit failed; {unit}")),
        // Two reports, one failure more each.
        ("test.it.failed == 0", format!("2 of 9 it failed; {it}")),
        ("test.failed == 0", format!("5 of 19 failed; {all}")),
        ("test.unit.total == 10", format!("10 unit tests ran; {unit}")),
        ("test.it.total >= 10", format!("9 it tests ran; {it}")),
        ("test.it.skipped < 4", format!("4 it skipped; {it}")),
    ];
    for (rule, found) in cases {
        let mut project = Project::with(&[rule]);
        let doubts = vec![
            doubt("a.xml", "failures", "3", "2", "unit"),
            doubt("a.xml", "failures of x", "1", "0", "it"),
            doubt("b.xml", "failures", "1", "0", "it"),
            doubt("b.xml", "tests", "9", "10", "it"),
            doubt("b.xml", "skipped", "1", "0", "it"),
        ];
        project.memory.record("ci", commit_id("head"), test(), |header| {
            let suites = vec![suite("it", 10, 0), suite("unit", 8, 2)];
            header.test = Some(TestDetail { suites, discrepancies: doubts, coverage: None });
        });
        let outcome = if rule.contains("== 10") { "pass" } else { "fail" };
        assert_line(&project, outcome, &found);
    }
}

#[test]
fn a_verdict_tells_how_skipped_cases_came_about_and_what_passed_unexpectedly() {
    let detailed = || {
        let mut suite = suite("unit", 10, 1);
        (suite.disabled, suite.expected_failures, suite.unexpected_passes) = (1, 2, 1);
        suite
    };
    for (rule, found) in [
        ("test.skipped == 0", "3 skipped (1 disabled, 2 failed as expected)"),
        ("test.failed == 0", "1 of 11 failed, 1 passed unexpectedly"),
    ] {
        let mut project = Project::with(&[rule]);
        project.memory.record("ci", commit_id("head"), test(), suites(vec![detailed()]));
        assert_line(&project, "fail", found);
    }
}

#[test]
fn a_report_whose_own_coverage_is_lower_is_believed() {
    let mut project = Project::with(&["coverage.line >= 80"]);
    let doubt = Discrepancy {
        report: "c.xml".into(),
        field: "line coverage".into(),
        reported: "0.7".into(),
        counted: "9 of 10".into(),
        suite: None,
    };
    let coverage = Coverage { line: Some(Ratio { covered: 9, total: 10 }), ..Coverage::default() };
    project.memory.record("ci", commit_id("head"), test(), |header| {
        header.test = Some(TestDetail { coverage: Some(coverage), discrepancies: vec![doubt], suites: Vec::new() });
    });
    assert_line(&project, "fail", "70.00 % of lines (7 of 10), where 80 is asked for");
}

#[test]
fn coverage_by_path_needs_every_file_listed() {
    let mut project = Project::with(&["coverage.line['src/**'] >= 10"]);
    let ratio = Some(Ratio { covered: 9, total: 10 });
    let files = vec![FileCoverage { path: "src/a.rs".into(), line: ratio, branch: None, function: None }];
    let coverage = Coverage { line: ratio, files, omitted: 2, ..Coverage::default() };
    project.memory.record("ci", commit_id("head"), test(), covered(coverage.clone()));
    assert_line(&project, "fail", "2 files of the coverage are not listed in the record");
    project.memory.record("ci", commit_id("head"), test(), covered(Coverage { omitted: 0, ..coverage }));
    assert_line(&project, "pass", "90.00 % of lines in src/**");
    project.catalog = Project::with(&["coverage.line['lib/**'] >= 10"]).catalog;
    assert_line(&project, "fail", "no line coverage of files in lib/**");
}

#[test]
fn findings_of_several_tools_add_up_and_the_last_run_of_each_counts() {
    let mut project = Project::with(&["scan.medium <= 3", "scan.recorded >= 2"]);
    let medium = |medium| Severities { medium, ..Severities::default() };
    project.scan(medium(9));
    project.scan(medium(2));
    project.memory.record("ci", commit_id("head"), scan(), findings("grype", medium(1)));
    assert_line(&project, "pass", "3 medium, 2 scanned");
    project.memory.record("ci", commit_id("head"), scan(), findings("osv", medium(1)));
    assert_line(&project, "fail", "4 medium");
}

#[test]
fn g05_a_finding_of_unknown_severity_may_be_critical() {
    let mut project = Project::with(&["scan.critical == 0"]);
    project.scan(Severities { unknown: 1, ..Severities::default() });
    assert_line(&project, "fail", "0 critical, 1 of unknown severity");
}

/// E06: a run that broke off, or left something out, satisfies nothing until one is complete.
#[test]
fn e06_a_failed_or_partial_scan_is_unknown_whatever_it_counted() {
    let rules = [
        ("scan.critical == 0", "0 critical"),
        ("scan.critical >= 0", "0 critical"),
        ("scan.total < 99", "0 findings"),
        ("scan.recorded >= 1", "1 scanned"),
    ];
    for (outcome, words) in [(RunOutcome::Failed, "the run failed"), (RunOutcome::Partial, "the run is incomplete")] {
        for (rule, found) in rules {
            let mut project = Project::with(&[rule]);
            let detail = scan_detail("grype", Severities::default(), short(outcome, "no database"));
            project.memory.record("ci", commit_id("head"), scan(), |header| header.scan = Some(detail));
            assert_line(&project, "fail", &format!("unknown: grype: {words}: no database"));
            project.memory.record("ci", commit_id("head"), scan(), findings("grype", Severities::default()));
            assert_line(&project, "pass", found);
        }
    }
}

#[test]
fn a_complete_scan_of_another_tool_does_not_cover_for_a_failed_one() {
    let mut project = Project::with(&["scan.critical == 0"]);
    let detail = scan_detail("grype", Severities::default(), short(RunOutcome::Failed, "no database"));
    project.memory.record("ci", commit_id("head"), scan(), |header| header.scan = Some(detail));
    project.scan(Severities::default());
    assert_line(&project, "fail", "unknown: grype: the run failed: no database");
}

#[test]
fn what_was_set_aside_is_told_beside_what_counts() {
    let mut project = Project::with(&["scan.critical == 0"]);
    let mut detail = scan_detail("grype", Severities::default(), Run::complete());
    detail.set_aside = vec![SetAside { cause: Cause::NotAffected, count: 3, findings: Vec::new() }];
    project.memory.record("ci", commit_id("head"), scan(), |header| header.scan = Some(detail));
    assert_line(&project, "pass", "0 critical, 3 set aside");
}

#[test]
fn e06_static_analysis_is_measured_by_level_over_its_tools() {
    let mut project = Project::with(&["analysis.error == 0", "analysis.warning <= 2"]);
    assert_line(&project, "fail", "no analysis");
    let levels = |error, warning| Levels { error, warning, note: 9, none: 0 };
    let say = |project: &mut Project, tool, counts, run| {
        project.memory.record("ci", commit_id("head"), analysis(tool, counts, run), |_| {});
    };
    say(&mut project, "ruff", levels(1, 0), Run::complete());
    assert_line(&project, "fail", "1 of level error");
    say(&mut project, "ruff", levels(0, 1), Run::complete());
    say(&mut project, "eslint", levels(0, 1), Run::complete());
    assert_line(&project, "pass", "0 of level error, 2 of level warning");
    say(&mut project, "semgrep", levels(0, 0), short(RunOutcome::Failed, "no rules"));
    assert_line(&project, "fail", "unknown: semgrep: the run failed: no rules");
}

/// Where the files of a pattern are among those whose own total is lower, the total counts for them.
#[test]
fn coverage_by_path_believes_the_worse_of_each_file() {
    let doubt = |field: &str, reported: &str| Discrepancy {
        report: "lcov.info".into(),
        field: field.into(),
        reported: reported.into(),
        counted: "9 of 10".into(),
        suite: None,
    };
    let verdict_on = |doubts: Vec<Discrepancy>, rule: &str, outcome: &str, found: &str| {
        let mut project = Project::with(&[rule]);
        let ratio = Some(Ratio { covered: 9, total: 10 });
        let file = |path: &str| FileCoverage { path: path.into(), line: ratio, branch: None, function: None };
        let whole = Some(Ratio { covered: 18, total: 20 });
        let coverage = Coverage { line: whole, files: vec![file("lib/a.c"), file("src/b.c")], ..Coverage::default() };
        project.memory.record("ci", commit_id("head"), test(), |header| {
            header.test = Some(TestDetail { coverage: Some(coverage), discrepancies: doubts, suites: Vec::new() });
        });
        assert_line(&project, outcome, found);
    };
    let lower = || vec![doubt("line coverage", "12 of 20"), doubt("line coverage of src/b.c", "3 of 10")];
    verdict_on(
        lower(),
        "coverage.line['src/**'] >= 80",
        "fail",
        "30.00 % of lines in src/** (3 of 10), where 80 is asked for",
    );
    verdict_on(lower(), "coverage.line['lib/**'] >= 80", "pass", "90.00 % of lines in lib/**");
    verdict_on(lower(), "coverage.line >= 80", "fail", "60.00 % of lines (12 of 20), where 80 is asked for");
    let unnamed = || vec![doubt("line coverage of 3 more files", "other")];
    verdict_on(
        unnamed(),
        "coverage.line['lib/**'] >= 80",
        "fail",
        "lcov.info says other than was counted of its line coverage of 3 more files",
    );
    let unread = || vec![doubt("line coverage of lib/a.c", "many of 10")];
    verdict_on(
        unread(),
        "coverage.line['lib/**'] >= 80",
        "fail",
        "lcov.info says many of 10 of its line coverage of lib/a.c, which is no ratio",
    );
}
