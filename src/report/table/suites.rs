//! Suites, named cases and requirements, of tests and plans.

use super::Type::{Integer, Text};
use super::own::{row, with};
use super::{Cell, Table};
use crate::record::Claim;

pub(super) const SUITES: Table = Table {
    name: "suites",
    doc: "A type of suite in a test record.",
    columns: || {
        with(&[
            ("suite", Text, "unit, integration, contract, regression or another name"),
            ("tool", Text, "What wrote the report"),
            ("tool_version", Text, "Its version"),
            ("passed", Integer, "Cases that passed, flaky ones and unexpected passes included"),
            ("failed", Integer, "Cases that failed or broke"),
            ("skipped", Integer, "Cases that prove nothing"),
            ("flaky", Integer, "Cases among passed that failed first"),
            ("disabled", Integer, "Cases among skipped that are switched off"),
            ("expected_failures", Integer, "Cases among skipped that ran, and failed as expected"),
            ("unexpected_passes", Integer, "Cases that passed, although they were to fail"),
            ("duration_ms", Integer, "Milliseconds of all cases"),
        ])
    },
    rows: |_, record| {
        let suites = record.header.test.iter().flat_map(|test| &test.suites);
        let one = |suite: &crate::record::kind::test::Suite| {
            let tool = suite.tool.as_ref();
            row(
                record,
                [
                    Cell::text(&suite.kind),
                    Cell::said(tool.map(|tool| &tool.name)),
                    Cell::said(tool.and_then(|tool| tool.version.as_ref())),
                    Cell::count(suite.passed),
                    Cell::count(suite.failed),
                    Cell::count(suite.skipped),
                    Cell::count(suite.flaky),
                    Cell::count(suite.disabled),
                    Cell::count(suite.expected_failures),
                    Cell::count(suite.unexpected_passes),
                    Cell::count(suite.duration_ms),
                ],
            )
        };
        suites.map(one).collect()
    },
};

pub(super) const CASES: Table = Table {
    name: "cases",
    doc: "A test case that a record names: failed, flaky, unexpectedly passed, or linked to a requirement.",
    columns: || {
        with(&[
            ("suite", Text, "The suite's type"),
            ("test_name", Text, "As the tool writes it"),
            ("outcome", Text, "passed, failed, skipped, flaky and so on, as in the record"),
        ])
    },
    rows: |_, record| {
        let suites = record.header.test.iter().flat_map(|test| &test.suites);
        let cases = suites.flat_map(|suite| suite.cases.iter().map(move |case| (suite, case)));
        let one = |(suite, case): (&crate::record::kind::test::Suite, &crate::record::kind::test::Case)| {
            row(record, [Cell::text(&suite.kind), Cell::text(&case.name), Cell::text(case.outcome.as_str())])
        };
        cases.map(one).collect()
    },
};

pub(super) const REQUIREMENTS: Table = Table {
    name: "requirements",
    doc: "A requirement that a plan names, or that a test case is linked to.",
    columns: || {
        with(&[
            ("requirement_id", Text, "The requirement"),
            ("test_name", Text, "The test case; absent of a plan"),
            ("outcome", Text, "How it went; absent of a plan"),
        ])
    },
    rows: |_, record| {
        let planned = match &record.claim {
            Claim::Plan(plan) => &plan.requirements[..],
            _ => &[],
        };
        let planned = planned.iter().map(|id| row(record, [Cell::text(id), Cell::Absent, Cell::Absent]));
        let cases = record.header.test.iter().flat_map(|test| &test.suites).flat_map(|suite| &suite.cases);
        let tested = cases.flat_map(|case| {
            let outcome = case.outcome.as_str();
            let one = move |id| row(record, [Cell::text(id), Cell::text(&case.name), Cell::text(outcome)]);
            case.requirements.iter().map(one)
        });
        planned.chain(tested).collect()
    },
};
