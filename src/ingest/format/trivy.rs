//! Trivy's own JSON, schema version 2.
//!
//! Source: <https://trivy.dev/latest/docs/configuration/reporting/#json>. Trivy leaves `Results` out
//! when it found nothing that it can scan, and writes a result of class `os-pkgs` or `lang-pkgs` for
//! each set of packages that it looked up, also when all of them are sound. So a report with such a
//! result and no vulnerability is a clean scan; a report without any (nothing scanned, or secrets and
//! configuration only) is refused: unknown is not zero. With `--list-all-pkgs` Trivy lists packages also where
//! it was not told to look for vulnerabilities, and writes the same as of sound ones; nothing tells the two apart. Misconfigurations, secrets and licences are no
//! vulnerabilities; they are told and not counted. `ExperimentalModifiedFindings` are set aside where Trivy
//! was told to ignore them, or a VEX document says `not_affected` or `fixed`; else they count.

use serde::Deserialize;

use super::{Glance, Source};
use crate::ingest::Report;
use crate::ingest::error::IngestError;
use crate::ingest::scan::{Excuse, Finding, Found, ScanReport, Severity};
use crate::record::kind::findings::Cause;
use crate::record::time::{Span, UtcTime};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    schema_version: u64,
    artifact_name: Option<String>,
    created_at: Option<String>,
    trivy: Option<Version>,
    results: Option<Vec<ScanResult>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Version {
    version: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ScanResult {
    target: Option<String>,
    class: Option<String>,
    vulnerabilities: Option<Vec<Vulnerability>>,
    misconfigurations: Option<Vec<Misconfiguration>>,
    secrets: Option<Vec<serde::de::IgnoredAny>>,
    licenses: Option<Vec<serde::de::IgnoredAny>>,
    experimental_modified_findings: Option<Vec<Modified>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Misconfiguration {
    status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Modified {
    r#type: String,
    status: String,
    statement: Option<String>,
    source: Option<String>,
    finding: serde_json::Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Vulnerability {
    #[serde(rename = "VulnerabilityID")]
    id: String,
    #[serde(rename = "PkgID")]
    pkg_id: Option<String>,
    pkg_name: Option<String>,
    pkg_path: Option<String>,
    installed_version: Option<String>,
    severity: Option<String>,
    pkg_identifier: Option<Identifier>,
    #[serde(rename = "VendorIDs")]
    vendor_ids: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Identifier {
    #[serde(rename = "PURL")]
    purl: Option<String>,
}

impl Vulnerability {
    fn found_in(self, target: &str) -> Result<(Finding, Found), String> {
        if self.id.trim().is_empty() {
            return Err(format!("a vulnerability in {target:?} has no VulnerabilityID"));
        }
        let package = self.pkg_id.filter(|id| !id.is_empty()).unwrap_or_else(|| {
            let part = |part: Option<String>| part.unwrap_or_default();
            format!("{}@{}", part(self.pkg_name), part(self.installed_version))
        });
        let place = format!("{target} {}", self.pkg_path.unwrap_or_default());
        let found = Found {
            severity: Severity::from_word(self.severity.as_deref().unwrap_or_default()),
            purl: self.pkg_identifier.and_then(|identifier| identifier.purl),
            aliases: self.vendor_ids.unwrap_or_default(),
        };
        Ok((Finding { id: self.id, package, place }, found))
    }
}

impl Modified {
    /// What sets it aside; nothing where it goes on counting.
    fn excuse(&self) -> Option<Excuse> {
        let cause = match self.status.as_str() {
            "ignored" => Cause::Ignored,
            "not_affected" => Cause::NotAffected,
            "fixed" => Cause::Fixed,
            _ => return None,
        };
        let words = [self.statement.as_deref(), self.source.as_deref()];
        let words: Vec<&str> = words.into_iter().flatten().filter(|text| !text.is_empty()).collect();
        let reason = (!words.is_empty()).then(|| words.join(", by "));
        Some(Excuse { cause, reason, statement: None })
    }
}

impl ScanResult {
    /// Tells what is no vulnerability.
    fn pass_over(&self, report: &mut ScanReport) {
        let failed = |one: &&Misconfiguration| one.status.as_deref() != Some("PASS");
        let misconfigurations = self.misconfigurations.iter().flatten().filter(failed).count();
        report.pass_over("misconfigurations", misconfigurations);
        report.pass_over("secrets", self.secrets.as_ref().map_or(0, Vec::len));
        report.pass_over("licenses", self.licenses.as_ref().map_or(0, Vec::len));
    }

    /// Whether packages were looked up. Before version 0.20 there were no classes, and nothing else.
    fn is_of_packages(&self) -> bool {
        self.vulnerabilities.is_some() || matches!(self.class.as_deref(), None | Some("" | "os-pkgs" | "lang-pkgs"))
    }
}

pub(super) fn sniff(glance: &Glance) -> bool {
    glance.has("SchemaVersion") && (glance.has("ArtifactName") || glance.has("Results"))
}

pub(super) fn read(source: &Source) -> Result<Report, IngestError> {
    let document: Document = source.json()?;
    if document.schema_version != 2 {
        let reason = format!("SchemaVersion {} is not 2; use a current Trivy", document.schema_version);
        return Err(source.malformed(reason));
    }
    let results = document.results.unwrap_or_default();
    if !results.iter().any(ScanResult::is_of_packages) {
        return Err(source.nothing("has no result for any package, which is not zero vulnerabilities"));
    }
    let version = document.trivy.and_then(|trivy| trivy.version);
    let mut report = ScanReport::new(source.origin(), "trivy", version);
    report.target = document.artifact_name.filter(|name| !name.is_empty());
    report.ran = document.created_at.and_then(|time| UtcTime::from_rfc3339(&time).ok()).map(Span::at);
    for result in results {
        let target = result.target.clone().unwrap_or_default();
        result.pass_over(&mut report);
        for found in result.vulnerabilities.unwrap_or_default() {
            let (finding, found) = found.found_in(&target).map_err(|reason| source.malformed(reason))?;
            report.find(finding, found);
        }
        for modified in result.experimental_modified_findings.unwrap_or_default() {
            if modified.r#type != "vulnerability" {
                report.pass_over("modified findings that are no vulnerabilities", 1);
                continue;
            }
            let excuse = modified.excuse();
            let vulnerability: Vulnerability =
                serde_json::from_value(modified.finding).map_err(|error| source.malformed(error.to_string()))?;
            let (finding, found) = vulnerability.found_in(&target).map_err(|reason| source.malformed(reason))?;
            match excuse {
                Some(excuse) => report.set_aside.push((finding, found, excuse)),
                None => report.find(finding, found),
            }
        }
    }
    Ok(Report::Scan(report))
}
