//! An audit: every question of a reviewer, answered from verified records, and what makes the answer a no.

use std::collections::BTreeMap;

use serde::Serialize;

use super::timing::{Deadlines, Timing};
use crate::policy::exception::{Asked, ExceptionState, Register};
use crate::policy::track_record::track_records;
use crate::policy::{Interval, Policy};
use crate::question::{Filter, Kept, Population, last_audit, shortened};
use crate::record::{CommitId, FileDigest, MemberId, RecordId, TagName, UtcTime};
use crate::release::Manifest;
use crate::verify::Ledger;

mod change;
mod gaps;

pub use change::ChangeRow;
pub use gaps::{Completeness, Missing, UnreleasedCommit};

/// Everything that an audit says, but for what verification found.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Audit {
    /// As of when.
    pub at: UtcTime,
    /// What of it was asked for.
    pub period: Span,
    /// What makes it a no, each a sentence.
    pub faults: Vec<String>,
    /// Every change of production.
    pub population: Vec<ChangeRow>,
    /// What is not there.
    pub completeness: Completeness,
    /// Catalogs that came into force.
    pub policies: Vec<PolicyRow>,
    /// Trust versions.
    pub trust_changes: Vec<TrustRow>,
    /// Exceptions, as they stand.
    pub exceptions: Exceptions,
    /// Until when releases are kept.
    pub retention: Vec<KeptRow>,
    /// Records that are late, and faults of clocks.
    pub timing: Vec<TimingRow>,
    /// Controls that may be worth nothing.
    pub controls: Vec<ControlRow>,
    /// What came since the last audit that was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since_last_audit: Option<SinceRow>,
}

/// A span of time, open where a member is absent.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Span {
    /// The first second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<UtcTime>,
    /// The first second after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<UtcTime>,
}

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

/// Exceptions by how they stand: the ids of their requests.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Exceptions {
    /// Nobody decided yet.
    pub open: Vec<RecordId>,
    /// They hold.
    pub in_force: Vec<RecordId>,
    /// They hold, and end within a fortnight.
    pub expiring: Vec<RecordId>,
    /// Emergencies that nobody reviewed in time.
    pub overdue: Vec<RecordId>,
    /// Their control was let go before, for the same service and environment.
    pub recurring: Vec<RecordId>,
    /// Emergencies, whatever became of them.
    pub emergency: Vec<RecordId>,
}

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

/// A control of the catalog in force that may be worth nothing.
#[derive(Debug, Serialize)]
pub struct ControlRow {
    /// The control.
    pub id: String,
    /// Why.
    pub gaps: Vec<&'static str>,
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

/// What an audit is made from.
pub struct Sources<'a> {
    /// The verified ledger.
    pub ledger: &'a Ledger,
    /// The catalog in force, where there is one.
    pub policy: Option<&'a Policy>,
    /// Every ratified catalog in the order of the ledger; `None` where it cannot be read.
    pub catalogs: &'a [(RecordId, Option<Policy>)],
    /// The manifests of the releases, in the order of the ledger.
    pub manifests: &'a [Manifest],
    /// Releases whose manifest cannot be read.
    pub unread: &'a [TagName],
    /// Commits of the release branch that no release contains.
    pub commits: Vec<UnreleasedCommit>,
    /// What of it is asked for.
    pub within: &'a Filter,
    /// When something is late.
    pub deadlines: &'a Deadlines,
    /// Who wrote a commit, where that can be read.
    pub author: &'a dyn Fn(CommitId) -> Option<String>,
    /// As of when.
    pub at: UtcTime,
}

impl Audit {
    /// Answers everything.
    pub fn of(sources: &Sources<'_>) -> Self {
        let Sources { ledger, policy, within, at, .. } = *sources;
        let population = Population::of(ledger, policy, within, at);
        let manifests: BTreeMap<&TagName, &Manifest> = sources.manifests.iter().map(|one| (&one.tag, one)).collect();
        let rows = population.changes.iter().map(|one| ChangeRow::of(one, &manifests, sources.author));
        let rows: Vec<ChangeRow> = rows.collect();
        let completeness = Completeness::of(&population, &sources.commits);
        let exceptions = exceptions(sources);
        let policies = policies(sources);
        let mut faults = completeness.faults();
        if !exceptions.overdue.is_empty() {
            faults.push(
                counted(exceptions.overdue.len(), "emergency exception was", "emergency exceptions were")
                    + " not reviewed in time",
            );
        }
        let short = policies.iter().map(|one| one.shortened.len()).sum();
        if short > 0 {
            faults.push(counted(short, "span", "spans") + " of retention shortened");
        }
        faults.extend(sources.unread.iter().map(|tag| format!("the manifest of {tag} cannot be read")));
        Self {
            at,
            period: Span { since: within.since, until: within.until },
            faults,
            population: rows,
            completeness,
            policies,
            trust_changes: trust_changes(sources),
            exceptions,
            retention: retention(sources),
            timing: timing(sources),
            controls: controls(sources),
            since_last_audit: since(ledger, at),
        }
    }
}

