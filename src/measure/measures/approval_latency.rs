//! Approval latency: how long finished evidence waits for a person.

use crate::measure::item::{Amount, Gathered, Item};
use crate::measure::scope::Scope;
use crate::record::kind::gate::{VerificationResult, VerificationSummary};
use crate::record::{Claim, Kind, Record};

/// Of each decision that passed: what it relied on tells what was needed. Approvals of an older tree are not among it.
pub(super) fn gather(scope: &Scope<'_>) -> Gathered {
    let mut early = 0;
    let mut without = 0;
    let items = scope.of_kind(Kind::Gate).filter_map(|record| {
        let Claim::Gate(gate) = &record.claim else { return None };
        if gate.verification_result != VerificationResult::Passed {
            return None;
        }
        let relied = relied_on(scope, gate);
        let last = |is: fn(Kind) -> bool| {
            let those = relied.iter().filter(|(_, one)| is(one.header.kind));
            those.max_by_key(|(place, one)| (one.header.recorded, *place))
        };
        let evidence = last(|kind| matches!(kind, Kind::Build | Kind::Test | Kind::Scan | Kind::Analysis));
        let (Some((shown, evidence)), Some((given, approval))) = (evidence, last(|kind| kind == Kind::Approval)) else {
            without += 1;
            return None;
        };
        let (from, to) = (evidence.header.recorded, approval.header.recorded);
        // What the ledger has in this order is no fault of a clock.
        let is_early = given < shown && to < from;
        early += usize::from(is_early);
        let amount = if is_early { Amount::LeftOut(0) } else { Amount::between(from, to) };
        Some(Item {
            at: record.header.recorded,
            amount,
            what: super::gate_runs::change_of(record),
            records: vec![record.id, evidence.id, approval.id],
            flag: is_early.then(|| "approved before the evidence was complete".to_owned()),
        })
    });
    Gathered::of(items.collect::<Vec<_>>())
        .note_if(early > 0, || {
            format!("{early} were approved before the evidence was complete: left out of the numbers")
        })
        .note_if(without > 0, || format!("{without} decisions relied on no approval, or on no evidence of machines"))
}

/// The records that a decision relied on, with their places in the ledger.
fn relied_on<'a>(scope: &Scope<'a>, gate: &VerificationSummary) -> Vec<(usize, &'a Record)> {
    let digests: std::collections::BTreeSet<_> =
        gate.input_attestations.iter().filter_map(|input| input.digest.get("sha256")).collect();
    let all = scope.history.records().enumerate();
    all.filter(|(_, record)| digests.contains(&&*record.id.to_string())).collect()
}
