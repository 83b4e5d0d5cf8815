//! Corrections: what supersedes what, and what has no effect.

use git_qms::record::header::Supersedes;
use git_qms::record::kind::approval::Meaning;
use git_qms::record::{Claim, Header, RecordId};
use git_qms::verify::{Code, Severity};

use crate::claims;
use crate::world::{World, named, told};

fn corrects(record: RecordId) -> impl FnOnce(&mut Header) {
    move |header| header.supersedes = Some(Supersedes { record, reason: "a slip".into() })
}

fn without_effect(world: &World, earlier: RecordId, correction: RecordId) {
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), [(Code::SupersedesVoid, Severity::Warning)]);
    assert_eq!(named(&ledger, Code::SupersedesVoid), [correction]);
    assert_eq!(ledger.superseded_by(earlier), None);
    assert!(ledger.record(correction).is_some(), "it goes on counting for itself");
}

#[test]
fn a_correction_of_the_same_kind_and_commit_has_effect() {
    let mut world = World::new();
    let correction = world.forged("ada", "better", corrects(world.first));
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), []);
    assert_eq!(ledger.superseded_by(world.first), Some(correction));
}

#[test]
fn another_kind_corrects_nothing() {
    let mut world = World::new();
    let (first, on) = (world.first, world.commit);
    let claim = claims::approval("developer", Meaning::Reviewed, &[]);
    let correction = world.memory.record("ada", on, claim, corrects(first));
    without_effect(&world, first, correction);
}

#[test]
fn a_record_on_another_commit_corrects_nothing() {
    let mut world = World::new();
    let (first, other) = (world.first, world.memory.commit("two", "one"));
    let correction = world.memory.record("ada", other, claims::plan("elsewhere"), corrects(first));
    without_effect(&world, first, correction);
}

#[test]
fn what_comes_first_or_at_the_same_time_corrects_nothing() {
    let mut world = World::new();
    let fork = world.memory.head();
    let there = world.plan("ada", "on one branch");
    let one = world.memory.head();
    world.memory.checkout(fork);
    let correction = world.forged("grace", "on the other", corrects(there));
    world.memory.merge(one);
    without_effect(&world, there, correction);
}

#[test]
fn nobody_corrects_the_approval_of_another() {
    let mut world = World::new();
    let on = world.commit;
    let approval = world.memory.record("grace", on, claims::approval("qa", Meaning::Rejected, &[]), |_| ());
    let claim = claims::approval("developer", Meaning::Approved, &[]);
    let correction = world.memory.record("ada", on, claim, corrects(approval));
    without_effect(&world, approval, correction);
}

#[test]
fn one_corrects_ones_own_approval() {
    let mut world = World::new();
    let on = world.commit;
    let approval = world.memory.record("grace", on, claims::approval("qa", Meaning::Rejected, &[]), |_| ());
    let claim = claims::approval("qa", Meaning::Approved, &[]);
    let correction = world.memory.record("grace", on, claim, corrects(approval));
    assert_eq!(world.memory.ledger().superseded_by(approval), Some(correction));
}

#[test]
fn a_record_that_does_not_count_is_not_corrected() {
    let mut world = World::new();
    let nothing = RecordId::of(b"nothing");
    let correction = world.forged("ada", "of what?", corrects(nothing));
    without_effect(&world, nothing, correction);
}

#[test]
fn a33_what_binds_for_ever_is_not_corrected() {
    use git_qms::record::kind::checkpoint::{Checkpoint, Occasion};
    let finals: [fn(&str) -> Claim; 3] = [
        |text| claims::ratification(text),
        |_| Claim::Checkpoint(Checkpoint { occasion: Occasion::Request }),
        |text| {
            Claim::Release(git_qms::record::kind::release::Release {
                tag: "payments@1+c".parse().expect("a tag name"),
                object: git_qms::record::TagId::from_bytes(&[7; 20]).expect("20 bytes"),
                manifest: git_qms::record::FileDigest::of(text.as_bytes()),
            })
        },
    ];
    for claim in finals {
        let mut world = World::new();
        let on = world.commit;
        let first = world.memory.record("ada", on, claim("one"), |_| ());
        let correction = world.memory.record("ada", on, claim("two"), corrects(first));
        without_effect(&world, first, correction);
    }
}

#[test]
fn a_second_correction_that_says_it_comes_later_does_not_put_the_first_one_off() {
    let mut world = World::new();
    let first = corrects(world.first);
    let correction = world.forged("ada", "better", first);
    let again = corrects(world.first);
    world.forged("grace", "in a hundred years", |header| {
        header.recorded = "2126-01-01T00:00:00Z".parse().expect("a time");
        again(header);
    });
    assert_eq!(world.memory.ledger().superseded_by(world.first), Some(correction));
}

#[test]
fn e16_a_chain_of_corrections_leaves_the_last_one_standing() {
    let mut world = World::new();
    let second = world.forged("ada", "better", corrects(world.first));
    let third = world.forged("grace", "best", corrects(second));
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), []);
    assert_eq!(ledger.superseded_by(world.first), Some(second));
    assert_eq!(ledger.superseded_by(second), Some(third));
    assert_eq!(ledger.superseded_by(third), None);
    // All three stay.
    assert!([world.first, second, third].iter().all(|id| ledger.record(*id).is_some()));
}

#[test]
fn e16_what_a_correction_corrected_does_not_come_back_when_it_is_corrected_itself() {
    let mut world = World::new();
    let second = world.forged("ada", "better", corrects(world.first));
    world.forged("ada", "no, otherwise", corrects(second));
    assert_eq!(world.memory.ledger().superseded_by(world.first), Some(second));
}

#[test]
fn e16_two_corrections_of_one_record_both_stand_and_it_stays_superseded() {
    let mut world = World::new();
    let one = world.forged("ada", "one", corrects(world.first));
    let other = world.forged("grace", "other", corrects(world.first));
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), []);
    assert_eq!(ledger.superseded_by(world.first), Some(one));
    assert_eq!((ledger.superseded_by(one), ledger.superseded_by(other)), (None, None));
}

#[test]
fn e16_concurrent_corrections_of_one_record_both_stand() {
    let mut world = World::new();
    let fork = world.memory.head();
    let one = world.forged("ada", "on one branch", corrects(world.first));
    let there = world.memory.head();
    world.memory.checkout(fork);
    let other = world.forged("grace", "on the other", corrects(world.first));
    world.memory.merge(there);
    let ledger = world.memory.ledger();
    assert!([Some(one), Some(other)].contains(&ledger.superseded_by(world.first)));
    assert_eq!((ledger.superseded_by(one), ledger.superseded_by(other)), (None, None));
}

/// An id is the digest of what it names, so that only the later of two can name the other.
#[test]
fn e16_a_record_that_names_what_comes_after_it_corrects_nothing() {
    let mut world = World::new();
    let to_come = RecordId::of(b"a record that cannot know that it is named");
    let early = world.forged("ada", "before its time", corrects(to_come));
    let late = world.forged("grace", "back", corrects(early));
    let ledger = world.memory.ledger();
    assert_eq!(named(&ledger, Code::SupersedesVoid), [early]);
    assert_eq!((ledger.superseded_by(early), ledger.superseded_by(late)), (Some(late), None));
}

#[test]
fn e16_whoever_may_sign_a_kind_may_correct_it() {
    let mut world = World::new();
    let correction = world.forged("grace", "by another developer", corrects(world.first));
    assert_eq!(world.memory.ledger().superseded_by(world.first), Some(correction));
}
