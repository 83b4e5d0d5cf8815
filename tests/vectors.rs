//! The vectors of `tests/vectors`: what the format accepts, and refuses for which reason.
//!
//! They were made by another implementation (`tests/interop/make_vectors.py`).

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use git_qms::envelope::pae::pre_authentication_encoding;
use git_qms::envelope::{Envelope, PAYLOAD_TYPE, PublicKey};
use git_qms::record::{
    ChangeRef, CommitId, Kind, LineDigest, MemberId, Name, RequirementId, TagName, header, kind, statement, strict,
};
use git_qms::trust::{Chain, TrustEnvelope};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Expect {
    Accept,
    Reject,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    name: String,
    #[serde(default, rename = "comment")]
    _comment: String,
    expect: Expect,
    /// A part of our message; the word `signature` alone where the form holds and the signature does not.
    reason: Option<String>,
    // The input, in one of three forms.
    text: Option<String>,
    base64: Option<String>,
    pieces: Option<Vec<(String, usize)>>,
    // What a reader learns from an accepted one, by group.
    key: Option<String>,
    keyid: Option<String>,
    payload: Option<String>,
    pae: Option<String>,
    record: Option<String>,
    line: Option<String>,
    kind: Option<String>,
    versions: Option<Vec<String>>,
    digests: Option<Vec<String>>,
    grammar: Option<String>,
}

impl Vector {
    fn input(&self) -> Vec<u8> {
        match (&self.text, &self.base64, &self.pieces) {
            (Some(text), None, None) => text.clone().into_bytes(),
            (None, Some(encoded), None) => STANDARD.decode(encoded).expect("base64"),
            (None, None, Some(pieces)) => {
                pieces.iter().map(|(text, count)| text.repeat(*count)).collect::<String>().into_bytes()
            }
            _ => panic!("{}: needs one of text, base64 and pieces", self.name),
        }
    }

    fn utf8(&self) -> String {
        String::from_utf8(self.input()).expect("UTF-8")
    }
}

fn vectors_of(group: &str) -> Vec<Vector> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(format!("{group}.json"));
    let text = std::fs::read(path).expect("the group's file");
    let vectors: Vec<Vector> = serde_json::from_slice(&text).expect("vectors");
    assert!(vectors.len() > 20, "{group}: only {} vectors", vectors.len());
    vectors
}

/// Holds each vector of a group against what `read` says of it.
fn check(group: &str, read: impl Fn(&Vector) -> Result<(), String>) {
    let vectors = vectors_of(group);
    let mut wrong = Vec::new();
    for vector in &vectors {
        let reason = vector.reason.as_deref();
        match (&vector.expect, read(vector)) {
            (Expect::Accept, Ok(())) if reason.is_none() => {}
            (Expect::Reject, Err(message)) if reason.is_some_and(|reason| message.contains(reason)) => {}
            (_, Ok(())) => wrong.push(format!("{}: accepted", vector.name)),
            (_, Err(message)) => wrong.push(format!("{}: {message:?}, expected {reason:?}", vector.name)),
        }
    }
    assert!(wrong.is_empty(), "{group}:\n{}", wrong.join("\n"));
}

fn text<E: std::fmt::Display>(error: E) -> String {
    error.to_string()
}

#[test]
fn envelopes() {
    check("envelope", |vector| {
        let key: PublicKey = vector.key.as_deref().expect("a key").parse().map_err(text)?;
        assert_eq!(vector.keyid, Some(key.fingerprint().to_string()), "{}", vector.name);
        let envelope = Envelope::parse(&vector.input()).map_err(text)?;
        if !envelope.is_signed_by(&key) {
            return Err("signature".into());
        }
        let pae = pre_authentication_encoding(PAYLOAD_TYPE, envelope.payload());
        assert_eq!(vector.payload, Some(STANDARD.encode(envelope.payload())), "{}", vector.name);
        assert_eq!(vector.pae, Some(STANDARD.encode(pae)), "{}", vector.name);
        assert_eq!(vector.record, Some(envelope.record_id().to_string()), "{}", vector.name);
        assert_eq!(vector.line, Some(LineDigest::of(&vector.input()).to_string()), "{}", vector.name);
        assert_eq!(envelope.to_line().into_bytes(), vector.input(), "{}", vector.name);
        Ok(())
    });
}

#[test]
fn strict_json() {
    check("strict-json", |vector| strict::check(&vector.input()).map_err(text));
}

