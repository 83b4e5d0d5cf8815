//! The header of a record: what every kind has in common.

use serde::{Deserialize, Serialize};

use super::ids::{CommitId, FileDigest, RecordId, TreeId, TrustDigest};
use super::kind::{Kind, Stage, build::BuildDetail, gate::GateDetail, scan::ScanDetail, test::TestDetail};
use super::name::{ChangeRef, MemberId, Name, TagName};
use super::time::{Span, UtcTime};

/// The format version that this program writes and reads.
pub const VERSION: u8 = 1;

/// Lies in the annotations of subject 0, under `qms`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Always [`VERSION`].
    pub version: u8,
    /// Digest of the first trust version: binds the record to its project.
    pub project: TrustDigest,
    /// What kind of record this is.
    pub kind: Kind,
    /// The stage of the change's life the kind belongs to; absent for bookkeeping kinds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    /// The tree of the annotated commit.
    pub tree: TreeId,
    /// The member who signs.
    pub recorder: MemberId,
    /// The trust version it was signed under.
    pub trust: TrustDigest,
    /// The ledger's tip just before signing; `null` only in the first checkpoint.
    #[serde(deserialize_with = "super::objects::nullable")]
    pub ledger: Option<CommitId>,
    /// When it happened: a claim.
    pub occurred: Span,
    /// When it was written down: a claim.
    pub recorded: UtcTime,
    /// The service it applies to. Absent is absent, not a wildcard; so for the next three.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Name>,
    /// The environment it applies to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<Name>,
    /// The release it applies to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<TagName>,
    /// The change it applies to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<ChangeRef>,
    /// Whether the evidence may come from something else than the commit: tracked files differed,
    /// HEAD was another commit, submodules differed, or index flags hid files.
    pub dirty: bool,
    /// Where it was recorded, read from the CI system's environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// The files it was made from, and those attached to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileRef>,
    /// Why it was recorded although something in it, or in a file of it, looks like a secret.
    #[serde(rename = "allowedSecrets", default, skip_serializing_if = "Option::is_none")]
    pub allowed_secrets: Option<AllowedSecrets>,
    /// The record it corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<Supersedes>,
    /// What a build record says beyond SLSA provenance.
    #[serde(rename = "urn:git-qms:build:v1", default, skip_serializing_if = "Option::is_none")]
    pub build: Option<BuildDetail>,
    /// What a test record says beyond the in-toto test result.
    #[serde(rename = "urn:git-qms:test:v1", default, skip_serializing_if = "Option::is_none")]
    pub test: Option<TestDetail>,
    /// What a scan record says beyond the in-toto vulnerability predicate.
    #[serde(rename = "urn:git-qms:scan:v1", default, skip_serializing_if = "Option::is_none")]
    pub scan: Option<ScanDetail>,
    /// What a gate decision says beyond the SLSA verification summary.
    #[serde(rename = "urn:git-qms:gate:v1", default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<GateDetail>,
}

/// Who signs a record, under which trust, over which ledger, and when.
#[derive(Debug, Clone)]
pub struct Signatory {
    /// Digest of the first trust version.
    pub project: TrustDigest,
    /// The member.
    pub recorder: MemberId,
    /// The trust version.
    pub trust: TrustDigest,
    /// The ledger's tip.
    pub ledger: Option<CommitId>,
    /// When.
    pub recorded: UtcTime,
}

impl Header {
    /// A header of `kind` about a commit with this tree, and nothing optional in it.
    pub fn new(kind: Kind, tree: TreeId, by: Signatory) -> Self {
        let Signatory { project, recorder, trust, ledger, recorded } = by;
        Self {
            version: VERSION,
            project,
            kind,
            stage: kind.stage(),
            tree,
            recorder,
            trust,
            ledger,
            occurred: Span::at(recorded),
            recorded,
            service: None,
            environment: None,
            release: None,
            change: None,
            dirty: false,
            source: None,
            files: Vec::new(),
            allowed_secrets: None,
            supersedes: None,
            build: None,
            test: None,
            scan: None,
            gate: None,
        }
    }
}

/// The automation that recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// `github`, `gitlab`, ….
    pub system: String,
    /// The run's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The run's web address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Who started it, by the system's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// The branch or tag it ran for.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub git_ref: Option<String>,
}

/// A file by its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileRef {
    /// SHA-256 of its bytes.
    pub sha256: FileDigest,
    /// Bytes.
    pub size: u64,
    /// IANA media type.
    #[serde(rename = "mediaType")]
    pub media_type: String,
    /// Its name, without directories.
    pub name: String,
    /// Whether `refs/qms/files` holds it.
    pub stored: bool,
    /// Where it is kept, if it is not stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
}

impl FileRef {
    /// What its types alone cannot say.
    pub(super) fn check(&self) -> Result<(), String> {
        match &self.uri {
            Some(_) if self.stored => Err(format!("file {} is stored and has a uri", self.sha256)),
            Some(uri) if !is_uri(uri) => Err(format!("file {}: {uri:?} is not a URI", self.sha256)),
            _ => Ok(()),
        }
    }
}

/// Whether a text is a URI with a scheme, of printable ASCII without spaces, up to 2,048 bytes.
///
/// Source: RFC 3986, section 3.1. What follows the scheme is for whoever fetches it.
pub fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        && !rest.is_empty()
        && text.len() <= 2048
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What looks like a secret and was let pass, by whom is the record's signer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllowedSecrets {
    /// Why.
    pub reason: String,
    /// The names of what it looks like, such as `github-token`, sorted.
    pub patterns: Vec<Name>,
}

impl AllowedSecrets {
    /// What its types alone cannot say.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.reason.trim().is_empty() {
            return Err("reason of allowedSecrets is empty".to_owned());
        }
        if self.patterns.is_empty() { Err("allowedSecrets names no pattern".to_owned()) } else { Ok(()) }
    }
}

/// A correction: both records stay visible.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Supersedes {
    /// The record that no longer counts.
    pub record: RecordId,
    /// Why.
    pub reason: String,
}
