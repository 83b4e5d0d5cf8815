//! A key made of a name: the same everywhere, and so no secret. For projects that exist in memory alone.

use ed25519_dalek::{Signer as _, SigningKey};

use crate::envelope::{PublicKey, RawSignature, SignError, Signer, Touch};
use crate::record::FileDigest;

/// Whoever knows the name can sign with it: it is a member of nothing that is kept.
pub struct RehearsalKey {
    secret: SigningKey,
    public: PublicKey,
}

impl RehearsalKey {
    /// The key of a name; nothing for the one name in 2²⁵⁵ whose key would be weak.
    pub fn of(name: &str) -> Option<Self> {
        let secret = SigningKey::from_bytes(FileDigest::of(name.as_bytes()).as_bytes());
        let public = PublicKey::from_bytes(secret.verifying_key().as_bytes()).ok()?;
        Some(Self { secret, public })
    }

    /// The same as it would lie in hardware, with somebody there who touches it.
    pub fn of_hardware(name: &str) -> Option<Self> {
        let Self { secret, .. } = Self::of(name)?;
        let public = PublicKey::of_hardware(secret.verifying_key().as_bytes()).ok()?;
        Some(Self { secret, public })
    }
}

impl Signer for RehearsalKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<RawSignature, SignError> {
        if !self.public.is_hardware() {
            return Ok(self.secret.sign(message).to_bytes().into());
        }
        let mut touch = Touch { signature: [0; 64], flags: 1, counter: 1 };
        touch.signature = self.secret.sign(&touch.signed(message)).to_bytes();
        Ok(RawSignature::Touched(touch))
    }
}
