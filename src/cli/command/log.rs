//! `git qms log`: the records that count, filtered.

use std::path::Path;

use clap::Args;
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::error::{Error, Exit, Result};
use crate::cli::target::Target;
use crate::cli::{Start, digest, spoken};
use crate::question::{Concerned, Filter, Spoken};
use crate::record::{ChangeRef, FileDigest, Kind, MemberId, Name, Record, Stage, TagName};
use crate::report::escape::escape;
use crate::report::story::RecordJson;
use crate::report::timing::Timing;
use crate::verify::{Ledger, Severity, Verified};

/// List records, in the order of the ledger; filters combine.
///
/// Times are those of recording, by the records' own word. --since begins with the first second of what it names, --until
/// ends with its last: a time, a day, 2026-04, 2026-Q1, 2026-W15, 2026, today, yesterday, this or last week, month, quarter
/// or year, last 30 days, 2 weeks ago; all in UTC, weeks from Monday, and as said at --at.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git qms log --service payments --approver grace --period 2026-Q1
  git qms log --control COV-01 --since \"last quarter\"    decisions, exceptions and what was shown for a control
  git qms log --kind deploy --environment production --ids  ids alone, for scripts")]
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
    /// Only what names this release (a tag, or a service for its newest), and what its manifest relies on
    #[arg(long)]
    release: Option<String>,
    /// Only this change
    #[arg(long)]
    change: Option<ChangeRef>,
    /// Only signed by this member
    #[arg(long, value_name = "MEMBER")]
    person: Option<MemberId>,
    /// Only approvals by this member: what says approved or released
    #[arg(long, value_name = "MEMBER")]
    approver: Option<MemberId>,
    /// Only decisions that judge this control, what they name for it, exceptions from it and decisions about these
    #[arg(long)]
    control: Option<Name>,
    /// Only what names this artifact: a file, or 12 or more digits of its SHA-256
    #[arg(long, value_name = "FILE|DIGEST")]
    artifact: Option<String>,
    /// Only recorded since then
    #[arg(long, value_name = "PERIOD")]
    since: Option<Spoken>,
    /// Only recorded up to then
    #[arg(long, value_name = "PERIOD")]
    until: Option<Spoken>,
    /// Only recorded within this period
    #[arg(long, value_name = "PERIOD", conflicts_with_all = ["since", "until"])]
    period: Option<Spoken>,
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
        let filter = self.filter(&context, &ledger)?;
        let found: Vec<&Verified<Record>> = filter.of(&ledger).collect();
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
            if let Some(width) = ui.width(&context.environment).and_then(|width| u16::try_from(width).ok()) {
                table.set_width(width);
            }
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
        let unread = ledger.findings().iter().filter(|finding| finding.severity == Severity::Incomplete).count();
        if unread > 0 {
            ui.warn(&format!("records may be missing, {unread} findings say what cannot be read: git qms verify"));
        }
        let left = ledger.counts().void;
        if left > 0 {
            ui.warn(&format!("{left} void lines are not listed: git qms verify"));
        }
        if found.is_empty() {
            ui.note("no record matches");
        }
        Ok(match found.is_empty() {
            _ if unread > 0 => Exit::CouldNotTell,
            true => Exit::No,
            false => Exit::Yes,
        })
    }

    fn filter(&self, context: &Context, ledger: &Ledger) -> Result<Filter> {
        let members = [("--person", &self.person), ("--approver", &self.approver)];
        members.into_iter().try_for_each(|(option, id)| id.as_ref().map_or(Ok(()), |id| member(ledger, option, id)))?;
        let judged = || ledger.of_kind(Kind::Gate).chain(ledger.of_kind(Kind::Exception)).map(|record| &**record);
        Ok(Filter {
            kind: self.kind,
            stage: self.stage,
            service: self.service.clone(),
            environment: self.environment.clone(),
            release: self.release.as_deref().map(|text| release(context, ledger, text)).transpose()?,
            change: self.change.clone(),
            person: self.person.clone(),
            approver: self.approver.clone(),
            control: self.control.clone().map(|control| Concerned::control(control, judged())),
            artifact: self.artifact.as_deref().map(|text| artifact(ledger, text)).transpose()?,
            ..spoken::within(self.since, self.until, self.period, context.at)?
        })
    }
}

/// Somebody who is or was a member.
fn member(ledger: &Ledger, option: &str, id: &MemberId) -> Result<()> {
    let links = ledger.chain().links();
    if links.iter().any(|link| link.version.member(id).is_some()) {
        return Ok(());
    }
    let members = links.iter().flat_map(|link| &link.version.members).map(|member| member.id.as_str());
    let all: std::collections::BTreeSet<&str> = members.collect();
    let all: Vec<&str> = all.into_iter().collect();
    Err(Error::new(format!("{option} {id}: nobody of that id is or was a member"))
        .hint(format!("members are or were {}", all.join(", "))))
}

/// A release with what it relies on. Of one whose tag is not here, what names it.
fn release(context: &Context, ledger: &Ledger, text: &str) -> Result<Concerned<TagName>> {
    if let Ok(Target::Release { tag, manifest, .. }) = context.target(ledger, Some(text)) {
        return Ok(Concerned::release(tag, Some(&manifest)));
    }
    let tag: TagName = text.parse().map_err(|error| Error::new(format!("--release {text:?}: {error}")))?;
    context.ui.warn(&format!(
        "release {tag} cannot be read here: what it relies on is not listed; git qms sync --fetch-only"
    ));
    Ok(Concerned::release(tag, None))
}

/// The digest of an artifact, from its file, or from the beginning of what records name.
pub(super) fn artifact(ledger: &Ledger, text: &str) -> Result<FileDigest> {
    let hex = text.strip_prefix("sha256:").unwrap_or(text);
    let is_hex = hex.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    if !is_hex || !(12..=64).contains(&hex.len()) {
        return Ok(digest::of_file(Path::new(text))?.0);
    }
    let all = ledger.outlines().flat_map(|record| record.names().artifacts);
    let found: std::collections::BTreeSet<FileDigest> =
        all.map(|(_, digest)| digest).filter(|digest| digest.begins(hex)).collect();
    let mut found = found.into_iter();
    match (found.next(), found.next()) {
        (Some(digest), None) => Ok(digest),
        (None, _) => Err(Error::no(format!("no record names an artifact whose SHA-256 begins with {hex}"))),
        (Some(_), Some(_)) => {
            Err(Error::new(format!("{hex} is the beginning of several digests")).hint("give more digits"))
        }
    }
}
