//! What the ledger proves about before and after.

use crate::memory::START;
use crate::world::{World, told};

#[test]
fn a_record_is_before_those_signed_over_it() {
    let mut world = World::new();
    let second = world.plan("grace", "second");
    let third = world.plan("ada", "third");
    let ledger = world.memory.ledger();
    let [first, second, third] = [world.first, second, third].map(|id| ledger.record(id).expect("counts"));
    assert!(ledger.is_before(first, second) && ledger.is_before(second, third) && ledger.is_before(first, third));
    assert!(!ledger.is_before(second, first) && !ledger.is_before(third, first) && !ledger.is_before(first, first));
}

#[test]
fn concurrent_records_are_in_neither_order() {
    let mut world = World::new();
    let fork = world.memory.head();
    let one = world.plan("ada", "on one side");
    let side = world.memory.head();
    world.memory.checkout(fork);
    let other = world.plan("grace", "on the other");
    world.memory.merge(side);
    let last = world.plan("ada", "after both");
    let ledger = world.memory.ledger();
    let [one, other, last] = [one, other, last].map(|id| ledger.record(id).expect("counts"));
    assert!(!ledger.is_before(one, other) && !ledger.is_before(other, one));
    assert!(ledger.is_before(one, last) && ledger.is_before(other, last));
}

#[test]
fn what_is_in_the_ledger_but_was_not_seen_is_concurrent() {
    let mut world = World::new();
    let head = world.tip_id();
    let unseen = world.plan("ada", "unseen");
    let blind = world.forged("grace", "signed over an older head", |header| header.ledger = Some(head));
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), []);
    let [unseen, blind] = [unseen, blind].map(|id| ledger.record(id).expect("counts"));
    assert!(!ledger.is_before(unseen, blind) && !ledger.is_before(blind, unseen));
}

#[test]
fn claimed_times_decide_nothing() {
    use git_qms::record::UtcTime;
    let mut world = World::new();
    let early = world.forged("grace", "says it was first", |header| header.recorded = UtcTime::from_seconds(START - 9));
    let ledger = world.memory.ledger();
    let [first, early] = [world.first, early].map(|id| ledger.record(id).expect("counts"));
    assert!(ledger.is_before(first, early) && !ledger.is_before(early, first));
}

#[test]
fn records_of_one_commit_whose_heads_are_known_to_be_lost_are_concurrent() {
    let mut world = World::new();
    let gone = crate::memory::commit_id("gone");
    let on = world.commit;
    let lines = ["one", "other"].map(|reason| {
        crate::world::line(&mut world, "ada", "ada", on, &crate::claims::plan(reason), |header| {
            header.ledger = Some(gone);
        })
    });
    world.rewrite(|state| state.entry(on).or_default().extend(lines.iter().cloned()));
    world.memory.change_trust(|version| {
        version.known.heads.insert(gone);
    });
    let last = world.plan("grace", "after both");
    let ledger = world.memory.ledger();
    let id = |line: &String| git_qms::envelope::Envelope::parse(line.as_bytes()).expect("a line").record_id();
    let [one, other, first, last] =
        [id(&lines[0]), id(&lines[1]), world.first, last].map(|id| ledger.record(id).expect("counts"));
    assert!(!ledger.is_before(one, other) && !ledger.is_before(other, one) && !ledger.is_before(one, one));
    assert!(ledger.is_before(first, one) && ledger.is_before(one, last) && !ledger.is_before(one, first));
}
