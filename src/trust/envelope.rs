//! A trust version as stored: a DSSE envelope with one or more signatures.

use crate::envelope::shared::{self, SharedEnvelope};
use crate::envelope::{Fingerprint, PublicKey, SignError, Signer};
use crate::record::ids::TrustDigest;

/// The payload type of trust versions.
pub const PAYLOAD_TYPE: &str = "application/vnd.git-qms.trust+json";

/// The largest `trust.json` that is read: 4 MiB.
pub const MAX_BYTES: usize = shared::MAX_BYTES;

/// A payload and the signatures somebody put under it. Nothing here has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustEnvelope(SharedEnvelope);

/// Why bytes are not a trust envelope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("trust.json is not a DSSE envelope in the exact form of the format: {0}")]
pub struct TrustEnvelopeError(&'static str);

impl TrustEnvelope {
    /// An envelope that nobody has signed yet.
    pub fn unsigned(payload: Vec<u8>) -> Self {
        Self(SharedEnvelope::unsigned(PAYLOAD_TYPE, payload))
    }

    /// Reads `trust.json`, which ends with one newline.
    pub fn parse(bytes: &[u8]) -> Result<Self, TrustEnvelopeError> {
        if bytes.is_empty() {
            return Err(TrustEnvelopeError(
                "its commit is a merge, or does not hold the file trust.json alone, or it is empty or over 16 MiB",
            ));
        }
        SharedEnvelope::parse(PAYLOAD_TYPE, bytes).map(Self).map_err(TrustEnvelopeError)
    }

    /// Adds a signature; one by the same key is replaced.
    pub fn add_signature(&mut self, signer: &dyn Signer) -> Result<(), SignError> {
        self.0.add_signature(signer)
    }

    /// The bytes of `trust.json`.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.to_bytes()
    }

    /// The bytes as stored.
    pub fn payload(&self) -> &[u8] {
        self.0.payload()
    }

    /// The digest that names this version.
    pub fn digest(&self) -> TrustDigest {
        TrustDigest::of(self.payload())
    }

    /// The keys that are said to have signed.
    pub fn keyids(&self) -> impl Iterator<Item = Fingerprint> {
        self.0.keyids()
    }

    /// Whether `key` is among the signers, and its signature holds.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        self.0.is_signed_by(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::TestKey;

    #[test]
    fn two_signatures_are_read_back_sorted() {
        let mut envelope = TrustEnvelope::unsigned(b"{}".to_vec());
        for seed in [1, 2, 3, 1] {
            envelope.add_signature(&TestKey::new(seed)).expect("signs");
        }
        let read = TrustEnvelope::parse(&envelope.to_bytes()).expect("well formed");
        assert_eq!(read, envelope);
        assert_eq!(read.keyids().count(), 3);
        assert!(read.is_signed_by(TestKey::new(3).public_key()));
        assert!(!read.is_signed_by(TestKey::new(4).public_key()));
    }

    #[test]
    fn an_envelope_without_signature_or_newline_is_refused() {
        let mut envelope = TrustEnvelope::unsigned(b"{}".to_vec());
        assert!(TrustEnvelope::parse(&envelope.to_bytes()).is_err());
        envelope.add_signature(&TestKey::new(1)).expect("signs");
        let bytes = envelope.to_bytes();
        assert!(TrustEnvelope::parse(&bytes[..bytes.len() - 1]).is_err());
    }
}
