//! Keys of other algorithms, named so that the error can say which.

/// The name of the algorithm that git-qms signs with. Source: RFC 8709, section 3.
pub(super) const ED25519: &str = "ssh-ed25519";

/// The same of keys in hardware. Source: OpenSSH's PROTOCOL.u2f.
pub(super) const HARDWARE: &str = "sk-ssh-ed25519@openssh.com";

/// Names of OpenSSH's other algorithms. Source: sshd(8), AUTHORIZED_KEYS FILE FORMAT.
const OTHERS: [&str; 6] = [
    "ssh-rsa",
    "ssh-dss",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ecdsa-sha2-nistp256@openssh.com",
];

/// A key of an algorithm that git-qms does not sign with. Holds a name from a list and nothing of
/// the key, so it can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is a key of {0}: git-qms signs with {ED25519}; make one with: git qms key new PATH")]
pub struct Unsuitable(pub(super) &'static str);

/// Whether keys that are called `name` can sign.
pub(super) fn suits(name: &[u8]) -> Result<(), Unsuitable> {
    if name == ED25519.as_bytes() || name == HARDWARE.as_bytes() {
        return Ok(());
    }
    let known = OTHERS.iter().find(|other| other.as_bytes() == name);
    Err(Unsuitable(known.copied().unwrap_or("an unknown algorithm")))
}

/// Whether `text` begins as a public key line does, of whatever algorithm.
pub(super) fn begins_public_line(text: &str) -> bool {
    let name = text.split_ascii_whitespace().next().unwrap_or_default();
    name == ED25519 || name == HARDWARE || OTHERS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_algorithm_is_named_and_an_unknown_one_is_not_repeated() {
        assert_eq!(suits(b"ssh-ed25519"), Ok(()));
        assert_eq!(
            suits(b"ssh-rsa").expect_err("other").to_string(),
            "is a key of ssh-rsa: git-qms signs with ssh-ed25519; make one with: git qms key new PATH"
        );
        assert!(!suits(b"hunter2").expect_err("unknown").to_string().contains("hunter2"));
    }
}
