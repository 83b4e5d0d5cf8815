//! `pip-audit -f json`.
//!
//! Source: <https://github.com/pypa/pip-audit>. It gives no severities, so every finding is of unknown severity.
//! A dependency with a `skip_reason` was not looked up: the run is incomplete, also where pip-audit says
//! that no vulnerability is known.

use serde::Deserialize;

use super::{Glance, Source};
use crate::ingest::error::IngestError;
use crate::ingest::scan::{Finding, Found, ScanReport, Severity};
use crate::ingest::{Report, purl};

#[derive(Deserialize)]
struct Document {
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    version: Option<String>,
    vulns: Option<Vec<Vulnerability>>,
    skip_reason: Option<String>,
}

#[derive(Deserialize)]
struct Vulnerability {
    id: String,
    aliases: Option<Vec<String>>,
}

pub(super) fn sniff(glance: &Glance) -> bool {
    glance.has("dependencies") && glance.has("fixes")
}

pub(super) fn read(source: &Source) -> Result<Report, IngestError> {
    let document: Document = source.json()?;
    if document.dependencies.is_empty() {
        return Err(source.nothing("lists no dependency, which is not zero vulnerabilities"));
    }
    let mut report = ScanReport::new(source.origin(), "pip-audit", None);
    for dependency in document.dependencies {
        let Dependency { name, version, vulns, skip_reason } = dependency;
        match (&vulns, &skip_reason) {
            (_, Some(reason)) => report.ended.fell_short(format!("{name} was not looked up: {reason}")),
            (None, None) => report.ended.fell_short(format!("nothing is said of {name}")),
            (Some(_), None) => {}
        }
        let version = version.unwrap_or_default();
        for one in vulns.unwrap_or_default() {
            if one.id.trim().is_empty() {
                return Err(source.malformed(format!("a vulnerability of {name:?} has no id")));
            }
            let package_url = Some(format!("pkg:pypi/{name}@{version}")).filter(|text| purl::is_valid(text));
            let aliases = one.aliases.unwrap_or_default();
            let finding = Finding { id: one.id, package: format!("{name}@{version}"), place: String::new() };
            report.find(finding, Found { severity: Severity::Unknown, purl: package_url, aliases });
        }
    }
    Ok(Report::Scan(report))
}
