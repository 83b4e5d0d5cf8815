//! Any bytes as `trust.json`, as a version, and as the payloads of a chain that its root signed.
#![no_main]

use std::sync::LazyLock;

use git_qms::record::CommitId;
use git_qms::trust::{Chain, TrustEnvelope, TrustVersion};
use key::Key;

mod key;

static KEYS: LazyLock<[Key; 2]> = LazyLock::new(|| [1, 2].map(Key::new));

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let commit = CommitId::from_bytes(&[1; 20]).expect("20 bytes");
    if let Ok(envelope) = TrustEnvelope::parse(bytes) {
        assert_eq!(envelope.to_bytes(), bytes);
    }
    if let Ok(version) = TrustVersion::parse(bytes) {
        let payload = version.to_payload().expect("written");
        assert_eq!(TrustVersion::parse(&payload), Ok(version));
    }
    let signed = |payload: &[u8]| {
        let mut envelope = TrustEnvelope::unsigned(payload.to_vec());
        KEYS.iter().for_each(|key| envelope.add_signature(key).expect("signs"));
        envelope.to_bytes()
    };
    let stored: Vec<_> = bytes.split(|byte| *byte == b'\n').take(4).map(signed).collect();
    if let Ok(chain) = Chain::check(stored.iter().map(|bytes| (commit, &bytes[..]))) {
        assert_eq!(chain.links().len() == stored.len(), chain.fault().is_none());
        assert!(chain.keys().count() > 0);
    }
});
