//! The chain of trust versions, checked link by link.

use std::collections::{BTreeMap, BTreeSet};

use super::continues::Continues;
use super::envelope::TrustEnvelope;
use super::quorum::Quorum;
use super::version::{Known, TrustVersion, VersionError};
use crate::envelope::{Fingerprint, PublicKey};
use crate::record::ids::{CommitId, LineDigest, TrustDigest};
use crate::record::name::MemberId;

/// One sound version, and the commit that holds it.
#[derive(Debug, Clone)]
pub struct Link {
    /// The commit of `refs/qms/trust`.
    pub commit: CommitId,
    /// What the version is called.
    pub digest: TrustDigest,
    /// What it says.
    pub version: TrustVersion,
    /// The root people, of the version before or of its own, who signed it.
    pub signers: Vec<MemberId>,
}

/// A version that follows the newest one of a chain, whether or not enough people signed it.
#[derive(Debug, Clone)]
pub struct Next {
    /// What it says.
    pub version: TrustVersion,
    /// The root people of the version before, if there is one.
    pub before: Option<Quorum>,
    /// Its own root people.
    pub own: Quorum,
    holders: Holders,
}

impl Next {
    /// Refuses what too few people signed.
    pub fn refuse_unless_signed(&self) -> Result<(), String> {
        let both = [(self.before.as_ref(), "of the version before"), (Some(&self.own), "of its own")];
        let lacking = both.into_iter().find_map(|(quorum, whose)| Some((quorum.filter(|q| !q.is_reached())?, whose)));
        lacking.map_or(Ok(()), |(quorum, whose)| Err(format!("is signed by {quorum} {whose}")))
    }

    /// Everybody whose signature counts for one rule or the other.
    pub fn signers(&self) -> Vec<MemberId> {
        let mut signers: Vec<_> = self.before.iter().flat_map(|quorum| quorum.signed.clone()).collect();
        signers.extend(self.own.signed.iter().filter(|id| !signers.contains(id)).cloned().collect::<Vec<_>>());
        signers
    }
}

/// Keys and whose they are.
type Holders = BTreeMap<Fingerprint, (PublicKey, MemberId)>;

/// The sound versions, the oldest first; never empty.
#[derive(Debug, Clone)]
pub struct Chain {
    links: Vec<Link>,
    holders: Holders,
    members: BTreeSet<MemberId>,
    fault: Option<TrustFault>,
    /// What the project that continues this one accepts of it.
    accepted: Known,
}

/// Where and why the chain breaks. The versions before it stay in use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("trust version at commit {commit}: {reason}")]
pub struct TrustFault {
    /// The commit of the version that is not sound.
    pub commit: CommitId,
    /// What is wrong with it.
    pub reason: String,
}

