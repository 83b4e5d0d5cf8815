//! Step 3: every signed head comes before the place where its record stands.

use git_qms::verify::{Code, Outcome, Severity};

use crate::claims;
use crate::memory::commit_id;
use crate::world::{World, named, told};

const ERROR: Severity = Severity::Error;

#[test]
fn a02_a_signed_head_that_is_gone_is_named() {
    let mut world = World::new();
    let lost = world.plan("ada", "lost");
    let pinned_by = world.plan("grace", "after it");
    // The history is written anew without the lost line.
    let line = world.line_of(pinned_by);
    world.memory.checkout(1);
    world.put(world.commit, &line);
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), [(Code::HeadGone, ERROR)]);
    assert_eq!(named(&ledger, Code::HeadGone), [pinned_by]);
    assert!(ledger.record(pinned_by).is_none() && ledger.record(lost).is_none());
}

#[test]
fn a_known_lost_head_lets_its_record_count_where_it_was_introduced() {
    let mut world = World::new();
    let gone = commit_id("lost with a disk");
    let record = world.forged("grace", "over a lost head", |header| header.ledger = Some(gone));
    let after = world.plan("ada", "after it");
    assert_eq!(world.told(), [(Code::HeadGone, ERROR)]);
    world.memory.change_trust(|version| {
        version.known.heads.insert(gone);
    });
    let ledger = world.memory.ledger();
    assert_eq!(Outcome::of(ledger.findings()), Outcome::Pass);
    let [first, record, after] = [world.first, record, after].map(|id| ledger.record(id).expect("counts"));
    assert!(ledger.is_before(first, record), "its place is where it was introduced");
    assert!(ledger.is_before(record, after));
    assert!(!ledger.is_before(after, record));
}

#[test]
fn a28_a_record_introduced_in_a_branch_without_its_head_is_refused() {
    let mut world = World::new();
    let fork = world.memory.head();
    world.plan("ada", "on one branch");
    let head = world.tip_id();
    let one = world.memory.head();
    world.memory.checkout(fork);
    // Signed over the head of the other branch, introduced in this one; then the two are united.
    let record = world.forged("grace", "elsewhere", |header| header.ledger = Some(head));
    world.memory.merge(one);
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), [(Code::HeadNotBefore, ERROR)]);
    assert_eq!(named(&ledger, Code::HeadNotBefore), [record]);
    assert!(ledger.record(record).is_none());
}

#[test]
fn a28_one_branch_with_the_head_does_not_make_up_for_another_without() {
    let mut world = World::new();
    let fork = world.memory.head();
    world.plan("ada", "on one branch");
    let record = world.plan("grace", "rightly there");
    let (line, one) = (world.line_of(record), world.memory.head());
    world.memory.checkout(fork);
    world.put(world.commit, &line);
    world.memory.merge(one);
    assert_eq!(world.told(), [(Code::HeadNotBefore, ERROR)]);
}

#[test]
fn a_record_signed_over_the_very_commit_that_introduces_it_is_refused() {
    let mut world = World::new();
    let own = commit_id(&format!("ledger {}", world.memory.commits.len()));
    world.forged("ada", "over itself", |header| header.ledger = Some(own));
    assert_eq!(world.told(), [(Code::HeadNotBefore, ERROR)]);
}

#[test]
fn only_the_first_checkpoint_is_signed_over_nothing() {
    let mut world = World::new();
    world.forged("ada", "over nothing", |header| header.ledger = None);
    assert_eq!(world.told(), [(Code::HeadNotBefore, ERROR)]);
}

#[test]
fn a_later_trust_checkpoint_over_nothing_is_refused() {
    use git_qms::record::Claim;
    use git_qms::record::kind::checkpoint::{Checkpoint, Occasion};
    let mut world = World::new();
    let again = Claim::Checkpoint(Checkpoint { occasion: Occasion::Trust });
    world.memory.record("ada", commit_id("trust 1"), again, |header| header.ledger = None);
    assert_eq!(world.told(), [(Code::HeadNotBefore, ERROR)]);
}

#[test]
fn a_head_that_a_trust_version_names_and_that_is_gone_is_told() {
    let mut world = World::new();
    world.memory.change_trust(|version| version.ledger = Some(commit_id("gone")));
    assert_eq!(world.told(), [(Code::HeadGone, ERROR)]);
    world.memory.change_trust(|version| {
        version.known.heads.insert(commit_id("gone"));
    });
    assert_eq!(world.told(), [(Code::HeadGone, Severity::Info)]);
}

#[test]
fn a_rolled_back_ledger_is_told_by_the_trust() {
    let mut world = World::new();
    let before = world.memory.head();
    world.memory.record("ada", world.commit, claims::plan("second"), |_| ());
    world.memory.change_trust(|_| ());
    world.memory.checkout(before);
    assert_eq!(world.told(), [(Code::HeadGone, ERROR), (Code::TrustCheckpointMissing, ERROR)]);
}

#[test]
fn a37_what_nothing_pins_is_lost_unseen_and_seen_as_soon_as_something_does() {
    let mut world = World::new();
    let fork = world.memory.head();
    let lost = world.plan("grace", "on one side");
    let side = world.memory.head();
    world.memory.checkout(fork);
    world.plan("ada", "on the other");
    let kept = world.memory.head();
    let ledger = world.memory.ledger();
    assert!(ledger.record(lost).is_none());
    assert_eq!(told(&ledger), [], "the limit that the documents name");
    world.memory.merge(side);
    let pin = world.plan("ada", "over both");
    let line = world.line_of(pin);
    world.memory.checkout(kept);
    world.put(world.commit, &line);
    assert_eq!(world.told(), [(Code::HeadGone, ERROR)]);
}
