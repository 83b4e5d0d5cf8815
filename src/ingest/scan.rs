//! What a vulnerability scanner found in one run, and the claim made of it.

use std::collections::BTreeMap;

use super::room::{Room, cut};
use super::{IngestError, Origin, Report};
use crate::record::Kind;
use crate::record::kind::scan::{
    Database, MAX_FINDINGS, ScanDetail, ScanMetadata, Scanner, Score, Severities, Vulnerabilities, Vulnerability,
};
use crate::record::kind::test::Tool;
use crate::record::time::{Span, UtcTime};

/// How many bytes of JSON the findings of one record may take.
const FINDINGS_ROOM: usize = 400 << 10;

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
    /// When the report was made, where it says so.
    pub made: Option<UtcTime>,
    /// When the scanner's database was last brought up to date, where the report says so.
    pub database: Option<UtcTime>,
    /// What was found, each finding once.
    pub findings: BTreeMap<Finding, Severity>,
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

/// How severe a vulnerability is, on the scale of the records; the severest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Not said.
    Unknown,
    /// CVSS below 4.0.
    Low,
    /// CVSS 4.0 to 6.9.
    Medium,
    /// CVSS 7.0 to 8.9.
    High,
    /// CVSS 9.0 and above.
    Critical,
}

impl Severity {
    /// As the scale writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "UNKNOWN",
            Self::Low => "LOW",
            Self::Medium => "MEDIUM",
            Self::High => "HIGH",
            Self::Critical => "CRITICAL",
        }
    }

    /// From a tool's word, in any case. A word that is not on the scale is unknown, which counts.
    pub(super) fn from_word(word: &str) -> Self {
        match word.trim().to_ascii_lowercase().as_str() {
            "critical" => Self::Critical,
            "high" => Self::High,
            "medium" | "moderate" => Self::Medium,
            "low" | "info" | "informational" | "negligible" | "none" => Self::Low,
            _ => Self::Unknown,
        }
    }

    /// From a CVSS base score of version 3 or 4.
    pub(super) fn from_cvss(score: f64) -> Self {
        match score {
            9.0..=10.0 => Self::Critical,
            7.0..9.0 => Self::High,
            4.0..7.0 => Self::Medium,
            0.0..4.0 => Self::Low,
            _ => Self::Unknown,
        }
    }
}

impl ScanReport {
    /// Notes a finding; of two severities for the same one the severer counts.
    pub(super) fn find(&mut self, finding: Finding, severity: Severity) {
        self.findings.entry(finding).and_modify(|known| *known = severity.max(*known)).or_insert(severity);
    }

    fn counts(&self) -> Severities {
        let mut counts = Severities::default();
        for severity in self.findings.values() {
            let count = match severity {
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
}

/// The claim of a scan record: one record is one tool's run. `occurred` is when the scan ran, where
/// the report does not say when it was made. An inventory is a scan only where it lists
/// vulnerabilities.
pub fn scan_claim(report: &Report, occurred: Span) -> Result<(Vulnerabilities, ScanDetail), IngestError> {
    let scan = match report {
        Report::Scan(scan) => scan,
        Report::Inventory(inventory) => inventory.scan()?,
        Report::Tests(_) | Report::Coverage(_) => return Err(report.refused_for(Kind::Scan)),
    };
    let ran = scan.made.map_or(occurred, Span::at);
    let counts = scan.counts();
    let result = listed(scan);
    let omitted = counts.total().saturating_sub(result.len() as u64);
    let name = |text: &str| cut(text, MAX_NAME).into_owned();
    let tool = name(&scan.tool.name);
    let scanner = Scanner {
        uri: format!("pkg:generic/{}", percent_encoded(&tool)),
        version: scan.tool.version.as_deref().map(name),
        db: Database { last_update: scan.database, ..Database::default() },
        result,
    };
    let metadata = ScanMetadata { scan_started_on: ran.start, scan_finished_on: ran.end };
    let detail = ScanDetail { tool, target: scan.target.as_deref().map(name), counts, omitted };
    Ok((Vulnerabilities { scanner, metadata }, detail))
}

/// The findings that find room, the severest first, then by id.
fn listed(scan: &ScanReport) -> Vec<Vulnerability> {
    let mut findings: Vec<_> = scan.findings.iter().collect();
    findings.sort_by_key(|(finding, severity)| (std::cmp::Reverse(**severity), *finding));
    let entries = findings.into_iter().map(|(finding, severity)| Vulnerability {
        id: finding.id.clone(),
        severity: vec![Score { method: cut(&scan.tool.name, MAX_NAME).into_owned(), score: severity.as_str().into() }],
    });
    let mut room = Room::new(MAX_FINDINGS, FINDINGS_ROOM);
    entries.take_while(|entry| room.take(entry)).collect()
}

/// A name inside a package URL.
fn percent_encoded(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_~".contains(&byte);
    name.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
