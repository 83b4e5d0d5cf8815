//! Review: how soon somebody looks, and how long it takes.

use crate::measure::item::{Amount, Gathered, Item};
use crate::measure::scope::Scope;
use crate::record::kind::approval::Meaning;
use crate::record::{Claim, Kind, Record};

/// Nothing says when a change was ready: a commit is made long before it is shown to anybody, or after.
pub(super) fn pickup(_: &Scope<'_>) -> Gathered {
    Gathered::unknown(
        "no record says when a change was ready for review",
        "a record of the moment at which a change is put up for review, as when a merge request is opened",
    )
}

/// Of each release: what nobody reviewed is missing, not slow.
pub(super) fn latency(scope: &Scope<'_>) -> Gathered {
    let mut unreviewed = 0;
    let items = scope.rollouts().iter().filter_map(|one| {
        let mut reviews = reviews(scope, one.record, one.started);
        reviews.sort_by_key(|review| (review.header.recorded, review.id));
        let (Some(first), Some(last)) = (reviews.first(), reviews.last()) else {
            unreviewed += 1;
            return None;
        };
        Some(Item {
            at: one.ended,
            amount: Amount::between(first.header.recorded, last.header.recorded),
            what: one.name(),
            records: reviews.iter().map(|review| review.id).collect(),
            flag: (reviews.len() == 1).then(|| "one review".to_owned()),
        })
    });
    let gathered = Gathered::of(items.collect::<Vec<_>>());
    gathered
        .note_if(unreviewed > 0, || format!("{unreviewed} deployments were not reviewed by then: missing, not slow"))
}

/// What people said of the tree of a deployment before it.
pub(super) fn reviews<'a>(scope: &Scope<'a>, deployed: &Record, by: crate::record::UtcTime) -> Vec<&'a Record> {
    let about = scope.history.about(deployed.commit, deployed.header.tree);
    about
        .filter(|record| record.header.kind == Kind::Approval && scope.concerns(record) && record.header.recorded <= by)
        .filter(|record| matches!(&record.claim, Claim::Approval(said) if said.meaning != Meaning::Authored))
        .collect()
}
