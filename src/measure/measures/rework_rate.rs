//! Rework rate: deployments that nobody had planned. Source: DORA, deployment rework rate.

use crate::measure::item::{Amount, Gathered, Item};
use crate::measure::rollout::is_open;
use crate::measure::scope::Scope;

/// An unplanned one counts where an incident was under way.
pub(super) fn gather(scope: &Scope<'_>) -> Gathered {
    let mut alone = 0;
    let items = scope.rollouts().iter().map(|one| {
        let incidents = scope.history.incidents().filter(|(record, incident, _)| is_open(scope, record, incident, one));
        let incidents: Vec<_> = incidents.map(|(record, ..)| record.id).collect();
        let is_rework = !one.planned && !incidents.is_empty();
        alone += usize::from(!one.planned && incidents.is_empty());
        let flag = (!one.planned && incidents.is_empty()).then(|| "unplanned, without an incident".to_owned());
        let caused = if is_rework { incidents } else { Vec::new() };
        let records = std::iter::once(one.record.id).chain(caused).collect();
        Item { at: one.ended, amount: Amount::hit(is_rework), what: one.name(), records, flag }
    });
    let gathered = Gathered::of(items.collect::<Vec<_>>());
    gathered
        .note_if(alone > 0, || format!("{alone} unplanned deployments while no incident was under way: not counted"))
}
