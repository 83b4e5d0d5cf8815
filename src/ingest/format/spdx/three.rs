//! SPDX 3.0: a graph of elements. Only JSON-LD in the compact form of the published context is read, by
//! the names that it gives; no context is fetched or expanded.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use super::Parts;
use crate::ingest::error::IngestError;
use crate::ingest::format::Source;
use crate::ingest::purl;
use crate::ingest::sbom::Component;

/// Where the published contexts are.
const CONTEXT: &str = "https://spdx.org/rdf/3.0";

#[derive(Deserialize)]
pub(super) struct Document {
    #[serde(rename = "@context")]
    context: Value,
    #[serde(rename = "@graph")]
    graph: Vec<Element>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Element {
    #[serde(rename = "type", alias = "@type")]
    kind: Option<String>,
    spdx_id: Option<String>,
    #[serde(rename = "rootElement")]
    roots: Option<Vec<String>>,
    #[serde(rename = "software_packageUrl")]
    package_url: Option<String>,
    external_identifier: Option<Vec<Identifier>>,
    verified_using: Option<Vec<Hash>>,
    #[serde(rename = "simplelicensing_licenseExpression")]
    expression: Option<String>,
    from: Option<String>,
    to: Option<Vec<String>>,
    relationship_type: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identifier {
    external_identifier_type: Option<String>,
    identifier: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Hash {
    algorithm: Option<String>,
    hash_value: Option<String>,
}

pub(super) fn read(source: &Source, document: &Document) -> Result<Parts, IngestError> {
    let context = document.context.as_str().unwrap_or_default();
    let Some(minor) = context.strip_prefix(CONTEXT) else {
        let context: String = document.context.to_string().chars().take(80).collect();
        return Err(source.malformed(format!("@context {context} is not the published one of SPDX 3.0")));
    };
    let is = |element: &Element, kind: &str| element.kind.as_deref() == Some(kind);
    let mut roots = BTreeSet::new();
    let mut expressions = BTreeMap::new();
    let mut licensed: BTreeMap<&str, (bool, &str)> = BTreeMap::new();
    let mut id = None;
    for element in &document.graph {
        if is(element, "SpdxDocument") || is(element, "software_Sbom") {
            roots.extend(element.roots.iter().flatten().map(String::as_str));
        }
        if is(element, "SpdxDocument") {
            id.clone_from(&element.spdx_id);
        }
        if let (Some(id), Some(expression)) = (&element.spdx_id, &element.expression) {
            expressions.insert(id.as_str(), expression.as_str());
        }
        let concluded = element.relationship_type.as_deref() == Some("hasConcludedLicense");
        if concluded || element.relationship_type.as_deref() == Some("hasDeclaredLicense") {
            let (from, to) = (element.from.as_deref(), element.to.as_deref().unwrap_or_default().first());
            if let (Some(from), Some(to)) = (from, to) {
                let known = licensed.entry(from).or_insert((concluded, to));
                // What was concluded comes before what was declared.
                if concluded && !known.0 {
                    *known = (true, to);
                }
            }
        }
    }
    let packages: Vec<&Element> = document.graph.iter().filter(|element| is(element, "software_Package")).collect();
    if packages.is_empty() {
        return Err(source.nothing("has no software_Package"));
    }
    let is_root = |element: &&&Element| element.spdx_id.as_deref().is_some_and(|id| roots.contains(id));
    let only_roots = packages.iter().all(|element| is_root(&element));
    let mut components = Vec::new();
    for element in packages.iter().filter(|element| only_roots || !is_root(element)) {
        let license = element.spdx_id.as_deref().and_then(|id| expressions.get(licensed.get(id)?.1));
        let others = element.external_identifier.iter().flatten();
        let others = others.filter(|one| one.external_identifier_type.as_deref() == Some("packageUrl"));
        let mut purls = element.package_url.iter().chain(others.filter_map(|one| one.identifier.as_ref()));
        let mut component = Component {
            purl: purls.find(|text| purl::is_valid(text)).cloned(),
            license: license.map(|text| (*text).to_owned()),
            ..Component::default()
        };
        for hash in element.verified_using.iter().flatten() {
            if let (Some(algorithm), Some(value)) = (&hash.algorithm, &hash.hash_value) {
                component.digest(algorithm, value).map_err(|reason| source.malformed(reason))?;
            }
        }
        components.push(component);
    }
    let minor: String = minor.chars().take_while(|each| each.is_ascii_digit() || *each == '.').take(6).collect();
    Ok((format!("SPDX 3.0{minor}"), id, None, components))
}
