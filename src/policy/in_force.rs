//! Which catalog is in force: the one that the policy owner last ratified.

use super::evidence::Proof;
use super::view::View;
use crate::record::{Claim, CommitId, FileDigest, Kind, UtcTime};
use crate::verify::{Ledger, last_of};

/// The catalog in force.
#[derive(Debug, Clone)]
pub enum InForce<'a> {
    /// Nobody has ratified one: that of the tree is only proposed.
    None,
    /// This one. It is read from the commit, and its bytes have to have this digest.
    Ratified {
        /// The record that ratifies it.
        record: Proof<'a>,
        /// The commit it is read from.
        commit: CommitId,
        /// SHA-256 of the file's bytes.
        sha256: FileDigest,
    },
    /// Several that neither of which comes after the other: the policy owner has to decide.
    Ambiguous(Vec<Proof<'a>>),
}

/// The catalog that the ledger's policy records name, as of a moment. Only their signed order decides.
pub fn in_force(ledger: &Ledger, at: UtcTime) -> InForce<'_> {
    in_force_in(View::of(ledger, at))
}

/// The catalog that the policy records there name.
pub(super) fn in_force_in(view: View<'_>) -> InForce<'_> {
    let last = last_of(view.ledger, view.of_kind(Kind::Policy));
    let digest = |record: Proof<'_>| match &record.claim {
        Claim::Policy(policy) => Some(policy.sha256),
        _ => None,
    };
    let Some((record, sha256)) = last.first().and_then(|record| Some((*record, digest(record)?))) else {
        return InForce::None;
    };
    if last.iter().all(|other| digest(other) == Some(sha256)) {
        InForce::Ratified { record, commit: record.commit, sha256 }
    } else {
        InForce::Ambiguous(last)
    }
}

/// The bytes are not those that were ratified.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    ".qms/policy.toml at commit {commit} is {found}, where {expected} was ratified: ratify it anew: git qms policy ratify"
)]
pub struct NotRatified {
    /// Where they were read.
    pub commit: CommitId,
    /// Their SHA-256.
    pub found: FileDigest,
    /// What the record says.
    pub expected: FileDigest,
}

impl InForce<'_> {
    /// Holds the bytes read from the commit against the digest that was ratified.
    pub fn confirm(&self, bytes: &[u8]) -> Result<(), NotRatified> {
        let found = FileDigest::of(bytes);
        match self {
            Self::Ratified { commit, sha256, .. } if *sha256 != found => {
                Err(NotRatified { commit: *commit, found, expected: *sha256 })
            }
            _ => Ok(()),
        }
    }
}
