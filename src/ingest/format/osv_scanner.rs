//! OSV-Scanner's JSON.
//!
//! Source: <https://google.github.io/osv-scanner/output/>. A group holds the ids of one vulnerability, which
//! counts once: by the severest CVSS vector of its advisories, else the word of their database, else the
//! score that OSV-Scanner writes. `results` without any is what it writes when all is sound.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use super::{Glance, Source};
use crate::ingest::error::IngestError;
use crate::ingest::scan::{Finding, Found, ScanReport, Severity};
use crate::ingest::{Report, purl};

#[derive(Deserialize)]
struct Document {
    results: Vec<OfSource>,
}

#[derive(Deserialize)]
struct OfSource {
    source: ScannedSource,
    packages: Vec<OfPackage>,
}

#[derive(Deserialize)]
struct ScannedSource {
    path: String,
}

#[derive(Deserialize)]
struct OfPackage {
    package: Package,
    vulnerabilities: Option<Vec<Vulnerability>>,
    groups: Option<Vec<Group>>,
    license_violations: Option<Vec<serde::de::IgnoredAny>>,
}

#[derive(Deserialize)]
struct Package {
    name: Option<String>,
    version: Option<String>,
    ecosystem: Option<String>,
    commit: Option<String>,
}

#[derive(Deserialize)]
struct Vulnerability {
    id: String,
    aliases: Option<Vec<String>>,
    severity: Option<Vec<Rating>>,
    database_specific: Option<Value>,
}

#[derive(Deserialize)]
struct Rating {
    score: Option<String>,
}

#[derive(Deserialize)]
struct Group {
    ids: Vec<String>,
    aliases: Option<Vec<String>>,
    max_severity: Option<String>,
}

impl Vulnerability {
    fn by_vector(&self) -> Severity {
        let vectors = self.severity.iter().flatten().filter_map(|rating| rating.score.as_deref());
        vectors.map(Severity::from_vector).max().unwrap_or_default()
    }

    fn by_word(&self) -> Severity {
        let word = self.database_specific.as_ref().and_then(|specific| specific.get("severity")?.as_str());
        word.map_or(Severity::Unknown, Severity::from_word)
    }
}

impl Package {
    fn name(&self) -> String {
        let name = self.name.as_deref().or(self.commit.as_deref()).unwrap_or_default();
        format!("{name}@{}", self.version.as_deref().unwrap_or_default())
    }

    /// Where the ecosystem's names can be written as a package URL without knowing more.
    fn purl(&self) -> Option<String> {
        let (name, version) = (self.name.as_deref()?, self.version.as_deref()?);
        let kind = match self.ecosystem.as_deref()? {
            "npm" => "npm",
            "PyPI" => "pypi",
            "crates.io" => "cargo",
            "Go" => "golang",
            "RubyGems" => "gem",
            "NuGet" => "nuget",
            "Maven" => "maven",
            _ => return None,
        };
        let name = if kind == "maven" { name.replacen(':', "/", 1) } else { name.replacen('@', "%40", 1) };
        Some(format!("pkg:{kind}/{name}@{version}")).filter(|text| purl::is_valid(text))
    }
}

pub(super) fn sniff(glance: &Glance) -> bool {
    let other_tools = ["errors", "metrics", "version", "runs", "paths", "success"];
    glance.has("results") && !other_tools.iter().any(|member| glance.has(member))
}

pub(super) fn read(source: &Source) -> Result<Report, IngestError> {
    let document: Document = source.json()?;
    let mut report = ScanReport::new(source.origin(), "osv-scanner", None);
    for result in document.results {
        for of_package in result.packages {
            let package = of_package.package;
            let violations = of_package.license_violations.map_or(0, |violations| violations.len());
            report.pass_over("license violations", violations);
            let found = of_package.vulnerabilities.unwrap_or_default();
            if found.iter().any(|one| one.id.trim().is_empty()) {
                return Err(source.malformed(format!("a vulnerability of {} has no id", package.name())));
            }
            let by_id: BTreeMap<&str, &Vulnerability> = found.iter().map(|one| (one.id.as_str(), one)).collect();
            for (ids, told) in grouped(&found, of_package.groups.unwrap_or_default()) {
                let Some(id) = ids.iter().find(|id| by_id.contains_key(id.as_str())).or(ids.first()) else { continue };
                let known = || ids.iter().filter_map(|id| by_id.get(id.as_str()));
                let by_vector = known().map(|one| one.by_vector()).max().unwrap_or_default();
                let by_word = known().map(|one| one.by_word()).max().unwrap_or_default();
                let severity = [by_vector, by_word, told].into_iter().find(|one| *one != Severity::Unknown);
                let finding = Finding { id: id.clone(), package: package.name(), place: result.source.path.clone() };
                let aliases = ids.iter().filter(|other| *other != id).cloned().collect();
                report.find(finding, Found { severity: severity.unwrap_or_default(), purl: package.purl(), aliases });
            }
        }
    }
    Ok(Report::Scan(report))
}

/// The ids of each vulnerability, its advisories' own first, and the severity that the report gives it. What
/// no group names is a vulnerability of its own, unless it is another's alias.
fn grouped(found: &[Vulnerability], groups: Vec<Group>) -> Vec<(Vec<String>, Severity)> {
    let mut known = BTreeSet::new();
    let mut all = Vec::new();
    for group in groups {
        let score = group.max_severity.as_deref().and_then(|score| score.trim().parse().ok());
        let mut ids = group.ids;
        ids.extend(group.aliases.unwrap_or_default());
        let mut once = BTreeSet::new();
        ids.retain(|id| !id.trim().is_empty() && once.insert(id.clone()));
        known.extend(ids.iter().cloned());
        all.push((ids, score.map_or(Severity::Unknown, Severity::from_cvss)));
    }
    for one in found {
        if !known.contains(&one.id) {
            let ids: Vec<_> = std::iter::once(&one.id).chain(one.aliases.iter().flatten()).cloned().collect();
            known.extend(ids.iter().cloned());
            all.push((ids, Severity::Unknown));
        }
    }
    all
}
