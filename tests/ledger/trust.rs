//! The trust chain, where only the ledger shows that it is not sound.

use git_qms::verify::{Code, Severity};

use crate::memory::SeedKey;
use crate::world::{World, chain, told};

const ERROR: Severity = Severity::Error;

#[test]
fn a_version_whose_ledger_is_behind_that_of_the_one_before_cuts_the_chain() {
    let mut world = World::new();
    let early = world.tip_id();
    world.plan("ada", "second");
    world.memory.change_trust(|_| ());
    world.memory.change_trust(|version| version.ledger = Some(early));
    let ledger = world.memory.ledger();
    assert_eq!(ledger.chain().links().len(), 2);
    assert_eq!(told(&ledger), [(Code::TrustUnknown, ERROR), (Code::TrustFault, ERROR)]);
}

#[test]
fn a_version_on_another_branch_of_the_ledger_cuts_the_chain() {
    let mut world = World::new();
    let fork = world.memory.head();
    world.memory.change_trust(|_| ());
    world.memory.checkout(fork);
    world.plan("grace", "meanwhile");
    let branch = (world.tip_id(), world.memory.head());
    world.memory.checkout(fork + 1);
    world.memory.merge(branch.1);
    world.plan("ada", "one more");
    world.memory.change_trust(|_| ());
    assert_eq!(world.told(), [], "one that contains both is fine");
    world.memory.change_trust(|version| version.ledger = Some(branch.0));
    assert!(world.told().contains(&(Code::TrustFault, ERROR)));
}

#[test]
fn a16_a_version_that_nobody_of_the_one_before_signed_is_refused_and_the_rest_is_used() {
    let mut world = World::new();
    let thief = SeedKey::of("mallory");
    world.forge_trust("mallory", |version| {
        version.members[0].keys = vec![git_qms::envelope::Signer::public_key(&thief).clone()];
    });
    let ledger = world.memory.ledger();
    assert_eq!(told(&ledger), [(Code::TrustFault, ERROR)]);
    assert_eq!(ledger.chain().links().len(), 1);
    assert_eq!(ledger.counts().valid, 2);
}

#[test]
fn a16_members_and_keys_of_a_version_that_was_cut_off_sign_nothing() {
    let mut world = World::new();
    let early = world.tip_id();
    world.plan("ada", "second");
    world.memory.change_trust(|_| ());
    world.memory.change_trust(|version| {
        version.ledger = Some(early);
        version.members.push(crate::memory::person("mallory", &["developer"]));
    });
    world.plan("mallory", "by a member of no version");
    let told = told(&world.memory.ledger());
    assert_eq!(told, [(Code::KeyUnknown, ERROR), (Code::TrustUnknown, ERROR), (Code::TrustFault, ERROR)]);
    assert_eq!(chain(&world).links().len(), 3, "without the ledger nothing is wrong with it");
}
