//! Keys, ids and people for unit tests.

use ed25519_dalek::{Signer as _, SigningKey};

use crate::envelope::{PublicKey, RawSignature, SignError, Signer, Touch};
use crate::record::{CommitId, Kind, UtcTime};
use crate::trust::version::Thresholds;
use crate::trust::{Known, Member, MemberType, TrustVersion};

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

    fn sign(&self, message: &[u8]) -> Result<RawSignature, SignError> {
        Ok(self.secret.sign(message).to_bytes().into())
    }
}

/// A hardware key made of software.
pub(crate) struct HardwareKey {
    secret: SigningKey,
    public: PublicKey,
    pub(crate) flags: u8,
}

impl HardwareKey {
    pub(crate) fn new(seed: u8) -> Self {
        let TestKey { secret, public } = TestKey::new(seed);
        Self { secret, public: PublicKey::of_hardware(public.as_bytes()).expect("a strong key"), flags: 1 }
    }
}

impl Signer for HardwareKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<RawSignature, SignError> {
        let mut touch = Touch { signature: [0; 64], flags: self.flags, counter: 7 };
        touch.signature = self.secret.sign(&touch.signed(message)).to_bytes();
        Ok(RawSignature::Touched(touch))
    }
}

/// A commit id made of one repeated byte.
pub(crate) fn id(byte: u8) -> CommitId {
    CommitId::from_bytes(&[byte; 20]).expect("20 bytes")
}

/// A person with the key of `seed`.
pub(crate) fn member(name: &str, seed: u8, roles: &[&str]) -> Member {
    Member {
        id: name.parse().expect("a member id"),
        name: name.to_owned(),
        emails: vec![format!("{name}@example.com")],
        kind: MemberType::Person,
        roles: roles.iter().map(|role| role.parse().expect("a role")).collect(),
        keys: vec![TestKey::new(seed).public_key().clone()],
    }
}

/// A first version with ada (key 1), who is root and developer.
pub(crate) fn genesis() -> TrustVersion {
    let grant = |kind, role: &str| (kind, [role.parse().expect("a role")].into());
    TrustVersion {
        version: 1,
        previous: None,
        ledger: None,
        name: "payments".into(),
        created: UtcTime::from_seconds(1_775_000_000),
        members: vec![member("ada", 1, &["root", "developer"])],
        grants: [
            grant(Kind::Checkpoint, "root"),
            grant(Kind::Plan, "developer"),
            grant(Kind::Test, "ci"),
            grant(Kind::Approval, "qa"),
            grant(Kind::Policy, "policy-owner"),
        ]
        .into(),
        thresholds: Thresholds { root: 1 },
        compromised: [].into(),
        known: Known::default(),
        nonce: Some("00".repeat(16)),
        continues: None,
    }
}
