//! `git qms log`: the records that count, filtered.

use clap::Args;
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use crate::cli::Start;
use crate::cli::error::{Exit, Result};
use crate::record::{ChangeRef, Kind, MemberId, Name, Record, Stage, TagName, UtcTime};
use crate::report::escape::escape;
use crate::report::story::RecordJson;
use crate::report::timing::Timing;
use crate::verify::Verified;

/// List records, the newest last; filters combine.
#[derive(Debug, Args)]
pub struct Log {
    /// Only this kind
    #[arg(long, value_parser = kind)]
    kind: Option<Kind>,
    /// Only this stage
    #[arg(long, value_parser = stage)]
    stage: Option<Stage>,
    /// Only this service
    #[arg(long)]
    service: Option<Name>,
    /// Only this environment
    #[arg(long)]
    environment: Option<Name>,
    /// Only this release
    #[arg(long)]
    release: Option<TagName>,
    /// Only this change
    #[arg(long)]
    change: Option<ChangeRef>,
    /// Only by this member
    #[arg(long, value_name = "MEMBER")]
    person: Option<MemberId>,
    /// Only approvals by this member
    #[arg(long, value_name = "MEMBER")]
    approver: Option<MemberId>,
    /// Only recorded at or after
    #[arg(long, value_name = "TIME", value_parser = crate::cli::time)]
    since: Option<UtcTime>,
    /// Only recorded before
    #[arg(long, value_name = "TIME", value_parser = crate::cli::time)]
    until: Option<UtcTime>,
    /// Full ids alone, one a line
    #[arg(long)]
    ids: bool,
}

fn kind(text: &str) -> std::result::Result<Kind, String> {
    text.parse().map_err(|error: crate::record::kind::UnknownKind| error.to_string())
}

fn stage(text: &str) -> std::result::Result<Stage, String> {
    Stage::ALL
        .into_iter()
        .find(|stage| stage.to_string() == text)
        .ok_or_else(|| "plan, build, test, approve, deploy or monitor".to_owned())
}

#[derive(Serialize)]
struct Output {
    schema: &'static str,
    records: Vec<RecordJson>,
}

impl Log {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let ledger = context.ledger()?;
        let found: Vec<&Verified<Record>> = ledger.records().iter().filter(|record| self.admits(record)).collect();
        let deadlines = context.deadlines(&ledger);
        let ui = context.ui;
        if ui.is_json() {
            let records = found.iter().map(|record| RecordJson::of(&ledger, record, &deadlines)).collect();
            ui.json(&Output { schema: "git-qms/log/v1", records })?;
        } else if self.ids || ui.is_quiet() {
            for record in &found {
                ui.line(&record.id.to_string());
            }
        } else {
            ui.page(&context.environment);
            let mut table = Table::new();
            table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
            table.set_header(["RECORD", "RECORDED", "KIND", "BY", "COMMIT", "WHAT"]);
            for record in &found {
                let corrected = ledger
                    .superseded_by(record.id)
                    .map(|id| format!(" (superseded by {})", id.short()))
                    .unwrap_or_default();
                let timing = Timing::of(record, &deadlines).map(|odd| format!(" ({odd})")).unwrap_or_default();
                table.add_row([
                    record.id.short(),
                    record.header.recorded.to_string(),
                    record.header.kind.to_string(),
                    record.header.recorder.to_string(),
                    record.commit.short(),
                    format!("{}{timing}{corrected}", escape(&record.summary())),
                ]);
            }
            for column in table.column_iter_mut() {
                column.set_padding((0, 2));
            }
            if !found.is_empty() {
                ui.line(&table.trim_fmt());
            }
        }
        let left = ledger.counts().void;
        if left > 0 {
            ui.warn(&format!("{left} void lines are not listed: git qms verify"));
        }
        if found.is_empty() {
            ui.note("no record matches");
        }
        Ok(if found.is_empty() { Exit::No } else { Exit::Yes })
    }

    fn admits(&self, record: &Record) -> bool {
        let header = &record.header;
        let is = |wanted: &Option<Name>, found: &Option<Name>| wanted.is_none() || wanted == found;
        self.kind.is_none_or(|kind| header.kind == kind)
            && self.stage.is_none_or(|stage| header.stage == Some(stage))
            && is(&self.service, &header.service)
            && is(&self.environment, &header.environment)
            && self.release.as_ref().is_none_or(|release| header.release.as_ref() == Some(release))
            && self
                .change
                .as_ref()
                .is_none_or(|wanted| header.change.as_ref().is_some_and(|change| change.folded() == wanted.folded()))
            && self.person.as_ref().is_none_or(|person| header.recorder == *person)
            && self.approver.as_ref().is_none_or(|person| header.kind == Kind::Approval && header.recorder == *person)
            && self.since.is_none_or(|since| header.recorded >= since)
            && self.until.is_none_or(|until| header.recorded < until)
    }
}
