//! A DSSE envelope that several people sign, in one byte form: trust versions, and checkpoints kept outside.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::key::{Fingerprint, PublicKey, SignError, Signer};
use super::pae::pre_authentication_encoding;
use super::signature::Signature;

/// The largest one that is read: 4 MiB.
pub const MAX_BYTES: usize = 4 << 20;

const HEAD: &str = r#"{"payload":""#;
const SIG: &str = r#"","sig":""#;
const NEXT: &str = r#""},{"keyid":""#;
const TAIL: &str = "\"}]}\n";

/// A payload and the signatures somebody put under it. Nothing here has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedEnvelope {
    payload_type: &'static str,
    payload: Vec<u8>,
    /// Sorted by fingerprint, each once.
    signatures: Vec<(Fingerprint, Signature)>,
}

fn middle(payload_type: &str) -> String {
    format!(r#"","payloadType":"{payload_type}","signatures":[{{"keyid":""#)
}

impl SharedEnvelope {
    /// An envelope that nobody has signed yet.
    pub fn unsigned(payload_type: &'static str, payload: Vec<u8>) -> Self {
        Self { payload_type, payload, signatures: Vec::new() }
    }

    /// Reads one of this payload type, which ends with one newline; else says what is not in the exact form.
    pub fn parse(payload_type: &'static str, bytes: &[u8]) -> Result<Self, &'static str> {
        if bytes.len() > MAX_BYTES {
            return Err("it is larger than 4 MiB");
        }
        let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8")?;
        let shape = "members, their order, or white space differ";
        let rest = text.strip_prefix(HEAD).and_then(|rest| rest.strip_suffix(TAIL)).ok_or(shape)?;
        let (payload, rest) = rest.split_once(&middle(payload_type)).ok_or(shape)?;
        let mut signatures = Vec::new();
        for one in rest.split(NEXT) {
            let (keyid, signature) = one.split_once(SIG).ok_or(shape)?;
            let keyid: Fingerprint = keyid.parse().map_err(|_| "a keyid is not an OpenSSH fingerprint")?;
            let signature = STANDARD.decode(signature).map_err(|_| "a sig is not canonical base64")?;
            let length = "a sig has neither 64 bytes nor the 220 of a hardware key";
            let signature = Signature::from_bytes(signature).map_err(|_| length)?;
            if signatures.last().is_some_and(|(last, _)| *last >= keyid) {
                return Err("signatures are not sorted by keyid, each once");
            }
            signatures.push((keyid, signature));
        }
        let payload = STANDARD.decode(payload).map_err(|_| "the payload is not canonical base64")?;
        Ok(Self { payload_type, payload, signatures })
    }

    /// Adds a signature; one by the same key is replaced.
    pub fn add_signature(&mut self, signer: &dyn Signer) -> Result<(), SignError> {
        let signature = Signature::make(&pre_authentication_encoding(self.payload_type, &self.payload), signer)?;
        let keyid = signer.public_key().fingerprint();
        self.signatures.retain(|(other, _)| *other != keyid);
        self.signatures.push((keyid, signature));
        self.signatures.sort_unstable_by_key(|(keyid, _)| *keyid);
        Ok(())
    }

    /// The bytes as stored.
    pub fn to_bytes(&self) -> Vec<u8> {
        let one = |(keyid, signature): &(Fingerprint, Signature)| {
            format!("{keyid}{SIG}{}", STANDARD.encode(signature.as_bytes()))
        };
        let signatures: Vec<_> = self.signatures.iter().map(one).collect();
        let (payload, middle) = (STANDARD.encode(&self.payload), middle(self.payload_type));
        format!("{HEAD}{payload}{middle}{}{TAIL}", signatures.join(NEXT)).into_bytes()
    }

    /// The payload as stored.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The keys that are said to have signed.
    pub fn keyids(&self) -> impl Iterator<Item = Fingerprint> {
        self.signatures.iter().map(|(keyid, _)| *keyid)
    }

    /// Whether `key` is among the signers, and its signature holds.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        let keyid = key.fingerprint();
        self.signatures.iter().any(|(other, signature)| {
            *other == keyid && signature.is_by(key, &pre_authentication_encoding(self.payload_type, &self.payload))
        })
    }
}
