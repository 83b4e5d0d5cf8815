//! Failed-deployment recovery: how long a failed deployment stood. Source: DORA, failed deployment recovery time.

use crate::measure::item::{Amount, Gathered, Item, age};
use crate::measure::scope::Scope;

/// What is not mended yet is told with its age, and left out.
pub(super) fn gather(scope: &Scope<'_>) -> Gathered {
    let failed = scope.rollouts().iter().filter_map(|one| Some((one, one.fault.as_ref()?)));
    Gathered::of(failed.map(|(one, fault)| Item {
        at: one.ended,
        amount: match fault.recovered {
            Some(recovered) => Amount::between(one.ended, recovered),
            None => Amount::Censored(age(one.ended, scope.at())),
        },
        what: one.name(),
        records: std::iter::once(one.record.id).chain(fault.records.iter().copied()).collect(),
        flag: Some(fault.because.join(", ")),
    }))
}
