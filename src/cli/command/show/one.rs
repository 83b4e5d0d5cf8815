//! One record, with everything it says.

use serde::Serialize;
use serde_json::Value;

use super::files::{self, FileJson, Listed};
use crate::cli::context::{Context, printed_name};
use crate::cli::error::{Error, Exit, Result};
use crate::cli::ui::{Tone, Ui};
use crate::cli::verification::Verification;
use crate::record::kind::test::TestDetail;
use crate::record::{Record, RecordId};
use crate::report::story::RecordJson;
use crate::report::timing::Timing;

#[derive(Serialize)]
struct Output<'a> {
    schema: &'static str,
    record: RecordJson,
    #[serde(skip_serializing_if = "Option::is_none")]
    test: Option<TestJson>,
    header: Value,
    predicate: Value,
    artifacts: Vec<ArtifactJson>,
    files: Vec<FileJson<'a>>,
}

#[derive(Serialize)]
struct TestJson {
    total: u64,
    passed: u64,
    failed: u64,
    skipped: u64,
    flaky: u64,
    discrepancies: Value,
}

#[derive(Serialize)]
struct ArtifactJson {
    name: String,
    sha256: String,
}

/// Shows it.
pub(super) fn show(context: &Context, verification: &Verification, id: RecordId) -> Result<Exit> {
    let ledger = &verification.ledger;
    let record = ledger.record(id).ok_or_else(|| Error::no(format!("record {id} does not count")))?;
    let deadlines = context.deadlines(ledger);
    let ui = context.ui;
    let files = files::list(context, ledger, std::iter::once(record))?;
    let (header, predicate) = (to_value(&record.header)?, to_value(&record.claim)?);
    if ui.is_json() {
        let artifacts = record.artifacts.iter();
        ui.json(&Output {
            schema: "git-qms/show/v1",
            record: RecordJson::of(ledger, record, &deadlines),
            test: record.header.test.as_ref().map(test_json).transpose()?,
            header,
            predicate,
            artifacts: artifacts
                .map(|file| ArtifactJson { name: file.name.clone(), sha256: file.sha256.to_string() })
                .collect(),
            files: files.iter().map(Listed::json).collect(),
        })?;
        return Ok(Exit::Yes);
    }
    if ui.is_quiet() {
        ui.line(&id.to_string());
        return Ok(Exit::Yes);
    }
    ui.page(&context.environment);
    let who = printed_name(ledger.chain(), &record.header.recorder);
    ui.line(&ui.paint(Tone::Bold, &format!("{} {}", record.header.kind, record.id)));
    field(ui, "by", &format!("{who} ({}), key {}", record.header.recorder, record.seal().key));
    field(ui, "says", &record.summary());
    if let Some(timing) = Timing::of(record, &deadlines) {
        field(ui, "time", &timing.to_string());
    }
    if let Some(by) = ledger.superseded_by(id) {
        field(ui, "corrected", &format!("superseded by {by}"));
    }
    field(ui, "verified", "signature, signer's role, commit, tree and place in the ledger");
    for file in &record.artifacts {
        field(ui, "artifact", &format!("{}  sha256:{}", file.name, file.sha256));
    }
    for file in &files {
        field_painted(ui, "file", &file.text(ui));
    }
    if let Some(allowed) = &record.header.allowed_secrets {
        let patterns: Vec<&str> = allowed.patterns.iter().map(crate::record::Name::as_str).collect();
        field(ui, "secrets", &format!("let pass as {}: {}", patterns.join(", "), allowed.reason));
    }
    tell_value(ui, "header", &header, 0);
    tell_value(ui, "predicate", &predicate, 0);
    Ok(Exit::Yes)
}

fn to_value(value: &impl Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| Error::new(format!("showing a record: {error}")))
}

fn test_json(test: &TestDetail) -> Result<TestJson> {
    let sum = |count: fn(&crate::record::kind::test::Suite) -> u64| {
        test.suites.iter().map(count).fold(0, u64::saturating_add)
    };
    Ok(TestJson {
        total: sum(crate::record::kind::test::Suite::total),
        passed: sum(|suite| suite.passed),
        failed: sum(|suite| suite.failed),
        skipped: sum(|suite| suite.skipped),
        flaky: sum(|suite| suite.flaky),
        discrepancies: to_value(&test.discrepancies)?,
    })
}

/// `by          Ada Lovelace (ada)`.
pub(super) fn field(ui: Ui, name: &str, text: &str) {
    field_painted(ui, name, &ui.paint(Tone::Plain, text));
}

/// As [`field`], of text that was painted, and so escaped.
pub(super) fn field_painted(ui: Ui, name: &str, text: &str) {
    ui.line(&format!("{name:<12}{text}"));
}

/// A JSON value as an indented list, for people.
pub(super) fn tell_value(ui: Ui, name: &str, value: &Value, depth: usize) {
    let indent = "  ".repeat(depth);
    let name = ui.paint(Tone::Dim, name);
    match value {
        Value::Object(members) => {
            ui.line(&format!("{indent}{name}"));
            for (name, value) in members {
                tell_value(ui, name, value, depth + 1);
            }
        }
        Value::Array(items) => {
            ui.line(&format!("{indent}{name}"));
            for value in items {
                tell_value(ui, "-", value, depth + 1);
            }
        }
        Value::String(text) => ui.line(&format!("{indent}{name} {}", ui.paint(Tone::Plain, text))),
        other => ui.line(&format!("{indent}{name} {other}")),
    }
}

/// Everything one record says, below a line about it.
pub(super) fn tell_all(ui: Ui, record: &Record) -> Result<()> {
    tell_value(ui, "header", &to_value(&record.header)?, 3);
    tell_value(ui, "predicate", &to_value(&record.claim)?, 3);
    Ok(())
}
