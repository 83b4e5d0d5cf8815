//! How many root people of a version signed, of how many it takes.

use std::fmt;

use super::envelope::TrustEnvelope;
use super::version::{ROOT, TrustVersion};
use crate::envelope::PublicKey;
use crate::record::name::MemberId;

/// The root people of one version, by whether they signed another one. People count, not keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quorum {
    /// Who signed.
    pub signed: Vec<MemberId>,
    /// Who could sign yet.
    pub open: Vec<MemberId>,
    /// How many it takes.
    pub needed: usize,
}

impl Quorum {
    /// Counts the root people of `version` who signed the envelope with a key that is not stolen.
    pub(super) fn of(envelope: &TrustEnvelope, version: &TrustVersion, is_stolen: impl Fn(&PublicKey) -> bool) -> Self {
        let sound = |key: &&PublicKey| !is_stolen(key);
        let roots = version.members.iter().filter(|member| member.holds(ROOT));
        let mut quorum = Self { signed: Vec::new(), open: Vec::new(), needed: version.thresholds.root as usize };
        for member in roots {
            let mut keys = member.keys.iter().filter(sound);
            if keys.clone().any(|key| envelope.is_signed_by(key)) {
                quorum.signed.push(member.id.clone());
            } else if keys.next().is_some() {
                quorum.open.push(member.id.clone());
            }
        }
        quorum
    }

    /// Whether enough signed.
    pub fn is_reached(&self) -> bool {
        self.signed.len() >= self.needed
    }
}

impl fmt::Display for Quorum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} root people", self.signed.len(), self.needed)
    }
}
