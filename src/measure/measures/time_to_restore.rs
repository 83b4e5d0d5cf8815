//! Time to restore: the mean over all incidents. Kept apart from the recovery of failed deployments.

use crate::measure::item::{Amount, Gathered, Item, age};
use crate::measure::scope::Scope;

/// What is still open is told with its age, and left out.
pub(super) fn gather(scope: &Scope<'_>) -> Gathered {
    let here = scope.history.incidents().filter(|(record, ..)| scope.concerns(record));
    Gathered::of(here.map(|(_, incident, records)| Item {
        at: incident.detected,
        amount: match incident.restored {
            Some(restored) => Amount::between(incident.detected, restored),
            None => Amount::Censored(age(incident.detected, scope.at())),
        },
        what: format!("{} {}", incident.id, incident.severity),
        records: records.to_vec(),
        flag: None,
    }))
}
