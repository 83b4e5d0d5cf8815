//! A trust version as stored: a DSSE envelope with one or more signatures.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::envelope::pae::pre_authentication_encoding;
use crate::envelope::{Fingerprint, PublicKey, SignError, Signature, Signer};
use crate::record::ids::TrustDigest;

/// The payload type of trust versions.
pub const PAYLOAD_TYPE: &str = "application/vnd.git-qms.trust+json";

/// The largest `trust.json` that is read: 4 MiB.
pub const MAX_BYTES: usize = 4 << 20;

const HEAD: &str = r#"{"payload":""#;
const MIDDLE: &str = r#"","payloadType":"application/vnd.git-qms.trust+json","signatures":[{"keyid":""#;
const SIG: &str = r#"","sig":""#;
const NEXT: &str = r#""},{"keyid":""#;
const TAIL: &str = "\"}]}\n";

/// A payload and the signatures somebody put under it. Nothing here has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustEnvelope {
    payload: Vec<u8>,
    /// Sorted by fingerprint, each once.
    signatures: Vec<(Fingerprint, Signature)>,
}

/// Why bytes are not a trust envelope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("trust.json is not a DSSE envelope in the exact form of the format: {0}")]
pub struct TrustEnvelopeError(&'static str);

impl TrustEnvelope {
    /// An envelope that nobody has signed yet.
    pub fn unsigned(payload: Vec<u8>) -> Self {
        Self { payload, signatures: Vec::new() }
    }

    /// Reads `trust.json`, which ends with one newline.
    pub fn parse(bytes: &[u8]) -> Result<Self, TrustEnvelopeError> {
        let refuse = TrustEnvelopeError;
        if bytes.is_empty() {
            return Err(refuse(
                "its commit is a merge, or does not hold the file trust.json alone, or it is empty or over 16 MiB",
            ));
        }
        if bytes.len() > MAX_BYTES {
            return Err(refuse("it is larger than 4 MiB"));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| refuse("it is not UTF-8"))?;
        let shape = refuse("members, their order, or white space differ");
        let rest = text.strip_prefix(HEAD).and_then(|rest| rest.strip_suffix(TAIL)).ok_or(shape.clone())?;
        let (payload, rest) = rest.split_once(MIDDLE).ok_or(shape.clone())?;
        let mut signatures = Vec::new();
        for one in rest.split(NEXT) {
            let (keyid, signature) = one.split_once(SIG).ok_or(shape.clone())?;
            let keyid: Fingerprint = keyid.parse().map_err(|_| refuse("a keyid is not an OpenSSH fingerprint"))?;
            let signature = STANDARD.decode(signature).map_err(|_| refuse("a sig is not canonical base64"))?;
            let length = "a sig has neither 64 bytes nor the 220 of a hardware key";
            let signature = Signature::from_bytes(signature).map_err(|_| refuse(length))?;
            if signatures.last().is_some_and(|(last, _)| *last >= keyid) {
                return Err(refuse("signatures are not sorted by keyid, each once"));
            }
            signatures.push((keyid, signature));
        }
        let payload = STANDARD.decode(payload).map_err(|_| refuse("the payload is not canonical base64"))?;
        Ok(Self { payload, signatures })
    }

    /// Adds a signature; one by the same key is replaced.
    pub fn add_signature(&mut self, signer: &dyn Signer) -> Result<(), SignError> {
        let signature = Signature::make(&pre_authentication_encoding(PAYLOAD_TYPE, &self.payload), signer)?;
        let keyid = signer.public_key().fingerprint();
        self.signatures.retain(|(other, _)| *other != keyid);
        self.signatures.push((keyid, signature));
        self.signatures.sort_unstable_by_key(|(keyid, _)| *keyid);
        Ok(())
    }

    /// The bytes of `trust.json`.
    pub fn to_bytes(&self) -> Vec<u8> {
        let signatures: Vec<_> = self
            .signatures
            .iter()
            .map(|(keyid, signature)| format!("{keyid}{SIG}{}", STANDARD.encode(signature.as_bytes())))
            .collect();
        format!("{HEAD}{}{MIDDLE}{}{TAIL}", STANDARD.encode(&self.payload), signatures.join(NEXT)).into_bytes()
    }

    /// The bytes as stored.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The digest that names this version.
    pub fn digest(&self) -> TrustDigest {
        TrustDigest::of(&self.payload)
    }

    /// The keys that are said to have signed.
    pub fn keyids(&self) -> impl Iterator<Item = Fingerprint> {
        self.signatures.iter().map(|(keyid, _)| *keyid)
    }

    /// Whether `key` is among the signers, and its signature holds.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        let keyid = key.fingerprint();
        self.signatures.iter().any(|(other, signature)| {
            *other == keyid && signature.is_by(key, &pre_authentication_encoding(PAYLOAD_TYPE, &self.payload))
        })
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
        assert_eq!(read.signatures.len(), 3);
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
