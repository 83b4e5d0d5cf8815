//! CycloneDX JSON: a bill of materials, and its `vulnerabilities` where it lists any.
//!
//! Source: <https://cyclonedx.org/docs/1.6/json/>. The component that the document is about
//! (`metadata.component`) is not counted. A vulnerability counts once for each component it affects,
//! by the severest of its ratings. Its `analysis.state` (VEX) sets it aside where that is `not_affected`,
//! `false_positive`, `resolved` or `resolved_with_pedigree`; so it does in other scans, for which the
//! document is given as VEX.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Glance, Source};
use crate::ingest::Report;
use crate::ingest::error::IngestError;
use crate::ingest::sbom::InventoryReport;
use crate::record::ids::FileDigest;
use crate::record::time::UtcTime;

mod component;
mod vulnerability;

use component::{Entry, flatten};
use vulnerability::{Vulnerability, scan_of, statements};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    bom_format: String,
    spec_version: String,
    serial_number: Option<String>,
    metadata: Option<Metadata>,
    components: Option<Vec<Entry>>,
    vulnerabilities: Option<Vec<Vulnerability>>,
}

#[derive(Deserialize)]
struct Metadata {
    timestamp: Option<String>,
    tools: Option<Tools>,
    component: Option<Named>,
}

/// Since 1.5 an object, before that a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Tools {
    Now { components: Option<Vec<Named>> },
    Before(Vec<Named>),
}

#[derive(Deserialize)]
struct Named {
    name: Option<String>,
    version: Option<String>,
}

pub(super) fn sniff(glance: &Glance) -> bool {
    glance.has("bomFormat")
}

pub(super) fn read(source: &Source) -> Result<Report, IngestError> {
    let mut document: Document = source.json()?;
    if document.bom_format != "CycloneDX" {
        return Err(source.malformed(format!("bomFormat {:?} is not CycloneDX", shown(&document.bom_format))));
    }
    let version = &document.spec_version;
    if !version.strip_prefix("1.").is_some_and(|minor| (1..=2).contains(&minor.len()) && minor.parse::<u8>().is_ok()) {
        return Err(source.malformed(format!("specVersion {:?} is not 1.x", shown(version))));
    }
    let vulnerabilities = document.vulnerabilities.take().unwrap_or_default();
    let mut components = Vec::new();
    let mut by_ref = BTreeMap::new();
    let has_components = document.components.is_some();
    let entries = document.components.take().unwrap_or_default();
    flatten(entries, &mut components, &mut by_ref).map_err(|reason| source.malformed(reason))?;
    let statements = statements(&document, &vulnerabilities, &by_ref).map_err(|reason| source.malformed(reason))?;
    // A document of statements alone is no scan: nobody looked.
    let looked = document.tool().is_some() && has_components;
    let vex_alone = !looked && !statements.is_empty() && statements.len() == vulnerabilities.len();
    let scan = (!vulnerabilities.is_empty() && !vex_alone)
        .then(|| scan_of(source, &document, vulnerabilities, &by_ref))
        .transpose()?;
    if !has_components && scan.is_none() && statements.is_empty() {
        return Err(source.nothing("has neither components nor vulnerabilities"));
    }
    Ok(Report::Inventory(InventoryReport {
        origin: source.origin(),
        version: format!("CycloneDX {}", document.spec_version),
        sha256: FileDigest::of(source.bytes()?),
        id: document.serial_number.clone(),
        author: None,
        components,
        scan,
        statements,
    }))
}

impl Document {
    fn tool(&self) -> Option<&Named> {
        match self.metadata.as_ref()?.tools.as_ref()? {
            Tools::Now { components } => components.as_ref()?.first(),
            Tools::Before(tools) => tools.first(),
        }
    }

    fn time(&self) -> Option<UtcTime> {
        UtcTime::from_rfc3339(self.metadata.as_ref()?.timestamp.as_deref()?).ok()
    }
}

/// A value of the document, fit for a message.
fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}
