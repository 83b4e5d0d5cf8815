//! What the rules were: catalogs, trust versions, and controls that may be worth nothing.

use serde::Serialize;

use super::{Sources, is_within};
use crate::policy::Policy;
use crate::policy::track_record::track_records;
use crate::question::shortened;
use crate::record::{FileDigest, MemberId, RecordId, UtcTime};

/// A catalog that was ratified.
#[derive(Debug, Serialize)]
pub struct PolicyRow {
    /// The record.
    pub record: RecordId,
    /// Who.
    pub recorder: MemberId,
    /// When.
    pub recorded: UtcTime,
    /// The catalog.
    pub digest: FileDigest,
    /// What it keeps for a shorter time than the one before, each a sentence.
    pub shortened: Vec<String>,
}

/// A trust version.
#[derive(Debug, Serialize)]
pub struct TrustRow {
    /// Its number.
    pub version: u64,
    /// When, by its own word.
    pub created: UtcTime,
    /// What it changed, each a sentence.
    pub changes: Vec<String>,
}

/// A control of the catalog in force that may be worth nothing.
#[derive(Debug, Serialize)]
pub struct ControlRow {
    /// The control.
    pub id: String,
    /// Why.
    pub gaps: Vec<&'static str>,
}

pub(super) fn policies(sources: &Sources<'_>) -> Vec<PolicyRow> {
    let mut rows = Vec::new();
    let mut before: Option<&Policy> = None;
    for (id, catalog) in sources.catalogs {
        let short = match (before, catalog) {
            (Some(before), Some(after)) => shortened(before, after).iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        };
        before = catalog.as_ref().or(before);
        let Some(record) = sources.ledger.record(*id) else { continue };
        let crate::record::Claim::Policy(claim) = &record.claim else { continue };
        if is_within(sources, record.header.recorded) {
            let (recorder, recorded) = (record.header.recorder.clone(), record.header.recorded);
            rows.push(PolicyRow { record: *id, recorder, recorded, digest: claim.sha256, shortened: short });
        }
    }
    rows
}

pub(super) fn trust_changes(sources: &Sources<'_>) -> Vec<TrustRow> {
    let links = sources.ledger.chain().links();
    let row = |at: usize| {
        let before = at.checked_sub(1).map(|before| &links[before].version);
        let version = &links[at].version;
        let changes = crate::trust::changes(before, version);
        TrustRow { version: version.version, created: version.created, changes }
    };
    (0..links.len()).filter(|at| is_within(sources, links[*at].version.created)).map(row).collect()
}

pub(super) fn controls(sources: &Sources<'_>) -> Vec<ControlRow> {
    let Some(policy) = sources.policy else { return Vec::new() };
    let records = track_records(policy, sources.ledger);
    let row = |(control, record): (&crate::policy::Control, &crate::policy::track_record::TrackRecord<'_>)| {
        let gaps: Vec<_> = record.gaps(control).into_iter().map(crate::policy::track_record::Gap::as_str).collect();
        (!gaps.is_empty()).then(|| ControlRow { id: control.id.to_string(), gaps })
    };
    policy.controls.iter().zip(&records).filter_map(row).collect()
}
