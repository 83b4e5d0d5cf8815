//! Scan: what a vulnerability scanner found. in-toto vulnerability predicate v0.2.
//!
//! Source: <https://github.com/in-toto/attestation/blob/main/spec/predicates/vuln.md>.
//! One record is one tool's run.

use serde::{Deserialize, Serialize};

use super::findings::{NotCounted, Run, SetAside, summary};
use super::{Predicate, Stage, not_empty};
use crate::record::ids::FileDigest;
use crate::record::time::UtcTime;

/// How many findings a record lists; the counts cover them all.
pub const MAX_FINDINGS: usize = 1_000;

/// The in-toto vulnerability predicate, with the members that git-qms writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vulnerabilities {
    /// The tool and what it found.
    pub scanner: Scanner,
    /// When it ran.
    pub metadata: ScanMetadata,
}

/// The tool and what it found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scanner {
    /// For instance `pkg:generic/trivy`.
    pub uri: String,
    /// As the tool writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The database it looked things up in.
    #[serde(default)]
    pub db: Database,
    /// Each vulnerability found, up to [`MAX_FINDINGS`], the severest first.
    pub result: Vec<Vulnerability>,
}

/// A vulnerability database.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Database {
    /// Where it is from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// Its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// When it was last brought up to date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_update: Option<UtcTime>,
}

/// One vulnerability.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vulnerability {
    /// For instance `CVE-2024-1234`.
    pub id: String,
    /// How severe, by which scale.
    pub severity: Vec<Score>,
}

/// A severity by one scale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Score {
    /// The scale, for instance `trivy` or `CVSS_V3`.
    pub method: String,
    /// The value on it, for instance `MEDIUM` or `7.5`.
    pub score: String,
}

/// When the scan ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ScanMetadata {
    /// When it began.
    pub scan_started_on: UtcTime,
    /// When it ended.
    pub scan_finished_on: UtcTime,
}

/// What a scan record says beyond the vulnerability predicate; lies in the header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ScanDetail {
    /// The tool's name, for instance `trivy`.
    pub tool: String,
    /// What was scanned, by the report's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// How the run ended: what is counted says nothing of what is not there unless it is complete.
    pub run: Run,
    /// Findings by severity, without those set aside.
    pub counts: Severities,
    /// How many findings are not listed in the predicate.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub omitted: u64,
    /// Findings that do not count, by cause; each cause once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_aside: Vec<SetAside>,
    /// What else the report holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_counted: Vec<NotCounted>,
    /// The VEX documents that were held against the findings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vex: Vec<VexDocument>,
}

/// A VEX document, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VexDocument {
    /// SHA-256 of the document, which is among the record's files.
    pub sha256: FileDigest,
    /// Its own id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Whose word it is, by itself: its signature, if any, is not checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// How many statements it makes.
    pub statements: u64,
    /// How many findings its statements set aside.
    pub applied: u64,
    /// How many of its statements match no finding.
    pub unmatched: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
pub(super) fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Findings by severity. `unknown` are findings that the report gives no severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Severities {
    /// CVSS 9.0 and above.
    pub critical: u64,
    /// CVSS 7.0 to 8.9.
    pub high: u64,
    /// CVSS 4.0 to 6.9.
    pub medium: u64,
    /// CVSS below 4.0.
    pub low: u64,
    /// Not said.
    pub unknown: u64,
}

impl Severities {
    /// All findings.
    pub fn total(self) -> u64 {
        [self.critical, self.high, self.medium, self.low, self.unknown]
            .iter()
            .fold(0, |sum, count| sum.saturating_add(*count))
    }
}

impl ScanDetail {
    /// One line: `trivy: 4 medium; set aside: 1 not affected`.
    pub fn summary(&self) -> String {
        let counts = self.counts;
        let named = [
            (counts.critical, "critical"),
            (counts.high, "high"),
            (counts.medium, "medium"),
            (counts.low, "low"),
            (counts.unknown, "of unknown severity"),
        ];
        let found: Vec<_> =
            named.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
        let found = if found.is_empty() { "no vulnerabilities".to_owned() } else { found.join(", ") };
        summary(&self.tool, &found, &self.run, &self.set_aside)
    }

    /// Checks what the types alone cannot say.
    pub(crate) fn check(&self) -> Result<(), String> {
        self.run.check()?;
        self.set_aside.iter().try_for_each(SetAside::check)
    }
}

impl Predicate for Vulnerabilities {
    const TYPE: &'static str = "https://in-toto.io/attestation/vulns/v0.2";
    const STAGE: Option<Stage> = Some(Stage::Test);

    fn check(&self) -> Result<(), String> {
        not_empty("scanner uri", &self.scanner.uri)?;
        self.scanner.result.iter().try_for_each(|found| not_empty("vulnerability id", &found.id))
    }

    fn summary(&self) -> String {
        format!("{} vulnerabilities", self.scanner.result.len())
    }
}
