//! CycloneDX JSON: a bill of materials, and its `vulnerabilities` where it lists any.
//!
//! Source: <https://cyclonedx.org/docs/1.6/json/>. The component that the document is about
//! (`metadata.component`) is not counted. A vulnerability counts once for each component it affects,
//! by the severest of its ratings; its analysis (VEX) is not applied.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Glance, Source};
use crate::ingest::Report;
use crate::ingest::error::IngestError;
use crate::ingest::sbom::{Component, InventoryReport};
use crate::ingest::scan::{Finding, ScanReport, Severity};
use crate::record::ids::FileDigest;
use crate::record::kind::test::Tool;
use crate::record::time::UtcTime;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    bom_format: String,
    spec_version: String,
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

#[derive(Deserialize)]
struct Entry {
    purl: Option<String>,
    components: Option<Vec<Entry>>,
}

#[derive(Deserialize)]
struct Vulnerability {
    id: Option<String>,
    ratings: Option<Vec<Rating>>,
    affects: Option<Vec<Affected>>,
}

#[derive(Deserialize)]
struct Rating {
    severity: Option<String>,
    score: Option<f64>,
    method: Option<String>,
}

#[derive(Deserialize)]
struct Affected {
    #[serde(rename = "ref")]
    component: Option<String>,
}

impl Rating {
    fn severity(&self) -> Severity {
        let by_word = self.severity.as_deref().map_or(Severity::Unknown, Severity::from_word);
        let is_cvss = self.method.as_deref().is_some_and(|method| method.starts_with("CVSS"));
        match self.score.filter(|_| is_cvss && by_word == Severity::Unknown) {
            Some(score) => Severity::from_cvss(score),
            None => by_word,
        }
    }
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
    let scan = (!vulnerabilities.is_empty()).then(|| scan_of(source, &document, vulnerabilities)).transpose()?;
    let mut components = Vec::new();
    match document.components {
        Some(entries) => flatten(entries, &mut components),
        None if scan.is_none() => return Err(source.nothing("has neither components nor vulnerabilities")),
        None => {}
    }
    Ok(Report::Inventory(InventoryReport {
        origin: source.origin(),
        version: format!("CycloneDX {}", document.spec_version),
        sha256: FileDigest::of(source.bytes()?),
        components,
        scan,
    }))
}

/// Components in the document's order, those inside another after it. The depth of JSON is bounded.
fn flatten(entries: Vec<Entry>, components: &mut Vec<Component>) {
    for entry in entries {
        let purl = entry.purl.filter(|purl| is_package_url(purl));
        components.push(Component { purl });
        flatten(entry.components.unwrap_or_default(), components);
    }
}

/// Whether it has the shape `pkg:type/name…`, in printable ASCII as package URLs are written.
fn is_package_url(text: &str) -> bool {
    let rest = text.strip_prefix("pkg:").map(|rest| rest.trim_start_matches('/'));
    let parts = rest.and_then(|rest| rest.split_once('/'));
    parts.is_some_and(|(kind, name)| !kind.is_empty() && !name.is_empty())
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn scan_of(source: &Source, document: &Document, found: Vec<Vulnerability>) -> Result<ScanReport, IngestError> {
    let metadata = document.metadata.as_ref();
    let tools = metadata.and_then(|metadata| metadata.tools.as_ref());
    let tool = match tools {
        Some(Tools::Now { components }) => components.as_ref().and_then(|tools| tools.first()),
        Some(Tools::Before(tools)) => tools.first(),
        None => None,
    };
    let name = tool.and_then(|tool| tool.name.clone()).filter(|name| !name.trim().is_empty());
    let name =
        name.ok_or_else(|| source.malformed("lists vulnerabilities, but no tool in metadata.tools that found them"))?;
    let time = metadata.and_then(|metadata| metadata.timestamp.as_deref());
    let mut report = ScanReport {
        origin: source.origin(),
        tool: Tool { name, version: tool.and_then(|tool| tool.version.clone()) },
        target: metadata.and_then(|metadata| metadata.component.as_ref()?.name.clone()),
        made: time.and_then(|time| UtcTime::from_rfc3339(time).ok()),
        database: None,
        findings: BTreeMap::new(),
    };
    for vulnerability in found {
        let id = vulnerability.id.filter(|id| !id.trim().is_empty());
        let id = id.ok_or_else(|| source.malformed("a vulnerability has no id"))?;
        let ratings = vulnerability.ratings.unwrap_or_default();
        let severity = ratings.iter().map(Rating::severity).max().unwrap_or(Severity::Unknown);
        let mut affected: Vec<_> =
            vulnerability.affects.unwrap_or_default().into_iter().map(|one| one.component).collect();
        if affected.is_empty() {
            affected.push(None);
        }
        for component in affected {
            let package = component.unwrap_or_default();
            report.find(Finding { id: id.clone(), package, place: String::new() }, severity);
        }
    }
    Ok(report)
}

/// A value of the document, fit for a message.
fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}
