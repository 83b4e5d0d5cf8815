//! Whether the signer was still allowed to at the place where the record stands.

use git_qms::envelope::Signer as _;
use git_qms::record::kind::approval::Meaning;
use git_qms::record::{CommitId, Kind, RecordId, TrustDigest};
use git_qms::verify::{Code, Severity};

use crate::claims;
use crate::memory::SeedKey;
use crate::world::{World, named, told};

const ERROR: Severity = Severity::Error;
/// It was there when the version came that voids it.
const RETROACTIVE: (Code, Severity) = (Code::EndedRetroactively, Severity::Info);

fn first_version(world: &World) -> TrustDigest {
    TrustDigest::of(&world.memory.versions[0].2.to_payload().expect("sound"))
}

fn approve(world: &mut World, trust: Option<TrustDigest>) -> RecordId {
    let claim = claims::approval("qa", Meaning::Approved, &[]);
    world.memory.record("grace", world.commit, claim, |header| {
        if let Some(trust) = trust {
            header.trust = trust;
        }
    })
}

#[test]
fn old_records_of_a_removed_member_stay_valid() {
    let mut world = World::new();
    let old = approve(&mut world, None);
    world.memory.change_trust(|version| version.members.truncate(1));
    world.plan("ada", "after she left");
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), []);
    assert!(ledger.record(old).is_some());
}

#[test]
fn a29_a_removed_member_who_names_the_old_version_is_refused() {
    let mut world = World::new();
    world.memory.change_trust(|version| version.members.truncate(1));
    let old = first_version(&world);
    let record = approve(&mut world, Some(old));
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), [(Code::RoleEnded, ERROR)]);
    assert_eq!(named(&ledger, Code::RoleEnded), [record]);
    assert!(ledger.record(record).is_none());
}

#[test]
fn a29_neither_does_signing_over_an_old_head_help() {
    let mut world = World::new();
    let before: CommitId = world.tip_id();
    world.memory.change_trust(|version| version.members.truncate(1));
    let (old, on) = (first_version(&world), world.commit);
    world.memory.record("grace", on, claims::approval("qa", Meaning::Approved, &[]), |header| {
        header.trust = old;
        header.ledger = Some(before);
    });
    assert_eq!(world.told(), [(Code::RoleEnded, ERROR)]);
}

#[test]
fn a29_nor_a_branch_from_before_the_removal() {
    let mut world = World::new();
    let before = world.memory.head();
    world.memory.change_trust(|version| version.members.truncate(1));
    let (old, after) = (first_version(&world), world.memory.head());
    world.memory.checkout(before);
    let record = approve(&mut world, Some(old));
    let branch = world.memory.head();
    world.memory.checkout(after);
    world.memory.merge(branch);
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), [(Code::RoleEnded, ERROR)]);
    assert!(ledger.record(record).is_none());
}

#[test]
fn a_role_taken_away_ends_what_it_allowed() {
    let mut world = World::new();
    let kept = approve(&mut world, None);
    world.memory.change_trust(|version| {
        version.members[1].roles.remove("qa");
    });
    let old = first_version(&world);
    let late = approve(&mut world, Some(old));
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), [(Code::RoleEnded, ERROR)]);
    assert!(ledger.record(kept).is_some() && ledger.record(late).is_none());
}

#[test]
fn a_grant_taken_away_ends_what_it_allowed() {
    let mut world = World::new();
    world.memory.change_trust(|version| {
        version.grants.remove(&Kind::Plan);
    });
    let old = first_version(&world);
    world.forged("grace", "too late", |header| header.trust = old);
    assert_eq!(world.told(), [(Code::RoleEnded, ERROR)]);
}

#[test]
fn a_key_taken_away_signs_nothing_more() {
    let mut world = World::new();
    let spare = SeedKey::of("spare").public_key().clone();
    let kept = approve(&mut world, None);
    world.memory.change_trust(|version| version.members[1].keys = vec![spare]);
    let old = first_version(&world);
    let late = approve(&mut world, Some(old));
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), [(Code::RoleEnded, ERROR)]);
    assert!(ledger.record(kept).is_some() && ledger.record(late).is_none());
}

#[test]
fn a_role_that_comes_later_does_not_reach_back() {
    let mut world = World::new();
    let before = world.memory.head();
    world.memory.change_trust(|version| {
        version.members[0].roles.insert("qa".parse().expect("a role"));
    });
    let (granted, after) = (world.memory.versions[1].2.to_payload().expect("sound"), world.memory.head());
    // Under the new version it is fine.
    let claim = claims::approval("qa", Meaning::Approved, &[]);
    world.memory.record("ada", world.commit, claim.clone(), |_| ());
    assert_eq!(world.told(), []);
    // Under the old one it is not, wherever it stands.
    world.memory.checkout(after);
    let old = first_version(&world);
    assert_ne!(old, TrustDigest::of(&granted));
    world.memory.record("ada", world.commit, claim, |header| header.trust = old);
    assert_eq!(world.told(), [(Code::RoleMissing, ERROR)]);
    assert!(before < after);
}

#[test]
fn a12_records_of_a_compromised_key_count_up_to_the_named_head_only() {
    let mut world = World::new();
    let before = world.plan("grace", "before the theft");
    let head = world.tip_id();
    let after = world.plan("grace", "by the thief");
    let stolen = SeedKey::of("grace").public_key().fingerprint();
    world.memory.change_trust(|version| {
        version.compromised.insert(stolen, head);
    });
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), [(Code::KeyCompromised, ERROR), RETROACTIVE]);
    assert_eq!(named(&ledger, Code::KeyCompromised), [after]);
    assert!(ledger.record(before).is_some() && ledger.record(after).is_none());
    assert!(ledger.record(world.first).is_some(), "other keys are sound");
}

#[test]
fn a12_a_later_version_does_not_lift_the_limit() {
    let mut world = World::new();
    let head = world.tip_id();
    world.plan("grace", "by the thief");
    let stolen = SeedKey::of("grace").public_key().fingerprint();
    world.memory.change_trust(|version| {
        version.compromised.insert(stolen, head);
    });
    world.memory.change_trust(|version| version.compromised.clear());
    assert_eq!(world.told(), [(Code::KeyCompromised, ERROR), RETROACTIVE]);
}

#[test]
fn a12_a_compromise_up_to_a_head_that_is_gone_voids_everything_of_the_key() {
    let mut world = World::new();
    let before = world.plan("grace", "before");
    let stolen = SeedKey::of("grace").public_key().fingerprint();
    world.memory.change_trust(|version| {
        version.compromised.insert(stolen, crate::memory::commit_id("nowhere"));
    });
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), [(Code::KeyCompromised, ERROR), RETROACTIVE]);
    assert_eq!(named(&ledger, Code::KeyCompromised), [before]);
}
