//! What holds for all bytes: nothing panics, a line has one spelling, and no change of it goes unseen.

use ed25519_dalek::{Signer as _, SigningKey};
use git_qms::envelope::{Envelope, PublicKey, RawSignature, SignError, Signer};
use git_qms::record::{statement, strict};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A signer whose key is the same in every run.
struct Key {
    secret: SigningKey,
    public: PublicKey,
}

impl Key {
    fn new(seed: u8) -> Self {
        let secret = SigningKey::from_bytes(&[seed; 32]);
        let public = PublicKey::from_bytes(secret.verifying_key().as_bytes()).expect("a fresh key is strong");
        Self { secret, public }
    }
}

impl Signer for Key {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<RawSignature, SignError> {
        Ok(self.secret.sign(message).to_bytes().into())
    }
}

fn line(payload: &[u8], key: &Key) -> Vec<u8> {
    Envelope::sign(payload.to_vec(), key).expect("signs").to_line().into_bytes()
}

/// Whether `line` is read and carries a signature of `key`; what is read has to be its only spelling.
fn counts(line: &[u8], key: &Key) -> bool {
    let Ok(envelope) = Envelope::parse(line) else { return false };
    assert_eq!(envelope.to_line().as_bytes(), line, "a second spelling was read");
    envelope.is_signed_by(&key.public)
}