#[test]
fn statements() {
    check("statement", |vector| {
        let record = statement::parse(&vector.input()).map_err(text)?;
        assert_eq!(vector.kind.as_deref(), Some(record.header.kind.as_str()), "{}", vector.name);
        assert_eq!(vector.record, Some(record.id.to_string()), "{}", vector.name);
        Ok(())
    });
}

#[test]
fn keys() {
    check("key", |vector| {
        let key: PublicKey = vector.utf8().parse().map_err(text)?;
        assert_eq!(vector.keyid, Some(key.fingerprint().to_string()), "{}", vector.name);
        assert_eq!(key.to_string(), vector.utf8(), "{}", vector.name);
        Ok(())
    });
}

#[test]
fn test_keys_are_the_documented_secrets() {
    let secret = ed25519_dalek::SigningKey::from_bytes(&[1; 32]);
    let key = PublicKey::from_bytes(secret.verifying_key().as_bytes()).expect("a strong key");
    let known = STANDARD.encode(key.to_wire());
    let group = include_str!("vectors/key.json");
    assert!(group.contains(&known), "{known}");
}

/// A chain's last version is the one that is not sound; what comes before it stays in use.
#[test]
fn trust_chains() {
    check("trust", |vector| {
        let versions = vector.versions.iter().flatten();
        let stored: Vec<_> = versions.map(|version| STANDARD.decode(version).expect("base64")).collect();
        let commit: CommitId = "ab".repeat(20).parse().expect("an id");
        let chain = Chain::check(stored.iter().map(|bytes| (commit, &bytes[..]))).map_err(text)?;
        if let Some(fault) = chain.fault() {
            assert_eq!(chain.links().len(), stored.len() - 1, "{}", vector.name);
            return Err(fault.to_string());
        }
        let digests: Vec<_> = chain.links().iter().map(|link| link.digest.to_string()).collect();
        assert_eq!(vector.digests.as_ref(), Some(&digests), "{}", vector.name);
        Ok(())
    });
}

#[test]
fn names() {
    check("name", |vector| {
        let name = vector.utf8();
        match vector.grammar.as_deref().expect("a grammar") {
            "name" => name.parse::<Name>().map(drop).map_err(text),
            "member" => name.parse::<MemberId>().map(drop).map_err(text),
            "change" => name.parse::<ChangeRef>().map(drop).map_err(text),
            "requirement" => name.parse::<RequirementId>().map(drop).map_err(text),
            "release" => name.parse::<TagName>().map(drop).map_err(text),
            other => panic!("no grammar {other}"),
        }
    });
}

/// A writer of every kind leaves the bytes that the other implementation wrote.
#[test]
fn what_is_written_is_what_was_read() {
    let vectors: Vec<Vector> = serde_json::from_str(include_str!("vectors/statement.json")).expect("vectors");
    let mut kinds = std::collections::BTreeSet::new();
    // These two differ by what a reader has to bear and no writer of ours does.
    let others = ["members_in_another_order", "white_space"];
    for vector in vectors.iter().filter(|vector| vector.reason.is_none() && !others.contains(&&*vector.name)) {
        let record = statement::parse(&vector.input()).expect("accepted");
        let written = statement::write(record.commit, &record.header, &record.artifacts, &record.claim);
        assert_eq!(String::from_utf8(written.expect("writes")).expect("UTF-8"), vector.utf8(), "{}", vector.name);
        kinds.insert(record.header.kind);
    }
    assert_eq!(kinds.len(), Kind::ALL.len(), "a kind without an accepted vector");
}

/// Rules that JSON Schema cannot express; `docs/spec/schema/README.md` lists them.
const BEYOND_SCHEMA: [&str; 12] = [
    "version_fraction",
    "recorded_no_such_day",
    "test_more_flaky_than_passed",
    "test_more_disabled_than_skipped",
    "test_more_unexpected_passes_than_ran",
    "test_covered_above_total",
    "scan_more_named_than_set_aside",
    "analysis_counts_that_do_not_add_up",
    "incident_restored_before_detected",
    "incident_closed_before_restored",
    "defect_closed_before_detected",
    "header_duplicate_key",
];

