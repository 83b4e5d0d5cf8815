//! SPDX 2.2 and 2.3 in JSON, and SPDX 3.0 in JSON-LD: a bill of materials.
//!
//! Sources: <https://spdx.github.io/spdx-spec/v2.3/>, <https://spdx.github.io/spdx-spec/v3.0.1/>. The package
//! that the document is about (`documentDescribes`, or a `DESCRIBES` relationship) is not counted where
//! there are others: an image is no component of itself.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{Glance, Source};
use crate::ingest::error::IngestError;
use crate::ingest::sbom::{Component, InventoryReport};
use crate::ingest::{Report, json, purl};
use crate::record::ids::FileDigest;

mod three;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    spdx_version: String,
    #[serde(rename = "documentNamespace")]
    namespace: Option<String>,
    #[serde(rename = "documentDescribes")]
    describes: Option<Vec<String>>,
    creation_info: Option<CreationInfo>,
    packages: Option<Vec<Package>>,
    relationships: Option<Vec<Relationship>>,
}

#[derive(Deserialize)]
struct CreationInfo {
    creators: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Package {
    #[serde(rename = "SPDXID")]
    id: String,
    license_concluded: Option<String>,
    license_declared: Option<String>,
    checksums: Option<Vec<Checksum>>,
    external_refs: Option<Vec<ExternalRef>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Checksum {
    algorithm: String,
    checksum_value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExternalRef {
    reference_type: Option<String>,
    reference_locator: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Relationship {
    spdx_element_id: Option<String>,
    #[serde(rename = "relationshipType")]
    kind: Option<String>,
    related_spdx_element: Option<String>,
}

/// The id of every document.
const DOCUMENT: &str = "SPDXRef-DOCUMENT";

pub(super) fn sniff(glance: &Glance) -> bool {
    glance.has("spdxVersion") || (glance.has("@context") && glance.has("@graph"))
}

pub(super) fn read(source: &Source) -> Result<Report, IngestError> {
    let is_two = json::members(source.bytes()?).iter().any(|member| member == "spdxVersion");
    let (version, id, author, components) =
        if is_two { two(source, source.json()?)? } else { three::read(source, &source.json()?)? };
    Ok(Report::Inventory(InventoryReport {
        origin: source.origin(),
        version,
        sha256: FileDigest::of(source.bytes()?),
        id,
        author,
        components,
        scan: None,
        statements: Vec::new(),
    }))
}

/// Version, id and author of a document, and its components.
type Parts = (String, Option<String>, Option<String>, Vec<Component>);

fn two(source: &Source, document: Document) -> Result<Parts, IngestError> {
    let version = match document.spdx_version.as_str() {
        "SPDX-2.2" => "SPDX 2.2",
        "SPDX-2.3" => "SPDX 2.3",
        other => {
            let other: String = other.chars().take(40).collect();
            return Err(source.malformed(format!("spdxVersion {other:?} is neither SPDX-2.2 nor SPDX-2.3")));
        }
    };
    let packages = document.packages.ok_or_else(|| source.nothing("has no packages"))?;
    let described: BTreeSet<String> = document
        .describes
        .into_iter()
        .flatten()
        .chain(document.relationships.into_iter().flatten().filter_map(Relationship::described))
        .collect();
    let is_root = |package: &Package| described.contains(&package.id);
    let only_roots = packages.iter().all(is_root);
    let counted = packages.into_iter().filter(|package| only_roots || !is_root(package));
    let components = counted.map(Package::component).collect::<Result<Vec<_>, _>>();
    let components = components.map_err(|reason| source.malformed(reason))?;
    let author = document.creation_info.and_then(|info| info.creators).unwrap_or_default();
    let author = (!author.is_empty()).then(|| author.join(", "));
    Ok((version.to_owned(), document.namespace, author, components))
}

impl Relationship {
    /// What the document describes, if that is what it says.
    fn described(self) -> Option<String> {
        match self.kind.as_deref()? {
            "DESCRIBES" if self.spdx_element_id.as_deref() == Some(DOCUMENT) => self.related_spdx_element,
            "DESCRIBED_BY" if self.related_spdx_element.as_deref() == Some(DOCUMENT) => self.spdx_element_id,
            _ => None,
        }
    }
}

impl Package {
    fn component(self) -> Result<Component, String> {
        let purls =
            self.external_refs.into_iter().flatten().filter(|one| one.reference_type.as_deref() == Some("purl"));
        let mut purls = purls.filter_map(|one| one.reference_locator);
        let licenses = [self.license_concluded, self.license_declared].into_iter().flatten();
        let mut component = Component {
            purl: purls.find(|text| purl::is_valid(text)),
            license: licenses.into_iter().find(|text| !matches!(text.as_str(), "" | "NOASSERTION" | "NONE")),
            ..Component::default()
        };
        for checksum in self.checksums.into_iter().flatten() {
            component.digest(&checksum.algorithm, &checksum.checksum_value)?;
        }
        Ok(component)
    }
}
