//! Any text as the armoured signature of a message, and any bytes as a key: who signed this signed nothing else.
#![no_main]

use git_qms::envelope::{PublicKey, sshsig};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(key) = PublicKey::from_wire(bytes) {
        assert_eq!(key.to_wire(), bytes);
        assert_eq!(key.to_string().parse().as_ref(), Ok(&key));
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if sshsig::signer_of(b"message", "git", text).is_some() {
        assert_eq!(sshsig::signer_of(b"massage", "git", text), None);
        assert_eq!(sshsig::signer_of(b"message", "file", text), None);
    }
});
