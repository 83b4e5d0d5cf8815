//! SSHSIG, the form in which git carries SSH signatures of tags.
//!
//! Source: <https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.sshsig>.

use ssh_key::public::{Ed25519PublicKey, KeyData};
use ssh_key::{Algorithm, HashAlg, LineEnding, Signature, SshSig};

use super::key::{PublicKey, SignError, Signer};

/// Signs `message` as `ssh-keygen -Y sign -n NAMESPACE` would: armoured, SHA-512.
pub fn sign(message: &[u8], namespace: &str, signer: &dyn Signer) -> Result<String, SignError> {
    let failed = |error: ssh_key::Error| SignError(error.to_string());
    let signed = SshSig::signed_data(namespace, HashAlg::Sha512, message).map_err(failed)?;
    let signature = Signature::new(Algorithm::Ed25519, signer.sign(&signed)?.to_vec()).map_err(failed)?;
    let key = KeyData::Ed25519(Ed25519PublicKey(*signer.public_key().as_bytes()));
    let armoured = SshSig::new(key, namespace, HashAlg::Sha512, signature).map_err(failed)?;
    armoured.to_pem(LineEnding::LF).map_err(failed)
}

/// Who signed `message` in `namespace`, if the armoured signature is theirs.
pub fn signer_of(message: &[u8], namespace: &str, armoured: &str) -> Option<PublicKey> {
    let signature = SshSig::from_pem(armoured).ok()?;
    let KeyData::Ed25519(key) = signature.public_key() else { return None };
    if signature.namespace() != namespace || signature.algorithm() != Algorithm::Ed25519 {
        return None;
    }
    let key = PublicKey::from_bytes(&key.0).ok()?;
    let signed = SshSig::signed_data(namespace, signature.hash_alg(), message).ok()?;
    let bytes: &[u8; 64] = signature.signature_bytes().try_into().ok()?;
    key.verifies(&signed, bytes).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::TestKey;

    #[test]
    fn a_signature_names_its_signer_and_no_other_message_or_namespace() {
        let key = TestKey::new(1);
        let armoured = sign(b"message", "git", &key).expect("signs");
        assert_eq!(signer_of(b"message", "git", &armoured).as_ref(), Some(key.public_key()));
        assert_eq!(signer_of(b"messages", "git", &armoured), None);
        assert_eq!(signer_of(b"message", "file", &armoured), None);
    }
}
