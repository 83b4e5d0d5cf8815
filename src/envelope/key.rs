//! Ed25519 keys in OpenSSH's clothes: public keys, fingerprints, and what can sign.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use curve25519_dalek::edwards::EdwardsPoint;
use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use super::signature::RawSignature;
use crate::record::ids::as_text;

/// The SSH wire form of an Ed25519 key before its 32 bytes: `string "ssh-ed25519", uint32 32`.
/// Source: RFC 8709, section 4.
const WIRE_PREFIX: [u8; 19] = *b"\0\0\0\x0bssh-ed25519\0\0\0\x20";

/// The same of a key that lies in hardware: its 32 bytes, and then [`APPLICATION`].
/// Source: <https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.u2f>.
const HARDWARE_PREFIX: [u8; 34] = *b"\0\0\0\x1ask-ssh-ed25519@openssh.com\0\0\0\x20";
const HARDWARE_SUFFIX: [u8; 8] = *b"\0\0\0\x04ssh:";

/// What hardware keys are made for, as `ssh-keygen -t ed25519-sk` makes them.
pub const APPLICATION: &str = "ssh:";

const PLAIN: &str = "ssh-ed25519";
const HARDWARE: &str = "sk-ssh-ed25519@openssh.com";

/// An Ed25519 public key that can be verified against: canonical and not of small order.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PublicKey {
    key: VerifyingKey,
    kind: KeyKind,
}

/// Where the secret half of a key is.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum KeyKind {
    /// In a file, an agent, a secret of a pipeline.
    Plain,
    /// In a device that signs only when somebody touches it.
    Hardware,
}

/// Why a text is not a usable public key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Another kind of key, or no key at all.
    #[error(
        "key {0:?} is not of the form ssh-ed25519 AAAA…: git-qms signs with Ed25519; make one with: git qms key new"
    )]
    Form(String),
    /// A point that anybody could sign for.
    #[error("key {0:?} is a weak point of the curve: it proves nothing")]
    Weak(String),
    /// Not an OpenSSH fingerprint.
    #[error("keyid {0:?} is not of the form SHA256: and 43 digits of base64")]
    Fingerprint(String),
}

impl PublicKey {
    /// From the 32 bytes of RFC 8032.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        Self::new(bytes, KeyKind::Plain)
    }

    /// A hardware key for the application `ssh:`, from the 32 bytes of RFC 8032.
    pub fn of_hardware(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        Self::new(bytes, KeyKind::Hardware)
    }

    fn new(bytes: &[u8; 32], kind: KeyKind) -> Result<Self, KeyError> {
        let text = || STANDARD.encode(bytes);
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::Weak(text()))?;
        // A non-canonical encoding decodes to a point that encodes otherwise.
        if key.is_weak() || key.to_edwards().compress().as_bytes() != bytes {
            return Err(KeyError::Weak(text()));
        }
        Ok(Self { key, kind })
    }

    /// From SSH wire form, as agents and key files hold it.
    pub fn from_wire(wire: &[u8]) -> Result<Self, KeyError> {
        let refuse = || KeyError::Form(STANDARD.encode(&wire[..wire.len().min(75)]));
        let (rest, kind) = match wire.strip_prefix(&HARDWARE_PREFIX) {
            Some(rest) => (rest.strip_suffix(&HARDWARE_SUFFIX), KeyKind::Hardware),
            None => (wire.strip_prefix(&WIRE_PREFIX), KeyKind::Plain),
        };
        Self::new(rest.and_then(|rest| rest.try_into().ok()).ok_or_else(refuse)?, kind)
    }

    /// Whether it is a key in hardware, which signs only when somebody touches it.
    pub fn is_hardware(&self) -> bool {
        self.kind == KeyKind::Hardware
    }

    /// The 32 bytes of RFC 8032.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// The key in SSH wire form, which fingerprints and agents use.
    pub fn to_wire(&self) -> Vec<u8> {
        match self.kind {
            KeyKind::Plain => [&WIRE_PREFIX[..], self.as_bytes()].concat(),
            KeyKind::Hardware => [&HARDWARE_PREFIX[..], self.as_bytes(), &HARDWARE_SUFFIX].concat(),
        }
    }

    /// `SHA256:` and 43 digits of base64, as `ssh-keygen -l` prints.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint(Sha256::digest(self.to_wire()).into())
    }

    /// The point that the 32 bytes stand for.
    pub(super) fn point(&self) -> EdwardsPoint {
        self.key.to_edwards()
    }

    /// Checks a signature over the message itself, as no hardware key makes it, strictly: S below the group order, A and R
    /// canonical and not of small order, no cofactor.
    pub fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        !self.is_hardware() && self.holds(message, signature)
    }

    /// The same of whatever the key signs.
    pub(super) fn holds(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.key.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let algorithm = if self.is_hardware() { HARDWARE } else { PLAIN };
        write!(f, "{algorithm} {}", STANDARD.encode(self.to_wire()))
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    /// Reads `ssh-ed25519 AAAA…` or `sk-ssh-ed25519@openssh.com AAAA…`, without a comment.
    fn from_str(text: &str) -> Result<Self, KeyError> {
        let refuse = || KeyError::Form(text.chars().take(100).collect());
        let (algorithm, encoded) = text.split_once(' ').ok_or_else(refuse)?;
        let wire = STANDARD.decode(encoded).map_err(|_| refuse())?;
        let key =
            Self::from_wire(&wire).map_err(|error| if let KeyError::Form(_) = error { refuse() } else { error })?;
        let expected = if key.is_hardware() { HARDWARE } else { PLAIN };
        if algorithm == expected { Ok(key) } else { Err(refuse()) }
    }
}

