//! The `needs.json` of sphinx-needs: every version that was built; the current one counts.
//!
//! Source: <https://sphinx-needs.readthedocs.io/en/latest/builders.html>. A need is critical that has a truth in the
//! field `critical`, or the tag of that name; its revision is in the field `revision`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::super::{Parent, Requirement, RequirementError, Stamp};
use super::{Source, has_extension, json};

pub(super) fn sniff(path: &str, text: &str) -> bool {
    has_extension(path, &["json"]) && text.trim_start().starts_with('{') && text.contains("\"versions\"")
}

#[derive(Deserialize)]
struct File {
    current_version: String,
    versions: BTreeMap<String, Version>,
}

#[derive(Deserialize)]
struct Version {
    needs: BTreeMap<String, Need>,
    #[serde(default)]
    needs_schema: Option<Schema>,
}

#[derive(Deserialize)]
struct Schema {
    #[serde(default)]
    properties: BTreeMap<String, Property>,
}

#[derive(Deserialize)]
struct Property {
    field_type: Option<String>,
}

#[derive(Deserialize)]
struct Need {
    id: String,
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    title: String,
    /// `description` before sphinx-needs 5.
    #[serde(alias = "description", default)]
    content: String,
    status: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    is_external: bool,
    #[serde(flatten)]
    more: BTreeMap<String, Value>,
}

pub(super) fn read(source: &Source<'_>) -> Result<Vec<Requirement>, RequirementError> {
    let file: File = json::read(source.text.as_bytes()).map_err(|error| source.malformed(None, error.to_string()))?;
    let version = file.versions.get(&file.current_version).ok_or_else(|| {
        let known: Vec<&str> = file.versions.keys().map(String::as_str).collect();
        let reason =
            format!("the current version {:?} is not among its versions: {}", file.current_version, known.join(", "));
        source.malformed(None, reason)
    })?;
    let links = version.link_fields();
    let mut found = Vec::new();
    // Those of another project are shown, and belong to it.
    for need in version.needs.values().filter(|need| !need.is_external && source.is_wanted(&need.kind)) {
        let id = source.id(None, &need.id)?;
        let word = |name: &str| match need.more.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Bool(truth)) => truth.to_string(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        let mut requirement = source.requirement(id, &need.title, &need.content);
        requirement.kind = Some(need.kind.clone()).filter(|kind| !kind.is_empty());
        requirement.revision = Some(word("revision")).filter(|revision| !revision.is_empty());
        requirement.critical = source.truth(None, &format!("critical of {}", need.id), &word("critical"))?
            || need.tags.iter().any(|tag| tag.eq_ignore_ascii_case("critical"));
        requirement.active = need.status.as_deref().is_none_or(|status| source.is_active(status));
        requirement.status.clone_from(&need.status);
        for link in
            links.iter().filter_map(|field| need.more.get(*field)?.as_array()).flatten().filter_map(Value::as_str)
        {
            // REQ_7.1 is a part of REQ_7.
            let whole =
                if version.needs.contains_key(link) { link } else { link.split_once('.').map_or(link, |(id, _)| id) };
            requirement.parents.push(Parent { id: source.id(None, whole)?, stamp: Stamp::NotKept });
        }
        found.push(requirement);
    }
    Ok(found)
}

impl Version {
    /// The fields that hold links: `links`, and those that the project has added.
    fn link_fields(&self) -> Vec<&str> {
        let properties = self.needs_schema.iter().flat_map(|schema| &schema.properties);
        let added = properties.filter(|(_, property)| property.field_type.as_deref() == Some("links"));
        let mut fields: Vec<&str> = added.map(|(name, _)| name.as_str()).chain(["links"]).collect();
        fields.sort_unstable();
        fields.dedup();
        fields
    }
}
