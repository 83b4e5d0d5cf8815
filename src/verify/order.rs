//! The order of the ledger: which commit contains which, without a clock.

use std::collections::{HashMap, HashSet};

use super::notes::{History, LedgerCommit};
use super::verified::Seal;
use crate::record::ids::CommitId;

const NOT_ON_MAIN: u32 = u32::MAX;

/// Answers "does this ledger commit contain that one" over a history.
///
/// Most of a ledger is one line, where places compare in one step; across merges the answer is searched
/// backwards, cut off by generation (length of the longest way to a root).
#[derive(Debug, Clone, Default)]
pub(super) struct Order {
    ids: Vec<CommitId>,
    index: HashMap<CommitId, u32>,
    parents: Vec<Box<[u32]>>,
    generation: Vec<u32>,
    /// Place on the first-parent line of the tip.
    main: Vec<u32>,
}

impl Order {
    /// The order of a history, whose parents come before their children.
    pub(super) fn of(history: &History) -> Self {
        let parents = |commit: &LedgerCommit| commit.parents.iter().map(|parent| place(*parent)).collect();
        Self::of_commits(history.commits.iter().map(|commit| (commit.id, parents(commit))))
    }

    /// The order of commits and their parents, which come before them.
    pub(super) fn of_commits(commits: impl ExactSizeIterator<Item = (CommitId, Box<[u32]>)>) -> Self {
        let mut order = Self { main: vec![NOT_ON_MAIN; commits.len()], ..Self::default() };
        order.index.reserve(commits.len());
        for (at, (id, parents)) in commits.enumerate() {
            let longest = parents.iter().filter_map(|parent| order.generation.get(*parent as usize)).max();
            order.generation.push(longest.map_or(0, |longest| longest + 1));
            order.parents.push(parents);
            order.ids.push(id);
            order.index.insert(id, place(at));
        }
        let mut line = Vec::new();
        let mut next = order.tip();
        while let Some(at) = next {
            line.push(at);
            next = order.parents[at as usize].first().copied();
        }
        for (position, at) in line.iter().rev().enumerate() {
            order.main[*at as usize] = place(position);
        }
        order
    }

    /// The last commit.
    pub(super) fn tip(&self) -> Option<u32> {
        self.parents.len().checked_sub(1).map(place)
    }

    /// The place of a commit.
    pub(super) fn place(&self, commit: CommitId) -> Option<u32> {
        self.index.get(&commit).copied()
    }

    /// Every commit with its parents, in order.
    pub(super) fn commits(&self) -> impl ExactSizeIterator<Item = (CommitId, &[u32])> {
        self.ids.iter().zip(&self.parents).map(|(id, parents)| (*id, &parents[..]))
    }

    /// The commit at a place.
    pub(super) fn id(&self, at: u32) -> CommitId {
        self.ids[at as usize]
    }

    /// Whether it is proved that `early` was there when `late` was signed.
    pub(super) fn is_before(&self, early: &Seal, late: &Seal) -> bool {
        late.head.is_some_and(|head| {
            // Where its own head is lost, it stands where it was introduced: not after what came at the same place.
            let is_own = late.introduced.contains(&head);
            let places = early.introduced.iter().filter(|at| !is_own || **at != head);
            places.into_iter().any(|at| self.contains(head, *at))
        })
    }

    /// Whether the ledger commit `head` contains a line that was introduced at these places.
    pub(super) fn reaches(&self, head: CommitId, introduced: &[u32]) -> bool {
        self.place(head).is_some_and(|head| introduced.iter().any(|at| self.contains(head, *at)))
    }

    /// Whether `late` is `early` or descends from it.
    pub(super) fn contains(&self, late: u32, early: u32) -> bool {
        if late == early {
            return true;
        }
        // The usual case: a record is written on the very head that it signs.
        if self.parents[late as usize].contains(&early) {
            return true;
        }
        let (floor, target) = (self.generation[early as usize], self.main[early as usize]);
        if target != NOT_ON_MAIN && self.main[late as usize] != NOT_ON_MAIN {
            return target <= self.main[late as usize];
        }
        let mut open = vec![late];
        let mut seen = HashSet::new();
        while let Some(at) = open.pop() {
            if at == early {
                return true;
            }
            let position = self.main[at as usize];
            if target != NOT_ON_MAIN && position != NOT_ON_MAIN {
                if target <= position {
                    return true;
                }
                continue;
            }
            if self.generation[at as usize] > floor {
                open.extend(self.parents[at as usize].iter().filter(|parent| seen.insert(**parent)));
            }
        }
        false
    }
}

/// A ledger of four thousand million commits is beyond any repository.
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(NOT_ON_MAIN - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::id;

    /// 0 ─ 1 ─ 2 ─ 5 ─ 6
    ///      \ 3 ─ 4 /
    fn forked() -> Order {
        let parents: [&[usize]; 7] = [&[], &[0], &[1], &[1], &[3], &[2, 4], &[5]];
        let commits = parents.iter().enumerate().map(|(at, parents)| LedgerCommit {
            id: id(u8::try_from(at).expect("small")),
            parents: parents.to_vec(),
            changes: Vec::new(),
        });
        Order::of(&History { commits: commits.collect(), ..History::default() })
    }

    #[test]
    fn containment_agrees_with_the_picture() {
        let order = forked();
        let contained: [&[u32]; 7] =
            [&[0], &[0, 1], &[0, 1, 2], &[0, 1, 3], &[0, 1, 3, 4], &[0, 1, 2, 3, 4, 5], &[0, 1, 2, 3, 4, 5, 6]];
        for late in 0..7_u32 {
            for early in 0..7_u32 {
                assert_eq!(order.contains(late, early), contained[late as usize].contains(&early), "{late} ⊇ {early}");
            }
        }
    }
}
