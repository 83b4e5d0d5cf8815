//! What a project that begins anew says of the one that it continues, whose root keys are lost.

use serde::{Deserialize, Serialize};

use crate::record::ids::{CommitId, TrustDigest};

/// The project before, as it was left. No key of it vouches for this: whoever pins the new root does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Continues {
    /// Digest of its first trust version.
    pub project: TrustDigest,
    /// Digest of its last trust version.
    pub trust: TrustDigest,
    /// The last commit of its ledger.
    pub ledger: CommitId,
}
