//! Doorstop: one YAML file an item, beside the `.doorstop.yml` of its document.
//!
//! Source: <https://doorstop.readthedocs.io/en/latest/reference/item.html>. An item in force is active and normative.
//! `reviewed` and the stamps of links are fingerprints; they are computed anew and compared.

use std::collections::BTreeSet;

use super::super::yaml::{self, Yaml};
use super::super::{Parent, Requirement, RequirementError, Review, Stamp};
use super::fingerprint::{Fingerprint, Keys};
use super::{Source, has_extension};

/// The file that makes a folder a document.
const SETTINGS: &str = ".doorstop.yml";

/// The largest one that is read, in bytes.
const MAX_SETTINGS: usize = 1 << 20;

pub(super) fn is_settings(path: &str) -> bool {
    path.rsplit('/').next() == Some(SETTINGS)
}

pub(super) fn sniff(path: &str, text: &str) -> bool {
    let begins = |key: &str| text.lines().any(|line| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':')));
    has_extension(path, &["yml", "yaml"])
        && !is_settings(path)
        && ["active", "normative", "level"].iter().all(|key| begins(key))
}

pub(super) fn read(source: &Source<'_>) -> Result<Vec<Requirement>, RequirementError> {
    let item = yaml::read(source.text).map_err(|(line, reason)| source.malformed(line, reason))?;
    let name = source.path.rsplit('/').next().unwrap_or(source.path);
    let name = name.rsplit_once('.').map_or(name, |(name, _)| name);
    let id = source.id(None, name)?;
    let keys = settings(source)?;
    let text = |key: &str| item.get(key).and_then(Yaml::text).unwrap_or_default();
    let truth = |key: &str, absent: &str| source.truth(None, key, item.get(key).and_then(Yaml::text).unwrap_or(absent));
    let parents = parents(source, &item)?;
    let fingerprint = Fingerprint { id: &id, item: &item, keys: &keys, parents: &parents };
    let reviewed = text("reviewed");
    let review = match fingerprint.of_item() {
        _ if reviewed.is_empty() || reviewed == "false" => Review::Missing,
        None => Review::Unknown,
        Some(now) if now == reviewed => Review::Reviewed,
        Some(_) => Review::Outdated,
    };
    let (header, body) = (text("header"), text("text"));
    // Where there is no header, Doorstop shows the first line of the text.
    let title = if header.trim().is_empty() { body.trim().lines().next().unwrap_or_default() } else { header };
    let mut found = source.requirement(id.clone(), title, body);
    found.stamp = fingerprint.of_text();
    found.review = review;
    found.critical = truth("critical", "false")?;
    found.active = truth("active", "true")? && truth("normative", "true")?;
    if let Some(status) = item.get("status").and_then(Yaml::text).filter(|status| !status.is_empty()) {
        found.active &= source.is_active(status);
        found.status = Some(status.to_owned());
    }
    found.parents = parents;
    Ok(vec![found])
}

/// The attributes that the document of an item adds to its fingerprint.
fn settings(source: &Source<'_>) -> Result<Keys, RequirementError> {
    let folder = source.path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let path = format!("{folder}{SETTINGS}");
    let unreadable = |reason| RequirementError::Unreadable { file: path.clone(), reason };
    let bytes = source.tree.read(&path, MAX_SETTINGS).map_err(unreadable)?;
    let bytes = bytes.ok_or_else(|| source.malformed(None, format!("there is no {path} beside it")))?;
    let text = String::from_utf8(bytes).map_err(|_| unreadable("is not UTF-8".into()))?;
    let settings = yaml::read(&text).map_err(|(line, reason)| RequirementError::Malformed {
        file: path.clone(),
        line,
        form: source.form,
        reason,
    })?;
    let reviewed = settings.get("attributes").and_then(|attributes| attributes.get("reviewed"));
    let keys = reviewed.and_then(Yaml::list).unwrap_or_default().iter().filter_map(Yaml::text);
    // Doorstop takes them in their order, each once.
    let keys: BTreeSet<String> = keys.map(str::to_owned).collect();
    Ok(keys.into_iter().collect())
}

/// Links: an id alone, or an id with the fingerprint of the parent.
fn parents(source: &Source<'_>, item: &Yaml) -> Result<Vec<Parent>, RequirementError> {
    let Some(links) = item.get("links") else { return Ok(Vec::new()) };
    let links = links.list().ok_or_else(|| source.malformed(None, "links is no list"))?;
    let mut parents = Vec::new();
    for link in links {
        let (id, stamp) = match link {
            Yaml::Map(entries) => match entries.as_slice() {
                [(id, stamp)] => (id.as_str(), stamp.text().unwrap_or_default()),
                _ => return Err(source.malformed(None, "a link with several ids")),
            },
            other => (other.text().unwrap_or_default(), ""),
        };
        let stamp = if stamp.is_empty() { Stamp::Missing } else { Stamp::Of(stamp.to_owned()) };
        parents.push(Parent { id: source.id(None, id)?, stamp });
    }
    Ok(parents)
}
