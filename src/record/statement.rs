//! The statement: one record as in-toto carries it, and back.
//!
//! Source: <https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md>.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::digests::Digests;
use super::header::{AllowedSecrets, FileRef, Header, VERSION};
use super::ids::{CommitId, FileDigest, RecordId};
use super::kind::scan::ScanDetail;
use super::kind::test::TestDetail;
use super::kind::{Claim, Kind};
use super::strict::{self, JsonError};

/// The `_type` of every statement.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

/// How many subjects a statement may have.
pub const MAX_SUBJECTS: usize = 10_000;

/// A record as read from a statement. Who says so, and whether they may, has not been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// SHA-256 of the payload bytes it was read from.
    pub id: RecordId,
    /// The commit it speaks about.
    pub commit: CommitId,
    /// What every kind has in common.
    pub header: Header,
    /// The artifacts it speaks about.
    pub artifacts: Vec<Artifact>,
    /// What it claims.
    pub claim: Claim,
}

/// A built file, by name and digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Its name; never empty.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: FileDigest,
}

/// Why a payload is not a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// Not strict JSON, or not a statement.
    #[error("payload is not a statement: {0}")]
    Json(#[from] JsonError),
    /// Another statement type.
    #[error("_type {0:?} is not {STATEMENT_TYPE}")]
    Type(String),
    /// A later or unknown format.
    #[error("format version {0} is unknown: this program reads version {VERSION}; use a newer git-qms")]
    Version(u8),
    /// Subject 0 is not the commit, or another subject is not an artifact.
    #[error("subject {index}: {reason}")]
    Subject {
        /// Its place in the list.
        index: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The predicate is written under another kind's type.
    #[error("kind {kind} is written under predicateType {expected}, not {found:?}")]
    PredicateType {
        /// The header's kind.
        kind: Kind,
        /// What that kind is written under.
        expected: &'static str,
        /// What the statement says.
        found: String,
    },
    /// The stage is not the kind's.
    #[error("stage of kind {0} is not the one the format gives it")]
    Stage(Kind),
    /// A detail of another kind, or none where the kind has one.
    #[error("kind {kind}: urn:git-qms:{detail}:v1 {problem} in the header")]
    Detail {
        /// The header's kind.
        kind: Kind,
        /// Whose detail.
        detail: Kind,
        /// Missing, or out of place.
        problem: &'static str,
    },
    /// The header does not say what its members mean.
    #[error("header: {0}")]
    Header(String),
    /// The predicate or detail does not have the shape of its kind.
    #[error("predicate of kind {kind}: {reason}")]
    Predicate {
        /// The header's kind.
        kind: Kind,
        /// What is wrong with it.
        reason: String,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<P> {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<Subject>,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    predicate: P,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Subject {
    name: String,
    digest: Digests,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    // Boxed: a list of subjects grows by moving them, and most have none.
    annotations: Option<Box<Annotations>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Annotations {
    qms: Header,
}

/// Reads one statement.
pub fn parse(payload: &[u8]) -> Result<Record, StatementError> {
    read(payload, RecordId::of(payload))
}

/// Reads a statement whose id is known.
pub(crate) fn read(payload: &[u8], id: RecordId) -> Result<Record, StatementError> {
    let wire: Wire<Box<RawValue>> = strict::read(payload)?;
    if wire.kind != STATEMENT_TYPE {
        return Err(StatementError::Type(wire.kind));
    }
    if wire.subject.len() > MAX_SUBJECTS {
        return Err(StatementError::Subject { index: MAX_SUBJECTS, reason: "more than 10,000 subjects" });
    }
    let mut subjects = wire.subject.into_iter();
    let (commit, header) = commit_of(subjects.next())?;
    let kind = header.kind;
    if header.version != VERSION {
        return Err(StatementError::Version(header.version));
    }
    if wire.predicate_type != kind.predicate_type() {
        return Err(StatementError::PredicateType {
            kind,
            expected: kind.predicate_type(),
            found: wire.predicate_type,
        });
    }
    if header.stage != kind.stage() {
        return Err(StatementError::Stage(kind));
    }
    check_details(&header)?;
    check_files(&header)?;
    let artifacts = subjects.enumerate().map(|(at, subject)| artifact_of(at + 1, subject)).collect::<Result<_, _>>()?;
    let claim = Claim::parse(kind, wire.predicate.get())?;
    Ok(Record { id, commit, header, artifacts, claim })
}

fn commit_of(subject: Option<Subject>) -> Result<(CommitId, Header), StatementError> {
    let refuse = |reason| StatementError::Subject { index: 0, reason };
    let subject = subject.ok_or(refuse("there is none: it has to be the annotated commit"))?;
    if subject.name != "commit" || subject.digest.len() != 1 {
        return Err(refuse("is not named commit with exactly one digest, gitCommit"));
    }
    let digest = subject.digest.get("gitCommit").ok_or(refuse("has no digest gitCommit"))?;
    let commit = digest.parse().map_err(|_| refuse("gitCommit is not a full lower-case object id"))?;
    let annotations = subject.annotations.ok_or(refuse("has no annotations with the header under qms"))?;
    Ok((commit, annotations.qms))
}

fn artifact_of(index: usize, subject: Subject) -> Result<Artifact, StatementError> {
    let refuse = |reason| StatementError::Subject { index, reason };
    if subject.annotations.is_some() {
        return Err(refuse("has annotations: only the commit has"));
    }
    if subject.name.is_empty() {
        return Err(refuse("has no name"));
    }
    if subject.digest.len() != 1 {
        return Err(refuse("needs exactly one digest, sha256"));
    }
    let digest = subject.digest.get("sha256").ok_or(refuse("has no digest sha256"))?;
    let sha256 = digest.parse().map_err(|_| refuse("sha256 is not 64 lower-case hex digits"))?;
    Ok(Artifact { name: subject.name, sha256 })
}

/// The header carries the detail of its own kind, and of no other.
fn check_details(header: &Header) -> Result<(), StatementError> {
    let kind = header.kind;
    let details = [
        (Kind::Build, header.build.is_some()),
        (Kind::Test, header.test.is_some()),
        (Kind::Scan, header.scan.is_some()),
        (Kind::Gate, header.gate.is_some()),
    ];
    for (detail, there) in details {
        if there != (kind == detail) {
            let problem = if there { "is out of place" } else { "is missing" };
            return Err(StatementError::Detail { kind, detail, problem });
        }
    }
    let checks = [header.test.as_ref().map(TestDetail::check), header.scan.as_ref().map(ScanDetail::check)];
    let checked = checks.into_iter().flatten().collect::<Result<(), _>>();
    checked.map_err(|reason| StatementError::Predicate { kind, reason })
}

/// What the types of files, and of secrets let pass, cannot say alone.
fn check_files(header: &Header) -> Result<(), StatementError> {
    let files = header.files.iter().map(FileRef::check);
    let mut checks = files.chain(header.allowed_secrets.as_ref().map(AllowedSecrets::check));
    checks.try_for_each(|check| check).map_err(StatementError::Header)
}

/// Writes the payload of a record: compact JSON, members in the order of the format.
pub fn write(
    commit: CommitId,
    header: &Header,
    artifacts: &[Artifact],
    claim: &Claim,
) -> Result<Vec<u8>, StatementError> {
    let payload = written(commit, header, artifacts, claim)?;
    // What we would not read, we do not sign.
    parse(&payload)?;
    Ok(payload)
}

/// As [`write`], of what has been read.
pub(crate) fn written(
    commit: CommitId,
    header: &Header,
    artifacts: &[Artifact],
    claim: &Claim,
) -> Result<Vec<u8>, StatementError> {
    let digest = |name: &str, value: String| Digests::from([(name.to_owned(), value)]);
    let annotated = Subject {
        name: "commit".into(),
        digest: digest("gitCommit", commit.to_string()),
        annotations: Some(Box::new(Annotations { qms: header.clone() })),
    };
    let artifacts = artifacts.iter().map(|artifact| Subject {
        name: artifact.name.clone(),
        digest: digest("sha256", artifact.sha256.to_string()),
        annotations: None,
    });
    let wire = Wire {
        kind: STATEMENT_TYPE.into(),
        subject: std::iter::once(annotated).chain(artifacts).collect(),
        predicate_type: claim.kind().predicate_type().into(),
        predicate: claim,
    };
    Ok(serde_json::to_vec(&wire).map_err(JsonError::from)?)
}

impl Record {
    /// One line for lists. Not escaped: it may hold text from the repository.
    pub fn summary(&self) -> String {
        match (&self.header.test, &self.header.scan) {
            (Some(test), _) => test.summary(),
            (_, Some(scan)) => scan.summary(),
            _ => self.claim.summary(),
        }
    }
}
