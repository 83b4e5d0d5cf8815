//! Lead time for changes: from the commit to users. Source: DORA, change lead time.

use std::collections::BTreeSet;

use crate::measure::item::{Amount, Gathered, Item};
use crate::measure::scope::Scope;

/// The first deployment that contains a commit counts; a change that was picked onto another branch counts once.
pub(super) fn gather(scope: &Scope<'_>) -> Gathered {
    let (mut items, mut picked) = (Vec::new(), BTreeSet::new());
    let (mut unread, mut again) = (0, 0);
    for one in scope.rollouts().iter().filter(|one| one.succeeded) {
        let key = (scope.service.clone(), scope.environment.clone(), one.commit);
        let Some(delivery) = scope.facts.deliveries.get(&key) else {
            unread += 1;
            continue;
        };
        for commit in &delivery.commits {
            if commit.patch.as_ref().is_some_and(|patch| !picked.insert(patch.clone())) {
                again += 1;
                continue;
            }
            items.push(Item {
                at: one.ended,
                amount: Amount::between(commit.committed, one.ended),
                what: format!("{} in {}", commit.id.short(), one.name()),
                records: vec![one.record.id],
                flag: None,
            });
        }
    }
    Gathered::of(items)
        .note_if(unread > 0, || format!("what {unread} deployments brought cannot be read in this clone"))
        .note_if(again > 0, || format!("{again} commits are changes picked from others that count already"))
}
