//! Tombstone: one person's word that an attached file has to leave the repository. It takes those of two.

use serde::{Deserialize, Serialize};

use super::{Predicate, Stage, not_empty};
use crate::record::ids::FileDigest;

/// What stays of a file that was expunged: its digest, why, and on what legal basis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Tombstone {
    /// The SHA-256 of the file.
    pub file: FileDigest,
    /// Why it has to go.
    pub reason: String,
    /// What obliges or allows to take it out: a law, an order, a contract.
    pub legal_basis: String,
}

impl Predicate for Tombstone {
    const TYPE: &'static str = "urn:git-qms:tombstone:v1";
    const STAGE: Option<Stage> = None;

    fn check(&self) -> Result<(), String> {
        not_empty("reason", &self.reason)?;
        not_empty("legalBasis", &self.legal_basis)
    }

    fn summary(&self) -> String {
        format!("expunge file {}: {} ({})", self.file.short(), self.reason, self.legal_basis)
    }
}