as_text!(PublicKey);

/// A key's OpenSSH fingerprint: SHA-256 of its wire form.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The 32 bytes of the digest.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<[u8; 32]> for Fingerprint {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SHA256:{}", STANDARD_NO_PAD.encode(self.0))
    }
}

impl FromStr for Fingerprint {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let refuse = || KeyError::Fingerprint(text.chars().take(60).collect());
        let encoded = text.strip_prefix("SHA256:").ok_or_else(refuse)?;
        let bytes = STANDARD_NO_PAD.decode(encoded).map_err(|_| refuse())?;
        Ok(Self(bytes.try_into().map_err(|_| refuse())?))
    }
}

as_text!(Fingerprint);

/// Something that can sign: a key file, an agent, a secret of the pipeline.
pub trait Signer {
    /// The public half.
    fn public_key(&self) -> &PublicKey;

    /// What the key answers to `message`.
    fn sign(&self, message: &[u8]) -> Result<RawSignature, SignError>;
}

/// Why a signature could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("could not sign: {0}")]
pub struct SignError(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_of_small_order_are_refused() {
        let mut identity = [0; 32];
        identity[0] = 1;
        assert!(matches!(PublicKey::from_bytes(&identity), Err(KeyError::Weak(_))));
        assert!(matches!(PublicKey::from_bytes(&[0; 32]), Err(KeyError::Weak(_))));
    }

    #[test]
    fn an_encoding_that_is_not_canonical_is_refused() {
        // y = p + 3 encodes the same point as y = 3.
        let mut bytes = [0xff; 32];
        bytes[0] = 0xf0;
        bytes[31] = 0x7f;
        assert!(PublicKey::from_bytes(&bytes).is_err());
    }

    #[test]
    fn a_key_of_ssh_keygen_and_its_fingerprint() {
        // Made by ssh-keygen; its fingerprint is what ssh-keygen -l printed.
        let key: PublicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti"
            .parse()
            .expect("ssh key");
        assert_eq!(key.fingerprint().to_string(), "SHA256:UCUiLr7Pjs9wFFJMDByLgc3NrtdU344OgUM45wZPcIQ");
        assert_eq!(key.fingerprint().to_string().parse::<Fingerprint>(), Ok(key.fingerprint()));
        assert_eq!(PublicKey::from_wire(&key.to_wire()).as_ref(), Ok(&key));
        assert_eq!(key.to_string().parse::<PublicKey>(), Ok(key));
    }

    #[test]
    fn a_comment_or_another_algorithm_is_refused() {
        for text in [
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti ada@example.com",
            "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ==",
            "AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti",
        ] {
            assert!(matches!(text.parse::<PublicKey>(), Err(KeyError::Form(_))), "{text}");
        }
    }
}
