//! The shape of `git-qms/show/v1`, of a release or commit.

use serde::Serialize;
use serde_json::Value;

use super::files::{FileJson, Listed};
use super::whole::Whole;
use crate::cli::command::exception::json::ExceptionJson;
use crate::cli::error::{Error, Result};
use crate::cli::verification::VerificationJson;
use crate::question::Whereabouts;
use crate::record::{RecordId, UtcTime};
use crate::release::Manifest;
use crate::report::duty::Duty;
use crate::report::gaps::Gap;
use crate::report::story::{CaseJson, RecordJson};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Output<'a> {
    schema: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    release: Option<String>,
    commit: String,
    source: SourceJson<'a>,
    /// Whether nothing is pending, missing or altered.
    complete: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    manifest: Option<&'a Manifest>,
    stages: serde_json::Map<String, Value>,
    environments: Vec<EnvironmentJson>,
    /// What the release went out with, as it stands as of `--at`.
    exceptions: Vec<ExceptionJson>,
    pending: &'a [String],
    late: &'a [Gap],
    missing: &'a [Gap],
    altered: &'a [Gap],
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
struct SourceJson<'a> {
    tree: String,
    subject: &'a str,
    author: String,
    committer: String,
    committed: UtcTime,
}

#[derive(Serialize)]
struct StageJson {
    records: Vec<RecordJson>,
}

/// What is in an environment, and what became of the release there.
#[derive(Serialize)]
struct EnvironmentJson {
    name: String,
    state: &'static str,
    /// What is there now.
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<NowJson>,
    /// The last deployment of the release there.
    #[serde(skip_serializing_if = "Option::is_none")]
    deployment: Option<RecordId>,
    /// How the release did since.
    #[serde(skip_serializing_if = "Option::is_none")]
    monitoring: Option<MonitoringJson>,
}

#[derive(Serialize)]
struct NowJson {
    release: String,
    since: UtcTime,
    by: String,
    deployment: RecordId,
}

#[derive(Serialize)]
struct MonitoringJson {
    record: RecordId,
    summary: String,
    recorder: String,
    recorded: UtcTime,
}

/// Of what is told.
pub(super) fn of<'a>(whole: &'a Whole<'_>) -> Result<Output<'a>> {
    let (ledger, deadlines) = (&whole.verification.ledger, &whole.deadlines);
    let mut stages = serde_json::Map::new();
    for (stage, parts) in whole.stages() {
        let records = parts.iter().map(|part| RecordJson::of(ledger, part.record, deadlines)).collect();
        let value = serde_json::to_value(StageJson { records });
        stages.insert(stage.to_string(), value.map_err(|error| Error::new(error.to_string()))?);
    }
    let commit = whole.commit;
    let person = |one: &crate::store::Person| format!("{} <{}>", one.name, one.email);
    Ok(Output {
        schema: "git-qms/show/v1",
        release: whole.release.map(|(tag, _)| tag.to_string()),
        commit: commit.id.to_string(),
        source: SourceJson {
            tree: commit.tree.to_string(),
            subject: commit.message.lines().next().unwrap_or_default(),
            author: person(&commit.author),
            committer: person(&commit.committer),
            committed: commit.committer.time,
        },
        complete: whole.is_complete(),
        manifest: whole.story.manifest,
        stages,
        environments: whole.places.iter().map(environment).collect(),
        exceptions: whole.relied.iter().map(ExceptionJson::of).collect(),
        pending: &whole.pending,
        late: &whole.gaps.late,
        missing: &whole.gaps.missing,
        altered: &whole.gaps.altered,
        duties: &whole.story.duties,
        cases: whole.story.cases.iter().map(CaseJson::of).collect(),
        taken_back: whole.taken_back.iter().map(|by| RecordJson::of(ledger, by.record, deadlines)).collect(),
        files: whole.files.iter().map(Listed::json).collect(),
        verification: whole.verification.json(),
    })
}

fn environment(place: &Whereabouts<'_>) -> EnvironmentJson {
    EnvironmentJson {
        name: place.environment.to_string(),
        state: place.presence.as_str(),
        now: place.now.map(|now| NowJson {
            release: now.release.to_string(),
            since: now.record.header.occurred.end,
            by: now.record.header.recorder.to_string(),
            deployment: now.record.id,
        }),
        deployment: place.own.map(|own| own.record.id),
        monitoring: place.monitoring.map(|record| MonitoringJson {
            record: record.id,
            summary: record.summary(),
            recorder: record.header.recorder.to_string(),
            recorded: record.header.recorded,
        }),
    }
}
