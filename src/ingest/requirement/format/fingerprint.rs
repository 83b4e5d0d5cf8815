//! The fingerprint by which Doorstop tells whether a text is the one that was reviewed.
//!
//! Source: `Item.stamp` and `Stamp.digest` of Doorstop: SHA-256, in URL-safe base64, over the id, the text, the
//! reference, for a review the ids of its links too, and what the document adds, each as Python writes it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use sha2::{Digest as _, Sha256};

use super::super::Parent;
use super::super::yaml::Yaml;
use crate::record::RequirementId;

/// The attributes that a document adds to the fingerprint of its items.
pub(super) type Keys = Vec<String>;

/// An item, about to be fingerprinted.
pub(super) struct Fingerprint<'a> {
    pub(super) id: &'a RequirementId,
    pub(super) item: &'a Yaml,
    pub(super) keys: &'a Keys,
    pub(super) parents: &'a [Parent],
}

impl Fingerprint<'_> {
    /// What a link to it carries. `None` where it rests on a value that Python would write in a way not known here.
    pub(super) fn of_text(&self) -> Option<String> {
        self.of(&[])
    }

    /// What its review carries.
    pub(super) fn of_item(&self) -> Option<String> {
        let mut links: Vec<&str> = self.parents.iter().map(|parent| parent.id.as_str()).collect();
        links.sort_by_key(|id| order(id));
        self.of(&links)
    }

    fn of(&self, links: &[&str]) -> Option<String> {
        let text = |key: &str| self.item.get(key).and_then(Yaml::text).unwrap_or_default();
        let mut hash = Sha256::new();
        hash.update(self.id.as_str());
        hash.update(stripped(text("text")));
        hash.update(text("ref").trim());
        if let Some(references) = self.item.get("references").and_then(Yaml::list).filter(|all| !all.is_empty()) {
            hash.update(references_as_python(references)?);
        }
        for id in links {
            hash.update(id);
        }
        for value in self.keys.iter().filter_map(|key| self.item.get(key)) {
            hash.update(added(value)?);
        }
        Some(URL_SAFE.encode(hash.finalize()))
    }
}

/// Ids sort by what stands before their number, then by that number.
fn order(id: &str) -> (String, u64, String) {
    let prefix = id.trim_end_matches(|c: char| c.is_ascii_digit());
    (prefix.to_lowercase(), id[prefix.len()..].parse().unwrap_or(0), id.to_owned())
}

/// Without empty lines around it, and without blanks at the end of lines.
fn stripped(text: &str) -> String {
    text.trim_matches('\n').split('\n').map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// `[{'type': 'file', 'path': 'a.txt'}]`.
fn references_as_python(references: &[Yaml]) -> Option<String> {
    let one = |reference: &Yaml| {
        let of = |key: &str| reference.get(key).and_then(Yaml::text);
        let (kind, path) = (quoted(of("type")?)?, quoted(of("path")?.trim())?);
        let mut text = format!("{{'type': {kind}, 'path': {path}");
        for key in ["keyword", "sha"] {
            if let Some(value) = of(key) {
                text.extend([", '", key, "': ", &quoted(value)?]);
            }
        }
        Some(text + "}")
    };
    let all: Option<Vec<String>> = references.iter().map(one).collect();
    Some(format!("[{}]", all?.join(", ")))
}

/// Text in single quotes, where nothing in it has to be written otherwise.
fn quoted(text: &str) -> Option<String> {
    let is_plain = text.chars().all(|c| matches!(c, ' '..='~') && c != '\'' && c != '\\');
    is_plain.then(|| format!("'{text}'"))
}

/// A value that a document adds: its type and its text.
fn added(value: &Yaml) -> Option<String> {
    let of = |kind: &str, text: &str| Some(format!("\\T<class '{kind}'>\\V{}", text.replace('\\', "\\\\")));
    match value {
        Yaml::Text(text) => of("str", text),
        Yaml::Plain(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" => of("bool", "True"),
            "false" | "no" | "off" => of("bool", "False"),
            "" | "null" | "~" => of("NoneType", "None"),
            word if is_integer(word) => of("int", word),
            // Dates, fractions and other bases.
            word if word.starts_with(|c: char| c.is_ascii_digit() || ".+-=<".contains(c)) => None,
            _ => of("str", text),
        },
        Yaml::List(list) => {
            let all: Option<Vec<String>> = list.iter().map(added).collect();
            Some(format!("\\L{}", all?.concat()))
        }
        Yaml::Map(entries) => {
            let mut sorted: Vec<_> = entries.iter().collect();
            sorted.sort_by(|a, b| a.0.cmp(&b.0));
            let all: Option<Vec<String>> = sorted.into_iter().map(|(_, value)| added(value)).collect();
            Some(format!("\\D{}", all?.concat()))
        }
    }
}

/// A decimal integer that Python writes as it stands.
fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_short = digits.len() < 18 && (digits == "0" || !digits.starts_with('0'));
    is_short && !digits.is_empty() && text != "-0" && digits.bytes().all(|byte| byte.is_ascii_digit())
}
