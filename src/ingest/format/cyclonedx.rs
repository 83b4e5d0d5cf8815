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
use crate::ingest::error::IngestError;
use crate::ingest::sbom::{Component, InventoryReport};
use crate::ingest::scan::{Excuse, Finding, Found, ScanReport, Severity};
use crate::ingest::vex::{Product, Status, VexStatement};
use crate::ingest::{Report, purl};
use crate::record::ids::FileDigest;
use crate::record::kind::findings::Cause;
use crate::record::time::{Span, UtcTime};

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

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Entry {
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

#[derive(Deserialize)]
struct Vulnerability {
    id: Option<String>,
    references: Option<Vec<Reference>>,
    ratings: Option<Vec<Rating>>,
    affects: Option<Vec<Affected>>,
    analysis: Option<Analysis>,
}

#[derive(Deserialize)]
struct Reference {
    id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Analysis {
    state: Option<String>,
    justification: Option<String>,
    detail: Option<String>,
    last_updated: Option<String>,
    first_issued: Option<String>,
}

#[derive(Deserialize)]
struct Rating {
    severity: Option<String>,
    score: Option<f64>,
    method: Option<String>,
    vector: Option<String>,
}

#[derive(Deserialize)]
struct Affected {
    #[serde(rename = "ref")]
    component: Option<String>,
}

impl Rating {
    fn severity(&self) -> Severity {
        let by_word = self.severity.as_deref().map_or(Severity::Unknown, Severity::from_word);
        if by_word != Severity::Unknown {
            return by_word;
        }
        // Version 2 has no critical, so its scores are not on the scale.
        let is_cvss = self.method.as_deref().is_some_and(|method| method.starts_with("CVSS") && method != "CVSSv2");
        match self.score.filter(|_| is_cvss) {
            Some(score) => Severity::from_cvss(score),
            None => self.vector.as_deref().map_or(Severity::Unknown, Severity::from_vector),
        }
    }
}

impl Analysis {
    fn status(&self) -> Result<Option<Status>, String> {
        Ok(match self.state.as_deref() {
            None => None,
            Some("exploitable" | "in_triage") => Some(Status::Counts),
            Some("not_affected") => Some(Status::SetAside(Cause::NotAffected)),
            Some("false_positive") => Some(Status::SetAside(Cause::FalsePositive)),
            Some("resolved" | "resolved_with_pedigree") => Some(Status::SetAside(Cause::Fixed)),
            Some(other) => return Err(format!("analysis.state {:?} is unknown", shown(other))),
        })
    }

    fn reason(&self) -> Option<String> {
        let words = [self.justification.as_deref(), self.detail.as_deref()];
        let words: Vec<&str> = words.into_iter().flatten().filter(|text| !text.trim().is_empty()).collect();
        (!words.is_empty()).then(|| words.join(": "))
    }

    fn since(&self) -> Option<UtcTime> {
        let times = [self.last_updated.as_deref(), self.first_issued.as_deref()];
        times.into_iter().flatten().find_map(|time| UtcTime::from_rfc3339(time).ok())
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
    let mut components = Vec::new();
    let mut by_ref = BTreeMap::new();
    let has_components = document.components.is_some();
    let entries = document.components.take().unwrap_or_default();
    flatten(entries, &mut components, &mut by_ref).map_err(|reason| source.malformed(reason))?;
    let statements = statements(&document, &vulnerabilities, &by_ref).map_err(|reason| source.malformed(reason))?;
    // A document of statements alone is no scan: nobody looked.
    let names_tool = document.tool().is_some();
    let vex_alone = !names_tool && !statements.is_empty() && statements.len() == vulnerabilities.len();
    let scan = (!vulnerabilities.is_empty() && !vex_alone)
        .then(|| scan_of(source, &document, vulnerabilities, &by_ref))
        .transpose()?;
    if !has_components && scan.is_none() && statements.is_empty() {
        return Err(source.nothing("has neither components nor vulnerabilities"));
    }
    Ok(Report::Inventory(InventoryReport {
        origin: source.origin(),
        version: format!("CycloneDX {}", document.spec_version),
        sha256: FileDigest::of(source.bytes),
        id: document.serial_number.clone(),
        author: None,
        components,
        scan,
        statements,
    }))
}

/// Components in the document's order, those inside another after it, and the package URL of each reference.
/// The depth of JSON is bounded.
fn flatten(
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

/// What the document says of the exploitability of vulnerabilities.
fn statements(
    document: &Document,
    vulnerabilities: &[Vulnerability],
    by_ref: &BTreeMap<String, String>,
) -> Result<Vec<VexStatement>, String> {
    let mut all = Vec::new();
    for vulnerability in vulnerabilities {
        let Some(analysis) = &vulnerability.analysis else { continue };
        let Some(status) = analysis.status()? else { continue };
        let affected = vulnerability.affects.iter().flatten().filter_map(|one| one.component.as_deref());
        let products = affected.map(|name| Product { names: vec![package(name, by_ref)], parts: Vec::new() }).collect();
        all.push(VexStatement {
            ids: vulnerability.ids(),
            products,
            status,
            reason: analysis.reason(),
            since: analysis.since().or_else(|| document.time()),
        });
    }
    Ok(all)
}

/// The package that a reference means: of this document, or of another one by BOM-Link.
fn package(name: &str, by_ref: &BTreeMap<String, String>) -> String {
    let within = if name.starts_with("urn:cdx:") { name.split_once('#').map(|(_, within)| decoded(within)) } else { None };
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

impl Vulnerability {
    fn ids(&self) -> Vec<String> {
        let others = self.references.iter().flatten().filter_map(|reference| reference.id.clone());
        self.id.clone().into_iter().chain(others).filter(|id| !id.trim().is_empty()).collect()
    }
}

fn scan_of(
    source: &Source,
    document: &Document,
    found: Vec<Vulnerability>,
    by_ref: &BTreeMap<String, String>,
) -> Result<ScanReport, IngestError> {
    let tool = document.tool();
    let name = tool.and_then(|tool| tool.name.as_deref()).filter(|name| !name.trim().is_empty());
    let name =
        name.ok_or_else(|| source.malformed("lists vulnerabilities, but no tool in metadata.tools that found them"))?;
    let mut report = ScanReport::new(source.origin(), name, tool.and_then(|tool| tool.version.clone()));
    report.target = document.metadata.as_ref().and_then(|metadata| metadata.component.as_ref()?.name.clone());
    report.ran = document.time().map(Span::at);
    for vulnerability in found {
        let ids = vulnerability.ids();
        let id = vulnerability.id.filter(|id| !id.trim().is_empty());
        let id = id.ok_or_else(|| source.malformed("a vulnerability has no id"))?;
        let ratings = vulnerability.ratings.unwrap_or_default();
        let severity = ratings.iter().map(Rating::severity).max().unwrap_or(Severity::Unknown);
        let status = vulnerability.analysis.as_ref().map(Analysis::status).transpose();
        let status = status.map_err(|reason| source.malformed(reason))?.flatten();
        let mut affected: Vec<_> =
            vulnerability.affects.unwrap_or_default().into_iter().map(|one| one.component).collect();
        if affected.is_empty() {
            affected.push(None);
        }
        for component in affected {
            let name = component.unwrap_or_default();
            let purl = Some(package(&name, by_ref)).filter(|text| purl::is_valid(text));
            let aliases = ids.iter().filter(|other| **other != id).cloned().collect();
            let finding = Finding { id: id.clone(), package: name, place: String::new() };
            let found = Found { severity, purl, aliases };
            match (status, &vulnerability.analysis) {
                (Some(Status::SetAside(cause)), Some(analysis)) => {
                    let excuse = Excuse { cause, reason: analysis.reason(), statement: None };
                    report.set_aside.push((finding, found, excuse));
                }
                _ => report.find(finding, found),
            }
        }
    }
    Ok(report)
}

/// A value of the document, fit for a message.
fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}
