//! The shape of `git-qms/status/v1`.

use serde::Serialize;

use super::Picture;
use crate::cli::command::exception::json::ExceptionJson;
use crate::cli::error::Result;
use crate::cli::verification::VerificationJson;
use crate::policy::verdict::ControlVerdict;
use crate::report::duty::Duty;
use crate::report::story::{CaseJson, RecordJson};
use crate::verify::Outcome;

#[derive(Serialize)]
pub(super) struct Output<'a> {
    schema: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    release: Option<String>,
    commit: String,
    stages: serde_json::Map<String, serde_json::Value>,
    /// What keeps the work tree from being the commit, where HEAD was asked about.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    dirty: &'a [String],
    pending: &'a [String],
    duties: &'a [Duty],
    cases: Vec<CaseJson>,
    /// Those of the project that hold, or wait for a decision or a review.
    exceptions: Vec<&'a ExceptionJson>,
    gate: GateJson<'a>,
    next: Option<&'a str>,
    verification: VerificationJson,
}

#[derive(Serialize)]
struct StageJson {
    /// Whether the stage has a record of its own kind that stands.
    there: bool,
    records: Vec<RecordJson>,
}

#[derive(Serialize)]
struct GateJson<'a> {
    result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<&'static str>,
    controls: Vec<ControlJson<'a>>,
    /// Why there is no verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[derive(Serialize)]
struct ControlJson<'a> {
    id: &'a str,
    outcome: &'static str,
    found: &'a str,
    records: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exception: Option<String>,
}

impl Picture<'_> {
    /// For programs.
    pub(super) fn json(&self) -> Result<Output<'_>> {
        let ledger = &self.verification.ledger;
        let mut stages = serde_json::Map::new();
        for (stage, parts) in &self.story.stages {
            let records = parts.iter().map(|part| RecordJson::of(ledger, part.record, &self.deadlines)).collect();
            let value = serde_json::to_value(StageJson { there: self.story.has(*stage), records });
            stages.insert(stage.to_string(), value.map_err(|error| crate::cli::error::Error::new(error.to_string()))?);
        }
        let gate = match &self.judged {
            Ok(judged) => GateJson {
                result: judged.verdict.result.as_str(),
                policy: Some(judged.verdict.state.as_str()),
                controls: judged.verdict.controls.iter().map(control_json).collect(),
                error: None,
            },
            Err(error) => GateJson {
                result: Outcome::Incomplete.as_str(),
                policy: None,
                controls: Vec::new(),
                error: Some(error.to_string()),
            },
        };
        Ok(Output {
            schema: "git-qms/status/v1",
            release: self.release.map(|(tag, _)| tag.to_string()),
            commit: self.commit.id.to_string(),
            stages,
            dirty: &self.dirty,
            pending: &self.story.pending,
            duties: &self.duties,
            cases: self.cases.iter().map(CaseJson::of).collect(),
            exceptions: self.exceptions.iter().map(|(_, _, json)| json).collect(),
            gate,
            next: self.next.as_deref(),
            verification: self.verification.json(),
        })
    }
}

fn control_json(control: &ControlVerdict) -> ControlJson<'_> {
    ControlJson {
        id: control.id.as_str(),
        outcome: control.outcome.as_str(),
        found: &control.found,
        records: control.records.iter().map(|proof| proof.record.to_string()).collect(),
        exception: control.exception.as_ref().map(|one| one.record.to_string()),
    }
}
