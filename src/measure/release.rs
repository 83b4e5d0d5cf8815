//! One row a release: how large it was, how it was tested, what was found in it, and how it did.

use super::facts::Size;
use super::item::Amount;
use super::measures::duration_of_tests;
use super::rollout::{Rollout, is_blamed};
use super::scope::Scope;
use crate::record::kind::incident::Severity;
use crate::record::kind::scan::Severities;
use crate::record::{CommitId, Kind, RecordId, UtcTime};

/// One release in one environment.
#[derive(Debug, Clone)]
pub struct ReleaseRow {
    /// Its tag, or else its commit.
    pub name: String,
    /// Its commit.
    pub commit: CommitId,
    /// When it first reached users.
    pub deployed: UtcTime,
    /// How large it was, where that can be read.
    pub size: Option<Size>,
    /// How long its tests took, in thousandths of a second; the last record of them.
    pub tests: Option<u64>,
    /// What scanners found in it, the last run of each tool.
    pub vulnerabilities: Option<Severities>,
    /// Why it had to be mended; empty where it had not.
    pub failed: Vec<&'static str>,
    /// The gravest incident that blames it.
    pub incident: Option<Severity>,
    /// The records that tell it.
    pub records: Vec<RecordId>,
}

/// The releases of a scope, in the order of time.
pub fn release_rows(scope: &Scope<'_>) -> Vec<ReleaseRow> {
    scope.rollouts().iter().map(|one| row(scope, one)).collect()
}

fn row(scope: &Scope<'_>, one: &Rollout<'_>) -> ReleaseRow {
    let mut records: Vec<RecordId> = one.records.iter().map(|record| record.id).collect();
    let about: Vec<_> =
        scope.history.about(one.commit, one.record.header.tree).filter(|record| scope.concerns(record)).collect();
    let test =
        about.iter().rev().find(|record| record.header.test.as_ref().is_some_and(|test| !test.suites.is_empty()));
    records.extend(test.map(|test| test.id));
    let tests = test.and_then(|record| match duration_of_tests(record.header.test.as_ref()?)?.0 {
        Amount::Measured(seconds) => Some(seconds.saturating_mul(1_000)),
        Amount::Thousandths(value) => Some(value),
        _ => None,
    });
    let mut found: Option<Severities> = None;
    let mut seen = Vec::new();
    for scan in about.iter().rev().filter(|record| record.header.kind == Kind::Scan) {
        let Some(detail) = &scan.header.scan else { continue };
        if seen.contains(&(&detail.tool, &detail.target)) {
            continue;
        }
        seen.push((&detail.tool, &detail.target));
        records.push(scan.id);
        let all = found.get_or_insert_default();
        for (sum, count) in [
            (&mut all.critical, detail.counts.critical),
            (&mut all.high, detail.counts.high),
            (&mut all.medium, detail.counts.medium),
            (&mut all.low, detail.counts.low),
            (&mut all.unknown, detail.counts.unknown),
        ] {
            *sum = sum.saturating_add(count);
        }
    }
    let blaming =
        scope.history.incidents().filter(|(record, incident, _)| is_blamed(scope, one, record, incident.deployment));
    let incident = blaming.map(|(_, incident, _)| incident.severity).max();
    records.extend(one.fault.iter().flat_map(|fault| fault.records.iter().copied()));
    ReleaseRow {
        name: one.name(),
        commit: one.commit,
        deployed: one.ended,
        size: scope.facts.sizes.get(&(scope.service.clone(), one.commit)).copied(),
        tests,
        vulnerabilities: found,
        failed: one.fault.iter().flat_map(|fault| fault.because.iter().copied()).collect(),
        incident,
        records,
    }
}
