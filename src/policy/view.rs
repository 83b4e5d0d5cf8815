//! What of the ledger a judgement looks at: what was recorded by a moment and, of a decision made before, what it was
//! signed over.

use super::evidence::Proof;
use crate::record::{Kind, UtcTime};
use crate::verify::Ledger;

/// A ledger as of a moment.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    pub(super) ledger: &'a Ledger,
    pub(super) at: UtcTime,
    decision: Option<Proof<'a>>,
}

impl<'a> View<'a> {
    /// All that was recorded by `at`, a claim of whoever recorded.
    pub fn of(ledger: &'a Ledger, at: UtcTime) -> Self {
        Self { ledger, at, decision: None }
    }

    /// Only what a decision was signed over, which no claim of time changes.
    pub(super) fn seen_by(self, decision: Option<Proof<'a>>) -> Self {
        Self { decision, ..self }
    }

    /// Whether a record is there.
    pub(super) fn sees(self, record: Proof<'_>) -> bool {
        record.header.recorded <= self.at && self.is_before_decision(record)
    }

    /// Where a decision bounds what is seen, whether it was signed over a ledger with the record.
    pub(super) fn is_before_decision(self, record: Proof<'_>) -> bool {
        self.decision.is_none_or(|decision| self.ledger.is_before(record, decision))
    }

    /// Whether a correction of it is there.
    pub(super) fn is_superseded(self, record: Proof<'_>) -> bool {
        let by = self.ledger.superseded_by(record.id).and_then(|by| self.ledger.record(by));
        by.is_some_and(|by| self.sees(by))
    }

    /// What is there of a kind, in the order of the ledger.
    pub(super) fn of_kind(self, kind: Kind) -> impl Iterator<Item = Proof<'a>> {
        self.ledger.of_kind(kind).filter(move |record| self.sees(record))
    }
}
