//! Writers that went apart and were united.

use git_qms::verify::{Code, Severity};

use crate::world::{World, named, told};

#[test]
fn two_writers_united_keep_everything() {
    let mut world = World::new();
    let fork = world.memory.head();
    let one = world.plan("ada", "on one side");
    let side = world.memory.head();
    world.memory.checkout(fork);
    let other = world.plan("grace", "on the other");
    world.memory.merge(side);
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), []);
    assert!(ledger.record(one).is_some() && ledger.record(other).is_some());
}

#[test]
fn a_criss_cross_of_merges_keeps_everything() {
    let mut world = World::new();
    let fork = world.memory.head();
    let a = world.plan("ada", "a");
    let left = world.memory.head();
    world.memory.checkout(fork);
    let b = world.plan("grace", "b");
    let right = world.memory.head();
    world.memory.merge(left);
    let c = world.plan("grace", "c");
    let right_again = world.memory.head();
    world.memory.checkout(left);
    world.memory.merge(right);
    let d = world.plan("ada", "d");
    world.memory.merge(right_again);
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), []);
    let [a, b, c, d] = [a, b, c, d].map(|id| ledger.record(id).expect("counts"));
    assert!(ledger.is_before(a, c) && ledger.is_before(b, c) && ledger.is_before(a, d) && ledger.is_before(b, d));
    assert!(!ledger.is_before(a, b) && !ledger.is_before(b, a) && !ledger.is_before(c, d) && !ledger.is_before(d, c));
}

#[test]
fn a31_a_union_that_carries_a_deletion_is_refused() {
    let mut world = World::new();
    let lost = world.plan("grace", "to be lost");
    let fork = world.memory.head();
    world.memory.remove(lost);
    let removing = world.memory.head();
    world.memory.checkout(fork);
    world.plan("ada", "meanwhile");
    let honest = world.memory.head();
    // As stock git would: what one side deleted and the other did not touch is gone.
    let mut state = world.memory.commits[honest].2.clone();
    state.get_mut(&world.commit).expect("a note").remove(&world.line_of(lost));
    world.memory.append(vec![honest, removing], state);
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), [(Code::LineRemoved, Severity::Error)]);
    assert_eq!(named(&ledger, Code::LineRemoved), [lost]);
}

#[test]
fn a31_a_union_cut_short_by_nothing_but_the_merge_itself_is_refused() {
    let mut world = World::new();
    let fork = world.memory.head();
    let one = world.plan("ada", "on one side");
    let side = world.memory.head();
    world.memory.checkout(fork);
    let other = world.plan("grace", "on the other");
    let mine = world.memory.head();
    for (parents, kept, lost) in [(vec![mine, side], mine, one), (vec![mine, side], side, other)] {
        let state = world.memory.commits[kept].2.clone();
        world.memory.checkout(mine);
        world.memory.append(parents, state);
        let ledger = world.memory.ledger();
        assert_eq!(told(&ledger), [(Code::LineRemoved, Severity::Error)]);
        assert_eq!(named(&ledger, Code::LineRemoved), [lost]);
    }
}

#[test]
fn a_union_that_puts_back_what_one_side_removed_is_a_warning() {
    let mut world = World::new();
    let kept = world.plan("grace", "removed there");
    let fork = world.memory.head();
    world.memory.remove(kept);
    let removing = world.memory.head();
    world.memory.checkout(fork);
    world.plan("ada", "meanwhile");
    world.memory.merge(removing);
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), [(Code::LineRestored, Severity::Warning)]);
    assert!(ledger.record(kept).is_some());
}
