//! Keys for unit tests, made from a number.

use ed25519_dalek::{Signer as _, SigningKey};

use crate::envelope::{PublicKey, SignError, Signer};

/// A signer whose key is the same in every run.
pub(crate) struct TestKey {
    secret: SigningKey,
    public: PublicKey,
}

impl TestKey {
    pub(crate) fn new(seed: u8) -> Self {
        let secret = SigningKey::from_bytes(&[seed; 32]);
        let public = PublicKey::from_bytes(secret.verifying_key().as_bytes()).expect("a fresh key is strong");
        Self { secret, public }
    }
}

impl Signer for TestKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError> {
        Ok(self.secret.sign(message).to_bytes())
    }
}
