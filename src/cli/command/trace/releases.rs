//! Every requirement with each test of it in each release.

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use super::chain::Format;
use crate::cli::context::Context;
use crate::cli::error::{Error, Exit, Result};
use crate::cli::verification::{Verification, VerificationJson};
use crate::question::{Cell, matrix};
use crate::record::RecordId;
use crate::record::kind::test::CaseOutcome;
use crate::release::Manifest;
use crate::report::escape::escape;
use crate::report::sheet;

#[derive(Serialize)]
struct Output<'a> {
    schema: &'static str,
    cells: Vec<CellJson<'a>>,
    verification: VerificationJson,
}

#[derive(Serialize)]
struct CellJson<'a> {
    requirement: &'a str,
    release: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    suite: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<&'a str>,
    outcome: Option<CaseOutcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<RecordId>,
}

/// Shows them.
pub(super) fn show(
    context: &Context,
    verification: &Verification,
    manifests: &[Manifest],
    format: Format,
) -> Result<Exit> {
    let (ui, exit) = (context.ui, Exit::from(verification.outcome()));
    let cells = matrix(&verification.ledger, manifests);
    match format {
        Format::Json => {
            let cells = cells.iter().map(|cell| CellJson {
                requirement: cell.requirement.as_str(),
                release: cell.release.as_str(),
                suite: cell.test.as_ref().map(|test| test.suite.as_str()),
                case: cell.test.as_ref().map(|test| test.case.as_str()),
                outcome: cell.test.as_ref().map(|test| test.outcome),
                record: cell.test.as_ref().map(|test| test.record),
            });
            let (cells, verification) = (cells.collect(), verification.json());
            ui.json(&Output { schema: "git-qms/trace-matrix/v1", cells, verification })?;
        }
        Format::Csv => {
            ui.print(&sheet::row(["requirement", "release", "suite", "case", "outcome", "record"]));
            for cell in &cells {
                ui.print(&sheet::row(row(cell, RecordId::to_string).iter().map(String::as_str)));
            }
        }
        Format::Text => {
            ui.page(&context.environment);
            let mut table = Table::new();
            table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
            table.set_header(["REQUIREMENT", "RELEASE", "SUITE", "CASE", "OUTCOME", "RECORD"]);
            for cell in &cells {
                table.add_row(row(cell, RecordId::short).map(|text| escape(&text).into_owned()));
            }
            for column in table.column_iter_mut() {
                column.set_padding((0, 2));
            }
            if cells.is_empty() {
                ui.note("no release names a requirement");
            } else {
                ui.line(&table.trim_fmt());
            }
            verification.tell_findings(ui, false);
            ui.line(&verification.summary(ui));
        }
        Format::Svg | Format::Html | Format::Dot | Format::Mermaid => {
            return Err(Error::new("the matrix is a table").hint("--format text, json or csv"));
        }
    }
    Ok(exit)
}

fn row(cell: &Cell, id: impl Fn(&RecordId) -> String) -> [String; 6] {
    let outcome = match cell.test.as_ref().map(|test| test.outcome) {
        None => "not tested",
        Some(CaseOutcome::Passed) => "passed",
        Some(CaseOutcome::Skipped) => "skipped",
        Some(CaseOutcome::Flaky) => "flaky",
        Some(CaseOutcome::Failed) => "failed",
        Some(CaseOutcome::Disabled) => "disabled",
        Some(CaseOutcome::ExpectedFailure) => "failed as expected",
        Some(CaseOutcome::UnexpectedPass) => "passed unexpectedly",
    };
    let (suite, case, record) = cell
        .test
        .as_ref()
        .map_or_else(Default::default, |test| (test.suite.to_string(), test.case.clone(), id(&test.record)));
    [cell.requirement.to_string(), cell.release.to_string(), suite, case, outcome.to_owned(), record]
}
