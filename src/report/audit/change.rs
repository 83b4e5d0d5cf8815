//! One change of production, in a row.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::question::{Changed, Watch};
use crate::record::{ChangeRef, CommitId, MemberId, Name, RecordId, TagName, UtcTime};
use crate::release::Manifest;

/// One change of production: what went where, who wrote it, who let it go, and how it did.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangeRow {
    /// The deploy record.
    pub record: RecordId,
    /// When it ended, by its own word.
    pub ended: UtcTime,
    /// What was deployed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<Name>,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<Name>,
    /// Under which tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<TagName>,
    /// For which change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<ChangeRef>,
    /// The commit.
    pub commit: CommitId,
    /// Who wrote the commit, by its own word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// How it ended.
    pub outcome: &'static str,
    /// Whether it was planned.
    pub planned: bool,
    /// Whether it was released `before`, `late`, or that is `missing`.
    pub released: &'static str,
    /// Likewise of an approval by a person.
    pub approved: &'static str,
    /// Who approved.
    pub approvers: Vec<MemberId>,
    /// Their records.
    pub approvals: Vec<RecordId>,
    /// The decision that let it pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<RecordId>,
    /// The exceptions that its release relies on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<RecordId>,
    /// Whether it was recorded how it did: `done`, `due`, `overdue` or `nothing`.
    pub watched: &'static str,
    /// Until when that is to be recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub watch_by: Option<UtcTime>,
    /// `verified`, or `orphaned` where nothing reaches its commit.
    pub verification: &'static str,
}

impl ChangeRow {
    pub(super) fn of(
        change: &Changed<'_>,
        manifests: &BTreeMap<&TagName, &Manifest>,
        author: &dyn Fn(CommitId) -> Option<String>,
    ) -> Self {
        let header = &change.record.header;
        let manifest = header.release.as_ref().and_then(|tag| manifests.get(tag));
        let mut approvers: Vec<MemberId> = Vec::new();
        for approval in change.approval.records() {
            if !approvers.contains(&approval.header.recorder) {
                approvers.push(approval.header.recorder.clone());
            }
        }
        Self {
            record: change.record.id,
            ended: header.occurred.end,
            service: header.service.clone(),
            environment: header.environment.clone(),
            release: header.release.clone(),
            change: header.change.clone().or_else(|| manifest.map(|manifest| manifest.change.clone())),
            commit: change.record.commit,
            author: author(change.record.commit),
            outcome: change.deploy.outcome.as_str(),
            planned: change.deploy.planned,
            released: change.release.as_str(),
            approved: change.approval.as_str(),
            approvers,
            approvals: change.approval.records().iter().map(|record| record.id).collect(),
            decision: change.decision.map(|record| record.id),
            exceptions: manifest.map(|manifest| manifest.exceptions.clone()).unwrap_or_default(),
            watched: change.watch.as_str(),
            watch_by: match change.watch {
                Watch::Due(by) | Watch::Overdue(by) => Some(by),
                Watch::Done(_) | Watch::Nothing => None,
            },
            verification: if change.record.seal().orphaned { "orphaned" } else { "verified" },
        }
    }
}
