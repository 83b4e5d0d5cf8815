//! The story of a commit or release: its records by stage, and what is still pending.

use std::collections::BTreeSet;

use serde::Serialize;

use super::duty::{Duty, deployments, is_watched, reaching_users};
use super::timing::{Deadlines, Timing};
use crate::record::kind::incident::CaseState;
use crate::record::{CommitId, Kind, Name, Record, RecordId, Stage, TreeId};
use crate::release::Manifest;
use crate::verify::{Case, Ledger, Outline, Verified};

/// The records that speak about one commit, composed.
pub struct Story<'a> {
    /// The commit.
    pub commit: CommitId,
    /// What was released, if it was.
    pub manifest: Option<&'a Manifest>,
    /// Each stage with its records, in the order of the ledger.
    pub stages: Vec<(Stage, Vec<Part<'a>>)>,
    /// Deployments of the release of which it is not recorded yet how they did.
    pub duties: Vec<Duty>,
    /// The incidents and defects that its records tell of, as they stand now.
    pub cases: Vec<Case<'a>>,
    /// What is not there yet, each a sentence.
    pub pending: Vec<String>,
    ledger: &'a Ledger,
}

/// One record in a story.
pub struct Part<'a> {
    /// The record.
    pub record: &'a Verified<Record>,
    /// It lies on another commit with the same tree.
    pub by_tree: bool,
    /// The record that corrects it.
    pub superseded_by: Option<RecordId>,
    /// The release relies on it.
    pub relied_on: bool,
}

impl<'a> Story<'a> {
    /// Composes it: the records on the commit, those that the release relies on, those on the same
    /// tree for the same change, and the plans of the change.
    pub fn of(
        ledger: &'a Ledger,
        commit: CommitId,
        tree: TreeId,
        manifest: Option<&'a Manifest>,
        deadlines: &Deadlines,
    ) -> Self {
        let relied: BTreeSet<RecordId> =
            manifest.map(|manifest| manifest.records.iter().copied().collect()).unwrap_or_default();
        let on_commit: Vec<&Verified<Record>> = ledger.on(commit).collect();
        // After an amend or a squash the plan lies on a commit that is gone, with the same tree.
        let of_tree = || {
            let of_tree: Vec<_> = ledger.by_tree(tree).collect();
            sole_change(&of_tree)
        };
        let change =
            manifest.map(|manifest| manifest.change.folded()).or_else(|| sole_change(&on_commit)).or_else(of_tree);
        let belongs = |record: &Outline<'_>| {
            let same_change = change.as_ref().is_some_and(|change| record.is_of_change(change));
            record.commit == commit
                || relied.contains(&record.id)
                || (record.tree == tree && (same_change || record.change.is_none()))
                || (record.kind == Kind::Plan && same_change)
        };
        let told: Vec<&'a Verified<Record>> = ledger.select(belongs).collect();
        let stages = Stage::ALL.map(|stage| {
            let of_stage = told.iter().copied().filter(|record| record.header.stage == Some(stage));
            let part = |record: &'a Verified<Record>| Part {
                record,
                by_tree: record.commit != commit && record.header.kind != Kind::Plan,
                superseded_by: ledger.superseded_by(record.id),
                relied_on: relied.contains(&record.id),
            };
            (stage, of_stage.map(part).collect::<Vec<_>>())
        });
        let stages: Vec<(Stage, Vec<Part<'a>>)> = stages.into();
        let told: BTreeSet<RecordId> = stages.iter().flat_map(|(_, parts)| parts).map(|part| part.record.id).collect();
        let is_told = |case: &Case<'_>| case.records.iter().any(|record| told.contains(&record.id));
        let cases = ledger.cases().into_iter().filter(is_told).collect();
        let mut story = Self { commit, manifest, stages, duties: Vec::new(), cases, pending: Vec::new(), ledger };
        story.duties = story.duties(deadlines);
        story.pending = story.open_ends();
        story
    }

    /// A record of the ledger, whether it belongs to the story or not.
    pub fn record(&self, id: RecordId) -> Option<&'a Verified<Record>> {
        self.ledger.record(id)
    }

    /// The records of one stage.
    pub fn stage(&self, stage: Stage) -> impl Iterator<Item = &Part<'a>> {
        self.stages.iter().filter(move |(at, _)| *at == stage).flat_map(|(_, parts)| parts)
    }

    /// Whether a stage has a record of its own kind that was not corrected.
    pub fn has(&self, stage: Stage) -> bool {
        let beside = [Kind::Gate, Kind::Release, Kind::Incident, Kind::Defect];
        self.stage(stage).any(|part| part.superseded_by.is_none() && !beside.contains(&part.record.header.kind))
    }

    fn open_ends(&self) -> Vec<String> {
        let mut pending = Vec::new();
        for stage in [Stage::Plan, Stage::Build, Stage::Test, Stage::Approve] {
            if !self.has(stage) {
                pending.push(format!("no {stage} record"));
            }
        }
        let Some(manifest) = self.manifest else {
            pending.extend(
                [Stage::Deploy, Stage::Monitor]
                    .iter()
                    .filter(|stage| !self.has(**stage))
                    .map(|stage| format!("no {stage} record")),
            );
            return pending;
        };
        for environment in &manifest.environments {
            if !self.deployed(environment) {
                pending.push(format!("no successful deployment to {environment} recorded"));
            }
        }
        pending.extend(self.duties.iter().map(Duty::to_string));
        let open = self.cases.iter().filter(|case| case.state() != CaseState::Closed);
        pending.extend(open.map(|case| format!("{} {}", case.last.header.kind, case.last.summary())));
        pending
    }

    fn duties(&self, deadlines: &Deadlines) -> Vec<Duty> {
        let environments = self.manifest.map(|manifest| &manifest.environments[..]).unwrap_or_default();
        let last = environments.iter().filter_map(|environment| reaching_users(self.deployed_to(environment)).last());
        last.filter(|record| !is_watched(self.ledger, record)).filter_map(|record| deadlines.duty(record)).collect()
    }

    /// Its deployments to an environment, whatever came of them.
    fn deployed_to(&self, environment: &Name) -> impl Iterator<Item = &'a Verified<Record>> {
        let parts = self.stage(Stage::Deploy).filter(|part| part.superseded_by.is_none()).map(|part| part.record);
        parts.filter(move |record| record.header.environment.as_ref() == Some(environment))
    }

    /// The last of them that succeeded.
    fn last_deployment(&self, environment: &Name) -> Option<&'a Verified<Record>> {
        deployments(self.deployed_to(environment)).last()
    }

    /// Whether it was deployed to an environment with success.
    pub fn deployed(&self, environment: &Name) -> bool {
        self.last_deployment(environment).is_some()
    }

    /// Whether it was recorded how it did in an environment since its last deployment there.
    pub fn watched(&self, environment: &Name) -> bool {
        self.last_deployment(environment).is_some_and(|deployment| is_watched(self.ledger, deployment))
    }
}

