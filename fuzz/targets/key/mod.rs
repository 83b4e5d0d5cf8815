//! A key that is the same in every run.

use ed25519_dalek::{Signer as _, SigningKey};
use git_qms::envelope::{PublicKey, RawSignature, SignError, Signer};

/// The secret and the public half.
pub struct Key(SigningKey, PublicKey);

impl Key {
    /// The key of a seed.
    pub fn new(seed: u8) -> Self {
        let secret = SigningKey::from_bytes(&[seed; 32]);
        let public = PublicKey::from_bytes(secret.verifying_key().as_bytes()).expect("a fresh key is strong");
        Self(secret, public)
    }
}

impl Signer for Key {
    fn public_key(&self) -> &PublicKey {
        &self.1
    }

    fn sign(&self, message: &[u8]) -> Result<RawSignature, SignError> {
        Ok(self.0.sign(message).to_bytes().into())
    }
}
