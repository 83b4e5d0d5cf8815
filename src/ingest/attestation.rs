//! What others attest about files: signed in-toto statements, kept whole with their own signatures. We
//! check no signature of theirs and make none of it our claim; a record only says what they are about.

use std::collections::BTreeSet;

use super::room::{Room, cut};
use super::{IngestError, Origin, Report};
use crate::record::Kind;
use crate::record::ids::FileDigest;
use crate::record::kind::build::Attestation;
use crate::record::statement::Artifact;

/// How many subjects of a statement a record lists.
const MAX_SUBJECTS: usize = 100;

/// How many statements of one file a record lists.
pub(super) const MAX_STATEMENTS: usize = 100;

/// How many signatures of a statement are named.
const MAX_KEYIDS: usize = 20;

/// How many bytes of JSON they may take in one record.
const ATTESTATIONS_ROOM: usize = 100 << 10;

/// How much of each text is copied, in characters.
const MAX_COPIED: usize = 300;

/// One file of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttestationReport {
    /// Where it is from.
    pub origin: Origin,
    /// SHA-256 of the whole file.
    pub sha256: FileDigest,
    /// Its statements, in its order; at least one.
    pub statements: Vec<ForeignStatement>,
}

/// An in-toto statement of somebody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignStatement {
    /// What it claims, by its in-toto predicate type.
    pub predicate_type: String,
    /// SHA-256 of its subjects, where they have one.
    pub subjects: Vec<FileDigest>,
    /// How many subjects have none.
    pub without_sha256: u64,
    /// The key of each signature, where it is named; a bare statement has none.
    pub signatures: Vec<Option<String>>,
}

/// What a build record says of the statements of one file. At least one of them has to be about one of
/// `artifacts`; a file of statements about other bytes is refused.
pub fn attestations(report: &Report, artifacts: &[Artifact]) -> Result<Vec<Attestation>, IngestError> {
    let Report::Attestation(file) = report else { return Err(report.refused_for(Kind::Build)) };
    let recorded: BTreeSet<FileDigest> = artifacts.iter().map(|artifact| artifact.sha256).collect();
    let all: Vec<Attestation> = file.statements.iter().map(|one| one.noted(file.sha256, &recorded)).collect();
    if all.iter().all(|one| one.matches.is_empty()) {
        let names = artifacts.iter().map(|artifact| format!("{} ({})", artifact.name, artifact.sha256));
        return Err(IngestError::NoSuchSubject {
            file: file.origin.file.clone(),
            subjects: file.statements.iter().map(|one| one.subjects.len()).sum(),
            artifacts: names.take(5).collect::<Vec<_>>().join(", "),
        });
    }
    let mut room = Room::new(MAX_STATEMENTS, ATTESTATIONS_ROOM);
    let count = all.len();
    let listed: Vec<Attestation> = all.into_iter().take_while(|one| room.take(one)).collect();
    if listed.len() < count {
        return Err(IngestError::Malformed {
            file: file.origin.file.clone(),
            format: file.origin.format,
            reason: format!("{count} statements are more than a record lists; give those of these artifacts alone"),
        });
    }
    Ok(listed)
}

impl ForeignStatement {
    fn noted(&self, sha256: FileDigest, recorded: &BTreeSet<FileDigest>) -> Attestation {
        let subjects: Vec<FileDigest> = self.subjects.iter().copied().take(MAX_SUBJECTS).collect();
        let past = (self.subjects.len() - subjects.len()) as u64;
        let own: BTreeSet<FileDigest> = self.subjects.iter().copied().collect();
        let keyids = self.signatures.iter().flatten().filter(|keyid| !keyid.trim().is_empty());
        Attestation {
            sha256,
            predicate_type: cut(&self.predicate_type, MAX_COPIED).into_owned(),
            subjects,
            omitted: past.saturating_add(self.without_sha256),
            matches: own.intersection(recorded).copied().collect(),
            signatures: self.signatures.len() as u64,
            keyids: keyids.take(MAX_KEYIDS).map(|keyid| cut(keyid, MAX_COPIED).into_owned()).collect(),
        }
    }
}
