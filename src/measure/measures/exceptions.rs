//! Exceptions: how often controls are let go, for how long, and whether anybody clears up.

use crate::measure::facts::Grant;
use crate::measure::item::{Amount, Gathered, Item};
use crate::measure::scope::Scope;
use crate::record::{Kind, UtcTime};

fn grants<'a>(scope: &Scope<'a>) -> impl Iterator<Item = &'a Grant> {
    let is_here = |grant: &&Grant| {
        scope.is_for_service(grant.service.as_ref()) && scope.is_for_environment(grant.environment.as_ref())
    };
    scope.facts.grants.iter().filter(is_here)
}

fn item(grant: &Grant, at: UtcTime, amount: Amount) -> Item {
    let records = vec![grant.record, grant.by];
    Item { at, amount, what: format!("exception from {}", grant.control), records, flag: None }
}

/// A renewal is another grant.
pub(super) fn frequency(scope: &Scope<'_>) -> Gathered {
    let granted = grants(scope).map(|grant| {
        let mut item = item(grant, grant.granted, Amount::Of { part: 1 + grant.renewals, whole: 0 });
        item.flag = (grant.renewals > 0).then(|| format!("renewed {} times", grant.renewals));
        item
    });
    let decisions = scope.of_kind(Kind::Gate).map(|gate| Item {
        at: gate.header.recorded,
        amount: Amount::Of { part: 0, whole: 1 },
        what: super::gate_runs::change_of(gate),
        records: vec![gate.id],
        flag: None,
    });
    Gathered::of(granted.chain(decisions))
}

/// Of those that are not over at the end of the window.
pub(super) fn age(scope: &Scope<'_>) -> Gathered {
    Gathered::of(grants(scope).map(|grant| {
        let until = Some(grant.ended.map_or(grant.expires, |ended| ended.min(grant.expires)));
        item(grant, grant.granted, Amount::Standing { until })
    }))
}

/// Open past their end.
pub(super) fn overdue(scope: &Scope<'_>) -> Gathered {
    let late = grants(scope).filter(|grant| grant.ended.is_none_or(|ended| ended > grant.expires));
    Gathered::of(late.map(|grant| item(grant, grant.expires, Amount::Standing { until: grant.ended })))
}
