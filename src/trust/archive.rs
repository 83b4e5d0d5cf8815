//! The trust of a project that was continued, as it was left: what came on top later counts for nothing.

use super::chain::{Chain, TrustFault};
use super::continues::Continues;
use super::envelope::TrustEnvelope;
use crate::record::ids::CommitId;

impl Chain {
    /// The versions of the project before up to the one that `continues` names; the oldest of `stored` is first.
    ///
    /// Whoever found or stole a lost root key may go on with the old project; not with what was continued.
    pub fn archived(stored: &[(CommitId, Vec<u8>)], continues: Continues) -> Result<Self, String> {
        let digest = |bytes: &[u8]| TrustEnvelope::parse(bytes).ok().map(|envelope| envelope.digest());
        let last = stored.iter().rposition(|(_, bytes)| digest(bytes) == Some(continues.trust));
        let last = last.ok_or_else(|| format!("it does not hold trust version {}", continues.trust))?;
        let kept = stored.iter().take(last + 1).map(|(commit, bytes)| (*commit, &bytes[..]));
        let chain = Self::check(kept).map_err(|fault: TrustFault| fault.to_string())?;
        if let Some(fault) = chain.fault() {
            return Err(fault.to_string());
        }
        if chain.root() != continues.project {
            return Err(format!("it is of project {}", chain.root()));
        }
        Ok(chain)
    }
}
