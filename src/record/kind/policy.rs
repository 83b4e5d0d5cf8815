//! Policy: the policy owner's signature under a control catalog.

use serde::{Deserialize, Serialize};

use super::{Predicate, Stage};
use crate::record::ids::FileDigest;

/// Ratifies `.qms/policy.toml` as it is in the annotated commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyRatification {
    /// SHA-256 of the file's bytes.
    pub sha256: FileDigest,
    /// SHA-256 of the catalog it replaces; absent for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<FileDigest>,
}

impl Predicate for PolicyRatification {
    const TYPE: &'static str = "urn:git-qms:policy:v1";
    const STAGE: Option<Stage> = None;

    fn summary(&self) -> String {
        format!("policy {} ratified", self.sha256.short())
    }
}
