//! A private key given as text, as pipelines keep secrets. Nothing of the text is ever repeated.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use zeroize::Zeroizing;

use super::openssh::{self, OpenSshError, Private, SecretKey};

/// What a private key has in it: the end of its first line, that line's beginning in base64, and
/// the beginning of what the armour holds.
const MARKS: [&str; 3] = ["PRIVATE KEY-----", ARMOUR_BASE64, "b3BlbnNzaC1rZXktdjE"];
const ARMOUR_BASE64: &str = "LS0tLS1CRUdJ";

/// Why a text is not a key that can sign. Repeats nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Not a usable private key.
    #[error("the key {0}")]
    Key(#[from] OpenSshError),
    /// Under a passphrase.
    #[error(
        "the key is encrypted, and a pipeline has nobody to type its passphrase: take it off a copy \
         (ssh-keygen -p -N '' -f COPY), or make a key for the pipeline: git qms key new PATH"
    )]
    Encrypted,
    /// Nothing that could sign alone.
    #[error(
        "the key is a hardware key's, and a pipeline has nobody to touch it: make a key for the pipeline: git qms key new PATH"
    )]
    Hardware,
    /// Base64 that breaks off.
    #[error("the key is not whole base64 of a key file: set it to what base64 FILE prints, or to the file itself")]
    Base64,
}

/// Whether `text` holds private key material, in any format, also damaged or in base64. Such a text
/// is never a path, and never shown.
pub fn is_private_key(text: &str) -> bool {
    MARKS.iter().any(|mark| text.contains(mark))
}

/// Reads a key that may have lost its line ends on the way: CRLF, `\n` spelled out, white space
/// instead of newlines, no newline at the end, or base64 of the whole file.
pub fn key(text: &str) -> Result<SecretKey, SecretError> {
    let text = if text.trim_start().starts_with(ARMOUR_BASE64) { decoded(text)? } else { Zeroizing::new(text.into()) };
    let text = Zeroizing::new(text.replace("\\r", ""));
    let text = Zeroizing::new(text.replace("\\n", "\n"));
    match openssh::parse(&text)? {
        Private::Plain(key) => Ok(key),
        Private::Encrypted(_) => Err(SecretError::Encrypted),
        Private::Hardware(_) => Err(SecretError::Hardware),
    }
}

fn decoded(text: &str) -> Result<Zeroizing<String>, SecretError> {
    let mut digits = Zeroizing::new(String::with_capacity(text.len()));
    digits.extend(text.chars().filter(|c| !c.is_ascii_whitespace() && *c != '='));
    let bytes = STANDARD_NO_PAD.decode(digits.as_bytes()).map_err(|_| SecretError::Base64)?;
    String::from_utf8(bytes).map(Zeroizing::new).map_err(|error| {
        drop(Zeroizing::new(error.into_bytes()));
        SecretError::Base64
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_refusal_says_what_to_do() {
        let refusal = |text: &str| key(text).expect_err("must be refused").to_string();
        assert_eq!(
            refusal("LS0tLS1CRUdJT"),
            "the key is not whole base64 of a key file: set it to what base64 FILE prints, or to the file itself"
        );
        assert!(refusal("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blb").starts_with("the key is cut off"));
        assert!(SecretError::Encrypted.to_string().contains("ssh-keygen -p -N '' -f COPY"));
    }

    proptest! {
        #[test]
        fn no_text_panics_or_is_repeated(tail in "[A-Za-z0-9+/=\\\\ \n]{24,200}") {
            for head in ["", "-----BEGIN OPENSSH PRIVATE KEY-----\n", ARMOUR_BASE64] {
                let text = format!("{head}{tail}");
                let error = key(&text).expect_err("random text is no key");
                let shown = format!("{error} {error:?}");
                prop_assert!(!shown.contains(&tail), "{}", shown);
            }
        }
    }
}
