use super::*;
use crate::envelope::Signer as _;
use crate::record::kind::Kind;
use crate::test_support::{TestKey, genesis, id, member};
use crate::trust::version::Thresholds;

fn signed(version: &TrustVersion, seeds: &[u8]) -> Vec<u8> {
    let mut envelope = TrustEnvelope::unsigned(version.to_payload().expect("sound"));
    for seed in seeds {
        envelope.add_signature(&TestKey::new(*seed)).expect("signs");
    }
    envelope.to_bytes()
}

fn next(of: &TrustVersion) -> TrustVersion {
    TrustVersion {
        version: of.version + 1,
        previous: Some(TrustDigest::of(&of.to_payload().expect("sound"))),
        ledger: Some(id(9)),
        nonce: None,
        ..of.clone()
    }
}

/// Two versions: what the second one's fault is.
fn fault(second: &TrustVersion, seeds: &[u8]) -> String {
    let first = signed(&genesis(), &[1]);
    let second = signed(second, seeds);
    let chain = Chain::check([(id(1), &first[..]), (id(2), &second[..])]).expect("the first is sound");
    assert_eq!(chain.links().len(), 1, "the chain is used up to its last sound version");
    chain.fault().expect("the second is not sound").to_string()
}

#[test]
fn a_second_version_signed_by_the_first_is_sound() {
    let first = genesis();
    let mut second = next(&first);
    second.members.push(member("grace", 2, &["qa"]));
    let (first, second) = (signed(&first, &[1]), signed(&second, &[1]));
    let chain = Chain::check([(id(1), &first[..]), (id(2), &second[..])]).expect("sound");
    assert!(chain.fault().is_none());
    assert_eq!(chain.newest().version.version, 2);
    assert_eq!(chain.holder(TestKey::new(2).public_key().fingerprint()).expect("held").1.as_str(), "grace");
}

#[test]
fn a_version_signed_by_nobody_of_the_one_before_is_refused() {
    let mut second = next(&genesis());
    second.members = vec![member("mallory", 7, &["root"])];
    assert!(fault(&second, &[7]).contains("0 of 1 root people of the version before"));
}

#[test]
fn a_skipped_version_number_is_refused() {
    let mut second = next(&genesis());
    second.version = 3;
    assert!(fault(&second, &[1]).contains("version 3, where 2"));
}

#[test]
fn two_keys_of_one_member_do_not_make_a_threshold_of_two() {
    let mut second = next(&genesis());
    second.members[0].keys.push(TestKey::new(5).public_key().clone());
    second.members.push(member("grace", 2, &["root"]));
    second.thresholds = Thresholds { root: 2 };
    assert!(fault(&second, &[1, 5]).contains("1 of 2 root people of its own"));
}

#[test]
fn a_removed_member_does_not_come_back_and_a_key_does_not_change_hands() {
    let first = genesis();
    let mut second = next(&first);
    second.members.push(member("grace", 2, &["qa"]));
    let mut third = next(&second);
    third.members.pop();
    let mut back = next(&third);
    back.members.push(member("grace", 3, &["qa"]));
    let mut reused = next(&third);
    reused.members.push(member("mallory", 2, &["qa"]));
    for (fourth, expected) in [(back, "member grace was removed"), (reused, "of mallory was in use before")] {
        let stored: Vec<_> = [&first, &second, &third, &fourth].map(|version| signed(version, &[1])).into();
        let chain = Chain::check(stored.iter().map(|bytes| (id(1), &bytes[..]))).expect("the first is sound");
        assert_eq!(chain.links().len(), 3);
        assert!(chain.fault().expect("a fault").reason.contains(expected));
    }
}

#[test]
fn a_threshold_that_nobody_can_reach_is_refused() {
    let mut version = genesis();
    version.thresholds = Thresholds { root: 2 };
    assert!(version.to_payload().expect_err("too few").to_string().contains("of whom there are 1"));
}

#[test]
fn addresses_with_pattern_characters_are_refused() {
    for email in ["*@example.com", "ada@example.com,eve@example.com", "a b@c", "ada", "-a@b"] {
        let mut version = genesis();
        version.members[0].emails = vec![email.into()];
        assert!(version.to_payload().is_err(), "{email}");
    }
}

#[test]
fn a_bot_cannot_be_root() {
    let mut version = genesis();
    version.members[0].kind = crate::trust::MemberType::Bot;
    assert!(version.to_payload().is_err());
}

#[test]
fn only_granted_kinds_may_be_signed() {
    let version = genesis();
    let (ada, key) = (&version.members[0].id, TestKey::new(1).public_key().clone());
    assert!(version.grants(ada, &key, Kind::Checkpoint));
    assert!(!version.grants(ada, &key, Kind::Deploy));
    assert!(!version.grants(ada, TestKey::new(2).public_key(), Kind::Checkpoint));
}

#[test]
fn a_key_that_is_known_to_be_stolen_signs_no_further_version() {
    let stolen = TestKey::new(1).public_key().fingerprint();
    let mut second = next(&genesis());
    second.members[0].keys.push(TestKey::new(5).public_key().clone());
    second.compromised.insert(stolen, id(9));
    assert!(fault(&second, &[1]).contains("0 of 1 root people of its own"));
    let third = next(&second);
    for (seed, links) in [(1, 2), (5, 3)] {
        let stored = [signed(&genesis(), &[1]), signed(&second, &[1, 5]), signed(&third, &[seed])];
        let chain = Chain::check(stored.iter().map(|bytes| (id(1), &bytes[..]))).expect("the first is sound");
        assert_eq!(chain.links().len(), links, "{:?}", chain.fault());
    }
}
