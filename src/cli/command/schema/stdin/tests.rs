//! The schema and the reader say the same of every object, both ways.

use serde_json::{Value, json};

use super::*;
use crate::record::input;

/// What JSON Schema cannot say: which rule the reader then names. Whatever else the two judge differently is a fault.
const BEYOND: [&str; 15] = [
    // Strict JSON, before any schema.
    "2^53",
    "null is not allowed",
    "duplicate key",
    // To a schema 1.0 is an integer.
    "floating point",
    // A day that does not exist, though each of its digits may stand there.
    "is not of the form",
    // What two members say of each other.
    "flaky of",
    "disabled or failed as expected of",
    "unexpected passes of",
    " set aside, ",
    "are listed or omitted",
    "coverage:",
    "is before",
    "by the counts of the suites",
    "are counted",
    "sizes of",
];

fn validator(kind: Kind) -> jsonschema::Validator {
    // Nothing but the schema itself: it is in one piece.
    jsonschema::validator_for(&of(kind).expect("a schema")).expect("a sound schema")
}

/// The statements of the vectors that are about a kind which is read, as somebody would put them.
fn objects() -> Vec<(Kind, String, bool, Value)> {
    let text = include_str!("../../../../../tests/vectors/statement.json");
    let vectors: Vec<Value> = serde_json::from_str(text).expect("vectors");
    let mut objects = Vec::new();
    for vector in vectors {
        let Some(text) = vector["text"].as_str() else { continue };
        let Ok(statement) = serde_json::from_str::<Value>(text) else { continue };
        let header = &statement["subject"][0]["annotations"]["qms"];
        let Some(Ok(kind)) = header["kind"].as_str().map(str::parse::<Kind>) else { continue };
        if !input::RECORDED.contains(&kind) {
            continue;
        }
        let mut object = json!({"predicate": statement["predicate"]});
        for name in PLACE.iter().filter(|name| header.get(**name).is_some()) {
            object[*name] = header[*name].clone();
        }
        if let Some(detail) = header.get(format!("urn:git-qms:{kind}:v1")) {
            object["detail"] = detail.clone();
        }
        if has_artifacts(kind) {
            object["artifacts"] = json!([{"name": "dist/payments.tar.gz", "sha256": "ab".repeat(32)}]);
        }
        let name = vector["name"].as_str().expect("a name").to_owned();
        objects.push((kind, name, vector["expect"] == "accept", object));
    }
    objects
}

/// Both ways: what the schema admits is read, what it does not is refused.
fn agree(kind: Kind, what: &str, validator: &jsonschema::Validator, object: &Value) {
    let read = input::read(kind, object.to_string().as_bytes());
    let valid = validator.is_valid(object);
    match read {
        Ok(_) => assert!(valid, "{kind}, {what}: read, and not valid: {:?}", validator.iter_errors(object).next()),
        Err(misfit) if valid => {
            let told = misfit.to_string();
            assert!(BEYOND.iter().any(|rule| told.contains(rule)), "{kind}, {what}: valid, and refused: {told}");
        }
        Err(_) => {}
    }
}

#[test]
fn every_vector_is_judged_alike() {
    let objects = objects();
    for kind in input::RECORDED {
        let validator = validator(kind);
        let mut accepted = 0;
        for (_, name, accept, object) in objects.iter().filter(|(of, ..)| *of == kind) {
            agree(kind, name, &validator, object);
            // Its result is FAILED, by no count of its own: the format bears that, and no writer of ours does.
            if *accept && name != "test_coverage_alone" {
                let read = input::read(kind, object.to_string().as_bytes());
                assert!(read.is_ok(), "{name}: {read:?}");
                accepted += 1;
            }
        }
        assert!(accepted > 0, "no object of kind {kind}");
    }
}

/// Every place in a value, by JSON pointer.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| places(value, &format!("{at}/{name}"), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| places(value, &format!("{at}/{index}"), found));
        }
        _ => {}
    }
}

/// Takes away, adds, and replaces, at every place of every kind's fullest object.
#[test]
fn every_change_of_an_object_is_judged_alike() {
    let values = [
        json!("x"),
        json!(""),
        json!(" \t"),
        json!("a b"),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(9_007_199_254_740_992_u64),
        json!(true),
        json!([]),
        json!({}),
        json!(["x"]),
        json!("2026-02-30T00:00:00Z"),
        json!("2026-04-13T09:30:00Z"),
        json!("ab".repeat(20)),
        json!("ab".repeat(32)),
        json!("AB".repeat(32)),
        json!("urn:git-qms:build-type:recorded:v1"),
    ];
    let mut judged = 0;
    for kind in input::RECORDED {
        let validator = validator(kind);
        let objects = objects();
        let of_kind = objects.iter().filter(|(of, _, accept, _)| *of == kind && *accept);
        let (_, _, _, full) = of_kind.max_by_key(|(.., object)| object.to_string().len()).expect("an object");
        let mut full = full.clone();
        full["occurred"] = json!({"start": "2026-04-13T09:30:00Z", "end": "2026-04-13T09:31:00Z"});
        full["service"] = json!("payments-api");
        full["source"] = json!({"system": "github", "run": "77", "ref": "refs/heads/main"});
        full["supersedes"] = json!({"record": "ab".repeat(32), "reason": "a slip"});
        let mut all = Vec::new();
        places(&full, "", &mut all);
        for place in all {
            for value in &values {
                let mut changed = full.clone();
                *changed.pointer_mut(&place).expect("a place") = value.clone();
                agree(kind, &format!("{place} = {value}"), &validator, &changed);
            }
            let mut changed = full.clone();
            if let Some(members) = changed.pointer_mut(&place).and_then(Value::as_object_mut) {
                members.insert("unheardOf".to_owned(), json!(1));
                agree(kind, &format!("{place}/unheardOf"), &validator, &changed);
            }
            if let Some((parent, name)) = place.rsplit_once('/') {
                let mut changed = full.clone();
                if let Some(members) = changed.pointer_mut(parent).and_then(Value::as_object_mut) {
                    members.remove(name);
                    agree(kind, &format!("without {place}"), &validator, &changed);
                }
            }
            judged += values.len() + 2;
        }
    }
    assert!(judged > 3_000, "{judged}");
}

#[test]
fn a_kind_with_a_command_of_its_own_has_no_such_schema() {
    for name in ["approval", "gate", "policy", "release", "checkpoint", "header", "plna"] {
        assert!(schema(name).is_err(), "{name}");
    }
}
