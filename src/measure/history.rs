//! The records of a ledger as they stood at a moment, without those that were corrected by then.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::record::kind::deploy::Deploy;
use crate::record::kind::incident::{CaseState, Incident, Severity};
use crate::record::{Claim, CommitId, Kind, Name, Record, RecordId, TreeId, UtcTime};
use crate::verify::{Ledger, Verified, last_of};

/// The records of a ledger as they stood at a moment.
#[derive(Debug, Clone)]
pub struct History<'a> {
    at: UtcTime,
    /// In the order of the ledger.
    records: Vec<&'a Record>,
    /// The last word on each incident and defect, with all that was said before.
    cases: Vec<(&'a Record, Vec<RecordId>)>,
}

impl<'a> History<'a> {
    /// As of `at`: what was recorded later is left out.
    pub fn of(ledger: &'a Ledger, at: UtcTime) -> Self {
        Self::seen(ledger, at, &|record| record.header.recorded <= at)
    }

    /// What one can see who sees these records.
    pub fn seen(ledger: &'a Ledger, at: UtcTime, is_seen: &dyn Fn(&Verified<Record>) -> bool) -> Self {
        let is_corrected = |record: &Verified<Record>| {
            let by = ledger.superseded_by(record.id).and_then(|by| ledger.record(by));
            by.is_some_and(is_seen)
        };
        let all: Vec<_> = ledger.records().iter().filter(|record| is_seen(record) && !is_corrected(record)).collect();
        let mut cases: BTreeMap<_, Vec<&'a Verified<Record>>> = BTreeMap::new();
        for record in &all {
            if let Some((id, ..)) = told(record) {
                cases.entry((record.header.kind, id)).or_default().push(record);
            }
        }
        // Of concurrent words the worst counts, as in `Ledger::cases`.
        let case = |records: Vec<&'a Verified<Record>>| {
            let last = last_of(ledger, records.iter().copied()).into_iter().min_by_key(|record| worst(record));
            last.map(|last| (&**last, records.iter().map(|record| record.id).collect()))
        };
        let cases = cases.into_values().filter_map(case).collect();
        Self { at, records: all.into_iter().map(|record| &**record).collect(), cases }
    }

    /// Of these records in this order; only tests have records without a ledger.
    #[cfg(test)]
    pub(super) fn of_records(records: &'a [Record], at: UtcTime) -> Self {
        let records: Vec<_> = records.iter().filter(|record| record.header.recorded <= at).collect();
        let mut cases: BTreeMap<_, (&'a Record, Vec<RecordId>)> = BTreeMap::new();
        for record in &records {
            if let Some((id, ..)) = told(record) {
                let case = cases.entry((record.header.kind, id)).or_insert((record, Vec::new()));
                case.0 = record;
                case.1.push(record.id);
            }
        }
        Self { at, records, cases: cases.into_values().collect() }
    }

    /// As of when.
    pub fn at(&self) -> UtcTime {
        self.at
    }

    /// All of them, in the order of the ledger.
    pub fn records(&self) -> impl Iterator<Item = &'a Record> {
        self.records.iter().copied()
    }

    /// Those of a kind.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &'a Record> {
        self.records().filter(move |record| record.header.kind == kind)
    }

    /// Deployments.
    pub(super) fn deployments(&self) -> impl Iterator<Item = (&'a Record, &'a Deploy)> {
        self.records().filter_map(|record| match &record.claim {
            Claim::Deploy(deploy) => Some((record, deploy)),
            _ => None,
        })
    }

    /// The last word on each incident, with the ids of all records of it.
    pub fn incidents(&self) -> impl Iterator<Item = (&'a Record, &'a Incident, &[RecordId])> {
        self.cases.iter().filter_map(|(record, all)| match &record.claim {
            Claim::Incident(incident) => Some((*record, incident, &all[..])),
            _ => None,
        })
    }

    /// The last word on each defect, with the ids of all records of it.
    pub(super) fn defects(
        &self,
    ) -> impl Iterator<Item = (&'a Record, &'a crate::record::kind::defect::Defect, &[RecordId])> {
        self.cases.iter().filter_map(|(record, all)| match &record.claim {
            Claim::Defect(defect) => Some((*record, defect, &all[..])),
            _ => None,
        })
    }

    /// The records about a commit: on it, or on another with its tree.
    pub(super) fn about(&self, commit: CommitId, tree: TreeId) -> impl Iterator<Item = &'a Record> {
        self.records().filter(move |record| record.commit == commit || record.header.tree == tree)
    }

    /// Where something was deployed, and what: the services and environments of deployments, sorted.
    pub fn places(&self) -> Vec<(Name, Name)> {
        let named = self
            .deployments()
            .filter_map(|(record, _)| Some((record.header.service.clone()?, record.header.environment.clone()?)));
        let mut places: Vec<_> = named.collect();
        places.sort_unstable();
        places.dedup();
        places
    }
}

/// What a record says of an incident or a defect, if it is about one.
fn told(record: &Record) -> Option<(String, Severity, CaseState)> {
    match &record.claim {
        Claim::Incident(incident) => Some((incident.id.folded(), incident.severity, incident.state())),
        Claim::Defect(defect) => Some((defect.id.folded(), defect.severity, defect.state())),
        _ => None,
    }
}

fn worst(record: &Record) -> (Option<(CaseState, Reverse<Severity>)>, RecordId) {
    (told(record).map(|(_, severity, state)| (state, Reverse(severity))), record.id)
}
