//! `git qms policy backtest`: which past verdicts a changed catalog would change.

use serde::Serialize;

use crate::cli::Start;
use crate::cli::backtest::{Backtest, Changed, ChangedControl, catalog};
use crate::cli::context::Context;
use crate::cli::error::{Exit, Result};
use crate::cli::judge::for_gate;
use crate::cli::ui::{Tone, Ui};
use crate::policy::Policy;
use crate::policy::verdict::Judgement;
use crate::record::Name;

#[derive(Serialize)]
struct Output<'a> {
    schema: &'static str,
    digest: String,
    releases: usize,
    changed: Vec<ChangedJson<'a>>,
    otherwise: Vec<String>,
    untold: Vec<Untold<'a>>,
}

#[derive(Serialize)]
struct ChangedJson<'a> {
    release: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<String>,
    at: String,
    before: &'static str,
    after: &'static str,
    controls: Vec<ControlJson<'a>>,
}

#[derive(Serialize)]
struct ControlJson<'a> {
    id: &'a str,
    before: Option<&'a str>,
    after: Option<&'static str>,
    required: &'a str,
    found: &'a str,
}

#[derive(Serialize)]
struct Untold<'a> {
    release: &'a str,
    why: &'a str,
}

/// Judges every past release by the catalog, and lists each verdict that changes.
pub(super) fn run(start: &Start, named: Option<&str>) -> Result<Exit> {
    let context = start.open()?;
    let catalog = catalog(&context, named)?;
    let verification = context.verify(for_gate())?;
    let result = context.backtest(&verification, &catalog)?;
    tell(&context, &catalog, &result)?;
    Ok(match (result.changed.is_empty(), result.untold.is_empty()) {
        (false, _) => Exit::No,
        (true, false) => Exit::CouldNotTell,
        (true, true) => Exit::Yes,
    })
}

fn tell(context: &Context, catalog: &Policy, result: &Backtest) -> Result<()> {
    let ui = context.ui;
    if ui.is_json() {
        return ui.json(&json(catalog, result));
    }
    if ui.is_quiet() {
        result.changed.iter().for_each(|changed| ui.line(changed.release.as_str()));
        return Ok(());
    }
    for changed in &result.changed {
        let line = format!("{}  {} → {}", changed.release, changed.before.as_str(), changed.after.as_str());
        ui.line(&format!("{line}   as of {}", changed.at));
        changed.controls.iter().for_each(|control| tell_control(ui, control));
    }
    for id in &result.otherwise {
        let text = format!("decision {} comes out otherwise by its own catalog, too", id.short());
        ui.line(&format!("{text}: git qms gate --replay {}", id.short()));
    }
    for (release, why) in &result.untold {
        ui.line(&format!("{} {release}: {}", ui.paint(Tone::Odd, "cannot tell of"), ui.paint(Tone::Plain, why)));
    }
    let count = |number: usize, what: &str| if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") };
    ui.line(&format!("{} of {} changed", result.changed.len(), count(result.releases, "verdict")));
    Ok(())
}

fn tell_control(ui: Ui, control: &ChangedControl) {
    let before = control.before.as_ref().map_or("not there", |outcome| outcome.as_str());
    let after = control.after.map_or("taken out", |outcome| outcome.as_str());
    let why = match control.after {
        None => control.required.clone(),
        Some(_) => format!("{} ({})", control.found, control.required),
    };
    ui.line(&format!("  {}  {before} → {after}: {}", control.id, ui.paint(Tone::Plain, &why)));
}

fn json<'a>(catalog: &Policy, result: &'a Backtest) -> Output<'a> {
    let control = |control: &'a ChangedControl| ControlJson {
        id: control.id.as_str(),
        before: control.before.as_ref().map(Name::as_str),
        after: control.after.map(Judgement::as_str),
        required: &control.required,
        found: &control.found,
    };
    let changed = |changed: &'a Changed| ChangedJson {
        release: changed.release.as_str(),
        decision: changed.decision.map(|id| id.to_string()),
        at: changed.at.to_string(),
        before: changed.before.as_str(),
        after: changed.after.as_str(),
        controls: changed.controls.iter().map(control).collect(),
    };
    Output {
        schema: "git-qms/backtest/v1",
        digest: catalog.digest.to_string(),
        releases: result.releases,
        changed: result.changed.iter().map(changed).collect(),
        otherwise: result.otherwise.iter().map(ToString::to_string).collect(),
        untold: result.untold.iter().map(|(release, why)| Untold { release: release.as_str(), why }).collect(),
    }
}
