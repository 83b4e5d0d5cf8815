//! Random histories of a ledger: containment, and nothing pinned is lost unseen.

use std::collections::{BTreeSet, HashMap};

use git_qms::record::RecordId;
use git_qms::verify::Outcome;
use proptest::prelude::*;

use crate::memory::commit_id;
use crate::world::{World, told};

/// What writers do: go to a head, write there, or unite it with another.
#[derive(Debug, Clone, Copy)]
enum Step {
    Write,
    Checkout(usize),
    Merge(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => Just(Step::Write),
        2 => any::<usize>().prop_map(Step::Checkout),
        2 => any::<usize>().prop_map(Step::Merge),
    ];
    prop::collection::vec(step, 1..24)
}

/// Plays the steps and unites every head at the end. Returns the record that each ledger commit introduced.
fn play(steps: &[Step]) -> (World, HashMap<usize, RecordId>) {
    let mut world = World::new();
    let mut records = HashMap::from([(1, world.first)]);
    for step in steps {
        let count = world.memory.commits.len();
        match step {
            Step::Write => {
                let record = world.plan("ada", &format!("record {count}"));
                records.insert(count, record);
            }
            // Everything begins with the root; nobody goes back behind the first record.
            Step::Checkout(at) => world.memory.checkout(1 + at % (count - 1)),
            Step::Merge(at) => unite(&mut world, 1 + at % (count - 1)),
        }
    }
    for at in 1..world.memory.commits.len() {
        unite(&mut world, at);
    }
    (world, records)
}

fn unite(world: &mut World, other: usize) {
    let head = world.memory.head();
    if reaches(world, head, other) {
        return;
    }
    if reaches(world, other, head) {
        world.memory.checkout(other);
    } else {
        world.memory.merge(other);
    }
}

/// Reachability as one would write it without a thought for speed.
fn reaches(world: &World, late: usize, early: usize) -> bool {
    late == early || world.memory.commits[late].1.iter().any(|parent| reaches(world, *parent, early))
}

/// The ledger written anew without the commit that introduced the line: everything after it gets another id.
fn rewritten_without(world: &mut World, dropped: usize) {
    let line = {
        let before = &world.memory.commits[world.memory.commits[dropped].1[0]].2;
        let (on, lines) = (world.commit, &world.memory.commits[dropped].2[&world.commit]);
        let none = BTreeSet::new();
        lines.difference(before.get(&on).unwrap_or(&none)).next().expect("it introduced one").clone()
    };
    let after: Vec<usize> = (0..world.memory.commits.len()).filter(|at| reaches(world, *at, dropped)).collect();
    let parent = world.memory.commits[dropped].1[0];
    for at in after {
        let commit = &mut world.memory.commits[at];
        commit.0 = commit_id(&format!("rewritten {at}"));
        if let Some(lines) = commit.2.get_mut(&world.commit) {
            lines.remove(&line);
        }
        if at != dropped {
            for old in commit.1.iter_mut().filter(|old| **old == dropped) {
                *old = parent;
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn contains_agrees_with_naive_reachability(steps in steps()) {
        let (world, records) = play(&steps);
        let ledger = world.memory.ledger();
        prop_assert_eq!(told(&ledger), []);
        for late in 0..world.memory.commits.len() {
            for (early, id) in &records {
                let record = ledger.record(*id).expect("counts");
                prop_assert_eq!(
                    ledger.head_contains(world.head_id(late), record),
                    reaches(&world, late, *early),
                    "{} contains {}", late, early
                );
            }
        }
    }

    #[test]
    fn a_line_removed_by_a_new_commit_is_always_an_error(steps in steps(), which: prop::sample::Index) {
        let (mut world, records) = play(&steps);
        let mut ids: Vec<RecordId> = records.into_values().collect();
        ids.sort();
        let lost = ids[which.index(ids.len())];
        world.memory.remove(lost);
        let ledger = world.memory.ledger();
        prop_assert_eq!(Outcome::of(ledger.findings()), Outcome::Fail);
        prop_assert!(ledger.findings().iter().any(|finding| finding.record == Some(lost)));
    }

    #[test]
    fn a_pinned_line_dropped_by_rewriting_history_is_always_an_error(steps in steps(), which: prop::sample::Index) {
        let (mut world, records) = play(&steps);
        let pinned = |at: usize| {
            records.keys().any(|other| world.memory.commits[*other].1.iter().any(|head| reaches(&world, *head, at)))
        };
        let mut places: Vec<usize> = records.keys().copied().filter(|at| pinned(*at)).collect();
        places.sort_unstable();
        prop_assume!(!places.is_empty());
        let dropped = places[which.index(places.len())];
        rewritten_without(&mut world, dropped);
        let ledger = world.memory.ledger();
        prop_assert!(ledger.record(records[&dropped]).is_none());
        prop_assert_eq!(Outcome::of(ledger.findings()), Outcome::Fail);
    }
}
