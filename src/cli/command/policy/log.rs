//! `git qms policy log`: every ratification, and what changed by it.

use serde::Serialize;
use serde_json::Value;

use crate::cli::Start;
use crate::cli::context::Context;
use crate::cli::error::{Exit, Result};
use crate::cli::ui::Tone;
use crate::policy::difference::{Change, What, difference};
use crate::policy::{self, InForce, in_force};
use crate::record::kind::policy::PolicyRatification;
use crate::record::{Claim, FileDigest, Record};
use crate::verify::Verified;

#[derive(Serialize)]
struct Output {
    schema: &'static str,
    ratifications: Vec<Ratification>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ratification {
    record: String,
    commit: String,
    recorder: String,
    recorded: String,
    digest: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    replaces: Option<String>,
    in_force: bool,
    /// Absent where one of the two catalogs cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Vec<ChangeJson>>,
}

#[derive(Serialize)]
struct ChangeJson {
    section: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    change: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    keys: Vec<KeyJson>,
}

#[derive(Serialize)]
struct KeyJson {
    key: String,
    before: Option<Value>,
    after: Option<Value>,
}

/// Tells them, the oldest first.
pub(super) fn run(start: &Start) -> Result<Exit> {
    let context = start.open()?;
    let ledger = context.ledger()?;
    let current = match in_force(&ledger, context.at) {
        InForce::Ratified { record, .. } => Some(record.id),
        _ => None,
    };
    let records: Vec<_> = ledger.records().iter().filter(|record| record.header.recorded <= context.at).collect();
    let ratified: Vec<_> = records.into_iter().filter_map(|record| Some((record, ratification(record)?))).collect();
    let texts: Vec<_> = ratified.iter().map(|(record, claim)| catalog(&context, record, claim.sha256)).collect();
    let mut told = Vec::new();
    for (at, (record, claim)) in ratified.iter().enumerate() {
        let before = claim.replaces.map(|digest| {
            let earlier = ratified[..at].iter().rposition(|(_, other)| other.sha256 == digest);
            earlier.and_then(|at| texts[at].as_deref())
        });
        let changes = match (before, &texts[at]) {
            (None, _) => Some(Vec::new()),
            (Some(Some(before)), Some(after)) => difference(before, after),
            _ => None,
        };
        told.push(Ratification {
            record: record.id.to_string(),
            commit: record.commit.to_string(),
            recorder: record.header.recorder.to_string(),
            recorded: record.header.recorded.to_string(),
            digest: claim.sha256.to_string(),
            replaces: claim.replaces.map(|digest| digest.to_string()),
            in_force: current == Some(record.id),
            changes: changes.map(|changes| changes.into_iter().map(change_json).collect()),
        });
    }
    tell(&context, told)
}

fn ratification(record: &Verified<Record>) -> Option<&PolicyRatification> {
    match &record.claim {
        Claim::Policy(claim) => Some(claim),
        _ => None,
    }
}

/// The catalog that was ratified, where git still has it.
fn catalog(context: &Context, record: &Record, sha256: FileDigest) -> Option<String> {
    let bytes = context.repo.read_blob_at(&record.commit, policy::PATH, 1 << 20).ok().flatten()?;
    if FileDigest::of(&bytes) == sha256 { String::from_utf8(bytes).ok() } else { None }
}

fn change_json(change: Change) -> ChangeJson {
    let word = change.what.as_str();
    let keys = if let What::Changed(keys) = change.what { keys } else { Vec::new() };
    let key = |key: policy::difference::KeyChange| KeyJson { key: key.key, before: key.before, after: key.after };
    let keys = keys.into_iter().map(key).collect();
    ChangeJson { section: change.section, name: change.name, change: word, keys }
}

fn tell(context: &Context, ratifications: Vec<Ratification>) -> Result<Exit> {
    let ui = context.ui;
    let exit = if ratifications.is_empty() { Exit::No } else { Exit::Yes };
    if ui.is_json() {
        ui.json(&Output { schema: "git-qms/policy-log/v1", ratifications })?;
        return Ok(exit);
    }
    if ratifications.is_empty() {
        ui.note("no catalog was ratified: git qms policy ratify");
    }
    for one in &ratifications {
        if ui.is_quiet() {
            ui.line(&one.digest);
            continue;
        }
        let force = if one.in_force { ui.paint(Tone::Good, ", in force") } else { String::new() };
        let short = |text: &str, length| text.get(..length).unwrap_or(text).to_owned();
        ui.line(&format!(
            "{}  ratified {} by {} on {} ({}){force}",
            short(&one.digest, 12),
            one.recorded,
            one.recorder,
            short(&one.commit, 7),
            short(&one.record, 12)
        ));
        match &one.changes {
            None => ui.line("  what changed cannot be told: one of the two catalogs is not here"),
            Some(changes) => changes.iter().for_each(|change| tell_change(context, change)),
        }
    }
    Ok(exit)
}

fn tell_change(context: &Context, change: &ChangeJson) {
    let ui = context.ui;
    let (mark, tone) = match change.change {
        "added" => ("+", Tone::Good),
        "removed" => ("-", Tone::Bad),
        _ => ("~", Tone::Odd),
    };
    let name = change.name.as_deref().map(|name| format!(" {name}")).unwrap_or_default();
    ui.line(&format!("  {} {}", ui.paint(tone, mark), ui.paint(Tone::Plain, &format!("{}{name}", change.section))));
    for key in &change.keys {
        let shown = |value: &Option<Value>| value.as_ref().map_or_else(|| "nothing".to_owned(), Value::to_string);
        let text = format!("{}  {} → {}", key.key, shown(&key.before), shown(&key.after));
        ui.line(&format!("      {}", ui.paint(Tone::Plain, text.trim_start())));
    }
}
