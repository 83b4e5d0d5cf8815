//! Release size: how much changes at once.

use crate::measure::facts::Size;
use crate::measure::item::{Amount, Gathered, Item};
use crate::measure::scope::Scope;

/// Commits.
pub(super) fn commits(scope: &Scope<'_>) -> Gathered {
    by(scope, |size| size.commits)
}

/// Files.
pub(super) fn files(scope: &Scope<'_>) -> Gathered {
    by(scope, |size| size.files)
}

/// Lines.
pub(super) fn lines(scope: &Scope<'_>) -> Gathered {
    by(scope, |size| size.lines)
}

fn by(scope: &Scope<'_>, pick: fn(&Size) -> u64) -> Gathered {
    let mut unread = 0;
    let items = scope.rollouts().iter().filter_map(|one| {
        let Some(size) = scope.facts.sizes.get(&(scope.service.clone(), one.commit)) else {
            unread += 1;
            return None;
        };
        let value = pick(size);
        Some(Item {
            at: one.ended,
            // Everything since the beginning is no change that went out at once.
            amount: if size.first { Amount::LeftOut(value) } else { Amount::Measured(value) },
            what: one.name(),
            records: vec![one.record.id],
            flag: size.first.then(|| "the first release: left out of the numbers".to_owned()),
        })
    });
    let gathered = Gathered::of(items.collect::<Vec<_>>());
    gathered.note_if(unread > 0, || format!("the size of {unread} releases cannot be read in this clone"))
}
