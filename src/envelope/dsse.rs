//! One line of a note: a DSSE envelope in the only byte form the format allows.
//!
//! Source: <https://github.com/secure-systems-lab/dsse/blob/master/envelope.md>; the exact form is
//! ours: two spellings of one envelope would be two lines of one note.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::key::{Fingerprint, PublicKey, SignError, Signer};
use super::pae::pre_authentication_encoding;
use super::signature::Signature;
use crate::record::ids::RecordId;

/// The payload type of every record.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// The longest line that is read: 1 MiB.
pub const MAX_LINE: usize = 1 << 20;

const HEAD: &str = r#"{"payload":""#;
const MIDDLE: &str = r#"","payloadType":"application/vnd.in-toto+json","signatures":[{"keyid":""#;
const SIG: &str = r#"","sig":""#;
const TAIL: &str = r#""}]}"#;

/// A payload, who claims to have signed it, and the signature. Nothing here has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    payload: Vec<u8>,
    keyid: Fingerprint,
    signature: Signature,
}

/// Why a line is not an envelope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// Over the limit.
    #[error("line of {0} bytes is longer than 1 MiB")]
    TooLong(usize),
    /// Not the exact member order, spacing or payload type.
    #[error("line is not a DSSE envelope of the form {HEAD}…{MIDDLE}SHA256:…{SIG}…{TAIL}")]
    Form,
    /// Base64 that a second spelling exists of, or none at all.
    #[error("{0} is not padded standard base64 with zero spare bits")]
    Base64(&'static str),
    /// Not an OpenSSH fingerprint.
    #[error("keyid is not the OpenSSH fingerprint of a key: {0}")]
    KeyId(String),
    /// Neither 64 bytes nor as many as a hardware key's.
    #[error("sig is {0} bytes: an Ed25519 signature has 64, that of a hardware key 220")]
    SignatureLength(usize),
}

impl Envelope {
    /// Reads one line, without its newline.
    pub fn parse(line: &[u8]) -> Result<Self, EnvelopeError> {
        if line.len() > MAX_LINE {
            return Err(EnvelopeError::TooLong(line.len()));
        }
        let text = std::str::from_utf8(line).map_err(|_| EnvelopeError::Form)?;
        let rest = text.strip_prefix(HEAD).and_then(|rest| rest.strip_suffix(TAIL)).ok_or(EnvelopeError::Form)?;
        // Neither base64 nor a fingerprint holds a quotation mark: the first one ends them.
        let (payload, rest) = rest.split_at(rest.find('"').ok_or(EnvelopeError::Form)?);
        let rest = rest.strip_prefix(MIDDLE).ok_or(EnvelopeError::Form)?;
        let (keyid, rest) = rest.split_at(rest.find('"').ok_or(EnvelopeError::Form)?);
        let signature = rest.strip_prefix(SIG).ok_or(EnvelopeError::Form)?;
        let signature = STANDARD.decode(signature).map_err(|_| EnvelopeError::Base64("sig"))?;
        Ok(Self {
            payload: STANDARD.decode(payload).map_err(|_| EnvelopeError::Base64("payload"))?,
            keyid: keyid.parse().map_err(|error: super::key::KeyError| EnvelopeError::KeyId(error.to_string()))?,
            signature: Signature::from_bytes(signature).map_err(EnvelopeError::SignatureLength)?,
        })
    }

    /// Signs `payload`.
    pub fn sign(payload: Vec<u8>, signer: &dyn Signer) -> Result<Self, SignError> {
        let signature = Signature::make(&pre_authentication_encoding(PAYLOAD_TYPE, &payload), signer)?;
        Ok(Self { keyid: signer.public_key().fingerprint(), payload, signature })
    }

    /// One that somebody else may have signed.
    #[cfg(test)]
    pub(super) fn with(payload: Vec<u8>, keyid: Fingerprint, signature: [u8; 64]) -> Self {
        Self { payload, keyid, signature: Signature::Plain(signature) }
    }

    /// The line, without a newline.
    pub fn to_line(&self) -> String {
        let payload = STANDARD.encode(&self.payload);
        let signature = STANDARD.encode(self.signature.as_bytes());
        format!("{HEAD}{payload}{MIDDLE}{}{SIG}{signature}{TAIL}", self.keyid)
    }

    /// Whether `key` made the signature over the payload as stored.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        self.keyid == key.fingerprint()
            && self.signature.is_by(key, &pre_authentication_encoding(PAYLOAD_TYPE, &self.payload))
    }

    /// The bytes as stored.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// Who claims to have signed.
    pub fn keyid(&self) -> Fingerprint {
        self.keyid
    }

    /// The signature as stored: claimed, like all else here, until [`Self::is_signed_by`] says so.
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// What the record is called, if it is one.
    pub fn record_id(&self) -> RecordId {
        RecordId::of(&self.payload)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::TestKey;

    fn line() -> String {
        Envelope::sign(b"{}".to_vec(), &TestKey::new(1)).expect("signs").to_line()
    }

    #[test]
    fn a_line_is_read_back_as_written() {
        let line = line();
        let envelope = Envelope::parse(line.as_bytes()).expect("well formed");
        assert_eq!(envelope.to_line(), line);
        assert!(envelope.is_signed_by(TestKey::new(1).public_key()));
        assert!(!envelope.is_signed_by(TestKey::new(2).public_key()));
    }

    #[test]
    fn every_other_spelling_is_refused() {
        let line = line();
        let payload = STANDARD.encode("{}");
        for (name, other) in [
            ("space", line.replacen(':', ": ", 1)),
            ("carriage return", format!("{line}\r")),
            ("no padding", line.replacen(&payload, payload.trim_end_matches('='), 1)),
            ("spare bits", line.replacen(&payload, &payload.replace("0=", "1="), 1)),
            ("second signature", line.replacen("}]}", r#"},{"keyid":"a","sig":"b"}]}"#, 1)),
            ("other payload type", line.replacen("in-toto", "other", 1)),
            ("further member", line.replacen("]}", r#"],"x":1}"#, 1)),
        ] {
            assert_ne!(line, other, "{name}");
            assert!(Envelope::parse(other.as_bytes()).is_err(), "{name}");
        }
    }
}
