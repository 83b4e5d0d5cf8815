//! The ledger begins with the checkpoint of trust version 1, alone, and only once.

use git_qms::record::kind::checkpoint::{Checkpoint, Occasion};
use git_qms::record::{Claim, CommitId, TrustDigest};
use git_qms::verify::{Code, Severity};

use crate::claims;
use crate::memory::commit_id;
use crate::world::{World, told};

const ERROR: Severity = Severity::Error;

#[test]
fn two_roots_are_refused() {
    let mut world = World::new();
    let own = world.memory.head();
    let mut state = crate::memory::State::default();
    state.entry(world.commit).or_default().insert("garbage".to_owned());
    world.memory.append(Vec::new(), state);
    let other = world.memory.head();
    for (one, two) in [(own, other), (other, own)] {
        world.memory.checkout(one);
        world.memory.merge(two);
        assert_eq!(world.told(), [(Code::EnvelopeForm, ERROR), (Code::LedgerRoot, ERROR)]);
    }
}

#[test]
fn the_first_checkpoint_stands_alone_in_the_root() {
    let mut world = World::new();
    let line = world.line_of(world.first);
    // The root is made anew with a second note in it.
    world.memory.commits.truncate(1);
    world.memory.commits[0].2.entry(world.commit).or_default().insert("garbage".to_owned());
    world.memory.checkout(0);
    world.put(world.commit, &line);
    assert_eq!(world.told(), [(Code::EnvelopeForm, ERROR), (Code::LedgerRoot, ERROR)]);
}

#[test]
fn the_first_checkpoint_stands_alone_in_its_note() {
    let mut world = World::new();
    world.memory.commits[0].2.entry(commit_id("trust 1")).or_default().insert("garbage".to_owned());
    let told = world.told();
    assert!(told.contains(&(Code::LedgerRoot, ERROR)), "{told:?}");
}

#[test]
fn a_ledger_that_does_not_begin_with_the_checkpoint_is_refused() {
    let mut world = World::new();
    let checkpoint = world.memory.commits[0].2.clone();
    world.memory.commits[0].2.clear();
    world.memory.commits[0].2.entry(world.commit).or_default().insert("garbage".to_owned());
    for at in 1..world.memory.commits.len() {
        let note = world.memory.commits[at].2.entry(world.commit).or_default();
        note.insert("garbage".to_owned());
    }
    assert_eq!(checkpoint.len(), 1);
    let told = world.told();
    assert!(told.contains(&(Code::LedgerRoot, ERROR)), "{told:?}");
    assert!(told.contains(&(Code::HeadNotBefore, ERROR)), "the checkpoint came second: {told:?}");
}

#[test]
fn an_empty_ledger_is_missing() {
    let mut world = World::new();
    world.memory.head = None;
    world.memory.commits.clear();
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), [(Code::LedgerMissing, ERROR), (Code::TrustCheckpointMissing, ERROR)]);
    assert!(ledger.tip().is_none());
}

#[test]
fn a_trust_version_without_its_checkpoint_is_told() {
    let mut world = World::new();
    let head = world.memory.head();
    world.memory.change_trust(|_| ());
    world.memory.checkout(head);
    assert_eq!(world.told(), [(Code::TrustCheckpointMissing, ERROR)]);
}

#[test]
fn a_plain_checkpoint_does_not_pin_a_trust_version() {
    let mut world = World::new();
    let head = world.memory.head();
    world.memory.change_trust(|_| ());
    world.memory.checkout(head);
    let claim = Claim::Checkpoint(Checkpoint { occasion: Occasion::Request });
    world.memory.record("ada", commit_id("trust 2"), claim, |_| ());
    assert_eq!(world.told(), [(Code::TrustCheckpointMissing, ERROR)]);
}

#[test]
fn a_checkpoint_under_another_version_does_not_pin_this_one() {
    let mut world = World::new();
    let head = world.memory.head();
    world.memory.change_trust(|_| ());
    world.memory.checkout(head);
    let claim = Claim::Checkpoint(Checkpoint { occasion: Occasion::Trust });
    let first = TrustDigest::of(&world.memory.versions[0].2.to_payload().expect("sound"));
    world.memory.record("ada", commit_id("trust 2"), claim, |header| header.trust = first);
    assert_eq!(world.told(), [(Code::TrustCheckpointMissing, ERROR)]);
}

#[test]
fn a_plan_is_not_the_first_checkpoint() {
    let mut world = World::new();
    world.memory.commits.clear();
    world.memory.head = None;
    world.memory.record("ada", world.commit, claims::plan("first of all"), |_| ());
    assert_eq!(
        world.told(),
        [(Code::HeadNotBefore, ERROR), (Code::LedgerRoot, ERROR), (Code::TrustCheckpointMissing, ERROR)]
    );
}

/// A ledger that begins with this record, signed over nothing.
fn begun_with(world: &mut World, on: CommitId, claim: Claim, trust: TrustDigest) {
    world.memory.commits.clear();
    world.memory.head = None;
    world.memory.record("ada", on, claim, |header| header.trust = trust);
    let told = world.told();
    assert!(told.contains(&(Code::HeadNotBefore, ERROR)), "{told:?}");
}

#[test]
fn only_a_checkpoint_of_version_1_on_its_own_commit_begins_a_ledger() {
    let checkpoint = |occasion| Claim::Checkpoint(Checkpoint { occasion });
    let mut world = World::new();
    let (own, other) = (commit_id("trust 1"), world.commit);
    world.memory.change_trust(|_| ());
    let version = |at: usize| TrustDigest::of(&world.memory.versions[at].2.to_payload().expect("sound"));
    let [first, second] = [0, 1].map(version);
    begun_with(&mut world, own, claims::plan("first of all"), first);
    begun_with(&mut world, own, checkpoint(Occasion::Request), first);
    begun_with(&mut world, own, checkpoint(Occasion::Trust), second);
    begun_with(&mut world, other, checkpoint(Occasion::Trust), first);
    world.memory.commits.clear();
    world.memory.head = None;
    world.memory.record("ada", own, checkpoint(Occasion::Trust), |header| header.trust = first);
    assert!(!world.told().contains(&(Code::HeadNotBefore, ERROR)), "this one does");
}
