//! How controls fared in the decisions that were recorded, and which of them say nothing.

use std::collections::{BTreeMap, HashMap};

use super::catalog::{Control, Policy};
use super::evidence::Proof;
use crate::record::{Kind, Name};
use crate::verify::Ledger;

/// What the decisions on record say about one control.
#[derive(Debug, Clone, Default)]
pub struct TrackRecord<'a> {
    /// How many decisions came to which outcome, by its word.
    pub outcomes: BTreeMap<Name, u64>,
    /// How many of them name a record for it.
    pub shown: u64,
    /// The last one in the order of the ledger, with its outcome.
    pub last: Option<(Proof<'a>, &'a Name)>,
}

/// Why a control may be worth nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// Nothing that a machine made is measured: it rests on what people write.
    NotAutomated,
    /// No decision ever asked for it.
    NeverTriggered,
    /// Whatever it was asked of satisfied it.
    NeverFailed,
    /// It was asked for, and no decision names a record that shows anything.
    NoEvidence,
}

impl Gap {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotAutomated => "not-automated",
            Self::NeverTriggered => "never-triggered",
            Self::NeverFailed => "never-failed",
            Self::NoEvidence => "no-evidence",
        }
    }

    /// In a sentence, with what to do about it.
    pub fn explain(self) -> &'static str {
        match self {
            Self::NotAutomated => "no rule measures what a machine recorded: add one, or evidence of a pipeline",
            Self::NeverTriggered => "no recorded decision asked for it: git qms gate --record, or look at its trigger",
            Self::NeverFailed => {
                "no recorded decision found it wanting: a case of git qms policy test shows that it can"
            }
            Self::NoEvidence => "no recorded decision names a record for it: nothing of its evidence was ever there",
        }
    }
}

impl TrackRecord<'_> {
    /// How many decisions asked for it.
    pub fn triggered(&self) -> u64 {
        self.outcomes.iter().filter(|(word, _)| word.as_str() != "not-applicable").map(|(_, count)| count).sum()
    }

    fn count(&self, word: &str) -> u64 {
        self.outcomes.iter().filter(|(outcome, _)| outcome.as_str() == word).map(|(_, count)| count).sum()
    }

    /// What may be wrong with the control, from what is on record.
    pub fn gaps(&self, control: &Control) -> Vec<Gap> {
        let mut gaps = Vec::new();
        if !is_automated(control) {
            gaps.push(Gap::NotAutomated);
        }
        if self.triggered() == 0 {
            gaps.push(Gap::NeverTriggered);
            return gaps;
        }
        if self.count("pass") == self.triggered() {
            gaps.push(Gap::NeverFailed);
        }
        if self.shown == 0 {
            gaps.push(Gap::NoEvidence);
        }
        gaps
    }
}

/// Whether a rule measures what machines record.
fn is_automated(control: &Control) -> bool {
    let by_hand = [Kind::Plan, Kind::Approval, Kind::Incident, Kind::Defect];
    control.require.iter().any(|rule| !by_hand.contains(&rule.metric.kind))
}

/// The track record of each control of the catalog, in its order; one pass over the ledger.
pub fn track_records<'a>(policy: &Policy, ledger: &'a Ledger) -> Vec<TrackRecord<'a>> {
    let place: HashMap<&Name, usize> = policy.controls.iter().enumerate().map(|(at, one)| (&one.id, at)).collect();
    let mut records = vec![TrackRecord::default(); policy.controls.len()];
    for decision in ledger.of_kind(Kind::Gate) {
        for control in decision.header.gate.iter().flat_map(|gate| &gate.controls) {
            let Some(record) = place.get(&control.id).and_then(|at| records.get_mut(*at)) else { continue };
            *record.outcomes.entry(control.outcome.clone()).or_default() += 1;
            record.shown += u64::from(!control.records.is_empty());
            record.last = Some((decision, &control.outcome));
        }
    }
    records
}
