//! `npm audit --json`, report version 2 (npm 7 and later) and version 1 (npm 6).
//!
//! Source: <https://docs.npmjs.com/cli/commands/npm-audit>. A finding is one advisory in one package. npm's own
//! totals count packages, those that only depend on a vulnerable one included; these are told and not
//! counted. An audit that failed is written as an `error`, and refused.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{Glance, Source};
use crate::ingest::Report;
use crate::ingest::error::IngestError;
use crate::ingest::scan::{Finding, Found, ScanReport, Severity};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    audit_report_version: Option<u64>,
    vulnerabilities: Option<BTreeMap<String, Vulnerable>>,
    advisories: Option<BTreeMap<String, Advisory>>,
    muted: Option<Vec<serde::de::IgnoredAny>>,
    metadata: Option<Metadata>,
    message: Option<String>,
    error: Option<Failure>,
}

#[derive(Deserialize)]
struct Failure {
    code: Option<String>,
    summary: Option<String>,
}

#[derive(Deserialize)]
struct Metadata {
    vulnerabilities: Option<BTreeMap<String, u64>>,
}

#[derive(Deserialize)]
struct Vulnerable {
    via: Vec<Via>,
    nodes: Option<Vec<String>>,
}

/// An advisory, or the name of a package that has one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Via {
    Package(String),
    Advisory {
        source: Option<Value>,
        name: Option<String>,
        url: Option<String>,
        severity: Option<String>,
        cvss: Option<Cvss>,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cvss {
    vector_string: Option<String>,
}

#[derive(Deserialize)]
struct Advisory {
    id: Option<Value>,
    module_name: String,
    severity: Option<String>,
    url: Option<String>,
    github_advisory_id: Option<String>,
    cves: Option<Vec<String>>,
    findings: Option<Vec<Installed>>,
}

#[derive(Deserialize)]
struct Installed {
    version: Option<String>,
}

pub(super) fn sniff(glance: &Glance) -> bool {
    let failed = glance.has("error") && (glance.has("statusCode") || glance.members.len() == 1);
    glance.has("auditReportVersion") || (glance.has("advisories") && glance.has("metadata")) || failed
}

pub(super) fn read(source: &Source) -> Result<Report, IngestError> {
    let document: Document = source.json()?;
    if let Some(failure) = document.error {
        let said = [failure.code, failure.summary, document.message].into_iter().flatten();
        let said = said.filter(|text| !text.trim().is_empty()).collect::<Vec<_>>().join(": ");
        let said: String = said.chars().take(200).collect();
        return Err(source.malformed(format!("the audit failed ({said}), which says nothing of vulnerabilities")));
    }
    let mut report = ScanReport::new(source.origin(), "npm audit", None);
    match (document.audit_report_version, document.vulnerabilities, document.advisories) {
        (Some(2), Some(packages), _) => by_package(source, &packages, &mut report)?,
        (None, _, Some(advisories)) => by_advisory(source, advisories, &mut report)?,
        (Some(version), _, _) if version != 2 => {
            return Err(source.malformed(format!("auditReportVersion {version} is not 2")));
        }
        _ => return Err(source.malformed("has neither vulnerabilities nor advisories")),
    }
    report.pass_over("muted advisories", document.muted.map_or(0, |muted| muted.len()));
    let totals = document.metadata.and_then(|metadata| metadata.vulnerabilities).unwrap_or_default();
    let severest = report.findings.values().map(|found| found.severity).max();
    for (word, count) in totals {
        let severity = Severity::from_word(&word);
        if count > 0 && word != "total" && severest.is_none_or(|severest| severest < severity) {
            let reason = format!("its metadata says {count} {word}, but it lists no advisory as severe as that");
            return Err(source.malformed(reason));
        }
    }
    Ok(Report::Scan(report))
}

fn by_package(
    source: &Source,
    packages: &BTreeMap<String, Vulnerable>,
    report: &mut ScanReport,
) -> Result<(), IngestError> {
    for (package, vulnerable) in packages {
        let mut own = 0;
        for via in &vulnerable.via {
            let Via::Advisory { source: number, name, url, severity, cvss } = via else { continue };
            let id = id(url.as_deref(), number.as_ref())
                .ok_or_else(|| source.malformed(format!("an advisory of {package:?} has neither url nor source")))?;
            let vector = cvss.as_ref().and_then(|cvss| cvss.vector_string.as_deref());
            let finding = Finding {
                id,
                package: name.clone().unwrap_or_else(|| package.clone()),
                place: vulnerable.nodes.as_deref().unwrap_or_default().join(" "),
            };
            report.find(finding, Found::of(rated(severity.as_deref(), vector)));
            own += 1;
        }
        if own == 0 {
            for via in &vulnerable.via {
                if let Via::Package(name) = via
                    && !packages.contains_key(name)
                {
                    return Err(source.malformed(format!("{package:?} is vulnerable by {name:?}, which is not listed")));
                }
            }
            report.pass_over("packages that depend on a vulnerable one", 1);
        }
    }
    Ok(())
}

fn by_advisory(
    source: &Source,
    advisories: BTreeMap<String, Advisory>,
    report: &mut ScanReport,
) -> Result<(), IngestError> {
    for (key, advisory) in advisories {
        let known = advisory.github_advisory_id.filter(|id| !id.trim().is_empty());
        let id = known.or_else(|| id(advisory.url.as_deref(), advisory.id.as_ref()));
        let id = id.ok_or_else(|| source.malformed(format!("advisory {key:?} has no id")))?;
        let severity = rated(advisory.severity.as_deref(), None);
        let mut versions: Vec<String> =
            advisory.findings.into_iter().flatten().filter_map(|found| found.version).collect();
        if versions.is_empty() {
            versions.push(String::new());
        }
        for version in versions {
            let purl = Some(format!("pkg:npm/{}@{version}", advisory.module_name.replacen('@', "%40", 1)));
            let package = format!("{}@{version}", advisory.module_name);
            let aliases = advisory.cves.clone().unwrap_or_default();
            report.find(Finding { id: id.clone(), package, place: String::new() }, Found { severity, purl, aliases });
        }
    }
    Ok(())
}

/// npm's word; its vector where there is none.
fn rated(word: Option<&str>, vector: Option<&str>) -> Severity {
    match word.map_or(Severity::Unknown, Severity::from_word) {
        Severity::Unknown => vector.map_or(Severity::Unknown, Severity::from_vector),
        known => known,
    }
}

/// The advisory's id at GitHub, else npm's number.
fn id(url: Option<&str>, number: Option<&Value>) -> Option<String> {
    let last = url.and_then(|url| url.rsplit('/').next()).filter(|last| last.starts_with("GHSA-"));
    let number = number.and_then(|number| match number {
        Value::Number(number) => Some(format!("npm:{number}")),
        Value::String(text) if !text.trim().is_empty() => Some(format!("npm:{text}")),
        _ => None,
    });
    last.map(str::to_owned).or(number)
}
