//! A private key as OpenSSH writes it: armour, a readable head, and the secret.
//!
//! Source: <https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key>. The head is read
//! here, so that a key of another algorithm or an encrypted one can be named; the secret part is
//! read by `ssh-key`.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use zeroize::Zeroizing;

use super::algorithm::{Unsuitable, suits};
use super::wire::Reader;
use crate::envelope::{PublicKey, RawSignature, SignError, Signer};

const BEGIN: &str = "-----BEGIN OPENSSH PRIVATE KEY-----";
const END: &str = "-----END OPENSSH PRIVATE KEY-----";
const MAGIC: &[u8] = b"openssh-key-v1\0";

/// A private key in memory; wiped when dropped.
pub struct SecretKey {
    // Boxed, so that handing the key on does not leave copies of it on the stack.
    secret: Box<SigningKey>,
    public: PublicKey,
}

impl Signer for SecretKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<RawSignature, SignError> {
        Ok(self.secret.sign(message).to_bytes().into())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SecretKey").field(&self.public.fingerprint()).finish()
    }
}

/// What a private key text holds.
#[derive(Debug)]
pub(super) enum Private {
    /// It can sign.
    Plain(SecretKey),
    /// Its secret is under a passphrase; this is its public half.
    Encrypted(PublicKey),
    /// Its secret is in a device; this is its public half.
    Hardware(PublicKey),
}

