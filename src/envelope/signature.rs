//! A signature as it is stored: that of a plain key, or that of a hardware key with what it says of the touch.
//!
//! Source: RFC 8032; for hardware keys
//! <https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.u2f>, in the form of
//! <https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.sshsig>.

use sha2::{Digest as _, Sha256};

use super::key::{APPLICATION, PublicKey, SignError, Signer};
use super::sshsig;

/// The namespace in which hardware keys sign for git-qms.
pub const NAMESPACE: &str = "git-qms";

/// The flag of a signature that says that somebody was there: they touched the key. Source: WebAuthn, section 6.1.
const USER_PRESENT: u8 = 1;

/// What a key answers to a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RawSignature {
    /// Ed25519 over the message.
    Plain([u8; 64]),
    /// Of a hardware key.
    Touched(Touch),
}

/// What a hardware key answers: a signature over the message's digest, the flags and the counter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// Ed25519.
    pub signature: [u8; 64],
    /// Bit 0: somebody touched the key. Bit 2: they were asked for a PIN.
    pub flags: u8,
    /// How often the key has signed, if it counts.
    pub counter: u32,
}

impl From<[u8; 64]> for RawSignature {
    fn from(bytes: [u8; 64]) -> Self {
        Self::Plain(bytes)
    }
}

impl Touch {
    /// The bytes that the hardware signed for a message.
    pub fn signed(&self, message: &[u8]) -> Vec<u8> {
        let mut bytes = Sha256::digest(APPLICATION).to_vec();
        bytes.push(self.flags);
        bytes.extend(self.counter.to_be_bytes());
        bytes.extend(Sha256::digest(message));
        bytes
    }

    /// Whether it says that somebody touched the key.
    pub fn is_of_a_person(&self) -> bool {
        self.flags & USER_PRESENT != 0
    }
}

impl RawSignature {
    /// Whether `key` made it over `message`, strictly, and a hardware key with somebody there.
    pub fn is_by(&self, key: &PublicKey, message: &[u8]) -> bool {
        match self {
            Self::Plain(signature) => key.verifies(message, signature),
            Self::Touched(touch) => {
                touch.is_of_a_person() && key.is_hardware() && key.holds(&touch.signed(message), &touch.signature)
            }
        }
    }
}

/// A signature as stored in an envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signature {
    /// Ed25519 over the message.
    Plain([u8; 64]),
    /// SSHSIG of a hardware key, binary and unarmoured, in the namespace [`NAMESPACE`] with SHA-512.
    Hardware(Vec<u8>),
}

impl Signature {
    /// By what is stored: 64 bytes, or as many as an SSHSIG of a hardware key has.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, usize> {
        match bytes.try_into() {
            Ok(plain) => Ok(Self::Plain(plain)),
            Err(bytes) if bytes.len() == sshsig::BINARY_LEN => Ok(Self::Hardware(bytes)),
            Err(bytes) => Err(bytes.len()),
        }
    }

    /// As it is stored.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Plain(bytes) => bytes,
            Self::Hardware(bytes) => bytes,
        }
    }

    /// Lets a key sign a message.
    pub fn make(message: &[u8], signer: &dyn Signer) -> Result<Self, SignError> {
        if signer.public_key().is_hardware() {
            return sshsig::sign_binary(message, NAMESPACE, signer).map(Self::Hardware);
        }
        match signer.sign(message)? {
            RawSignature::Plain(bytes) => Ok(Self::Plain(bytes)),
            RawSignature::Touched(_) => Err(SignError("a key that is no hardware key answered as one".into())),
        }
    }

    /// Whether `key` made it over `message`. What is stored has to be the one spelling that there is.
    pub fn is_by(&self, key: &PublicKey, message: &[u8]) -> bool {
        match self {
            Self::Plain(signature) => key.verifies(message, signature),
            Self::Hardware(bytes) => sshsig::is_binary_by(bytes, key, message, NAMESPACE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{HardwareKey, TestKey};

    /// A message, its signature by a hardware key, and the key.
    fn signed() -> (&'static [u8], Signature, HardwareKey) {
        let key = HardwareKey::new(1);
        (b"message", Signature::make(b"message", &key).expect("signs"), key)
    }

    #[test]
    fn a_hardware_key_signs_and_its_signature_is_read_back() {
        let (message, signature, key) = signed();
        assert!(signature.is_by(key.public_key(), message));
        assert!(!signature.is_by(key.public_key(), b"messages"));
        assert!(!signature.is_by(HardwareKey::new(2).public_key(), message));
        let stored = signature.as_bytes().to_vec();
        assert_eq!(Signature::from_bytes(stored), Ok(signature));
        assert_eq!(Signature::from_bytes(vec![0; 65]), Err(65));
    }

    #[test]
    fn every_other_byte_is_another_signature() {
        let (message, signature, key) = signed();
        for at in 0..signature.as_bytes().len() {
            let mut bytes = signature.as_bytes().to_vec();
            bytes[at] ^= 1;
            let other = Signature::from_bytes(bytes).expect("as long");
            assert!(!other.is_by(key.public_key(), message), "byte {at}");
        }
    }

    #[test]
    fn a_hardware_key_that_nobody_touched_signs_nothing() {
        let mut untouched = HardwareKey::new(1);
        untouched.flags = 0;
        let refused = Signature::make(b"message", &untouched).expect_err("nobody was there");
        assert!(refused.to_string().contains("nobody touched"), "{refused}");
        let RawSignature::Touched(touch) = untouched.sign(b"message").expect("signs") else { panic!("plain") };
        assert!(!RawSignature::Touched(touch).is_by(untouched.public_key(), b"message"));
    }

    #[test]
    fn neither_kind_of_key_takes_the_signature_of_the_other() {
        let (hardware, plain) = (HardwareKey::new(1), TestKey::new(1));
        assert_eq!(hardware.public_key().as_bytes(), plain.public_key().as_bytes(), "the same point");
        assert_ne!(hardware.public_key().fingerprint(), plain.public_key().fingerprint());
        let by_plain = Signature::make(b"message", &plain).expect("signs");
        assert!(by_plain.is_by(plain.public_key(), b"message"));
        assert!(!by_plain.is_by(hardware.public_key(), b"message"));
        let by_hardware = Signature::make(b"message", &hardware).expect("signs");
        assert!(!by_hardware.is_by(plain.public_key(), b"message"));
    }

    #[test]
    fn another_namespace_or_digest_is_refused() {
        let (message, _, key) = signed();
        let other = sshsig::sign_binary(message, "git-qmx", &key).expect("signs");
        let other = Signature::from_bytes(other).expect("as long");
        assert!(!other.is_by(key.public_key(), message));
    }
}