fn schemas() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/spec/schema");
    let entries = std::fs::read_dir(folder).expect("the schemas").map(|entry| entry.expect("an entry").path());
    let files = entries.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    files
        .map(|path| {
            let schema: Value = serde_json::from_slice(&std::fs::read(&path).expect("readable")).expect("JSON");
            (schema["$id"].as_str().expect("an $id").to_owned(), schema)
        })
        .collect()
}

/// Objects of a schema that describe one, and leave open what else may be in it.
fn open_objects(schema: &Value, at: &str, found: &mut Vec<String>) {
    match schema {
        Value::Object(members) => {
            let told = members.get("type").is_some_and(|of| of == "object") && members.contains_key("properties");
            if told && members.get("additionalProperties") != Some(&Value::Bool(false)) {
                found.push(at.to_owned());
            }
            members.iter().for_each(|(name, value)| open_objects(value, &format!("{at}/{name}"), found));
        }
        Value::Array(items) => items.iter().for_each(|value| open_objects(value, at, found)),
        _ => {}
    }
}

#[test]
fn schemas_are_valid_and_closed() {
    let schemas = schemas();
    let mut open = Vec::new();
    for (id, schema) in &schemas {
        assert!(jsonschema::meta::is_valid(schema), "{id}");
        open_objects(schema, id, &mut open);
    }
    assert!(open.is_empty(), "{open:?}");
    for kind in Kind::ALL {
        let id = format!("urn:git-qms:schema:{kind}:v1");
        assert!(schemas.iter().any(|(found, _)| *found == id), "{id}");
    }
}

#[test]
fn schemas_agree_with_the_vectors() {
    let schemas = schemas();
    let registry = schemas
        .iter()
        .try_fold(jsonschema::Registry::new(), |registry, (id, schema)| registry.add(id.as_str(), schema))
        .and_then(jsonschema::RegistryBuilder::prepare)
        .expect("a registry");
    let statement = serde_json::json!({"$ref": "urn:git-qms:schema:statement:v1"});
    let validator = jsonschema::options().with_registry(&registry).build(&statement).expect("a validator");
    let vectors: Vec<Vector> = serde_json::from_str(include_str!("vectors/statement.json")).expect("vectors");
    let mut blind = Vec::new();
    for vector in &vectors {
        let payload: Value = serde_json::from_slice(&vector.input()).expect("JSON, if not strict");
        match vector.expect {
            Expect::Accept => {
                let errors: Vec<_> = validator.iter_errors(&payload).map(text).collect();
                assert!(errors.is_empty(), "{}: {errors:?}", vector.name);
            }
            Expect::Reject if validator.is_valid(&payload) => blind.push(vector.name.as_str()),
            Expect::Reject => {}
        }
    }
    assert_eq!(blind, BEYOND_SCHEMA);

    let trust = serde_json::json!({"$ref": "urn:git-qms:schema:trust:v1"});
    let validator = jsonschema::options().with_registry(&registry).build(&trust).expect("a validator");
    let vectors: Vec<Vector> = serde_json::from_str(include_str!("vectors/trust.json")).expect("vectors");
    for vector in vectors.iter().filter(|vector| vector.reason.is_none()) {
        for version in vector.versions.iter().flatten() {
            let stored = TrustEnvelope::parse(&STANDARD.decode(version).expect("base64")).expect("an envelope");
            let payload: Value = serde_json::from_slice(stored.payload()).expect("JSON");
            let errors: Vec<_> = validator.iter_errors(&payload).map(text).collect();
            assert!(errors.is_empty(), "{}: {errors:?}", vector.name);
        }
    }
}

/// Where the members of `value` do not stand in the order of the schema's properties.
fn disorder(schemas: &[(String, Value)], schema: &Value, value: &Value, found: &mut Vec<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let (id, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        let target = schemas.iter().find(|(found, _)| found == id).map(|(_, schema)| schema);
        return match target.and_then(|target| target.pointer(pointer)) {
            Some(target) => disorder(schemas, target, value, found),
            None => assert!(id.is_empty(), "no schema {reference}"),
        };
    }
    match value {
        Value::Object(members) => {
            let Some(properties) = schema["properties"].as_object() else { return };
            let place = |name: &String| properties.keys().position(|property| property == name);
            if !members.keys().map(place).is_sorted() {
                found.push(members.keys().cloned().collect::<Vec<_>>().join(","));
            }
            for (name, member) in members {
                disorder(schemas, &properties[name], member, found);
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                let first = schema["prefixItems"].get(at);
                disorder(schemas, first.unwrap_or(&schema["items"]), item, found);
            }
        }
        _ => {}
    }
}

