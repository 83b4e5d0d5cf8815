//! SSHSIG, the form in which git carries SSH signatures of tags, and envelopes those of hardware keys.
//!
//! Source: <https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.sshsig>.

use ssh_key::encoding::{Decode as _, Encode as _};
use ssh_key::public::{Ed25519PublicKey, KeyData, SkEd25519};
use ssh_key::{Algorithm, HashAlg, LineEnding, SshSig};

use super::key::{APPLICATION, PublicKey, SignError, Signer};
use super::signature::{RawSignature, Touch};

/// The one version that there is.
const VERSION: u32 = 1;

/// How long the binary form by a hardware key is, with a namespace as long as `git-qms` and SHA-512.
pub(super) const BINARY_LEN: usize = 6 + 4 + (4 + 74) + (4 + 7) + 4 + (4 + 6) + (4 + 4 + 26 + 4 + 64 + 1 + 4);

/// Signs `message` as `ssh-keygen -Y sign -n NAMESPACE` would: armoured, SHA-512.
pub fn sign(message: &[u8], namespace: &str, signer: &dyn Signer) -> Result<String, SignError> {
    signed(message, namespace, signer)?.to_pem(LineEnding::LF).map_err(|error| SignError(error.to_string()))
}

/// The same without armour.
pub(super) fn sign_binary(message: &[u8], namespace: &str, signer: &dyn Signer) -> Result<Vec<u8>, SignError> {
    signed(message, namespace, signer)?.encode_vec().map_err(|error| SignError(error.to_string()))
}

fn signed(message: &[u8], namespace: &str, signer: &dyn Signer) -> Result<SshSig, SignError> {
    let failed = |error: ssh_key::Error| SignError(error.to_string());
    let bytes = SshSig::signed_data(namespace, HashAlg::Sha512, message).map_err(failed)?;
    let key = signer.public_key();
    let signature = match signer.sign(&bytes)? {
        RawSignature::Plain(signature) if !key.is_hardware() => {
            ssh_key::Signature::new(Algorithm::Ed25519, signature.to_vec())
        }
        RawSignature::Touched(touch) if !touch.is_of_a_person() => {
            return Err(SignError(
                "nobody touched the hardware key: make one that asks for it, without -O no-touch-required".into(),
            ));
        }
        RawSignature::Touched(Touch { signature, flags, counter }) if key.is_hardware() => {
            let bytes = [&signature[..], &[flags], &counter.to_be_bytes()].concat();
            ssh_key::Signature::new(Algorithm::SkEd25519, bytes)
        }
        _ => return Err(SignError("the key answered with a signature of another kind of key".into())),
    };
    SshSig::new(data_of(key), namespace, HashAlg::Sha512, signature.map_err(failed)?).map_err(failed)
}

fn data_of(key: &PublicKey) -> KeyData {
    let point = Ed25519PublicKey(*key.as_bytes());
    if key.is_hardware() { KeyData::SkEd25519(SkEd25519::new(point, APPLICATION)) } else { KeyData::Ed25519(point) }
}

/// Who signed `message` in `namespace`, if the armoured signature is theirs.
pub fn signer_of(message: &[u8], namespace: &str, armoured: &str) -> Option<PublicKey> {
    opened(&SshSig::from_pem(armoured).ok()?, message, namespace)
}

/// Whether `key` signed `message` in `namespace` with SHA-512, and these bytes are the one way to write it.
pub(super) fn is_binary_by(bytes: &[u8], key: &PublicKey, message: &[u8], namespace: &str) -> bool {
    let mut rest = bytes;
    SshSig::decode(&mut rest).is_ok_and(|signature| {
        rest.is_empty()
            && signature.hash_alg() == HashAlg::Sha512
            && signature.reserved().is_empty()
            && signature.encode_vec().is_ok_and(|written| written == bytes)
            && opened(&signature, message, namespace).as_ref() == Some(key)
    })
}

fn opened(signature: &SshSig, message: &[u8], namespace: &str) -> Option<PublicKey> {
    // The library reads older versions, too, of which there are none.
    if signature.namespace() != namespace || signature.version() != VERSION {
        return None;
    }
    let (key, raw) = match (signature.public_key(), signature.algorithm()) {
        (KeyData::Ed25519(key), Algorithm::Ed25519) => {
            (PublicKey::from_bytes(&key.0).ok()?, RawSignature::Plain(signature.signature_bytes().try_into().ok()?))
        }
        (KeyData::SkEd25519(key), Algorithm::SkEd25519) if key.application() == APPLICATION => {
            let (bytes, rest) = signature.signature_bytes().split_first_chunk::<64>()?;
            let (flags, counter) = rest.split_first()?;
            let counter = u32::from_be_bytes(counter.try_into().ok()?);
            let touch = Touch { signature: *bytes, flags: *flags, counter };
            (PublicKey::of_hardware(&key.public_key().0).ok()?, RawSignature::Touched(touch))
        }
        _ => return None,
    };
    let signed = SshSig::signed_data(namespace, signature.hash_alg(), message).ok()?;
    raw.is_by(&key, &signed).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{HardwareKey, TestKey};

    #[test]
    fn a_signature_names_its_signer_and_no_other_message_or_namespace() {
        let (plain, hardware) = (TestKey::new(1), HardwareKey::new(2));
        for key in [&plain as &dyn Signer, &hardware] {
            let armoured = sign(b"message", "git", key).expect("signs");
            assert_eq!(signer_of(b"message", "git", &armoured).as_ref(), Some(key.public_key()));
            assert_eq!(signer_of(b"messages", "git", &armoured), None);
            assert_eq!(signer_of(b"message", "file", &armoured), None);
        }
    }

    #[test]
    fn the_binary_form_is_as_long_as_it_says() {
        let binary = sign_binary(b"message", "git-qms", &HardwareKey::new(1)).expect("signs");
        assert_eq!(binary.len(), BINARY_LEN);
    }
}
