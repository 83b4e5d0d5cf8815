//! Times: until when releases are kept, records whose times are odd, and what came since the last audit.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Sources, is_within};
use crate::question::{Kept, last_audit};
use crate::record::{CommitId, MemberId, RecordId, TagName, UtcTime};
use crate::release::Manifest;
use crate::report::timing::Timing;
use crate::verify::{Ledger, Outline};

/// Until when a release is kept.
#[derive(Debug, Serialize)]
pub struct KeptRow {
    /// The release.
    pub release: TagName,
    /// The last day; absent where no catalog said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Whether it has passed.
    pub due: bool,
}

/// A record whose times are odd.
#[derive(Debug, Serialize)]
pub struct TimingRow {
    /// The record.
    pub record: RecordId,
    /// `late` or `clock-fault`.
    pub timing: &'static str,
    /// In words.
    pub text: String,
}

/// What came since the last audit.
#[derive(Debug, Serialize)]
pub struct SinceRow {
    /// The checkpoint that recorded it.
    pub audit: RecordId,
    /// By whom.
    pub recorder: MemberId,
    /// When.
    pub recorded: UtcTime,
    /// The ledger's tip as it was.
    pub ledger: CommitId,
    /// How many records came since, by kind.
    pub records: BTreeMap<&'static str, u64>,
    /// How many trust versions came since.
    pub trust: usize,
}

pub(super) fn retention(sources: &Sources<'_>) -> Vec<KeptRow> {
    let row = |manifest: &Manifest| {
        let Kept { release, until, is_due } = Kept::of(manifest, sources.at);
        KeptRow { release, until, due: is_due }
    };
    sources.manifests.iter().map(row).collect()
}

pub(super) fn timing(sources: &Sources<'_>) -> Vec<TimingRow> {
    let records = sources.ledger.outlines().filter(|record| is_within(sources, record.recorded));
    let row = |record: Outline<'_>| {
        let timing = Timing::of_outline(&record, sources.deadlines)?;
        Some(TimingRow { record: record.id, timing: timing.as_str(), text: timing.to_string() })
    };
    records.filter_map(row).collect()
}

pub(super) fn since(ledger: &Ledger, at: UtcTime) -> Option<SinceRow> {
    let last = last_audit(ledger, at)?;
    let header = &last.record.header;
    Some(SinceRow {
        audit: last.record.id,
        recorder: header.recorder.clone(),
        recorded: header.recorded,
        ledger: header.ledger?,
        records: last.since.into_iter().map(|(kind, count)| (kind.as_str(), count)).collect(),
        trust: last.trust,
    })
}
