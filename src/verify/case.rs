//! Incidents and defects: what several records of one id come to.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::last::last_of;
use super::ledger::Ledger;
use super::verified::Verified;
use crate::record::kind::incident::{CaseState, Severity};
use crate::record::kind::{Claim, Kind};
use crate::record::name::CaseId;
use crate::record::statement::Record;

/// One incident or defect, as its last record tells it.
#[derive(Debug, Clone)]
pub struct Case<'a> {
    /// The record that counts.
    pub last: &'a Verified<Record>,
    /// Every record of it that was not corrected, in the order of the ledger.
    pub records: Vec<&'a Verified<Record>>,
}

impl Case<'_> {
    /// Its id, as the last record writes it.
    pub fn id(&self) -> &CaseId {
        told(self.last).map(|(id, ..)| id).expect("a case is made of incidents or defects alone")
    }

    /// How far it has come.
    pub fn state(&self) -> CaseState {
        told(self.last).map_or(CaseState::Open, |(_, _, state)| state)
    }

    /// How grave it is.
    pub fn severity(&self) -> Severity {
        told(self.last).map_or(Severity::Critical, |(_, severity, _)| severity)
    }
}

/// What a record says of a case, if it is about one.
fn told(record: &Record) -> Option<(&CaseId, Severity, CaseState)> {
    match &record.claim {
        Claim::Incident(incident) => Some((&incident.id, incident.severity, incident.state())),
        Claim::Defect(defect) => Some((&defect.id, defect.severity, defect.state())),
        _ => None,
    }
}

impl Ledger {
    /// Every incident and defect, by kind and id.
    pub fn cases(&self) -> Vec<Case<'_>> {
        let mut cases: BTreeMap<(Kind, String), Vec<&Verified<Record>>> = BTreeMap::new();
        let told_of = self.of_kind(Kind::Incident).chain(self.of_kind(Kind::Defect));
        for record in told_of.filter(|record| self.superseded_by(record.id).is_none()) {
            if let Some((id, ..)) = told(record) {
                cases.entry((record.header.kind, id.folded())).or_default().push(record);
            }
        }
        let case = |records: Vec<_>| {
            // Of concurrent words the worst counts, then the smaller id, so that two clones agree.
            let last = last_of(self, records.iter().copied())
                .into_iter()
                .min_by_key(|record| (told(record).map(|(_, severity, state)| (state, Reverse(severity))), record.id));
            last.map(|last| Case { last, records })
        };
        cases.into_values().filter_map(case).collect()
    }

    /// The incident or defect of this id, in whatever case it is written.
    pub fn case(&self, kind: Kind, id: &CaseId) -> Option<Case<'_>> {
        let is_it = |case: &Case<'_>| case.last.header.kind == kind && case.id().folded() == id.folded();
        self.cases().into_iter().find(is_it)
    }
}
