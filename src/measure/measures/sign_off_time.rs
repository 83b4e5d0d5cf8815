//! Sign-off time: how long a candidate waits for its last signature.

use super::review::reviews;
use crate::measure::item::{Amount, Gathered, Item};
use crate::measure::scope::Scope;
use crate::record::kind::approval::Meaning;
use crate::record::{Claim, Kind};

/// A candidate is made by its first build; where none is recorded, by its commit.
pub(super) fn gather(scope: &Scope<'_>) -> Gathered {
    let (mut by_commit, mut unknown) = (0, 0);
    let items = scope.rollouts().iter().filter_map(|one| {
        let signed = |record: &&&crate::record::Record| {
            matches!(&record.claim, Claim::Approval(said) if matches!(said.meaning, Meaning::Approved | Meaning::Released))
        };
        let reviews = reviews(scope, one.record, one.started);
        let last = *reviews.iter().filter(signed).max_by_key(|record| (record.header.recorded, record.id))?;
        let about = scope.history.about(one.commit, one.record.header.tree);
        let builds = about.filter(|record| record.header.kind == Kind::Build && scope.concerns(record));
        let build = builds.min_by_key(|record| (record.header.occurred.end, record.id));
        let made = build.map(|build| build.header.occurred.end);
        let Some(made) = made.or_else(|| scope.facts.committed.get(&one.commit).copied()) else {
            unknown += 1;
            return None;
        };
        by_commit += usize::from(build.is_none());
        Some(Item {
            at: one.ended,
            amount: Amount::between(made, last.header.recorded),
            what: one.name(),
            records: [last.id].into_iter().chain(build.map(|build| build.id)).collect(),
            flag: build.is_none().then(|| "from its commit".to_owned()),
        })
    });
    Gathered::of(items.collect::<Vec<_>>())
        .note_if(by_commit > 0, || format!("{by_commit} have no build record, and are counted from their commit"))
        .note_if(unknown > 0, || format!("of {unknown} neither a build is recorded nor the commit is here"))
}
