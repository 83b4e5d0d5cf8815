//! Friction at the gate: how often it is asked until it passes, and how long that takes.

use std::collections::BTreeMap;

use crate::measure::item::{Amount, Gathered, Item, age};
use crate::measure::scope::Scope;
use crate::record::kind::gate::VerificationResult;
use crate::record::{Claim, Kind, Record};

/// What a decision is about: its change, or else its commit.
pub(super) fn change_of(record: &Record) -> String {
    let change = record.header.change.as_ref().map(crate::record::name::ChangeRef::folded);
    change.unwrap_or_else(|| record.commit.short())
}

/// How often.
pub(super) fn runs(scope: &Scope<'_>) -> Gathered {
    by(scope, |until| Amount::Measured(until.len() as u64))
}

/// How long.
pub(super) fn wait(scope: &Scope<'_>) -> Gathered {
    by(scope, |until| match (until.first(), until.last()) {
        (Some(first), Some(last)) => Amount::between(first.header.recorded, last.header.recorded),
        _ => Amount::Measured(0),
    })
}

fn by(scope: &Scope<'_>, amount: fn(&[&Record]) -> Amount) -> Gathered {
    let mut changes: BTreeMap<String, Vec<&Record>> = BTreeMap::new();
    for record in scope.of_kind(Kind::Gate) {
        changes.entry(change_of(record)).or_default().push(record);
    }
    let passed = |record: &&Record| matches!(&record.claim, Claim::Gate(gate) if gate.verification_result == VerificationResult::Passed);
    let items = changes.into_iter().filter_map(|(what, decisions)| {
        let first = decisions.first()?.header.recorded;
        let until = decisions.iter().position(&passed);
        let (at, amount, records) = match until {
            Some(last) => {
                let until = &decisions[..=last];
                (until.last()?.header.recorded, amount(until), until)
            }
            None => (first, Amount::Censored(age(first, scope.at())), &decisions[..]),
        };
        Some(Item { at, amount, what, records: records.iter().map(|record| record.id).collect(), flag: None })
    });
    Gathered::of(items).note("recorded decisions alone: a gate that is asked without --record leaves no trace")
}
