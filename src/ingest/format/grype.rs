//! Grype's JSON.
//!
//! Source: <https://github.com/anchore/grype/tree/main/grype/presenter/models>. `ignoredMatches` are set
//! aside with the rules that ignored them. Severity is Grype's own word; where that is none, the CVSS
//! vectors of the vulnerability and those related to it.

use serde::Deserialize;
use serde_json::Value;

use super::{Glance, Source};
use crate::ingest::Report;
use crate::ingest::error::IngestError;
use crate::ingest::scan::{Excuse, Finding, Found, ScanReport, Severity};
use crate::record::kind::findings::Cause;
use crate::record::kind::scan::Database;
use crate::record::time::{Span, UtcTime};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    matches: Vec<Match>,
    ignored_matches: Option<Vec<Match>>,
    source: Option<Scanned>,
    descriptor: Option<Descriptor>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Match {
    vulnerability: Vulnerability,
    related_vulnerabilities: Option<Vec<Vulnerability>>,
    artifact: Artifact,
    applied_ignore_rules: Option<Vec<IgnoreRule>>,
}

#[derive(Deserialize)]
struct Vulnerability {
    id: String,
    severity: Option<String>,
    cvss: Option<Vec<Cvss>>,
}

#[derive(Deserialize)]
struct Cvss {
    vector: Option<String>,
}

#[derive(Deserialize)]
struct Artifact {
    name: String,
    version: Option<String>,
    purl: Option<String>,
    locations: Option<Vec<Location>>,
}

#[derive(Deserialize)]
struct Location {
    path: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct IgnoreRule {
    reason: Option<String>,
    fix_state: Option<String>,
    vex_status: Option<String>,
    vex_justification: Option<String>,
}

#[derive(Deserialize)]
struct Scanned {
    target: Option<Value>,
}

#[derive(Deserialize)]
struct Descriptor {
    name: Option<String>,
    version: Option<String>,
    timestamp: Option<String>,
    db: Option<Db>,
}

/// Since 0.88 under `status`, before that flat.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Db {
    status: Option<Box<Db>>,
    built: Option<String>,
    schema_version: Option<Value>,
    from: Option<String>,
    valid: Option<bool>,
    error: Option<Value>,
}

impl Match {
    fn finding(&self) -> Finding {
        let places = self.artifact.locations.iter().flatten().filter_map(|location| location.path.as_deref());
        Finding {
            id: self.vulnerability.id.clone(),
            package: format!("{}@{}", self.artifact.name, self.artifact.version.as_deref().unwrap_or_default()),
            place: places.collect::<Vec<_>>().join(" "),
        }
    }

    fn found(&self) -> Found {
        let related = self.related_vulnerabilities.as_deref().unwrap_or_default();
        let all = std::iter::once(&self.vulnerability).chain(related);
        let vectors = all.flat_map(|one| one.cvss.iter().flatten()).filter_map(|cvss| cvss.vector.as_deref());
        let word = Severity::from_word(self.vulnerability.severity.as_deref().unwrap_or_default());
        let severity = match word {
            Severity::Unknown => vectors.map(Severity::from_vector).max().unwrap_or_default(),
            known => known,
        };
        let aliases = related.iter().map(|one| one.id.clone()).collect();
        Found { severity, purl: self.artifact.purl.clone().filter(|purl| !purl.is_empty()), aliases }
    }

    fn excuse(&self) -> Excuse {
        let rules = self.applied_ignore_rules.as_deref().unwrap_or_default();
        let by_vex = |status: &str| rules.iter().any(|rule| rule.vex_status.as_deref() == Some(status));
        let cause = match (by_vex("not_affected"), by_vex("fixed")) {
            (true, _) => Cause::NotAffected,
            (_, true) => Cause::Fixed,
            _ => Cause::Ignored,
        };
        let of_rule = |rule: &IgnoreRule| {
            let fix = rule.fix_state.as_deref().filter(|state| !state.is_empty() && *state != "unknown");
            let words = [rule.reason.as_deref(), rule.vex_justification.as_deref(), fix];
            words.into_iter().flatten().find(|word| !word.is_empty()).map(str::to_owned)
        };
        Excuse { cause, reason: rules.iter().find_map(of_rule), statement: None }
    }
}

pub(super) fn sniff(glance: &Glance) -> bool {
    glance.has("matches") && (glance.has("descriptor") || glance.has("source"))
}

pub(super) fn read(source: &Source) -> Result<Report, IngestError> {
    let document: Document = source.json()?;
    let descriptor = document.descriptor;
    let (name, version) = descriptor.as_ref().map_or((None, None), |tool| (tool.name.clone(), tool.version.clone()));
    let name = name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| "grype".into());
    let mut report = ScanReport::new(source.origin(), &name, version);
    report.target = document.source.and_then(|scanned| target(scanned.target?));
    let time = descriptor.as_ref().and_then(|tool| UtcTime::from_rfc3339(tool.timestamp.as_deref()?).ok());
    report.ran = time.map(Span::at);
    if let Some(db) = descriptor.and_then(|tool| tool.db) {
        db.tell(&mut report);
    }
    let ignored = document.ignored_matches.unwrap_or_default();
    if document.matches.iter().chain(&ignored).any(|one| one.vulnerability.id.trim().is_empty()) {
        return Err(source.malformed("a match has a vulnerability without id"));
    }
    for one in document.matches {
        report.find(one.finding(), one.found());
    }
    report.set_aside = ignored.iter().map(|one| (one.finding(), one.found(), one.excuse())).collect();
    Ok(Report::Scan(report))
}

impl Db {
    fn tell(&self, report: &mut ScanReport) {
        let db = self.status.as_deref().unwrap_or(self);
        let version = match &db.schema_version {
            Some(Value::String(text)) => Some(text.chars().take(40).collect()),
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        };
        let uri = db.from.as_deref().map(|uri| uri.chars().take(300).collect()).filter(|uri: &String| !uri.is_empty());
        let built = db.built.as_deref().and_then(|time| UtcTime::from_rfc3339(time).ok());
        report.database = Database { uri, version, last_update: built };
        let error = db.error.as_ref().filter(|error| !error.is_null() && error.as_str() != Some(""));
        if db.valid == Some(false) || error.is_some() {
            report.ended.failed("the vulnerability database was not valid");
        }
    }
}

/// A path, or an image by the name that the user gave.
fn target(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text).filter(|text| !text.is_empty()),
        Value::Object(image) => image.get("userInput").and_then(Value::as_str).map(str::to_owned),
        _ => None,
    }
}
