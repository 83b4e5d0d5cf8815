//! `git qms exception show`.

use clap::Args;
use serde::Serialize;

use super::find::{catalog, find};
use super::json::ExceptionJson;
use super::list::scope;
use crate::cli::Start;
use crate::cli::context::printed_name;
use crate::cli::error::{Exit, Result};
use crate::cli::ui::{Tone, Ui};
use crate::policy::exception::Register;

/// Show one exception, with all that was decided about it, as of now or --at TIME.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// The beginning of a request's id, or a control with one request that is not over
    #[arg(value_name = "EXCEPTION|CONTROL")]
    exception: String,
}

#[derive(Serialize)]
struct Output {
    schema: &'static str,
    exception: ExceptionJson,
}

impl Show {
    /// Runs the command.
    pub(super) fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let ledger = context.ledger()?;
        let policy = catalog(&context, &ledger)?;
        let all = Register::of(&ledger, &policy, context.at).all();
        let one = find(&ledger, &all, &self.exception, &|one| !one.state.is_final())?;
        let ui = context.ui;
        if ui.is_json() {
            ui.json(&Output { schema: "git-qms/exception/v1", exception: ExceptionJson::of(one) })?;
            return Ok(Exit::Yes);
        }
        if ui.is_quiet() {
            ui.line(&one.record.id.to_string());
            return Ok(Exit::Yes);
        }
        let (claim, header) = (one.claim, &one.record.header);
        let tone = if one.state.holds() { Tone::Good } else { Tone::Odd };
        let id = ui.paint(Tone::Bold, &one.record.id.to_string());
        ui.line(&format!("{id}  {}", ui.paint(tone, one.state.as_str())));
        field(ui, "control", claim.control.as_str());
        field(ui, "for", &scope(one));
        field(ui, "reason", &claim.reason);
        field(ui, "instead", &claim.compensating);
        field(ui, "expires", &one.expires.to_string());
        if let Some(by) = claim.review_by {
            let how = if one.is_reviewed() {
                "reviewed"
            } else if one.overdue {
                "overdue"
            } else {
                "due"
            };
            field(ui, "review", &format!("by {by}: {how}"));
        }
        let times = |count: usize| format!("{count} {}", if count == 1 { "time" } else { "times" });
        field(ui, "let go", &format!("{}, renewals included", times(one.occurrence)));
        for file in &header.files {
            field(ui, "evidence", &format!("{}  {}, {} bytes", file.sha256.short(), file.name, file.size));
        }
        let who = printed_name(ledger.chain(), &header.recorder);
        field(ui, "asked", &format!("{} by {who}", header.recorded));
        for (record, decision) in &one.decisions {
            let who = printed_name(ledger.chain(), &record.header.recorder);
            let until = decision.expires.map_or(String::new(), |until| format!(" until {until}"));
            let comment = decision.comment.as_ref().map_or(String::new(), |text| format!(": {text}"));
            let when = record.header.recorded;
            let text = format!("{when} by {who} as {}{until}{comment}  {}", decision.role, record.id.short());
            field(ui, decision.decision.as_str(), &text);
            for file in &record.header.files {
                field(ui, "evidence", &format!("{}  {}, {} bytes", file.sha256.short(), file.name, file.size));
            }
        }
        Ok(Exit::Yes)
    }
}

fn field(ui: Ui, label: &str, text: &str) {
    ui.line(&format!("{label:<9} {}", ui.paint(Tone::Plain, text)));
}
