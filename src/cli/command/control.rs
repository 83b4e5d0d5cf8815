//! `git qms control`: the controls, how they fared in recorded decisions, and which of them say nothing.

use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use crate::cli::Start;
use crate::cli::context::Context;
use crate::cli::error::{Error, Exit, Result};
use crate::cli::ui::Tone;
use crate::policy::near;
use crate::policy::track_record::{Gap, TrackRecord, track_records};
use crate::policy::{Control, Policy};
use crate::record::Name;
use crate::report::escape::escape;
use crate::verify::Ledger;

/// The controls and their track record.
#[derive(Debug, Args)]
pub struct ControlCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the controls, and how they fared in recorded decisions
    List,
    /// Show all that is known of one control
    Show {
        /// Its id
        #[arg(value_name = "ID")]
        id: Name,
    },
    /// List controls that are not automated, never asked for, never failed or without evidence
    Gaps,
}

impl ControlCommand {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        match self.action {
            Action::List => with(start, list),
            Action::Show { id } => with(start, |context, catalog, ledger| show(context, catalog, ledger, &id)),
            Action::Gaps => gaps(start),
        }
    }
}

/// Lists the gaps of the catalog: none is yes.
pub fn gaps(start: &Start) -> Result<Exit> {
    with(start, tell_gaps)
}

#[derive(Serialize)]
struct Output<'a> {
    schema: &'static str,
    controls: Vec<ControlJson<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ControlJson<'a> {
    id: &'a Name,
    title: &'a str,
    objective: &'a str,
    enforcement: &'static str,
    owner: &'a Name,
    #[serde(skip_serializing_if = "Option::is_none")]
    escalation: Option<&'a Name>,
    require: Vec<&'a str>,
    frameworks: &'a [String],
    decisions: &'a BTreeMap<Name, u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<LastJson>,
    gaps: Vec<&'static str>,
}

#[derive(Serialize)]
struct LastJson {
    record: String,
    recorded: String,
    outcome: String,
}

fn with(start: &Start, tell: impl FnOnce(&Context, &Policy, &Ledger) -> Result<Exit>) -> Result<Exit> {
    let context = start.open()?;
    let ledger = context.ledger()?;
    let commit = context.commit(None)?;
    let catalog = context.policy(&ledger, &commit, context.at)?;
    tell(&context, &catalog, &ledger)
}

fn json<'a>(control: &'a Control, record: &'a TrackRecord<'_>) -> ControlJson<'a> {
    let last = record.last.map(|(decision, outcome)| LastJson {
        record: decision.id.to_string(),
        recorded: decision.header.recorded.to_string(),
        outcome: outcome.to_string(),
    });
    ControlJson {
        id: &control.id,
        title: &control.title,
        objective: &control.objective,
        enforcement: control.enforcement.as_str(),
        owner: &control.owner,
        escalation: control.escalation.as_ref(),
        require: control.require.iter().map(|rule| rule.text.as_str()).collect(),
        frameworks: &control.frameworks,
        decisions: &record.outcomes,
        last,
        gaps: record.gaps(control).into_iter().map(Gap::as_str).collect(),
    }
}

fn list(context: &Context, catalog: &Policy, ledger: &Ledger) -> Result<Exit> {
    let (ui, records) = (context.ui, track_records(catalog, ledger));
    let all = catalog.controls.iter().zip(&records);
    if ui.is_json() {
        let controls = all.map(|(control, record)| json(control, record)).collect();
        ui.json(&Output { schema: "git-qms/controls/v1", controls })?;
        return Ok(Exit::Yes);
    }
    if ui.is_quiet() {
        catalog.controls.iter().for_each(|control| ui.line(control.id.as_str()));
        return Ok(Exit::Yes);
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["CONTROL", "OWNER", "WHEN NOT MET", "DECISIONS", "LAST", "WHAT"]);
    for (control, record) in all {
        table.add_row([
            control.id.to_string(),
            control.owner.to_string(),
            control.enforcement.as_str().to_owned(),
            record.triggered().to_string(),
            record.last.map_or_else(|| "never".to_owned(), |(_, outcome)| outcome.to_string()),
            escape(&control.title).into_owned(),
        ]);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    ui.line(&table.trim_fmt());
    Ok(Exit::Yes)
}

fn show(context: &Context, catalog: &Policy, ledger: &Ledger, id: &Name) -> Result<Exit> {
    let (ui, records) = (context.ui, track_records(catalog, ledger));
    let found = catalog.controls.iter().zip(&records).find(|(control, _)| control.id == *id);
    let Some((control, record)) = found else {
        let ids: Vec<&str> = catalog.controls.iter().map(|control| control.id.as_str()).collect();
        return Err(Error::no(format!("the catalog has no control {id}")).hint(format!(
            "{}these are: {}",
            near::meant(id.as_str(), ids.iter().copied()),
            ids.join(", ")
        )));
    };
    if ui.is_json() {
        ui.json(&Output { schema: "git-qms/controls/v1", controls: vec![json(control, record)] })?;
        return Ok(Exit::Yes);
    }
    let line = |name: &str, text: &str| ui.line(&format!("  {name:<11} {}", ui.paint(Tone::Plain, text)));
    ui.line(&format!("{}  {}", control.id, ui.paint(Tone::Plain, &control.title)));
    line("objective", &control.objective);
    line("when not met", control.enforcement.as_str());
    control.require.iter().for_each(|rule| line("requires", &rule.text));
    line("owner", control.owner.as_str());
    control.escalation.iter().for_each(|role| line("escalation", role.as_str()));
    line("retention", &control.retention.to_string());
    for (what, system) in [
        ("requirement", &control.systems.requirement),
        ("execution", &control.systems.execution),
        ("evidence", &control.systems.evidence),
    ] {
        line(what, system);
    }
    if !control.frameworks.is_empty() {
        line("frameworks", &control.frameworks.join(", "));
    }
    let counts: Vec<String> = record.outcomes.iter().map(|(word, count)| format!("{count} {word}")).collect();
    line("decisions", &if counts.is_empty() { "none recorded".to_owned() } else { counts.join(", ") });
    if let Some((decision, outcome)) = record.last {
        line("last", &format!("{outcome}, {} of {}", decision.id.short(), decision.header.recorded));
    }
    for gap in record.gaps(control) {
        ui.line(&format!("  {:<11} {}: {}", "gap", ui.paint(Tone::Odd, gap.as_str()), gap.explain()));
    }
    Ok(Exit::Yes)
}

fn tell_gaps(context: &Context, catalog: &Policy, ledger: &Ledger) -> Result<Exit> {
    let (ui, records) = (context.ui, track_records(catalog, ledger));
    let all = catalog.controls.iter().zip(&records);
    let gaps: Vec<_> = all.filter(|(control, record)| !record.gaps(control).is_empty()).collect();
    let exit = if gaps.is_empty() { Exit::Yes } else { Exit::No };
    if ui.is_json() {
        let controls = gaps.iter().map(|(control, record)| json(control, record)).collect();
        ui.json(&Output { schema: "git-qms/controls/v1", controls })?;
        return Ok(exit);
    }
    for (control, record) in &gaps {
        if ui.is_quiet() {
            ui.line(control.id.as_str());
            continue;
        }
        for gap in record.gaps(control) {
            ui.line(&format!("{}  {}: {}", control.id, ui.paint(Tone::Odd, gap.as_str()), gap.explain()));
        }
    }
    if gaps.is_empty() {
        ui.note(&format!("no gap in {} controls", catalog.controls.len()));
    }
    Ok(exit)
}
