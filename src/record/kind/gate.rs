//! Gate: a recorded decision. SLSA verification summary v1.
//!
//! Source: <https://slsa.dev/spec/v1.0/verification_summary>.

use serde::{Deserialize, Serialize};

use super::{Predicate, Resource, Stage};
use crate::record::ids::RecordId;
use crate::record::name::{Name, TagName};
use crate::record::time::UtcTime;

/// The `verifier` of every decision that git-qms records.
pub const VERIFIER: &str = "urn:git-qms";

/// The SLSA verification summary, with the members that git-qms writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct VerificationSummary {
    /// The program that judged.
    pub verifier: Verifier,
    /// As of when it was evaluated.
    pub time_verified: UtcTime,
    /// What was judged: `git+commit:<id>`.
    pub resource_uri: String,
    /// The catalog it was judged by.
    pub policy: Resource,
    /// The records that were relied on, by SHA-256 of their payloads, sorted.
    pub input_attestations: Vec<Resource>,
    /// The verdict.
    pub verification_result: VerificationResult,
    /// Always empty: git-qms judges by controls, and makes no claim of a SLSA level.
    pub verified_levels: Vec<String>,
    /// The version of the predicate's specification.
    pub slsa_version: String,
}

/// The program that judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verifier {
    /// Always [`VERIFIER`].
    pub id: String,
}

/// The verdict of a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum VerificationResult {
    /// Every blocking control is satisfied.
    Passed,
    /// At least one is not, or could not be told.
    Failed,
}

/// What a gate decision says beyond the verification summary; lies in the header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateDetail {
    /// What was asked.
    pub purpose: AskedFor,
    /// The release that was asked about by the name of its tag, which exceptions may be for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<TagName>,
    /// The risk tier it was judged in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Name>,
    /// The outcome by control, in the order of the catalog.
    pub controls: Vec<ControlOutcome>,
}

/// What a gate was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AskedFor {
    /// Whether it may go out.
    Gate,
    /// Whether the tag of its release may be made.
    Tag,
    /// Whether the recorder may deploy it now.
    Deploy,
}

/// The outcome of one control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlOutcome {
    /// The control's id.
    pub id: Name,
    /// `pass`, `fail`, `warn`, `excepted`, `not-applicable` or `incomplete`.
    pub outcome: Name,
    /// What it asks for.
    pub required: String,
    /// What there was.
    pub found: String,
    /// The records that show it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<RecordId>,
    /// What would mend it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Predicate for VerificationSummary {
    const TYPE: &'static str = "https://slsa.dev/verification_summary/v1";
    const STAGE: Option<Stage> = Some(Stage::Approve);

    fn check(&self) -> Result<(), String> {
        if self.verifier.id != VERIFIER {
            return Err(format!("verifier {:?} is not {VERIFIER}", self.verifier.id));
        }
        if !self.verified_levels.is_empty() {
            return Err("verifiedLevels is not empty: git-qms makes no claim of a SLSA level".into());
        }
        for resource in std::iter::once(&self.policy).chain(&self.input_attestations) {
            resource.check()?;
            // The predicate's own schema gives these two a uri and a digest only.
            if resource.name.is_some() {
                return Err("policy and inputAttestations have no name".into());
            }
        }
        Ok(())
    }

    fn summary(&self) -> String {
        match self.verification_result {
            VerificationResult::Passed => "gate passed".into(),
            VerificationResult::Failed => "gate failed".into(),
        }
    }
}
