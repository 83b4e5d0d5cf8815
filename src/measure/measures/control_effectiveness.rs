//! Control effectiveness: whether controls are at work, and whether they stop what they are there for.

use std::collections::BTreeMap;

use crate::measure::item::{Amount, Gathered, Item};
use crate::measure::scope::Scope;
use crate::record::kind::gate::VerificationResult;
use crate::record::{Claim, Kind};

/// Evaluated, and not let go.
pub(super) fn operating(scope: &Scope<'_>) -> Gathered {
    let decisions = scope.of_kind(Kind::Gate).filter_map(|record| Some((record, record.header.gate.as_ref()?)));
    Gathered::of(decisions.map(|(record, gate)| {
        let asked: Vec<_> =
            gate.controls.iter().filter(|control| control.outcome.as_str() != "not-applicable").collect();
        let operated = asked.iter().filter(|one| !matches!(one.outcome.as_str(), "excepted" | "incomplete")).count();
        Item {
            at: record.header.recorded,
            amount: Amount::Of { part: operated as u64, whole: asked.len() as u64 },
            what: format!("decision on {}", record.commit.short()),
            records: vec![record.id],
            flag: None,
        }
    }))
    .note("per control: git qms measure --controls; one that was never asked for is untested")
}

/// A change that was stopped counts once, however often.
pub(super) fn preventive(scope: &Scope<'_>) -> Gathered {
    let mut stopped: BTreeMap<_, Item> = BTreeMap::new();
    for record in scope.of_kind(Kind::Gate) {
        let failed =
            matches!(&record.claim, Claim::Gate(gate) if gate.verification_result == VerificationResult::Failed);
        if !failed {
            continue;
        }
        let key = super::gate_runs::change_of(record);
        let what = key.clone();
        stopped
            .entry(key)
            .or_insert(Item {
                at: record.header.recorded,
                amount: Amount::Of { part: 1, whole: 1 },
                what,
                records: Vec::new(),
                flag: None,
            })
            .records
            .push(record.id);
    }
    let escaped = scope.rollouts().iter().filter_map(|one| {
        let fault = one.fault.as_ref()?;
        let records = std::iter::once(one.record.id).chain(fault.records.iter().copied()).collect();
        Some(Item { at: one.ended, amount: Amount::Of { part: 0, whole: 1 }, what: one.name(), records, flag: None })
    });
    Gathered::of(stopped.into_values().chain(escaped))
        .note("of all controls together: no record says which control should have stopped what escaped")
}
