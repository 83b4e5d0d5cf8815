//! Records on commits that cannot be read any more: they count only by tree, and all else that is known of them stands.

use git_qms::record::kind::release::Release;
use git_qms::record::{Claim, FileDigest, TagId};
use git_qms::release::releases;
use git_qms::verify::{Annotated, Code, Severity};

use crate::world::{World, told};

const ERROR: Severity = Severity::Error;

#[test]
fn a29_a_trust_ref_rolled_back_in_a_fresh_clone_is_told_by_the_checkpoint_on_the_lost_commit() {
    let mut world = World::new();
    world.memory.change_trust(|version| version.members.retain(|member| member.id.as_str() != "grace"));
    let (commit, ..) = world.memory.versions.pop().expect("a second version");
    world.memory.annotated.insert(commit, Annotated::Orphaned(None));
    assert!(world.told().contains(&(Code::TrustUnknown, ERROR)), "{:?}", world.told());
}

#[test]
fn a01_a_line_removed_from_a_commit_that_is_gone_is_removed_all_the_same() {
    let mut world = World::new();
    world.memory.remove(world.first);
    world.memory.annotated.insert(world.commit, Annotated::Orphaned(None));
    assert_eq!(world.told(), [(Code::LineRemoved, ERROR)]);
}

#[test]
fn a02_a_record_on_a_commit_that_is_gone_goes_on_pinning_the_ledger() {
    let mut world = World::new();
    world.forged("ada", "over what was rewritten", |header| header.ledger = Some(crate::memory::commit_id("cut off")));
    world.memory.annotated.insert(world.commit, Annotated::Orphaned(None));
    assert!(world.told().contains(&(Code::HeadGone, ERROR)), "{:?}", world.told());
}

#[test]
fn a15_a_policy_on_a_commit_that_is_gone_is_incomplete_and_does_not_revive_the_one_before() {
    let mut world = World::new();
    let commit = world.memory.commit("two", "two");
    world.memory.record("ada", commit, crate::claims::ratification("strict"), |_| ());
    world.memory.annotated.insert(commit, Annotated::Orphaned(None));
    assert_eq!(world.told(), [(Code::Unverifiable, Severity::Incomplete)]);
}

#[test]
fn a10_a_release_on_a_commit_that_is_gone_goes_on_binding_its_tag() {
    let mut world = World::new();
    let commit = world.memory.commit("two", "two");
    let tag = "payments@1+c".parse().expect("a tag name");
    let claim = Release { tag, object: TagId::from_bytes(&[7; 20]).expect("20 bytes"), manifest: FileDigest::of(b"") };
    world.memory.record("grace", commit, Claim::Release(claim), |_| ());
    world.memory.annotated.insert(commit, Annotated::Orphaned(None));
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), [(Code::Unverifiable, Severity::Info)]);
    assert_eq!(releases(&ledger).count(), 1);
    let found = git_qms::release::check_releases(&ledger, &[], None);
    assert_eq!(found.iter().map(|finding| finding.code).collect::<Vec<_>>(), [Code::TagMissing]);
}
