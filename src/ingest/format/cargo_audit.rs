//! `cargo audit --json`.
//!
//! Source: <https://docs.rs/rustsec/latest/rustsec/report/>. Vulnerabilities count, by the CVSS vector of the
//! advisory. Warnings (unmaintained, unsound, yanked, notices) are no vulnerabilities: they are told by
//! their kind. Which advisories cargo-audit was told to ignore is told too; whether they would have been found is not known.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Glance, Source};
use crate::ingest::error::IngestError;
use crate::ingest::scan::{Finding, Found, ScanReport, Severity};
use crate::ingest::{Report, purl};
use crate::record::kind::scan::Database;
use crate::record::time::UtcTime;

#[derive(Deserialize)]
struct Document {
    database: Option<DatabaseInfo>,
    settings: Option<Settings>,
    vulnerabilities: Vulnerabilities,
    warnings: Option<Warnings>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct DatabaseInfo {
    last_commit: Option<String>,
    last_updated: Option<String>,
}

#[derive(Deserialize)]
struct Settings {
    severity: Option<String>,
    ignore: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Vulnerabilities {
    found: bool,
    list: Vec<Vulnerability>,
}

#[derive(Deserialize)]
struct Vulnerability {
    advisory: Advisory,
    package: Package,
}

#[derive(Deserialize)]
struct Advisory {
    id: String,
    aliases: Option<Vec<String>>,
    cvss: Option<String>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
}

/// By kind; before 0.14 one list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Warnings {
    ByKind(BTreeMap<String, Vec<serde::de::IgnoredAny>>),
    List(Vec<serde::de::IgnoredAny>),
}

pub(super) fn sniff(glance: &Glance) -> bool {
    glance.has("vulnerabilities") && glance.has("lockfile")
}

pub(super) fn read(source: &Source) -> Result<Report, IngestError> {
    let document: Document = source.json()?;
    let found = document.vulnerabilities;
    if found.found == found.list.is_empty() {
        let reason = format!("vulnerabilities.found is {}, but {} are listed", found.found, found.list.len());
        return Err(source.malformed(reason));
    }
    let mut report = ScanReport::new(source.origin(), "cargo-audit", None);
    if let Some(database) = document.database {
        let last_update = database.last_updated.and_then(|time| UtcTime::from_rfc3339(&time).ok());
        let version = database.last_commit.map(|commit| commit.chars().take(64).collect());
        report.database = Database { uri: None, version, last_update };
    }
    for one in found.list {
        if one.advisory.id.trim().is_empty() {
            return Err(source.malformed(format!("an advisory of {:?} has no id", one.package.name)));
        }
        let Package { name, version } = one.package;
        let package_url = Some(format!("pkg:cargo/{name}@{version}")).filter(|text| purl::is_valid(text));
        let found = Found {
            severity: one.advisory.cvss.as_deref().map_or(Severity::Unknown, Severity::from_vector),
            purl: package_url,
            aliases: one.advisory.aliases.unwrap_or_default(),
        };
        let finding = Finding { id: one.advisory.id, package: format!("{name}@{version}"), place: String::new() };
        report.find(finding, found);
    }
    match document.warnings {
        Some(Warnings::ByKind(kinds)) => {
            for (kind, warnings) in kinds {
                report.pass_over(&format!("{kind} packages"), warnings.len());
            }
        }
        Some(Warnings::List(warnings)) => report.pass_over("warnings", warnings.len()),
        None => {}
    }
    if let Some(settings) = document.settings {
        report.pass_over("advisories that the tool was told to ignore", settings.ignore.map_or(0, |ids| ids.len()));
        if let Some(threshold) = settings.severity.filter(|word| !word.trim().is_empty()) {
            let threshold: String = threshold.chars().take(40).collect();
            report.ended.fell_short(format!("only advisories of severity {threshold} and above were looked for"));
        }
    }
    Ok(Report::Scan(report))
}