/// JSON values as records hold them: no null, no number without an exact double.
fn values() -> impl Strategy<Value = Value> {
    let largest = (1_i64 << 53) - 1;
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        (-largest..=largest).prop_map(Value::from),
        // Eighths are exact in decimal and binary.
        any::<i32>().prop_map(|eighths| Value::from(f64::from(eighths) / 8.0)),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 48, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            btree_map(any::<String>(), inner, 0..6).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

fn is_strict(text: &str) -> bool {
    strict::check(text.as_bytes()).is_ok()
}

/// `key` as a JSON string in which every character is escaped.
fn escaped(key: &str) -> String {
    let units: Vec<String> = key.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    format!("\"{}\"", units.concat())
}

fn nested(depth: usize, in_objects: &[bool]) -> String {
    let is_object = |level: usize| in_objects[level % in_objects.len()];
    let open = (0..depth).map(|level| if is_object(level) { "{\"a\":" } else { "[" });
    let close = (0..depth).rev().map(|level| if is_object(level) { "}" } else { "]" });
    open.chain(["1"]).chain(close).collect()
}

/// The payload of a checkpoint.
fn payload() -> Vec<u8> {
    let (commit, digest, time) = ("1".repeat(40), "2".repeat(64), "2026-04-13T09:30:00Z");
    let header = json!({
        "version": 1, "project": digest, "kind": "checkpoint", "tree": commit, "recorder": "ada", "trust": digest,
        "ledger": commit, "occurred": {"start": time, "end": time}, "recorded": time, "dirty": false,
    });
    let subject = json!({"name": "commit", "digest": {"gitCommit": commit}, "annotations": {"qms": header}});
    let statement = json!({
        "_type": statement::STATEMENT_TYPE, "subject": [subject],
        "predicateType": "urn:git-qms:checkpoint:v1", "predicate": {"occasion": "request"},
    });
    statement.to_string().into_bytes()
}

#[test]
fn no_single_byte_of_a_line_can_be_replaced_added_or_left_out() {
    let key = Key::new(1);
    let good = line(br#"{"a":1}"#, &key);
    assert!(counts(&good, &key));
    for at in 0..=good.len() {
        let (before, after) = good.split_at(at);
        let rest = after.get(1..).unwrap_or_default();
        for byte in 0..=u8::MAX {
            for other in [[before, &[byte], rest].concat(), [before, &[byte], after].concat()] {
                assert!(other == good || !counts(&other, &key), "byte {at}: {byte:#04x}");
            }
        }
        assert!(after.is_empty() || !counts(&[before, rest].concat(), &key), "byte {at} left out");
    }
}

#[test]
fn no_prefix_of_a_line_is_one() {
    let key = Key::new(1);
    let good = line(br#"{"a":1}"#, &key);
    for length in 0..good.len() {
        assert!(Envelope::parse(&good[..length]).is_err(), "{length} bytes");
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in vec(any::<u8>(), 0..400)) {
        let _ = Envelope::parse(&bytes);
        let _ = strict::check(&bytes);
        let _ = statement::parse(&bytes);
    }

    #[test]
    fn an_edited_statement_is_refused_or_another_record(at in any::<proptest::sample::Index>(), bytes in vec(any::<u8>(), 0..4)) {
        let good = payload();
        let record = statement::parse(&good).expect("a record");
        let at = at.index(good.len());
        let other = [&good[..at], &bytes, &good[at + 1..]].concat();
        prop_assume!(other != good);
        if let Ok(edited) = statement::parse(&other) {
            prop_assert!(strict::check(&other).is_ok());
            prop_assert_ne!(edited.id, record.id);
        }
    }

    #[test]
    fn an_envelope_is_read_back_as_written(payload in vec(any::<u8>(), 0..600), seed in any::<u8>()) {
        let key = Key::new(seed);
        let written = Envelope::sign(payload.clone(), &key).expect("signs");
        let read = Envelope::parse(written.to_line().as_bytes());
        prop_assert_eq!(read.as_ref(), Ok(&written));
        prop_assert_eq!(written.payload(), &payload[..]);
        prop_assert_eq!(written.keyid(), key.public.fingerprint());
        prop_assert!(written.is_signed_by(&key.public));
        prop_assert!(!written.is_signed_by(&Key::new(seed.wrapping_add(1)).public));
    }

    #[test]
    fn no_edit_of_a_line_counts(
        payload in vec(any::<u8>(), 0..300),
        at in any::<proptest::sample::Index>(),
        byte in any::<u8>(),
        edit in 0_u8..3,
    ) {
        let key = Key::new(1);
        let good = line(&payload, &key);
        let mut other = good.clone();
        match edit {
            0 => other[at.index(good.len())] = byte,
            1 => other.insert(at.index(good.len() + 1), byte),
            _ => drop(other.remove(at.index(good.len()))),
        }
        prop_assume!(other != good);
        prop_assert!(!counts(&other, &key));
    }

    #[test]
    fn a_signature_does_not_fit_another_payload(one in vec(any::<u8>(), 0..90), two in vec(any::<u8>(), 0..90)) {
        prop_assume!(one != two);
        let key = Key::new(1);
        let [one, two] = [one, two].map(|payload| String::from_utf8(line(&payload, &key)).expect("ASCII"));
        let cut = |line: &str| line.find("\",\"payloadType\"").expect("is there");
        let crossed = format!("{}{}", &one[..cut(&one)], &two[cut(&two)..]);
        prop_assert!(Envelope::parse(crossed.as_bytes()).is_ok());
        prop_assert!(!counts(crossed.as_bytes(), &key));
    }

    #[test]
    fn strict_json_reads_every_plain_value(value in values()) {
        for text in [value.to_string(), format!(" {value:#}\n")] {
            let read = strict::from_slice::<Value>(text.as_bytes());
            prop_assert_eq!(read.as_ref(), Ok(&value), "{}", text);
        }
    }

    #[test]
    fn strict_json_is_json_and_stays_strict_when_written_anew(
        value in values(),
        at in any::<proptest::sample::Index>(),
        other in r#"[\[\]{}:,"\\u0-9a-f.eE+\- \ntruefalsn]{0,4}"#,
    ) {
        let text = value.to_string();
        let (at, _) = text.char_indices().nth(at.index(text.chars().count())).expect("is there");
        let edited = format!("{}{other}{}", &text[..at], &text[at..]);
        if is_strict(&edited) {
            let read = serde_json::from_str::<Value>(&edited);
            prop_assert!(read.is_ok(), "{}", edited);
            prop_assert!(read.is_ok_and(|read| is_strict(&read.to_string())), "{}", edited);
        }
    }

    #[test]
    fn strict_json_ends_where_its_value_ends(value in values(), tail in "[^ \t\r\n]") {
        let text = json!([value]).to_string();
        let longer = format!("{text}{tail}");
        prop_assert!(!is_strict(&longer), "{}", longer);
        for length in 0..text.len() {
            prop_assert!(strict::check(&text.as_bytes()[..length]).is_err());
        }
    }

    #[test]
    fn strict_json_refuses_a_second_member_of_one_name(
        members in btree_map(any::<String>(), values(), 1..5),
        at in any::<proptest::sample::Index>(),
        spell_out in any::<bool>(),
        deep in 0_usize..20,
    ) {
        let key = members.keys().nth(at.index(members.len())).expect("is there");
        let again = if spell_out { escaped(key) } else { Value::from(key.as_str()).to_string() };
        let object = Value::from_iter(members.clone()).to_string();
        let twice = format!("{},{again}:1}}", &object[..object.len() - 1]);
        let at_depth = |object: &str| format!("{}{object}{}", "[".repeat(deep), "]".repeat(deep));
        prop_assert!(is_strict(&at_depth(&object)));
        let refusal = strict::check(at_depth(&twice).as_bytes()).expect_err("twice");
        prop_assert!(refusal.to_string().contains("duplicate key"), "{}", refusal);
    }

    #[test]
    fn strict_json_nests_to_its_limit(in_objects in vec(any::<bool>(), 1..8), depth in 1_usize..80) {
        let text = nested(depth, &in_objects);
        prop_assert_eq!(is_strict(&text), depth <= usize::from(strict::MAX_DEPTH), "{}", text);
    }

    #[test]
    fn strict_json_refuses_numbers_without_an_exact_double(number in (1_u64 << 53)..=u64::MAX, zeros in 0_usize..400) {
        for text in [format!("{number}"), format!("-{number}"), format!("{number}.5"), format!("1e{}", 16 + zeros)] {
            let text = format!("{{\"a\":[{text}]}}");
            prop_assert!(!is_strict(&text), "{}", text);
        }
    }

    #[test]
    fn strict_json_refuses_null_but_for_the_ledger(key in prop_oneof![Just("ledger".to_owned()), any::<String>()], deep in 1_usize..10) {
        let around = "{\"ledger\":".repeat(deep - 1);
        let text = format!("{around}{{{}:null{}", Value::from(key.as_str()), "}".repeat(deep));
        prop_assert_eq!(is_strict(&text), key == "ledger", "{}", text);
    }
}
