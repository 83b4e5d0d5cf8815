//! What was expunged, and what waits for a second person.

use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::error::{Exit, Result};
use crate::cli::ui::Tone;
use crate::verify::Ledger;
use crate::verify::expunged::tombstones;

#[derive(Serialize)]
struct Output {
    schema: &'static str,
    files: Vec<Named>,
}

#[derive(Serialize)]
struct Named {
    file: String,
    state: &'static str,
    reason: String,
    #[serde(rename = "legalBasis")]
    legal_basis: String,
    people: Vec<String>,
    records: Vec<String>,
}

pub(super) fn run(context: &Context, ledger: &Ledger) -> Result<Exit> {
    let (ui, all) = (context.ui, tombstones(ledger));
    if ui.is_json() {
        let files = all.iter().filter_map(|(file, signed)| {
            let (_, said) = signed.first()?;
            Some(Named {
                file: file.to_string(),
                state: if signed.is_in_force() { "expunged" } else { "pending" },
                reason: said.reason.clone(),
                legal_basis: said.legal_basis.clone(),
                people: signed.people().into_iter().map(ToString::to_string).collect(),
                records: signed.records.iter().map(|(record, _)| record.id.to_string()).collect(),
            })
        });
        ui.json(&Output { schema: "git-qms/expunged/v1", files: files.collect() })?;
        return Ok(Exit::Yes);
    }
    if all.is_empty() {
        ui.note("no file was expunged, and nobody asked for it");
    }
    for (file, signed) in &all {
        let more = if signed.is_in_force() { "" } else { "; a second person has to sign" };
        ui.line(&ui.paint(Tone::Plain, &format!("{}  {}{more}", file.short(), signed.told())));
    }
    Ok(Exit::Yes)
}
