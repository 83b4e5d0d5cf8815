//! A release or commit: its records by stage, what is pending, and how it was verified.

use serde::Serialize;
use serde_json::Value;

use super::Show;
use super::files::{self, FileJson, Listed};
use super::one::{field, tell_all};
use crate::cli::command::exception::json::ExceptionJson;
use crate::cli::context::{Context, printed_name};
use crate::cli::error::{Exit, Result};
use crate::cli::ui::{Tone, Ui};
use crate::cli::verification::{Verification, VerificationJson};
use crate::policy::exception::{Asked, Register};
use crate::record::{RecordId, Stage, TagName};
use crate::release::Manifest;
use crate::release::rollback::taken_back;
use crate::report::duty::Duty;
use crate::report::story::{CaseJson, Part, RecordJson, Story};
use crate::report::timing::{Deadlines, Timing};
use crate::store::CommitInfo;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Output<'a> {
    schema: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    release: Option<String>,
    commit: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    manifest: Option<&'a Manifest>,
    stages: serde_json::Map<String, Value>,
    /// What the release went out with, as it stands as of `--at`.
    exceptions: Vec<ExceptionJson>,
    pending: &'a [String],
    /// Deployments that nobody watched yet.
    duties: &'a [Duty],
    cases: Vec<CaseJson>,
    /// Deployments that take the release back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    taken_back: Vec<RecordJson>,
    files: Vec<FileJson<'a>>,
    verification: VerificationJson,
}

#[derive(Serialize)]
struct StageJson {
    records: Vec<RecordJson>,
}

/// Shows it.
pub(super) fn show(
    context: &Context,
    verification: &Verification,
    commit: &CommitInfo,
    release: Option<(&TagName, &Manifest)>,
    args: &Show,
) -> Result<Exit> {
    let ledger = &verification.ledger;
    let deadlines = context.deadlines(ledger);
    let story = Story::of(ledger, commit.id, commit.tree, release.map(|(_, manifest)| manifest), &deadlines);
    let taken_back = release.map(|(tag, _)| taken_back(ledger, tag)).unwrap_or_default();
    let policy = context.policy(ledger, commit, context.at).ok();
    let all = policy.as_ref().map(|policy| Register::of(ledger, policy, context.at).all()).unwrap_or_default();
    let ids = story.manifest.map_or(&[][..], |manifest| &manifest.exceptions);
    let relied: Vec<&Asked<'_>> = all.iter().filter(|one| ids.contains(&one.record.id)).collect();
    let mut pending = story.pending.clone();
    pending.extend(relied.iter().filter_map(|one| review_pending(one)));
    let ui = context.ui;
    let files = files::list(
        context,
        ledger,
        wanted(&story, args).iter().flat_map(|(_, parts)| *parts).map(|part| part.record),
    )?;
    if ui.is_json() {
        let mut stages = serde_json::Map::new();
        for (stage, parts) in wanted(&story, args) {
            let records = parts.iter().map(|part| RecordJson::of(ledger, part.record, &deadlines)).collect();
            let value = serde_json::to_value(StageJson { records });
            stages.insert(stage.to_string(), value.map_err(|error| crate::cli::error::Error::new(error.to_string()))?);
        }
        ui.json(&Output {
            schema: "git-qms/show/v1",
            release: release.map(|(tag, _)| tag.to_string()),
            commit: commit.id.to_string(),
            manifest: story.manifest,
            stages,
            exceptions: relied.iter().map(|one| ExceptionJson::of(one)).collect(),
            pending: &pending,
            duties: &story.duties,
            cases: story.cases.iter().map(CaseJson::of).collect(),
            taken_back: taken_back.iter().map(|by| RecordJson::of(ledger, by.record, &deadlines)).collect(),
            files: files.iter().map(Listed::json).collect(),
            verification: verification.json(),
        })?;
        return Ok(Exit::from(verification.outcome()));
    }
    if ui.is_quiet() {
        ui.line(&release.map_or_else(|| commit.id.to_string(), |(tag, _)| tag.to_string()));
        return Ok(Exit::from(verification.outcome()));
    }
    ui.page(&context.environment);
    tell_head(ui, commit, release);
    for by in &taken_back {
        let place = by.record.header.environment.as_ref().map(|name| format!(" in {name}")).unwrap_or_default();
        field(
            ui,
            "taken back",
            &format!("{}{place} by deployment {} of {}", by.deploy.outcome.as_str(), by.record.id.short(), by.release),
        );
    }
    for (stage, parts) in wanted(&story, args) {
        ui.line("");
        ui.line(&ui.paint(Tone::Bold, &stage.to_string()));
        if parts.is_empty() {
            ui.line(&format!("  {}", ui.paint(Tone::Odd, "no record")));
        }
        for part in parts {
            tell_part(context, verification, part, &deadlines);
            if args.full {
                tell_all(ui, part.record)?;
            }
        }
    }
    tell_exceptions(ui, verification, ids, &relied);
    if !files.is_empty() {
        ui.line("");
        ui.line(&ui.paint(Tone::Bold, "files"));
    }
    for file in &files {
        ui.line(&format!("  {}", file.text(ui)));
    }
    ui.line("");
    if pending.is_empty() {
        field(ui, "complete", "every stage has its records");
    }
    for pending in &pending {
        ui.line(&format!("{}   {}", ui.paint(Tone::Odd, "pending"), ui.paint(Tone::Plain, pending)));
    }
    verification.tell_findings(ui, false);
    ui.line(&verification.summary(ui));
    Ok(Exit::from(verification.outcome()))
}

