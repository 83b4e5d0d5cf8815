//! What a vulnerability scanner found in one run, and the claim made of it.

use std::collections::BTreeMap;

use super::aside::{Asides, named_counts};
use super::room::{Room, cut};
use super::{Ended, IngestError, Origin, Report};
use crate::record::Kind;
use crate::record::kind::findings::{Cause, StatementRef};
use crate::record::kind::scan::{
    Database, MAX_FINDINGS, ScanDetail, ScanMetadata, Scanner, Score, Severities, VexDocument, Vulnerabilities,
    Vulnerability,
};
use crate::record::kind::test::Tool;
use crate::record::time::Span;

mod severity;

pub use severity::Severity;

/// How many bytes of JSON the findings of one record may take.
const FINDINGS_ROOM: usize = 350 << 10;

/// How much of a name in the report is copied, in characters.
const MAX_NAME: usize = 300;

/// One run of a scanner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanReport {
    /// Where it is from.
    pub origin: Origin,
    /// The scanner.
    pub tool: Tool,
    /// What was scanned, by the report's word.
    pub target: Option<String>,
    /// When the scan ran, where the report says so.
    pub ran: Option<Span>,
    /// The scanner's database, where the report says something of it.
    pub database: Database,
    /// How the run ended.
    pub ended: Ended,
    /// How many runs of the scanner count as one.
    pub runs: u64,
    /// What was found, each finding once.
    pub findings: BTreeMap<Finding, Found>,
    /// What was found and does not count, and why.
    pub set_aside: Vec<(Finding, Found, Excuse)>,
    /// What else is in the report and is not counted.
    pub not_counted: BTreeMap<String, u64>,
}

/// One vulnerability in one package in one place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Finding {
    /// For instance `CVE-2024-1234`.
    pub id: String,
    /// The package and its version, as the tool names them.
    pub package: String,
    /// The file or layer it was found in.
    pub place: String,
}

/// What is said of a finding.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// How severe it is.
    pub severity: Severity,
    /// The package URL of the package, where the report has one.
    pub purl: Option<String>,
    /// Other ids of the same vulnerability.
    pub aliases: Vec<String>,
}

impl Found {
    /// Nothing but a severity.
    pub(super) fn of(severity: Severity) -> Self {
        Self { severity, ..Self::default() }
    }
}

/// Why a finding does not count, and by whose word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excuse {
    /// Why.
    pub cause: Cause,
    /// What was said.
    pub reason: Option<String>,
    /// The statement of a VEX document that says so.
    pub statement: Option<StatementRef>,
}

impl ScanReport {
    /// A complete run that found nothing so far.
    pub(super) fn new(origin: Origin, tool: &str, version: Option<String>) -> Self {
        Self {
            origin,
            tool: Tool { name: tool.into(), version: version.filter(|text| !text.trim().is_empty()) },
            target: None,
            ran: None,
            database: Database::default(),
            ended: Ended::Complete,
            runs: 1,
            findings: BTreeMap::new(),
            set_aside: Vec::new(),
            not_counted: BTreeMap::new(),
        }
    }

    /// Notes a finding; of two severities for the same one the severer counts.
    pub(super) fn find(&mut self, finding: Finding, found: Found) {
        let known = self.findings.entry(finding).or_default();
        known.severity = known.severity.max(found.severity);
        known.purl = known.purl.take().or(found.purl);
        known.aliases.extend(found.aliases);
    }

    /// Counts results of another sort, without keeping them.
    pub(super) fn pass_over(&mut self, what: &str, count: usize) {
        if count > 0 {
            *self.not_counted.entry(what.to_owned()).or_default() += count as u64;
        }
    }

    fn counts(&self) -> Severities {
        let mut counts = Severities::default();
        for found in self.findings.values() {
            let count = match found.severity {
                Severity::Unknown => &mut counts.unknown,
                Severity::Low => &mut counts.low,
                Severity::Medium => &mut counts.medium,
                Severity::High => &mut counts.high,
                Severity::Critical => &mut counts.critical,
            };
            *count += 1;
        }
        counts
    }

    /// The claim of a scan record. `occurred` is when the scan ran, where the report does not say so;
    /// `vex` are the documents that were applied.
    pub fn claim(&self, occurred: Span, vex: Vec<VexDocument>) -> (Vulnerabilities, ScanDetail) {
        let ran = self.ran.unwrap_or(occurred);
        let counts = self.counts();
        let result = listed(self);
        let omitted = counts.total().saturating_sub(result.len() as u64);
        let name = |text: &str| cut(text, MAX_NAME).into_owned();
        let tool = name(&self.tool.name);
        let mut asides = Asides::default();
        for (finding, found, excuse) in &self.set_aside {
            let place = [finding.package.as_str(), finding.place.trim()].join(" ");
            asides.add(excuse, &finding.id, place.trim(), found.severity.as_str(), found.severity as u8);
        }
        let scanner = Scanner {
            uri: format!("pkg:generic/{}", percent_encoded(&tool)),
            version: self.tool.version.as_deref().map(name),
            db: self.database.clone(),
            result,
        };
        let metadata = ScanMetadata { scan_started_on: ran.start, scan_finished_on: ran.end };
        let detail = ScanDetail {
            tool,
            target: self.target.as_deref().map(name),
            run: self.ended.as_run(self.runs),
            counts,
            omitted,
            set_aside: asides.finish(),
            not_counted: named_counts(&self.not_counted),
            vex,
        };
        (Vulnerabilities { scanner, metadata }, detail)
    }
}

impl Report {
    /// The one scan that it holds. An inventory is a scan only where it lists vulnerabilities; of static
    /// analyses, those whose rules rate vulnerabilities.
    pub fn scan(&self) -> Result<ScanReport, IngestError> {
        match self {
            Self::Scan(scan) => Ok(scan.clone()),
            Self::Inventory(inventory) => inventory.scan().cloned(),
            Self::Analysis(analysis) => analysis.scan(),
            Self::Vex(vex) => Err(IngestError::OnlyVex { file: vex.origin.file.clone() }),
            _ => Err(self.refused_for(Kind::Scan)),
        }
    }
}

/// The claim of a scan record, without any VEX document: one record is one tool's run.
pub fn scan_claim(report: &Report, occurred: Span) -> Result<(Vulnerabilities, ScanDetail), IngestError> {
    Ok(report.scan()?.claim(occurred, Vec::new()))
}

/// The findings that find room, the severest first, then by id.
fn listed(scan: &ScanReport) -> Vec<Vulnerability> {
    let mut findings: Vec<_> = scan.findings.iter().collect();
    findings.sort_by_key(|(finding, found)| (std::cmp::Reverse(found.severity), *finding));
    let entries = findings.into_iter().map(|(finding, found)| Vulnerability {
        id: finding.id.clone(),
        severity: vec![Score {
            method: cut(&scan.tool.name, MAX_NAME).into_owned(),
            score: found.severity.as_str().into(),
        }],
    });
    let mut room = Room::new(MAX_FINDINGS, FINDINGS_ROOM);
    entries.take_while(|entry| room.take(entry)).collect()
}

/// A name inside a package URL.
fn percent_encoded(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_~".contains(&byte);
    name.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
