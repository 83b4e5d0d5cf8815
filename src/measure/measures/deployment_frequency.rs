//! Deployment frequency: releases that reached users, by days. Source: DORA, deployment frequency.

use crate::measure::item::{Amount, Gathered, Item};
use crate::measure::scope::Scope;

/// One rollout to several regions is one, and so is what is deployed again.
pub(super) fn gather(scope: &Scope<'_>) -> Gathered {
    let succeeded = scope.rollouts().iter().filter(|one| one.succeeded);
    Gathered::of(succeeded.map(|one| Item {
        at: one.ended,
        amount: Amount::Measured(1),
        what: one.name(),
        records: one.records.iter().map(|record| record.id).collect(),
        flag: None,
    }))
}
