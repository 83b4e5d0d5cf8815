//! Checkpoint: pins the ledger. What it says lies in the header: the ledger's tip and the trust.

use serde::{Deserialize, Serialize};

use super::{Predicate, Stage};

/// Why the ledger is pinned here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// The occasion.
    pub occasion: Occasion,
}

/// The occasion of a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Occasion {
    /// A trust version was written; sits on its commit.
    Trust,
    /// Many records were written at once.
    Bulk,
    /// Somebody audited what it pins.
    Audit,
    /// Somebody asked for it.
    Request,
}

impl Predicate for Checkpoint {
    const TYPE: &'static str = "urn:git-qms:checkpoint:v1";
    const STAGE: Option<Stage> = None;

    fn summary(&self) -> String {
        match self.occasion {
            Occasion::Trust => "checkpoint of a trust change",
            Occasion::Bulk => "checkpoint of a bulk write",
            Occasion::Audit => "audited up to here",
            Occasion::Request => "checkpoint",
        }
        .into()
    }
}