/// `1 change was`, `2 changes were`.
fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// Whether a moment lies in what is asked for.
fn is_within(sources: &Sources<'_>, moment: UtcTime) -> bool {
    let Filter { since, until, .. } = sources.within;
    since.is_none_or(|since| since <= moment) && until.is_none_or(|until| moment < until) && moment <= sources.at
}

fn policies(sources: &Sources<'_>) -> Vec<PolicyRow> {
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

fn trust_changes(sources: &Sources<'_>) -> Vec<TrustRow> {
    let links = sources.ledger.chain().links();
    let row = |at: usize| {
        let before = at.checked_sub(1).map(|before| &links[before].version);
        let version = &links[at].version;
        let changes = crate::trust::changes(before, version);
        TrustRow { version: version.version, created: version.created, changes }
    };
    (0..links.len()).filter(|at| is_within(sources, links[*at].version.created)).map(row).collect()
}

fn exceptions(sources: &Sources<'_>) -> Exceptions {
    let Some(policy) = sources.policy else { return Exceptions::default() };
    let soon = Interval::FORTNIGHT.after(sources.at);
    let all = Register::of(sources.ledger, policy, sources.at).all();
    let about = Filter { since: None, until: None, ..sources.within.clone() };
    let ids = |is: &dyn Fn(&Asked<'_>) -> bool| {
        let admitted = all.iter().filter(|one| about.service.is_none() || one.record.header.service == about.service);
        admitted.filter(|one| is(one)).map(|one| one.record.id).collect()
    };
    // What was asked for in the period, or is still to be decided, reviewed or ended.
    let asked = |one: &Asked<'_>| is_within(sources, one.record.header.recorded);
    Exceptions {
        open: ids(&|one| matches!(one.state, ExceptionState::Open | ExceptionState::Provisional)),
        in_force: ids(&|one| one.state.holds()),
        expiring: ids(&|one| one.state.holds() && one.expires <= soon),
        overdue: ids(&|one| one.overdue),
        recurring: ids(&|one| one.occurrence > 1 && asked(one)),
        emergency: ids(&|one| one.claim.review_by.is_some() && asked(one)),
    }
}

fn retention(sources: &Sources<'_>) -> Vec<KeptRow> {
    let row = |manifest: &Manifest| {
        let Kept { release, until, is_due } = Kept::of(manifest, sources.at);
        KeptRow { release, until, due: is_due }
    };
    sources.manifests.iter().map(row).collect()
}

fn timing(sources: &Sources<'_>) -> Vec<TimingRow> {
    let records = sources.ledger.records().iter().filter(|record| is_within(sources, record.header.recorded));
    let row = |record: &crate::verify::Verified<crate::record::Record>| {
        let timing = Timing::of(record, sources.deadlines)?;
        Some(TimingRow { record: record.id, timing: timing.as_str(), text: timing.to_string() })
    };
    records.filter_map(row).collect()
}

fn controls(sources: &Sources<'_>) -> Vec<ControlRow> {
    let Some(policy) = sources.policy else { return Vec::new() };
    let records = track_records(policy, sources.ledger);
    let row = |(control, record): (&crate::policy::Control, &crate::policy::track_record::TrackRecord<'_>)| {
        let gaps: Vec<_> = record.gaps(control).into_iter().map(crate::policy::track_record::Gap::as_str).collect();
        (!gaps.is_empty()).then(|| ControlRow { id: control.id.to_string(), gaps })
    };
    policy.controls.iter().zip(&records).filter_map(row).collect()
}

fn since(ledger: &Ledger, at: UtcTime) -> Option<SinceRow> {
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
