//! Digests and object ids, checked when they are read.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use faster_hex::hex_decode;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

/// Why a text is not the id it claims to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} {value:?} is not {expected} lower-case hex digits")]
pub struct IdError {
    what: &'static str,
    value: String,
    expected: &'static str,
}

/// Fills `out` from lower-case hex of exactly twice its length.
fn from_hex(text: &str, out: &mut [u8]) -> Option<()> {
    let text = text.as_bytes();
    let is_upper = |byte: &u8| byte.is_ascii_uppercase();
    if text.len() != out.len() * 2 || text.iter().any(is_upper) {
        return None;
    }
    hex_decode(text, out).ok()
}

fn write_hex(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

/// Reads a value from text where it lies; a string of its own would be most of the work.
pub(crate) struct Text<T>(pub(crate) PhantomData<T>);

impl<T: FromStr<Err: fmt::Display>> de::Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

/// A value that travels as text: display, debug and serde through `Display` and `FromStr`.
macro_rules! as_text {
    ($name:ident) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(crate::record::ids::Text(std::marker::PhantomData))
            }
        }
    };
}
pub(crate) use as_text;

macro_rules! sha256_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 32]);

        impl $name {
            /// The SHA-256 of these bytes.
            pub fn of(bytes: &[u8]) -> Self {
                Self(Sha256::digest(bytes).into())
            }

            /// The 32 bytes of the digest.
            pub fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }

            /// Whether these hex digits, in lower case, are its beginning.
            pub fn begins(&self, hex: &str) -> bool {
                let nibbles = self.0.iter().flat_map(|byte| [byte >> 4, byte & 15]);
                let digits = nibbles.map(|nibble| b"0123456789abcdef"[usize::from(nibble)]);
                hex.len() <= 64 && digits.zip(hex.bytes()).all(|(own, other)| own == other)
            }

            /// The first 12 hex digits, enough for a person to tell ids apart.
            pub fn short(&self) -> String {
                self.to_string()[..12].to_owned()
            }
        }
        impl From<[u8; 32]> for $name {
            fn from(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_hex(f, &self.0)
            }
        }
        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                let mut bytes = [0; 32];
                from_hex(text, &mut bytes).ok_or_else(|| IdError {
                    what: $what,
                    value: text.chars().take(80).collect(),
                    expected: "64",
                })?;
                Ok(Self(bytes))
            }
        }
        as_text!($name);
    };
}

sha256_id! {
    /// A record's name: the SHA-256 of its payload bytes as signed.
    RecordId, "record id"
}
sha256_id! {
    /// SHA-256 of a trust version's payload; that of the first version is the project's id.
    TrustDigest, "trust digest"
}
sha256_id! {
    /// SHA-256 of a file: an artifact, an attachment, a policy.
    FileDigest, "SHA-256"
}
sha256_id! {
    /// SHA-256 of one line of a note, without its newline.
    LineDigest, "line digest"
}

macro_rules! object_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name {
            bytes: [u8; 32],
            len: u8,
        }

        impl $name {
            /// From the 20 (SHA-1) or 32 (SHA-256) raw bytes of a git object id.
            pub fn from_bytes(raw: &[u8]) -> Option<Self> {
                if raw.len() != 20 && raw.len() != 32 {
                    return None;
                }
                let mut bytes = [0; 32];
                bytes[..raw.len()].copy_from_slice(raw);
                Some(Self { bytes, len: u8::try_from(raw.len()).ok()? })
            }

            /// The 20 or 32 raw bytes.
            pub fn as_bytes(&self) -> &[u8] {
                &self.bytes[..usize::from(self.len)]
            }

            /// The first seven hex digits, as git abbreviates.
            pub fn short(&self) -> String {
                self.to_string()[..7].to_owned()
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_hex(f, self.as_bytes())
            }
        }
        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                let mut bytes = [0; 32];
                let len = if text.len() == 64 { 32 } else { 20 };
                from_hex(text, &mut bytes[..len]).ok_or_else(|| IdError {
                    what: $what,
                    value: text.chars().take(80).collect(),
                    expected: "40 or 64",
                })?;
                Ok(Self { bytes, len: u8::try_from(len).expect("20 or 32 fits") })
            }
        }
        as_text!($name);
    };
}

object_id! {
    /// Names a git commit, in full.
    CommitId, "commit id"
}
object_id! {
    /// Names a git tree, in full.
    TreeId, "tree id"
}
object_id! {
    /// Names a git blob, in full.
    BlobId, "blob id"
}
object_id! {
    /// Names a git annotated tag object, in full.
    TagId, "tag object id"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sha1_and_sha256_object_ids_are_read_back() {
        for text in ["4b825dc642cb6eb9a060e54bf8d69288fbee4904", &"ab".repeat(32)] {
            assert_eq!(text.parse::<CommitId>().expect("hex").to_string(), text);
        }
    }

    #[test]
    fn upper_case_hex_is_refused_and_named() {
        let error = "AB".repeat(20).parse::<TreeId>().expect_err("upper case");
        assert!(error.to_string().contains("tree id \"ABAB"), "{error}");
    }

    #[test]
    fn non_ascii_text_is_refused() {
        assert!("é".repeat(20).parse::<CommitId>().is_err());
        assert!("é".repeat(32).parse::<RecordId>().is_err());
    }
}
