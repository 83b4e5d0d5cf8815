//! `git qms policy show`: the controls in force, now or then, for people and as JSON.

use std::collections::BTreeSet;

use serde::Serialize;

use super::then;
use crate::cli::Start;
use crate::cli::error::{Error, Exit, Result};
use crate::cli::ui::Tone;
use crate::policy::{InForce, Policy, in_force};
use crate::record::Name;

#[derive(Serialize)]
pub(super) struct Output<'a> {
    schema: &'static str,
    digest: String,
    /// `checked` says that the catalog of the work tree has no mistakes, and nothing about its force.
    state: &'static str,
    controls: Vec<ControlJson<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ControlJson<'a> {
    id: &'a str,
    title: &'a str,
    objective: &'a str,
    enforcement: &'static str,
    owner: &'a str,
    require: Vec<&'a str>,
    tiers: Vec<&'a str>,
    change_types: Vec<&'a str>,
    frameworks: &'a [String],
}

/// A catalog as JSON.
pub(super) fn output<'a>(catalog: &'a Policy, state: &'static str) -> Output<'a> {
    let controls = catalog.controls.iter().map(|control| ControlJson {
        id: control.id.as_str(),
        title: &control.title,
        objective: &control.objective,
        enforcement: control.enforcement.as_str(),
        owner: control.owner.as_str(),
        require: control.require.iter().map(|rule| rule.text.as_str()).collect(),
        tiers: control.tiers.iter().map(Name::as_str).collect(),
        change_types: control.change_types.iter().map(Name::as_str).collect(),
        frameworks: &control.frameworks,
    });
    let (digest, controls) = (catalog.digest.to_string(), controls.collect());
    Output { schema: "git-qms/policy/v1", digest, state, controls }
}

/// A framework's name as people write it: `soc2` is SOC 2, `iso27001` is ISO/IEC 27001:2022, `ssdf` is NIST SP 800-218.
fn is_of(reference: &str, framework: &str) -> bool {
    let plain = |text: &str| {
        let text = text.to_lowercase().replace("iso/iec", "iso").replace("ssdf", "sp 800-218");
        text.chars().filter(|c| c.is_alphanumeric()).collect::<String>()
    };
    let framework = plain(framework);
    !framework.is_empty() && plain(reference).contains(&framework)
}

/// Leaves the controls that refer to a framework; that none does is an answer, too.
fn only_of(catalog: &mut Policy, framework: &str) -> Result<()> {
    let all: Vec<String> = catalog.controls.iter().flat_map(|control| control.frameworks.clone()).collect();
    catalog.controls.retain(|control| control.frameworks.iter().any(|reference| is_of(reference, framework)));
    if !catalog.controls.is_empty() {
        return Ok(());
    }
    let named: BTreeSet<String> = all.into_iter().collect();
    let named = if named.is_empty() { "none".to_owned() } else { named.into_iter().collect::<Vec<_>>().join("; ") };
    Err(Error::no(format!("no control refers to {framework:?}")).hint(format!("they refer to: {named}")))
}

/// Shows them.
pub(super) fn run(start: &Start, target: Option<&str>, framework: Option<&str>) -> Result<Exit> {
    let context = start.open()?;
    let ledger = context.ledger()?;
    let ui = context.ui;
    let (mut catalog, state, told) = match target {
        Some(target) => {
            let (catalog, when) = then::catalog(&context, &ledger, target)?;
            (catalog, "in-force", format!("in force {when}"))
        }
        None => {
            let catalog = context.policy(&ledger, &context.commit(None)?, context.at)?;
            let (state, told) = match in_force(&ledger, context.at) {
                InForce::Ratified { record, .. } => {
                    let (since, by) = (record.header.recorded, &record.header.recorder);
                    ("in-force", format!("in force since {since}, ratified by {by}"))
                }
                InForce::Ambiguous(_) => ("ambiguous", "ambiguous: several were ratified at once".to_owned()),
                InForce::None => ("proposed", "proposed, not ratified".to_owned()),
            };
            (catalog, state, told)
        }
    };
    if let Some(framework) = framework {
        only_of(&mut catalog, framework)?;
    }
    if ui.is_json() {
        ui.json(&output(&catalog, state))?;
        return Ok(Exit::Yes);
    }
    if ui.is_quiet() {
        ui.line(&catalog.digest.to_string());
        return Ok(Exit::Yes);
    }
    ui.line(&format!("policy  sha256:{}, {told}", catalog.digest));
    for control in &catalog.controls {
        let title = ui.paint(Tone::Plain, &control.title);
        ui.line(&format!("\n{}  {title}  ({}, owner {})", control.id, control.enforcement.as_str(), control.owner));
        ui.line(&format!("  {}", ui.paint(Tone::Plain, &control.objective)));
        let named = |names: &[Name]| names.iter().map(Name::as_str).collect::<Vec<_>>().join(", ");
        for (what, names) in [("tiers", &control.tiers), ("change types", &control.change_types)] {
            if !names.is_empty() {
                ui.line(&format!("  {what} {}", named(names)));
            }
        }
        for rule in &control.require {
            ui.line(&format!("  requires {}", ui.paint(Tone::Plain, &rule.text)));
        }
        if !control.frameworks.is_empty() {
            ui.line(&format!("  supports compliance with {}", ui.paint(Tone::Plain, &control.frameworks.join(", "))));
        }
    }
    Ok(Exit::Yes)
}