fn wanted<'a, 'b>(story: &'b Story<'a>, args: &Show) -> Vec<(Stage, &'b [Part<'a>])> {
    let only = args.stage;
    let stages = story.stages.iter().filter(|(stage, _)| only.is_none_or(|only| only == *stage));
    stages.map(|(stage, parts)| (*stage, parts.as_slice())).collect()
}

/// The exceptions that a release went out with.
fn tell_exceptions(ui: Ui, verification: &Verification, ids: &[RecordId], relied: &[&Asked<'_>]) {
    if !ids.is_empty() {
        ui.line("");
        ui.line(&ui.paint(Tone::Bold, "exceptions"));
    }
    for id in ids {
        let found = verification.ledger.record(*id);
        let text = found.map_or_else(|| "gone, or does not count".to_owned(), |record| record.summary());
        let one = relied.iter().find(|one| one.record.id == *id);
        let state = one.map_or(String::new(), |one| format!("  ({})", one.state));
        ui.line(&format!("  {}  {}{}", id.short(), ui.paint(Tone::Plain, &text), ui.paint(Tone::Odd, &state)));
        let Some(one) = one else { continue };
        let who = |id| printed_name(verification.ledger.chain(), id);
        let asked = format!("asked for by {}, {}", who(&one.record.header.recorder), one.record.header.recorded);
        let decisions = one.decisions.iter().map(|(record, decision)| {
            format!("{} by {}, {}", decision.decision, who(&record.header.recorder), record.header.recorded)
        });
        let instead = format!("instead: {}", one.claim.compensating);
        for line in [instead, asked].into_iter().chain(decisions) {
            ui.line(&format!("                {}", ui.paint(Tone::Dim, &line)));
        }
    }
}

/// An emergency that is still to be reviewed keeps the file open.
fn review_pending(one: &Asked<'_>) -> Option<String> {
    let by = one.review_due()?;
    let how = if one.overdue { "overdue since" } else { "due by" };
    Some(format!("review of emergency exception {} from {}: {how} {by}", one.record.id.short(), one.claim.control))
}

fn tell_head(ui: Ui, commit: &CommitInfo, release: Option<(&TagName, &Manifest)>) {
    if let Some((tag, manifest)) = release {
        ui.line(&ui.paint(Tone::Bold, tag.as_str()));
        field(ui, "service", &format!("{} {}", manifest.service, manifest.version));
        field(ui, "change", &manifest.change.to_string());
        if let Some(previous) = &manifest.previous {
            field(ui, "previous", previous.as_str());
        }
        let environments: Vec<&str> = manifest.environments.iter().map(crate::record::Name::as_str).collect();
        field(ui, "for", &environments.join(", "));
        let tier = manifest.gate.tier.as_ref().map_or(String::new(), |tier| format!(", tier {tier}"));
        field(ui, "gate", &format!("{} in record {}{tier}", manifest.gate.result, manifest.gate.record.short()));
        field(ui, "policy", &format!("sha256:{}", manifest.policy));
        if let Some(until) = &manifest.retain_until {
            field(ui, "keep until", until);
        }
    }
    let subject = commit.message.lines().next().unwrap_or_default();
    field(ui, "commit", &format!("{}  {subject}", commit.id));
    field(ui, "author", &format!("{} <{}>", commit.author.name, commit.author.email));
}

fn tell_part(context: &Context, verification: &Verification, part: &Part<'_>, deadlines: &Deadlines) {
    let (ui, record) = (context.ui, part.record);
    let who = printed_name(verification.ledger.chain(), &record.header.recorder);
    let mut marks = Vec::new();
    if part.by_tree {
        marks.push(format!("by tree, from {}", record.commit.short()));
    }
    if record.header.dirty {
        marks.push("dirty work tree".to_owned());
    }
    if record.header.allowed_secrets.is_some() {
        marks.push("lets pass what looks like a secret".to_owned());
    }
    marks.extend(Timing::of(record, deadlines).map(|timing| timing.to_string()));
    if let Some(id) = part.superseded_by {
        marks.push(format!("superseded by {}", id.short()));
    }
    marks.extend(record.header.environment.as_ref().map(|environment| format!("in {environment}")));
    let marks = if marks.is_empty() { String::new() } else { format!("  ({})", marks.join("; ")) };
    let text = format!("{:<9} {}{marks}", record.header.kind.as_str(), record.summary());
    ui.line(&format!("  {}  {}", record.id.short(), ui.paint(Tone::Plain, &text)));
    let when = format!("{who}, {}", record.header.recorded);
    ui.line(&format!("                {}", ui.paint(Tone::Dim, &when)));
}
