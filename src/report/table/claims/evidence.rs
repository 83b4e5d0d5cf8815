//! What builds, tests, scans and analyses say.

use super::R;
use crate::record::Claim;
use crate::record::kind::scan::Severities;
use crate::record::kind::test::{Ratio, Suite};
use crate::report::table::Type::{Integer, Text};
use crate::report::table::records::{Field, field};
use crate::report::table::{Cell, Source};

pub(super) const BUILD: &[Field] = &[
    field(
        "build_id",
        Text,
        "build: its id",
        claim!(Build, build => Cell::text(&build.run_details.metadata.invocation_id)),
    ),
    field("builder", Text, "build: what built", claim!(Build, build => Cell::text(&build.run_details.builder.id))),
    field("components", Integer, "build: components of its inventory", |_, record| {
        Cell::count(record.header.build.as_ref().and_then(|build| build.inventory.as_ref()).map(|one| one.components))
    }),
];

/// The sum over the suites of a test record that has any.
fn sum(record: R<'_>, of: fn(&Suite) -> Option<u64>) -> Cell {
    let suites = record.header.test.as_ref().map(|test| &test.suites).filter(|suites| !suites.is_empty());
    let Some(suites) = suites else { return Cell::Absent };
    let said: Vec<u64> = suites.iter().filter_map(of).collect();
    if said.is_empty() { Cell::Absent } else { Cell::count(said.into_iter().fold(0, u64::saturating_add)) }
}

fn lines(record: R<'_>) -> Option<Ratio> {
    record.header.test.as_ref()?.coverage.as_ref()?.line
}

fn branches(record: R<'_>) -> Option<Ratio> {
    record.header.test.as_ref()?.coverage.as_ref()?.branch
}

pub(super) const TEST: &[Field] = &[
    field("tests_passed", Integer, "test: cases that passed, of all suites", |_, record| {
        sum(record, |suite| Some(suite.passed))
    }),
    field("tests_failed", Integer, "test: cases that failed", |_, record| sum(record, |suite| Some(suite.failed))),
    field("tests_skipped", Integer, "test: cases that prove nothing", |_, record| {
        sum(record, |suite| Some(suite.skipped))
    }),
    field("tests_flaky", Integer, "test: cases that passed after failing", |_, record| {
        sum(record, |suite| Some(suite.flaky))
    }),
    field("tests_duration_ms", Integer, "test: milliseconds, of the suites that say", |_, record| {
        sum(record, |suite| suite.duration_ms)
    }),
    field("lines_covered", Integer, "test: lines covered", |_, record| {
        Cell::count(lines(record).map(|one| one.covered))
    }),
    field("lines_total", Integer, "test: lines there are", |_, record| Cell::count(lines(record).map(|one| one.total))),
    field("branches_covered", Integer, "test: branches covered", |_, record| {
        Cell::count(branches(record).map(|one| one.covered))
    }),
    field("branches_total", Integer, "test: branches there are", |_, record| {
        Cell::count(branches(record).map(|one| one.total))
    }),
];

fn counts(record: R<'_>, of: fn(Severities) -> u64) -> Cell {
    Cell::count(record.header.scan.as_ref().map(|scan| of(scan.counts)))
}

pub(super) const SCAN: &[Field] = &[
    field("scan_tool", Text, "scan: the scanner", |_, record| {
        Cell::said(record.header.scan.as_ref().map(|scan| &scan.tool))
    }),
    field(
        "scan_run",
        Text,
        "scan: complete, partial or failed; what is not complete says nothing of what is not there",
        |_, record| Cell::said(record.header.scan.as_ref().map(|scan| scan.run.outcome.as_str())),
    ),
    field("vulnerabilities_critical", Integer, "scan: critical ones, without those set aside", |_, record| {
        counts(record, |all| all.critical)
    }),
    field("vulnerabilities_high", Integer, "scan: high ones", |_, record| counts(record, |all| all.high)),
    field("vulnerabilities_medium", Integer, "scan: medium ones", |_, record| counts(record, |all| all.medium)),
    field("vulnerabilities_low", Integer, "scan: low ones", |_, record| counts(record, |all| all.low)),
    field("vulnerabilities_unknown", Integer, "scan: ones without severity", |_, record| {
        counts(record, |all| all.unknown)
    }),
];

pub(super) const ANALYSIS: &[Field] = &[
    field("analysis_tool", Text, "analysis: the tool", claim!(Analysis, one => Cell::text(&one.tool.name))),
    field(
        "analysis_run",
        Text,
        "analysis: complete, partial or failed",
        claim!(Analysis, one => Cell::text(one.run.outcome.as_str())),
    ),
    field(
        "findings_error",
        Integer,
        "analysis: errors, without those set aside",
        claim!(Analysis, one => Cell::count(one.counts.error)),
    ),
    field("findings_warning", Integer, "analysis: warnings", claim!(Analysis, one => Cell::count(one.counts.warning))),
    field("findings_note", Integer, "analysis: notes", claim!(Analysis, one => Cell::count(one.counts.note))),
    field(
        "findings_none",
        Integer,
        "analysis: findings without level",
        claim!(Analysis, one => Cell::count(one.counts.none)),
    ),
];
