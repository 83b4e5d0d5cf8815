//! The components of a document: package URLs, digests and licences.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::ingest::purl;
use crate::ingest::sbom::Component;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Entry {
    bom_ref: Option<String>,
    purl: Option<String>,
    hashes: Option<Vec<Hash>>,
    licenses: Option<Vec<LicenseChoice>>,
    components: Option<Vec<Entry>>,
}

#[derive(Deserialize)]
struct Hash {
    alg: String,
    content: String,
}

#[derive(Deserialize)]
struct LicenseChoice {
    expression: Option<String>,
    license: Option<License>,
}

#[derive(Deserialize)]
struct License {
    id: Option<String>,
    name: Option<String>,
}

/// Components in the document's order, those inside another after it, and the package URL of each reference.
/// The depth of JSON is bounded.
pub(super) fn flatten(
    entries: Vec<Entry>,
    components: &mut Vec<Component>,
    by_ref: &mut BTreeMap<String, String>,
) -> Result<(), String> {
    for entry in entries {
        let mut component = Component {
            purl: entry.purl.filter(|text| purl::is_valid(text)),
            license: license(entry.licenses.unwrap_or_default()),
            ..Component::default()
        };
        for hash in entry.hashes.into_iter().flatten() {
            component.digest(&hash.alg, &hash.content)?;
        }
        if let (Some(name), Some(purl)) = (entry.bom_ref, &component.purl) {
            by_ref.insert(name, purl.clone());
        }
        components.push(component);
        flatten(entry.components.unwrap_or_default(), components, by_ref)?;
    }
    Ok(())
}

/// One expression, or every licence in the list.
fn license(choices: Vec<LicenseChoice>) -> Option<String> {
    let each = |choice: LicenseChoice| match (choice.expression, choice.license) {
        (Some(expression), _) => Some(expression),
        (None, Some(license)) => license.id.or(license.name),
        (None, None) => None,
    };
    let all: Vec<String> = choices.into_iter().filter_map(each).collect();
    match &all[..] {
        [] => None,
        [one] => Some(one.clone()),
        several => Some(several.iter().map(|one| format!("({one})")).collect::<Vec<_>>().join(" AND ")),
    }
}

/// The package that a reference means: of this document, or of another one by BOM-Link.
pub(super) fn package(name: &str, by_ref: &BTreeMap<String, String>) -> String {
    let within =
        if name.starts_with("urn:cdx:") { name.split_once('#').map(|(_, within)| decoded(within)) } else { None };
    let name = within.as_deref().unwrap_or(name);
    by_ref.get(name).cloned().unwrap_or_else(|| name.to_owned())
}

/// A fragment without its percent-encoding; one that is broken stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let digit = |at: usize| after.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        match (byte, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or(byte));
                rest = &after[2..];
            }
            _ => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}