/// Why a text is not a private key that git-qms can use. Repeats nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenSshError {
    /// Another format of private keys.
    #[error("is in {0} format, not OpenSSH's ({BEGIN}); make an Ed25519 key with: git qms key new PATH")]
    Format(&'static str),
    /// No private key at all.
    #[error("is not a private key: expected {BEGIN} first; make one with: git qms key new PATH")]
    NoKey,
    /// The last line is missing.
    #[error("is cut off: {END} is missing; copy the whole file")]
    CutOff,
    /// Another algorithm.
    #[error(transparent)]
    Algorithm(#[from] Unsuitable),
    /// Inconsistent within.
    #[error("is damaged ({0}); restore it, or make another with: git qms key new PATH")]
    Damaged(&'static str),
}

/// Reads the text of a key file. White space may stand anywhere between the armour's lines.
pub(super) fn parse(text: &str) -> Result<Private, OpenSshError> {
    let bytes = unarmour(text)?;
    let (public, encrypted) = head(&bytes)?;
    if public.is_hardware() {
        return Ok(Private::Hardware(public));
    }
    if encrypted {
        return Ok(Private::Encrypted(public));
    }
    let damaged = OpenSshError::Damaged("its secret part does not fit its public one");
    let key = ssh_key::PrivateKey::from_bytes(&bytes).map_err(|_| damaged)?;
    let pair = key.key_data().ed25519().ok_or(damaged)?;
    let secret = Box::new(SigningKey::from_bytes(pair.private.as_ref()));
    if secret.verifying_key().as_bytes() != public.as_bytes() {
        return Err(damaged);
    }
    Ok(Private::Plain(SecretKey { secret, public }))
}

fn unarmour(text: &str) -> Result<Zeroizing<Vec<u8>>, OpenSshError> {
    let rest = text.trim().strip_prefix(BEGIN).ok_or_else(|| other_format(text))?;
    let body = rest.strip_suffix(END).ok_or(OpenSshError::CutOff)?;
    // Room for all of it at once: growing would leave copies behind that nobody wipes.
    let mut digits = Zeroizing::new(String::with_capacity(body.len()));
    digits.extend(body.chars().filter(|c| !c.is_ascii_whitespace()));
    let mut bytes = Zeroizing::new(Vec::with_capacity(digits.len()));
    STANDARD.decode_vec(digits.as_bytes(), &mut bytes).map_err(|_| OpenSshError::Damaged("not base64"))?;
    Ok(bytes)
}

fn other_format(text: &str) -> OpenSshError {
    let first = text.trim_start().lines().next().unwrap_or_default();
    for (begin, format) in [
        ("-----BEGIN RSA PRIVATE KEY-----", "PEM (RSA)"),
        ("-----BEGIN DSA PRIVATE KEY-----", "PEM (DSA)"),
        ("-----BEGIN EC PRIVATE KEY-----", "PEM (ECDSA)"),
        ("-----BEGIN PRIVATE KEY-----", "PKCS#8"),
        ("-----BEGIN ENCRYPTED PRIVATE KEY-----", "PKCS#8"),
        ("-----BEGIN PGP PRIVATE KEY BLOCK-----", "OpenPGP"),
        ("PuTTY-User-Key-File-", "PuTTY"),
    ] {
        if first.starts_with(begin) {
            return OpenSshError::Format(format);
        }
    }
    OpenSshError::NoKey
}

/// The public key, and whether the secret is encrypted.
fn head(bytes: &[u8]) -> Result<(PublicKey, bool), OpenSshError> {
    let damaged = OpenSshError::Damaged("its head is not one of openssh-key-v1 with one key");
    let mut reader = Reader(bytes.strip_prefix(MAGIC).ok_or(damaged)?);
    let cipher = reader.string().ok_or(damaged)?;
    let (_kdf, _options) = (reader.string().ok_or(damaged)?, reader.string().ok_or(damaged)?);
    if reader.number() != Some(1) {
        return Err(damaged);
    }
    let wire = reader.string().ok_or(damaged)?;
    suits(Reader(wire).string().ok_or(damaged)?)?;
    let public = PublicKey::from_wire(wire).map_err(|_| OpenSshError::Damaged("its public key is no Ed25519 point"))?;
    Ok((public, cipher != b"none"))
}

#[cfg(test)]
mod tests {
    use super::super::wire::put;
    use super::*;
    use proptest::prelude::*;

    fn armoured(bytes: &[u8]) -> String {
        format!("{BEGIN}\n{}\n{END}\n", STANDARD.encode(bytes))
    }

    fn refusal(text: &str) -> String {
        parse(text).expect_err("must be refused").to_string()
    }

    #[test]
    fn every_refusal_says_what_is_there_and_what_to_do() {
        assert_eq!(
            refusal("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n"),
            "is in PEM (RSA) format, not OpenSSH's (-----BEGIN OPENSSH PRIVATE KEY-----); \
             make an Ed25519 key with: git qms key new PATH"
        );
        assert_eq!(
            refusal("hunter2"),
            "is not a private key: expected -----BEGIN OPENSSH PRIVATE KEY----- first; \
             make one with: git qms key new PATH"
        );
        assert_eq!(
            refusal(&format!("{BEGIN}\nb3BlbnNzaA==\n")),
            "is cut off: -----END OPENSSH PRIVATE KEY----- is missing; copy the whole file"
        );
        assert_eq!(
            refusal(&format!("{BEGIN}\n!\n{END}")),
            "is damaged (not base64); restore it, or make another with: git qms key new PATH"
        );
        assert!(refusal(&armoured(b"openssh-key-v1\0")).contains("its head is not one of openssh-key-v1"));
    }

    /// A file under a passphrase whose public key is `wire`.
    fn encrypted(wire: &[u8]) -> String {
        let mut bytes = MAGIC.to_vec();
        for part in ["aes256-ctr", "bcrypt", ""] {
            put(&mut bytes, part.as_bytes()).expect("short");
        }
        bytes.extend([0, 0, 0, 1]);
        put(&mut bytes, wire).expect("short");
        armoured(&bytes)
    }

    #[test]
    fn a_public_half_that_proves_nothing_is_damage() {
        let wire = [&b"\0\0\0\x0bssh-ed25519\0\0\0\x20"[..], &[0; 32]].concat();
        assert!(refusal(&encrypted(&wire)).contains("its public key is no Ed25519 point"));
    }

    #[test]
    fn another_algorithm_is_named_and_an_unknown_one_is_not_repeated() {
        let wire = b"\0\0\0\x07ssh-rsa";
        assert!(refusal(&encrypted(wire)).starts_with("is a key of ssh-rsa: git-qms signs with"));
        assert!(refusal(&encrypted(b"\0\0\0\x07hunter2")).starts_with("is a key of an unknown algorithm: "));
    }

    #[test]
    fn a_hardware_key_is_known_by_its_public_half() {
        let key = crate::test_support::HardwareKey::new(1);
        let Ok(Private::Hardware(public)) = parse(&encrypted(&key.public_key().to_wire())) else { panic!("another") };
        assert_eq!(public, *key.public_key());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(tail in proptest::collection::vec(any::<u8>(), 0..300), text in ".{0,300}") {
            let _ = parse(&text);
            let _ = parse(&armoured(&tail));
            let _ = parse(&armoured(&[MAGIC, &tail].concat()));
        }
    }
}
