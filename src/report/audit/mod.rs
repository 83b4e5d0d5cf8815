//! An audit: every question of a reviewer, answered from verified records, and what makes the answer a no.

use std::collections::BTreeMap;

use serde::Serialize;

use super::timing::Deadlines;
use crate::policy::Policy;
use crate::question::{Filter, Population};
use crate::record::{CommitId, RecordId, TagName, UtcTime};
use crate::release::Manifest;
use crate::verify::Ledger;

mod change;
mod exceptions;
mod gaps;
mod page;
mod rules;
mod sample;
mod times;

pub use change::ChangeRow;
pub use exceptions::Exceptions;
pub use gaps::{Completeness, Missing, UnreleasedCommit};
pub use page::Page;
pub use rules::{ControlRow, PolicyRow, TrustRow};
pub use sample::{Drawn, Sample, Step};
pub use times::{KeptRow, SinceRow, TimingRow};

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
        let exceptions = exceptions::exceptions(sources);
        let policies = rules::policies(sources);
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
            trust_changes: rules::trust_changes(sources),
            exceptions,
            retention: times::retention(sources),
            timing: times::timing(sources),
            controls: rules::controls(sources),
            since_last_audit: times::since(ledger, at),
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
