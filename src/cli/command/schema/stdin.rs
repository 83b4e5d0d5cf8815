//! The schema of what `git qms record KIND -` reads, put together from those of the specification: all in one piece, so
//! that a validator needs nothing else.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::SCHEMAS;
use crate::cli::error::{Error, Result};
use crate::record::input::{RECORDED, has_artifacts, has_detail};
use crate::record::kind::Kind;

/// The members of the header that are the recorder's to say.
const PLACE: [&str; 7] = ["occurred", "service", "environment", "release", "change", "source", "supersedes"];

/// The schema for a kind, by its name.
pub(super) fn schema(name: &str) -> Result<Value> {
    let kind = RECORDED.into_iter().find(|kind| kind.as_str() == name).ok_or_else(|| {
        let names: Vec<&str> = RECORDED.iter().map(|kind| kind.as_str()).collect();
        Error::new(format!("no {name:?} record is read from standard input"))
            .hint(format!("these kinds are: {}", names.join(", ")))
    })?;
    of(kind)
}

fn of(kind: Kind) -> Result<Value> {
    let header = document("header")?;
    let mut properties = Map::new();
    for name in PLACE {
        properties.insert(name.to_owned(), header["properties"][name].clone());
    }
    let mut required = vec!["predicate"];
    if has_artifacts(kind) {
        properties.insert("artifacts".to_owned(), artifacts(kind));
        required.extend((kind == Kind::Build).then_some("artifacts"));
    }
    if has_detail(kind) {
        properties.insert("detail".to_owned(), reference(&format!("{kind}-detail")));
        required.push("detail");
    }
    properties.insert("predicate".to_owned(), reference(kind.as_str()));
    if kind == Kind::Test {
        // It follows from the detail.
        required.retain(|name| *name != "predicate");
    }
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("urn:git-qms:schema:{kind}-stdin:v1"),
        "title": format!("What git qms record {kind} - reads from standard input"),
        "description": "Options on the command line go over service, environment, release, change, occurred, source and supersedes",
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    let definitions = definitions(&schema)?;
    schema["$defs"] = definitions.into();
    Ok(schema)
}

fn artifacts(kind: Kind) -> Value {
    json!({
        "type": "array",
        "minItems": usize::from(kind == Kind::Build),
        "items": {
            "type": "object",
            "properties": {
                "name": {"type": "string", "minLength": 1},
                "sha256": {"$ref": "urn:git-qms:schema:common:v1#/$defs/sha256"},
            },
            "required": ["name", "sha256"],
            "additionalProperties": false,
        },
    })
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("urn:git-qms:schema:{name}:v1")})
}

fn document(name: &str) -> Result<Value> {
    let found = SCHEMAS.iter().find(|(known, _)| *known == name);
    let (_, text) = found.ok_or_else(|| Error::new(format!("there is no schema {name:?}")))?;
    serde_json::from_str(text).map_err(|error| Error::new(format!("schema {name}: {error}")))
}

/// Every document that is referred to, and what these refer to.
fn definitions(root: &Value) -> Result<Map<String, Value>> {
    let mut definitions = Map::new();
    let mut open = referred(root);
    while let Some(name) = open.pop_first() {
        let document = document(&name)?;
        open.extend(referred(&document).into_iter().filter(|other| *other != name && !definitions.contains_key(other)));
        definitions.insert(name, document);
    }
    Ok(definitions)
}

fn referred(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Object(members) => {
            let name = |text: &str| Some(text.strip_prefix("urn:git-qms:schema:")?.split(':').next()?.to_owned());
            let own = members.get("$ref").and_then(Value::as_str).and_then(name);
            members.values().flat_map(referred).chain(own).collect()
        }
        Value::Array(items) => items.iter().flat_map(referred).collect(),
        _ => BTreeSet::new(),
    }
}

#[cfg(test)]
mod tests;
