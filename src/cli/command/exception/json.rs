//! An exception for programs: the same in `exception`, `show` and `status`.

use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::error::Result;
use crate::policy::exception::{Asked, Register};
use crate::record::{ChangeRef, CommitId, FileDigest, MemberId, Name, RecordId, TagName, UtcTime};
use crate::store::CommitInfo;
use crate::verify::Ledger;

/// One exception, and how it stands.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExceptionJson {
    id: RecordId,
    control: Name,
    state: &'static str,
    /// Whether an emergency was not reviewed in time.
    overdue: bool,
    reach: &'static str,
    commit: CommitId,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    commits: Vec<CommitId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    paths: Vec<String>,
    service: Option<Name>,
    environment: Option<Name>,
    release: Option<TagName>,
    change: Option<ChangeRef>,
    reason: String,
    compensating: String,
    requester: MemberId,
    requested: UtcTime,
    approver: Option<MemberId>,
    expires: UtcTime,
    review_by: Option<UtcTime>,
    renewals: usize,
    occurrence: usize,
    evidence: Vec<FileDigest>,
    decisions: Vec<DecisionJson>,
}

#[derive(Debug, Serialize)]
struct DecisionJson {
    id: RecordId,
    decision: &'static str,
    by: MemberId,
    role: Name,
    recorded: UtcTime,
    comment: Option<String>,
    expires: Option<UtcTime>,
    evidence: Vec<FileDigest>,
}

impl ExceptionJson {
    /// As it stands.
    pub fn of(asked: &Asked<'_>) -> Self {
        let (claim, header) = (asked.claim, &asked.record.header);
        let evidence = |header: &crate::record::Header| header.files.iter().map(|file| file.sha256).collect();
        let decisions = asked.decisions.iter().map(|(record, decision)| DecisionJson {
            id: record.id,
            decision: decision.decision.as_str(),
            by: record.header.recorder.clone(),
            role: decision.role.clone(),
            recorded: record.header.recorded,
            comment: decision.comment.clone(),
            expires: decision.expires,
            evidence: evidence(&record.header),
        });
        Self {
            id: asked.record.id,
            control: claim.control.clone(),
            state: asked.state.as_str(),
            overdue: asked.overdue,
            reach: claim.reach.as_str(),
            commit: asked.record.commit,
            commits: claim.commits.clone(),
            paths: claim.paths.clone(),
            service: header.service.clone(),
            environment: header.environment.clone(),
            release: header.release.clone(),
            change: header.change.clone(),
            reason: claim.reason.clone(),
            compensating: claim.compensating.clone(),
            requester: header.recorder.clone(),
            requested: header.recorded,
            approver: asked.approval().map(|record| record.header.recorder.clone()),
            expires: asked.expires,
            review_by: claim.review_by,
            renewals: asked.renewals(),
            occurrence: asked.occurrence,
            evidence: evidence(header),
            decisions: decisions.collect(),
        }
    }
}

/// Every exception as of `--at`, by the catalog that a commit is judged by, each told by `tell`.
pub fn exceptions<T>(
    context: &Context,
    ledger: &Ledger,
    commit: &CommitInfo,
    tell: impl FnMut(&Asked<'_>) -> Option<T>,
) -> Result<Vec<T>> {
    let policy = context.policy(ledger, commit, context.at)?;
    Ok(Register::of(ledger, &policy, context.at).all().iter().filter_map(tell).collect())
}
