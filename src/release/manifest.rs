//! The manifest: everything a release relies on, as one in-toto statement inside the tag.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::record::ids::{CommitId, FileDigest, RecordId, TreeId, TrustDigest};
use crate::record::kind::approval::Meaning;
use crate::record::kind::scan::Severities;
use crate::record::kind::test::Ratio;
use crate::record::name::{ChangeRef, MemberId, Name, RequirementId, TagName};
use crate::record::statement::{Artifact, STATEMENT_TYPE};
use crate::record::strict::{self, JsonError};
use crate::record::time::UtcTime;

/// The predicate type of manifests.
pub const PREDICATE_TYPE: &str = "urn:git-qms:release-manifest:v1";

/// The predicate of the manifest. The same release gives the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Manifest {
    /// Digest of the first trust version.
    pub project: TrustDigest,
    /// What is released.
    pub service: Name,
    /// The version or date in the tag's name.
    pub version: String,
    /// The tag's name.
    pub tag: TagName,
    /// The released commit.
    pub commit: CommitId,
    /// Its tree.
    pub tree: TreeId,
    /// The newest release of the service before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<TagName>,
    /// The change reference.
    pub change: ChangeRef,
    /// The build id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build_id: Option<String>,
    /// Where it may go.
    pub environments: Vec<Name>,
    /// Who approved, in the order of the ledger.
    pub approvers: Vec<Approver>,
    /// Test counts by type of suite.
    pub tests: Vec<SuiteCounts>,
    /// Line and branch coverage, where recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<CoverageCounts>,
    /// Vulnerabilities by scanner.
    pub vulnerabilities: Vec<ScanCounts>,
    /// The requirements of its plan.
    pub requirements: Vec<RequirementId>,
    /// The gate's decision.
    pub gate: Decision,
    /// The exceptions it relies on, by record.
    pub exceptions: Vec<RecordId>,
    /// The ledger's tip that holds everything it relies on.
    pub ledger: CommitId,
    /// The trust version it was made under.
    pub trust: TrustPin,
    /// SHA-256 of the control catalog in force.
    pub policy: FileDigest,
    /// Every record it relies on, sorted.
    pub records: Vec<RecordId>,
    /// Until when it has to be kept, `YYYY-MM-DD`, where the catalog says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retain_until: Option<String>,
}

/// One approval, as the release saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approver {
    /// Who.
    pub member: MemberId,
    /// Their printed name.
    pub name: String,
    /// In which role.
    pub role: Name,
    /// With which meaning.
    pub meaning: Meaning,
    /// When, by their word.
    pub time: UtcTime,
    /// In which record.
    pub record: RecordId,
}

/// Test counts of one type of suite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuiteCounts {
    /// The type.
    #[serde(rename = "type")]
    pub kind: Name,
    /// Passed, flaky included.
    pub passed: u64,
    /// Failed.
    pub failed: u64,
    /// Not run.
    pub skipped: u64,
    /// Passed only after failing.
    pub flaky: u64,
}

/// Coverage of the release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoverageCounts {
    /// Lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<Ratio>,
    /// Branches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<Ratio>,
}

/// Vulnerability counts of one scanner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScanCounts {
    /// The scanner.
    pub tool: String,
    /// Findings by severity.
    pub counts: Severities,
}

/// The gate's decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Always `pass`: nothing else is released.
    pub result: String,
    /// The decision record.
    pub record: RecordId,
    /// The risk tier it was judged in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Name>,
}

/// A trust version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustPin {
    /// Its number.
    pub version: u64,
    /// Its digest.
    pub digest: TrustDigest,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<Subject>,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    predicate: Manifest,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Subject {
    name: String,
    digest: BTreeMap<String, String>,
}

impl Manifest {
    /// The statement about the commit and its artifacts: pretty-printed JSON, fixed order, no final newline.
    pub fn to_json(&self, artifacts: &[Artifact]) -> Result<String, JsonError> {
        let subject = |name: &str, algorithm: &str, hex: String| Subject {
            name: name.to_owned(),
            digest: BTreeMap::from([(algorithm.to_owned(), hex)]),
        };
        let commit = subject("commit", "gitCommit", self.commit.to_string());
        let artifacts = artifacts.iter().map(|file| subject(&file.name, "sha256", file.sha256.to_string()));
        let wire = Wire {
            kind: STATEMENT_TYPE.to_owned(),
            subject: std::iter::once(commit).chain(artifacts).collect(),
            predicate_type: PREDICATE_TYPE.to_owned(),
            predicate: self.clone(),
        };
        Ok(serde_json::to_string_pretty(&wire)?)
    }

    /// Reads a statement back.
    pub fn parse(json: &str) -> Result<(Self, Vec<Artifact>), String> {
        let wire: Wire = strict::from_slice(json.as_bytes()).map_err(|error| error.to_string())?;
        if wire.kind != STATEMENT_TYPE || wire.predicate_type != PREDICATE_TYPE {
            return Err(format!(
                "is a {:?} with predicate {:?}, not a release manifest",
                wire.kind, wire.predicate_type
            ));
        }
        let mut subjects = wire.subject.iter();
        let commit = subjects.next().and_then(|subject| subject.digest.get("gitCommit"));
        if commit.is_none_or(|commit| *commit != wire.predicate.commit.to_string()) {
            return Err("subject 0 is not the commit of the predicate".to_owned());
        }
        let artifact = |subject: &Subject| {
            let sha256 = subject.digest.get("sha256")?.parse().ok()?;
            (subject.digest.len() == 1).then(|| Artifact { name: subject.name.clone(), sha256 })
        };
        let artifacts =
            subjects.map(artifact).collect::<Option<_>>().ok_or("a subject is not an artifact with a sha256")?;
        Ok((wire.predicate, artifacts))
    }
}
