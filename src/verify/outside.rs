//! A checkpoint kept outside the repository: what somebody saw of the ledger, signed, and held against it later.
//!
//! Whoever holds enough root keys, or the only copy, can make another history that is sound in itself. It shows against
//! what was seen before, and kept where they do not write.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::finding::{Code, Finding, Severity};
use super::ledger::Ledger;
use crate::envelope::shared::SharedEnvelope;
use crate::envelope::{Fingerprint, PublicKey, SignError, Signer};
use crate::record::ids::{CommitId, TagId, TrustDigest};
use crate::record::kind::{Claim, Kind};
use crate::record::name::TagName;
use crate::record::strict::{self, JsonError};
use crate::record::time::UtcTime;

/// The payload type of checkpoints kept outside.
pub const PAYLOAD_TYPE: &str = "application/vnd.git-qms.checkpoint+json";

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// 1.
    pub version: u64,
    /// Digest of the first trust version.
    pub project: TrustDigest,
    /// Digest of the newest one.
    pub trust: TrustDigest,
    /// The ledger's tip.
    pub ledger: CommitId,
    /// Every release's tag object, by the tag's name.
    pub tags: BTreeMap<TagName, TagId>,
    /// When: a claim.
    pub created: UtcTime,
}

/// Why bytes are no checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutsideError {
    /// Not an envelope of one.
    #[error("it is not a DSSE envelope in the exact form of the format: {0}")]
    Envelope(&'static str),
    /// Not the payload of one.
    #[error("payload: {0}")]
    Payload(#[from] JsonError),
    /// Of another version of the format.
    #[error("it is of version {0}, and this program knows 1")]
    Version(u64),
}

/// What a tag's ref names in this clone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagHere {
    /// This object.
    Object(TagId),
    /// Nothing: there is no such ref.
    Absent,
    /// Something that cannot be read.
    Unreadable,
}

/// What was seen, and who signed that they saw it. Nothing here has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutsideCheckpoint {
    /// What was seen.
    pub seen: Seen,
    envelope: SharedEnvelope,
}

impl OutsideCheckpoint {
    /// Of a ledger as it is, signed by nobody yet. `None` without a ledger.
    pub fn of(ledger: &Ledger, created: UtcTime) -> Option<Self> {
        let tags = ledger.of_kind(Kind::Release).filter_map(|record| match &record.claim {
            Claim::Release(release) => Some((release.tag.clone(), release.object)),
            _ => None,
        });
        let chain = ledger.chain();
        let seen = Seen {
            version: 1,
            project: chain.root(),
            trust: chain.newest().digest,
            ledger: ledger.tip()?,
            tags: tags.collect(),
            created,
        };
        let payload = serde_json::to_vec(&seen).ok()?;
        Some(Self { seen, envelope: SharedEnvelope::unsigned(PAYLOAD_TYPE, payload) })
    }

    /// Reads one.
    pub fn parse(bytes: &[u8]) -> Result<Self, OutsideError> {
        let envelope = SharedEnvelope::parse(PAYLOAD_TYPE, bytes).map_err(OutsideError::Envelope)?;
        let seen: Seen = strict::from_slice(envelope.payload())?;
        if seen.version != 1 {
            return Err(OutsideError::Version(seen.version));
        }
        Ok(Self { seen, envelope })
    }

    /// Adds a signature.
    pub fn sign(&mut self, signer: &dyn Signer) -> Result<(), SignError> {
        self.envelope.add_signature(signer)
    }

    /// As it is kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.envelope.to_bytes()
    }

    /// The keys that are said to have signed.
    pub fn keyids(&self) -> impl Iterator<Item = Fingerprint> {
        self.envelope.keyids()
    }

    /// What is wrong with a ledger that has to contain it. `tag` says what a tag's ref names here. A signature by a key of the
    /// project or of a witness has to hold; each witness has to have signed. Where the ledger is cut off, what is not
    /// in it may lie beyond: incomplete.
    pub fn check(&self, ledger: &Ledger, tag: impl Fn(&TagName) -> TagHere, witnesses: &[PublicKey]) -> Vec<Finding> {
        let (chain, seen) = (ledger.chain(), &self.seen);
        let mut findings = Vec::new();
        let severity = if ledger.is_cut() { Severity::Incomplete } else { Severity::Error };
        let mut ahead = |text: String| {
            let hint = "fetch from a clone that has more (git qms sync); if none has, somebody rolled it back or wrote it anew";
            findings.push(Finding::new(Code::CheckpointAhead, text).hint(hint).weighing(severity));
        };
        if seen.project != chain.root() {
            ahead(format!("the checkpoint is of project {}, and this is {}", seen.project, chain.root()));
            return findings;
        }
        if chain.version(seen.trust).is_none() {
            ahead(format!("trust version {}, which the checkpoint of {} saw, is gone", seen.trust, seen.created));
        }
        if !ledger.contains_head(seen.ledger) {
            ahead(format!("ledger commit {}, which the checkpoint of {} saw, is gone", seen.ledger, seen.created));
        }
        for (name, object) in &seen.tags {
            let (code, what) = match tag(name) {
                TagHere::Object(here) if here == *object => continue,
                TagHere::Object(here) => (Code::TagMoved, format!("is {here} here")),
                TagHere::Absent => (Code::TagMissing, "is not here".to_owned()),
                // Told of the tag itself.
                TagHere::Unreadable => continue,
            };
            let text =
                format!("tag {name} was object {object} when the checkpoint of {} was made, and {what}", seen.created);
            findings.push(Finding::new(code, text).at_ref(format!("refs/tags/{name}")));
        }
        let known = |keyid| chain.holder(keyid).map(|(key, _)| key);
        let witness = |keyid| witnesses.iter().find(|key| key.fingerprint() == keyid);
        let mut is_vouched_for = false;
        for keyid in self.keyids() {
            // Those of others are not looked at: anybody may add one.
            let Some(key) = known(keyid).or_else(|| witness(keyid)) else { continue };
            is_vouched_for = true;
            if !self.envelope.is_signed_by(key) {
                let text = format!("the checkpoint's signature of key {keyid} does not hold: it was altered");
                findings.push(Finding::new(Code::CheckpointSignature, text));
            }
        }
        if !is_vouched_for {
            let text = "the checkpoint is signed by no key of the project and by no witness that was named: anybody could have written it";
            let hint = "name who signed it, if you know their key from elsewhere: git qms verify --checkpoint FILE --witness KEY";
            findings.push(Finding::new(Code::CheckpointSignature, text).hint(hint).weighing(severity));
        }
        for key in witnesses.iter().filter(|key| !self.keyids().any(|keyid| keyid == key.fingerprint())) {
            let text = format!("the checkpoint is not signed by witness {}", key.fingerprint());
            findings.push(Finding::new(Code::CheckpointSignature, text));
        }
        findings
    }
}