#[test]
fn schemas_list_members_in_the_order_they_are_written() {
    let schemas = schemas();
    let schema = |id: &str| &schemas.iter().find(|(found, _)| found == id).expect("a schema").1;
    let vectors: Vec<Vector> = serde_json::from_str(include_str!("vectors/statement.json")).expect("vectors");
    let accepted = |vector: &&Vector| vector.reason.is_none() && vector.name != "members_in_another_order";
    let mut found = Vec::new();
    for vector in vectors.iter().filter(accepted) {
        let payload: Value = serde_json::from_slice(&vector.input()).expect("JSON");
        disorder(&schemas, schema("urn:git-qms:schema:statement:v1"), &payload, &mut found);
        let kind = vector.kind.as_deref().expect("a kind");
        disorder(&schemas, schema(&format!("urn:git-qms:schema:{kind}:v1")), &payload["predicate"], &mut found);
    }
    assert!(found.is_empty(), "{found:?}");
}

/// Spells out what the specification repeats in words.
#[test]
fn limits_of_the_specification() {
    assert_eq!(git_qms::envelope::MAX_LINE, 1 << 20);
    assert_eq!(strict::MAX_DEPTH, 32);
    assert_eq!(statement::MAX_SUBJECTS, 10_000);
    assert_eq!(header::VERSION, 1);
    assert_eq!((kind::test::MAX_NAMED_CASES, kind::test::MAX_COVERED_FILES), (1_000, 5_000));
    assert_eq!((kind::scan::MAX_FINDINGS, kind::analysis::MAX_FINDINGS), (1_000, 1_000));
    assert_eq!(kind::findings::MAX_SET_ASIDE, 500);
    assert_eq!((git_qms::verify::MAX_NOTE_BYTES, git_qms::verify::MAX_NOTE_LINES), (4 << 20, 1_000));
}

/// A statement is read in one pass, and strict JSON is checked by another one: what the first accepts, the second does.
#[test]
fn every_statement_that_is_read_is_strict_json() {
    let (mut loose, mut read) = (0, 0);
    let accepted = vectors_of("statement").into_iter().filter(|vector| matches!(vector.expect, Expect::Accept));
    for text in accepted.map(|vector| vector.utf8()) {
        for (key, value) in members(&text) {
            let member = &text[key..value.end];
            let with =
                |range: std::ops::Range<usize>, new: &str| [&text[..range.start], new, &text[range.end..]].concat();
            let deep = format!("{}{}", "[".repeat(40), "]".repeat(40));
            let mutants = [
                with(value.clone(), "null"),
                with(value.clone(), "9007199254740992"),
                with(value.clone(), "-9007199254740992"),
                with(value.clone(), "1e300"),
                with(value.clone(), &deep),
                with(key..key, &format!("{member},")),
                with(key..key, &format!("{},", escaped_key(member))),
                with(key..key, "\"unknown\":null,"),
            ];
            for mutant in mutants {
                let strict = strict::check(mutant.as_bytes());
                let parsed = statement::parse(mutant.as_bytes());
                loose += usize::from(strict.is_err());
                read += usize::from(parsed.is_ok());
                assert!(strict.is_ok() || parsed.is_err(), "{strict:?}: {mutant}");
            }
        }
    }
    assert!(loose > 1_000, "{loose} texts that are not strict");
    assert!(read > 0, "no other text was read: the mutants prove nothing");
}

/// Where each member of each object of a JSON text begins, and its value.
fn members(text: &str) -> Vec<(usize, std::ops::Range<usize>)> {
    let (mut found, mut quote, mut key) = (Vec::new(), None, 0);
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], quote) {
            (b'"', None) => quote = Some(at),
            (b'\\', Some(_)) => at += 1,
            (b'"', Some(start)) => (key, quote) = (start, None),
            (b':', None) => {
                let mut values = serde_json::Deserializer::from_str(&text[at + 1..]).into_iter::<Value>();
                assert!(values.next().is_some_and(|value| value.is_ok()), "JSON");
                found.push((key, at + 1..at + 1 + values.byte_offset()));
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// A member whose key's first letter is written as an escape.
fn escaped_key(member: &str) -> String {
    let first = member.as_bytes()[1];
    format!("\"\\u{:04x}{}", first, &member[2..])
}
