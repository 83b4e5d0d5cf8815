//! Every requirement of a commit, and whether it is met.

use comfy_table::{ContentArrangement, Table, presets};

use super::Seen;
use super::json::Output;
use super::one::said;
use crate::cli::context::Context;
use crate::cli::error::{Exit, Result};
use crate::cli::ui::Tone;
use crate::report::escape::escape;
use crate::trace::{Counts, From, Link, Standing, Trace};

/// Shows them.
pub(super) fn show(context: &Context, seen: &Seen, trace: &Trace<'_>) -> Result<Exit> {
    let (ui, exit) = (context.ui, Exit::from(seen.verification.outcome()));
    let standing = |at: &(&_, Vec<Link>)| Standing::of(at.0, &at.1);
    let counts = Counts::of(trace.rows.iter().map(standing));
    if ui.is_json() {
        ui.json(&Output::all(seen, trace, counts))?;
        return Ok(exit);
    }
    if ui.is_quiet() {
        for row in &trace.rows {
            ui.line(&format!("{} {}", row.0.id, standing(row).as_str()));
        }
        return Ok(exit);
    }
    ui.page(&context.environment);
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["REQUIREMENT", "STANDING", "TESTS", "TITLE"]);
    for row in &trace.rows {
        let (requirement, links) = row;
        let critical = if requirement.critical { " (critical)" } else { "" };
        table.add_row([
            escape(requirement.id.as_str()).to_string(),
            standing(row).as_str().replace('-', " "),
            tests(links),
            format!("{}{critical}", escape(&requirement.title)),
        ]);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    ui.line(&table.trim_fmt());
    for unknown in &trace.unknown {
        let (kind, text) = said(&unknown.from);
        let text = format!("{} is no requirement here, and is named by {kind} {text}", unknown.names);
        ui.line(&ui.paint(Tone::Odd, &text));
    }
    ui.line("");
    ui.line(&format!(
        "{} of {} covered, {} failing, {} suspect, {} not covered; {} not in force; at {}",
        counts.covered,
        counts.active,
        counts.failing,
        counts.suspect,
        counts.not_covered,
        counts.inactive,
        seen.commit.id.short()
    ));
    seen.verification.tell_findings(ui, false);
    ui.line(&seen.verification.summary(ui));
    Ok(exit)
}

/// How many tests of the tree are linked.
fn tests(links: &[Link]) -> String {
    let here = links.iter().filter(|link| matches!(link.from, From::Test { is_here: true, .. })).count();
    if here == 0 { "none".into() } else { here.to_string() }
}
