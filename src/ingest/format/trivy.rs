//! Trivy's own JSON, schema version 2.
//!
//! Source: <https://trivy.dev/latest/docs/configuration/reporting/#json>. Trivy leaves `Results` out
//! when it found nothing that it can scan, and writes a result of class `os-pkgs` or `lang-pkgs` for
//! each set of packages that it looked up, also when all of them are sound. So a report with such a
//! result and no vulnerability is a clean scan; a report without any (nothing scanned, or secrets and
//! configuration only) is refused: unknown is not zero. The status of a finding (VEX) is not applied.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Glance, Source};
use crate::ingest::Report;
use crate::ingest::error::IngestError;
use crate::ingest::scan::{Finding, ScanReport, Severity};
use crate::record::kind::test::Tool;
use crate::record::time::UtcTime;

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
}

impl ScanResult {
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
    let mut report = ScanReport {
        origin: source.origin(),
        tool: Tool { name: "trivy".into(), version: document.trivy.and_then(|trivy| trivy.version) },
        target: document.artifact_name.filter(|name| !name.is_empty()),
        made: document.created_at.and_then(|time| UtcTime::from_rfc3339(&time).ok()),
        database: None,
        findings: BTreeMap::new(),
    };
    for result in results {
        let target = result.target.unwrap_or_default();
        for found in result.vulnerabilities.unwrap_or_default() {
            if found.id.trim().is_empty() {
                return Err(source.malformed(format!("a vulnerability in {target:?} has no VulnerabilityID")));
            }
            let package = found.pkg_id.filter(|id| !id.is_empty()).unwrap_or_else(|| {
                let part = |part: Option<String>| part.unwrap_or_default();
                format!("{}@{}", part(found.pkg_name), part(found.installed_version))
            });
            let place = format!("{target} {}", found.pkg_path.unwrap_or_default());
            let severity = Severity::from_word(found.severity.as_deref().unwrap_or_default());
            report.find(Finding { id: found.id, package, place }, severity);
        }
    }
    Ok(Report::Scan(report))
}