fn sole_change(records: &[&Verified<Record>]) -> Option<String> {
    let changes: BTreeSet<String> = records
        .iter()
        .filter_map(|record| record.header.change.as_ref())
        .map(crate::record::ChangeRef::folded)
        .collect();
    if changes.len() == 1 { changes.into_iter().next() } else { None }
}

impl Part<'_> {
    /// What is to be known about it besides what it says, a few words each.
    pub fn marks(&self, deadlines: &Deadlines) -> Vec<String> {
        let (record, mut marks) = (self.record, Vec::new());
        if self.by_tree {
            marks.push(format!("by tree, from {}", record.commit.short()));
        }
        if record.header.dirty {
            marks.push("dirty work tree".to_owned());
        }
        if record.header.allowed_secrets.is_some() {
            marks.push("lets pass what looks like a secret".to_owned());
        }
        marks.extend(Timing::of(record, deadlines).map(|timing| timing.to_string()));
        marks.extend(self.superseded_by.map(|id| format!("superseded by {}", id.short())));
        marks
    }
}

/// A record in JSON: who, what, when, where, and how it was verified.
#[derive(Serialize)]
pub struct RecordJson {
    id: String,
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<Stage>,
    commit: String,
    recorder: String,
    recorded: String,
    occurred: crate::record::Span,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    release: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<String>,
    summary: String,
    dirty: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    timing: Option<&'static str>,
    verification: &'static str,
    #[serde(rename = "supersededBy", skip_serializing_if = "Option::is_none")]
    superseded_by: Option<String>,
}

impl RecordJson {
    /// Of a record of this ledger.
    pub fn of(ledger: &Ledger, record: &Verified<Record>, deadlines: &Deadlines) -> Self {
        let header = &record.header;
        let text = |name: &Option<Name>| name.as_ref().map(ToString::to_string);
        Self {
            id: record.id.to_string(),
            kind: header.kind.to_string(),
            stage: header.stage,
            commit: record.commit.to_string(),
            recorder: header.recorder.to_string(),
            recorded: header.recorded.to_string(),
            occurred: header.occurred,
            service: text(&header.service),
            environment: text(&header.environment),
            release: header.release.as_ref().map(ToString::to_string),
            change: header.change.as_ref().map(ToString::to_string),
            summary: record.summary(),
            dirty: header.dirty,
            timing: Timing::of(record, deadlines).map(Timing::as_str),
            verification: if record.seal().orphaned { "orphaned" } else { "verified" },
            superseded_by: ledger.superseded_by(record.id).map(|id| id.to_string()),
        }
    }
}

/// An incident or a defect in JSON, as it stands now.
#[derive(Serialize)]
pub struct CaseJson {
    kind: String,
    id: String,
    severity: &'static str,
    state: &'static str,
    /// Every record of it that was not corrected, in the order of the ledger.
    records: Vec<String>,
    /// The one that counts.
    last: String,
}

impl CaseJson {
    /// Of a case.
    pub fn of(case: &Case<'_>) -> Self {
        Self {
            kind: case.last.header.kind.to_string(),
            id: case.id().to_string(),
            severity: case.severity().as_str(),
            state: case.state().as_str(),
            records: case.records.iter().map(|record| record.id.to_string()).collect(),
            last: case.last.id.to_string(),
        }
    }
}
