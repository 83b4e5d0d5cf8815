//! The story of a commit or release: its records by stage, and what is still pending.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::record::kind::deploy::DeployOutcome;
use crate::record::{Claim, CommitId, Kind, Name, Record, RecordId, Stage, TreeId, UtcTime};
use crate::release::Manifest;
use crate::verify::{Ledger, Verified};

/// The records that speak about one commit, composed.
pub struct Story<'a> {
    /// The commit.
    pub commit: CommitId,
    /// What was released, if it was.
    pub manifest: Option<&'a Manifest>,
    /// Each stage with its records, in the order of the ledger.
    pub stages: Vec<(Stage, Vec<Part<'a>>)>,
    /// What is not there yet, each a sentence.
    pub pending: Vec<String>,
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
    pub fn of(ledger: &'a Ledger, commit: CommitId, tree: TreeId, manifest: Option<&'a Manifest>) -> Self {
        let relied: BTreeSet<RecordId> =
            manifest.map(|manifest| manifest.records.iter().copied().collect()).unwrap_or_default();
        let on_commit: Vec<&Verified<Record>> = ledger.on(commit).collect();
        // After an amend or a squash the plan lies on a commit that is gone, with the same tree.
        let of_tree = || {
            let of_tree: Vec<_> = ledger.records().iter().filter(|record| record.header.tree == tree).collect();
            sole_change(&of_tree)
        };
        let change =
            manifest.map(|manifest| manifest.change.folded()).or_else(|| sole_change(&on_commit)).or_else(of_tree);
        let belongs = |record: &Verified<Record>| {
            let same_change =
                change.is_some() && record.header.change.as_ref().map(crate::record::ChangeRef::folded) == change;
            record.commit == commit
                || relied.contains(&record.id)
                || (record.header.tree == tree && (same_change || record.header.change.is_none()))
                || (record.header.kind == Kind::Plan && same_change)
        };
        let stages = Stage::ALL.map(|stage| {
            let of_stage =
                ledger.records().iter().filter(|record| record.header.stage == Some(stage) && belongs(record));
            let part = |record: &'a Verified<Record>| Part {
                record,
                by_tree: record.commit != commit && record.header.kind != Kind::Plan,
                superseded_by: ledger.superseded_by(record.id),
                relied_on: relied.contains(&record.id),
            };
            (stage, of_stage.map(part).collect::<Vec<_>>())
        });
        let mut story = Self { commit, manifest, stages: stages.into(), pending: Vec::new() };
        story.pending = story.open_ends();
        story
    }

    /// The records of one stage.
    pub fn stage(&self, stage: Stage) -> impl Iterator<Item = &Part<'a>> {
        self.stages.iter().filter(move |(at, _)| *at == stage).flat_map(|(_, parts)| parts)
    }

    /// Whether a stage has a record of its own kind that was not corrected.
    pub fn has(&self, stage: Stage) -> bool {
        self.stage(stage)
            .any(|part| part.superseded_by.is_none() && !matches!(part.record.header.kind, Kind::Gate | Kind::Release))
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
            } else if !self.watched(environment) {
                pending.push(format!("no monitoring of {environment} recorded since its deployment"));
            }
        }
        pending
    }

    /// Whether it was deployed to an environment with success.
    pub fn deployed(&self, environment: &Name) -> bool {
        self.stage(Stage::Deploy).any(|part| {
            part.superseded_by.is_none()
                && part.record.header.environment.as_ref() == Some(environment)
                && matches!(&part.record.claim, Claim::Deploy(deploy) if deploy.outcome == DeployOutcome::Success)
        })
    }

    /// Whether how it did in an environment was recorded.
    pub fn watched(&self, environment: &Name) -> bool {
        self.stage(Stage::Monitor)
            .any(|part| part.superseded_by.is_none() && part.record.header.environment.as_ref() == Some(environment))
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

/// A record is late when it was written more than this many seconds after what it tells of: a day.
const LATE_AFTER: i64 = 24 * 60 * 60;

/// What the times of a record say against each other. Both are claims of whoever signed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    /// Written more than a day after what it tells of; so many seconds.
    Late(i64),
    /// Written before what it tells of had ended: a clock was wrong, by at least so many seconds.
    ClockFault(i64),
}

impl Timing {
    /// What is odd about the times of a record; `None` when nothing is.
    pub fn of(record: &Record) -> Option<Self> {
        Self::between(record.header.occurred.end, record.header.recorded)
    }

    fn between(ended: UtcTime, recorded: UtcTime) -> Option<Self> {
        let gap = recorded.seconds() - ended.seconds();
        match gap {
            ..0 => Some(Self::ClockFault(-gap)),
            0..=LATE_AFTER => None,
            _ => Some(Self::Late(gap)),
        }
    }

    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Late(_) => "late",
            Self::ClockFault(_) => "clock-fault",
        }
    }
}

impl std::fmt::Display for Timing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let for_people = |seconds: i64| match seconds {
            ..120 => format!("{seconds} s"),
            120..7200 => format!("{} min", seconds / 60),
            7200..172_800 => format!("{} h", seconds / 3600),
            _ => format!("{} days", seconds / 86_400),
        };
        match self {
            Self::Late(gap) => write!(f, "late: recorded {} after it ended", for_people(*gap)),
            Self::ClockFault(gap) => write!(f, "clock fault: recorded {} before it ended", for_people(*gap)),
        }
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
    pub fn of(ledger: &Ledger, record: &Verified<Record>) -> Self {
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
            timing: Timing::of(record).map(Timing::as_str),
            verification: if record.seal().orphaned { "orphaned" } else { "verified" },
            superseded_by: ledger.superseded_by(record.id).map(|id| id.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e12_a_record_is_late_after_a_day_and_a_negative_gap_is_a_clock_fault() {
        let timing =
            |gap: i64| Timing::between(UtcTime::from_seconds(1_000_000), UtcTime::from_seconds(1_000_000 + gap));
        assert_eq!(timing(0), None);
        assert_eq!(timing(86_400), None);
        assert_eq!(timing(86_401), Some(Timing::Late(86_401)));
        assert_eq!(timing(-1), Some(Timing::ClockFault(1)));
        assert_eq!(
            timing(3 * 86_400).map(|odd| odd.to_string()).as_deref(),
            Some("late: recorded 3 days after it ended")
        );
        assert_eq!(
            timing(-90).map(|odd| odd.to_string()).as_deref(),
            Some("clock fault: recorded 90 s before it ended")
        );
    }
}
