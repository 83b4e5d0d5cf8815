//! What is said of an exchange.

use serde::Serialize;

use super::Sync;
use super::exchange::{Counted, Exchange, Files, Moved};
use super::restore::Restored;
use crate::cli::context::Context;
use crate::cli::error::{Exit, Result};
use crate::cli::ui::{Tone, Ui};
use crate::cli::verification::Verification;
use crate::verify::{Ledger, Outcome};

#[derive(Serialize)]
struct Output {
    schema: &'static str,
    remote: String,
    #[serde(rename = "dryRun")]
    dry_run: bool,
    came: Vec<Counted>,
    went: Vec<Counted>,
    restored: Vec<Restored>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trust: Option<u64>,
    files: Files,
    tags: Vec<String>,
    #[serde(rename = "movedTags")]
    moved_tags: Vec<Moved>,
    result: &'static str,
}

impl Sync {
    /// Tells what was done, and what came of verifying it.
    pub(super) fn tell(
        &self,
        context: &Context,
        remote: String,
        all: Exchange,
        verification: &Verification,
    ) -> Result<Exit> {
        let ui = context.ui;
        let exit = self.report(ui, remote, all, &verification.ledger, verification.outcome())?;
        if !ui.is_json() && !ui.is_quiet() {
            verification.tell_findings(ui, false);
            ui.line(&verification.summary(ui));
        }
        if !ui.is_json() && verification.outcome() == Outcome::Fail {
            ui.note("what came was kept, so that nothing is lost; it counts only as far as it verifies");
        }
        Ok(exit)
    }

    /// Tells what would be done.
    pub(super) fn tell_rehearsed(
        &self,
        context: &Context,
        remote: String,
        all: Exchange,
        ledger: &Ledger,
        outcome: Outcome,
    ) -> Result<Exit> {
        let ui = context.ui;
        let exit = self.report(ui, remote, all, ledger, outcome)?;
        if !ui.is_json() && !ui.is_quiet() {
            ui.note("nothing was changed, here or there: it was a rehearsal");
            if outcome != Outcome::Pass {
                ui.note(&format!("what is there and here verifies as {}: git qms sync tells", outcome.as_str()));
            }
        }
        Ok(exit)
    }

    fn report(&self, ui: Ui, remote: String, all: Exchange, ledger: &Ledger, outcome: Outcome) -> Result<Exit> {
        let Exchange { came, went, trust, files, tags, moved, restored } = all;
        let moved_tags: Vec<Moved> = moved.iter().map(|moved| Moved::of(moved, ledger)).collect();
        let outcome = if moved_tags.iter().any(|moved| moved.release) { Outcome::Fail } else { outcome };
        if ui.is_json() {
            let (schema, result, dry_run) = ("git-qms/sync/v1", outcome.as_str(), self.dry_run);
            ui.json(&Output { schema, remote, dry_run, came, went, restored, trust, files, tags, moved_tags, result })?;
            return Ok(Exit::from(outcome));
        }
        for digest in &files.refused {
            ui.warn(&format!("{remote} has other bytes under the name of file {digest}: they were not taken"));
        }
        for moved in &moved_tags {
            ui.warn(&moved.text(&remote));
        }
        for restored in &restored {
            ui.warn(&restored.text());
        }
        if ui.is_quiet() {
            return Ok(Exit::from(outcome));
        }
        for (word, counted) in [("came", &came), ("went", &went)] {
            let what: Vec<String> =
                counted.iter().map(|one| format!("{} {} by {}", one.records, one.kind, one.recorder)).collect();
            let what = if what.is_empty() { "nothing new".to_owned() } else { what.join(", ") };
            let is_shown = word == "came" && !self.push_only || word == "went" && !self.fetch_only;
            if is_shown {
                ui.line(&format!("{word}    {}", ui.paint(Tone::Plain, &what)));
            }
        }
        if let Some(version) = trust {
            ui.line(&format!("trust   version {version}"));
        }
        if files.came + files.went > 0 {
            ui.line(&format!("files   {} came, {} went", files.came, files.went));
        }
        if files.expunged > 0 {
            ui.line(&format!("files   {} expunged; their bytes go with: git gc --prune=now", files.expunged));
        }
        if !tags.is_empty() {
            ui.line(&format!("tags    {}", ui.paint(Tone::Plain, &tags.join(", "))));
        }
        Ok(Exit::from(outcome))
    }
}