impl Chain {
    /// Checks the stored versions, the oldest first. The first one has to be sound.
    pub fn check<'a>(stored: impl IntoIterator<Item = (CommitId, &'a [u8])>) -> Result<Self, TrustFault> {
        let mut chain = Self {
            links: Vec::new(),
            holders: BTreeMap::new(),
            members: BTreeSet::new(),
            fault: None,
            accepted: Known::default(),
        };
        for (commit, bytes) in stored {
            match chain.link(commit, bytes) {
                Ok(link) => chain.links.push(link),
                Err(reason) => {
                    let fault = TrustFault { commit, reason };
                    if chain.links.is_empty() {
                        return Err(fault);
                    }
                    chain.fault = Some(fault);
                    break;
                }
            }
        }
        Ok(chain)
    }

    /// The next link, if the versions so far and its own people signed it.
    fn link(&mut self, commit: CommitId, bytes: &[u8]) -> Result<Link, String> {
        let envelope = TrustEnvelope::parse(bytes).map_err(|error| error.to_string())?;
        let next = self.next(&envelope)?;
        next.refuse_unless_signed()?;
        let signers = next.signers();
        self.holders.extend(next.holders);
        self.members.extend(next.version.members.iter().map(|member| member.id.clone()));
        Ok(Link { commit, digest: envelope.digest(), version: next.version, signers })
    }

    /// Reads what is to follow the newest version: all rules hold but those about who has to sign, which the answer tells.
    pub fn next(&self, envelope: &TrustEnvelope) -> Result<Next, String> {
        let version = TrustVersion::parse(envelope.payload()).map_err(|error: VersionError| error.to_string())?;
        let last = self.links.last();
        let expected = last.map_or(1, |last| last.version.version + 1);
        if version.version != expected {
            return Err(format!("is version {}, where {expected} has to come next", version.version));
        }
        if version.previous != last.map(|last| last.digest) {
            return Err("previous is not the digest of the version before".into());
        }
        // What a stolen key signed before stands; from the version on that calls it stolen it signs none.
        let was_stolen = |key: &PublicKey| self.limits_of(key.fingerprint()).next().is_some();
        let stolen = |key: &PublicKey| was_stolen(key) || version.compromised.contains_key(&key.fingerprint());
        let before = last.map(|last| Quorum::of(envelope, &last.version, was_stolen));
        let own = Quorum::of(envelope, &version, stolen);
        let holders = self.new_holders(&version)?;
        Ok(Next { version, before, own, holders })
    }

    /// Keys and member ids are never reused: a key stays its holder's for ever, and who left stays away.
    fn new_holders(&self, version: &TrustVersion) -> Result<Holders, String> {
        let mut holders = Holders::new();
        let last = self.links.last().map(|link| &link.version);
        for member in &version.members {
            let before = last.and_then(|last| last.member(&member.id));
            if before.is_none() && self.members.contains(&member.id) {
                return Err(format!("member {} was removed before: a member id is never reused", member.id));
            }
            for key in &member.keys {
                let kept = before.is_some_and(|before| before.keys.contains(key));
                let fingerprint = key.fingerprint();
                if !kept && self.holders.contains_key(&fingerprint) {
                    return Err(format!("key {fingerprint} of {} was in use before: a key is never reused", member.id));
                }
                holders.insert(fingerprint, (key.clone(), member.id.clone()));
            }
        }
        Ok(holders)
    }

    /// The sound versions, the oldest first.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// The first version.
    pub fn first(&self) -> &Link {
        self.links.first().expect("a chain is made only with a sound first version")
    }

    /// The newest sound version.
    pub fn newest(&self) -> &Link {
        self.links.last().expect("a chain is made only with a sound first version")
    }

    /// What a verifier pins: the digest of the first version, which is the project's id.
    pub fn root(&self) -> TrustDigest {
        self.first().digest
    }

    /// The version of this digest.
    pub fn version(&self, digest: TrustDigest) -> Option<&Link> {
        self.links.iter().find(|link| link.digest == digest)
    }

    /// Every key that anybody ever held.
    pub fn keys(&self) -> impl Iterator<Item = &PublicKey> {
        self.holders.values().map(|(key, _)| key)
    }

    /// Who ever held this key.
    pub fn holder(&self, key: Fingerprint) -> Option<(&PublicKey, &MemberId)> {
        self.holders.get(&key).map(|(key, member)| (key, member))
    }

    /// The heads within which records of a compromised key count; empty for a sound key.
    pub fn limits_of(&self, key: Fingerprint) -> impl Iterator<Item = CommitId> {
        self.links.iter().filter_map(move |link| link.version.compromised.get(&key).copied())
    }

    /// The project that this one says it continues.
    pub fn continues(&self) -> Option<Continues> {
        self.first().version.continues
    }

    /// With what the people of the project that continues this one accept: nobody can sign a version here any more.
    #[must_use]
    pub fn accepting(mut self, later: &Self) -> Self {
        for known in later.links.iter().map(|link| &link.version.known).chain([&later.accepted]) {
            self.accepted.lines.extend(&known.lines);
            self.accepted.heads.extend(&known.heads);
        }
        self
    }

    /// Whether a void or lost line was accepted as such by any version.
    pub fn knows_line(&self, line: LineDigest) -> bool {
        self.accepted.lines.contains(&line) || self.links.iter().any(|link| link.version.known.lines.contains(&line))
    }

    /// Whether a lost head was accepted as such by any version.
    pub fn knows_head(&self, head: CommitId) -> bool {
        self.accepted.heads.contains(&head) || self.links.iter().any(|link| link.version.known.heads.contains(&head))
    }

    /// Where the chain breaks, if it does.
    pub fn fault(&self) -> Option<&TrustFault> {
        self.fault.as_ref()
    }

    /// Keeps the first `count` versions (at least one) because the next one is not sound.
    pub fn cut(&mut self, count: usize, reason: String) {
        let count = count.max(1);
        if let Some(link) = self.links.get(count) {
            self.fault = Some(TrustFault { commit: link.commit, reason });
            self.links.truncate(count);
            let links = &self.links;
            self.holders.retain(|_, (key, _)| links.iter().any(|link| link.version.holder(key).is_some()));
            self.members.retain(|id| links.iter().any(|link| link.version.member(id).is_some()));
        }
    }
}

#[cfg(test)]
mod tests;
