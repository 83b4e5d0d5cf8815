//! Severity-weighted incidents: how much went wrong, by deployments.

use crate::measure::item::{Amount, Gathered, Item};
use crate::measure::scope::Scope;

/// Every incident, whether or not it blames a deployment.
pub(super) fn gather(scope: &Scope<'_>) -> Gathered {
    let incidents = scope.history.incidents().filter(|(record, ..)| scope.concerns(record));
    let incidents = incidents.map(|(_, incident, records)| Item {
        at: incident.detected,
        amount: Amount::Of { part: scope.facts.weights.of(incident.severity), whole: 0 },
        what: format!("{} {}", incident.id, incident.severity),
        records: records.to_vec(),
        flag: None,
    });
    let rollouts = scope.rollouts().iter().map(|one| Item {
        at: one.ended,
        amount: Amount::Of { part: 0, whole: 1 },
        what: one.name(),
        records: vec![one.record.id],
        flag: None,
    });
    Gathered::of(incidents.chain(rollouts))
}
