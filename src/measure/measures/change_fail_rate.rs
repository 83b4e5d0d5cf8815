//! Change fail rate: deployments that had to be mended. Source: DORA, change fail rate.

use crate::measure::item::{Amount, Gathered, Item, age};
use crate::measure::scope::Scope;

/// What is younger than this may still turn out to fail.
pub(in crate::measure) const YOUNG: u64 = 14 * 86_400;

/// Each once, however many incidents it caused: never above one.
pub(in crate::measure) fn gather(scope: &Scope<'_>) -> Gathered {
    let items = scope.rollouts().iter().map(|one| {
        let fault = one.fault.iter();
        let told = fault.clone().flat_map(|fault| fault.records.iter().copied());
        Item {
            at: one.ended,
            amount: Amount::hit(one.fault.is_some()),
            what: one.name(),
            records: one.records.iter().map(|record| record.id).chain(told).collect(),
            flag: fault.map(|fault| fault.because.join(", ")).next(),
        }
    });
    let young = |item: &&Item| matches!(item.amount, Amount::Of { part: 0, .. }) && age(item.at, scope.at()) < YOUNG;
    let gathered = Gathered::of(items);
    let young = gathered.items.iter().filter(young).count();
    gathered.note_if(young > 0, || {
        format!("the newest window is not settled: {young} deployments of the last 14 days may still turn out to fail")
    })
}
