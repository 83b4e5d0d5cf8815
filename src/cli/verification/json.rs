//! What was verified, in JSON output.

use serde::Serialize;

use super::Verification;
use crate::cli::archive::ArchiveJson;
use crate::report::findings::FindingJson;
use crate::verify::Outcome;

/// The verification part of JSON output.
#[derive(Serialize)]
pub struct VerificationJson {
    result: &'static str,
    counts: CountsJson,
    findings: Vec<FindingJson>,
    trust: TrustJson,
    #[serde(skip_serializing_if = "Option::is_none")]
    ledger: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    files: Option<FilesJson>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    archives: Vec<ArchiveJson>,
}

#[derive(Serialize)]
struct FilesJson {
    verified: u64,
    mismatched: u64,
    missing: u64,
    unavailable: u64,
    expunged: u64,
}

/// How many lines of the tip are what.
#[derive(Default, Serialize)]
pub struct CountsJson {
    valid: u64,
    void: u64,
    orphaned: u64,
    unverifiable: u64,
}

#[derive(Serialize)]
struct TrustJson {
    root: String,
    version: u64,
    pinned: bool,
}

impl VerificationJson {
    /// As part of an answer to more than whether it verifies.
    #[must_use]
    pub fn saying(self, outcome: Outcome) -> Self {
        Self { result: outcome.as_str(), ..self }
    }
}

impl Verification {
    /// For JSON output.
    pub fn json(&self) -> VerificationJson {
        let (counts, chain) = (self.ledger.counts(), self.ledger.chain());
        VerificationJson {
            result: self.outcome().as_str(),
            counts: CountsJson {
                valid: counts.valid,
                void: counts.void,
                orphaned: counts.orphaned,
                unverifiable: counts.unverifiable,
            },
            findings: self.findings.iter().map(FindingJson::from).collect(),
            trust: TrustJson {
                root: chain.root().to_string(),
                version: chain.newest().version.version,
                pinned: self.pin.root == Some(chain.root()),
            },
            ledger: self.ledger.tip().map(|tip| tip.to_string()),
            files: self.files.map(|files| FilesJson {
                verified: files.verified,
                mismatched: files.mismatched,
                missing: files.missing,
                unavailable: files.unavailable,
                expunged: files.expunged,
            }),
            archives: self.archives.iter().map(ArchiveJson::from).collect(),
        }
    }
}
