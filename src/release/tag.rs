//! A tag object's bytes, as git stores and signs them.
//!
//! Source: <https://git-scm.com/docs/git-mktag>; the signature is SSHSIG in the namespace `git`,
//! appended to the message (<https://git-scm.com/docs/signature-format>).

use crate::envelope::{PublicKey, SignError, Signer, sshsig};
use crate::record::ids::CommitId;
use crate::record::time::UtcTime;

/// The SSHSIG namespace of git's own signatures.
pub const NAMESPACE: &str = "git";

const SIGNATURE: &str = "-----BEGIN SSH SIGNATURE-----";

/// An annotated tag of a commit, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagObject {
    /// The tagged commit.
    pub commit: CommitId,
    /// The name in the header, which has to be that of the ref.
    pub name: String,
    /// `Name <address> seconds zone`.
    pub tagger: String,
    /// The message without the signature.
    pub message: String,
    /// The armoured signature; empty when there is none.
    pub signature: String,
}

/// Why bytes are not a tag object of a commit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("tag object {0}")]
pub struct TagError(&'static str);

impl TagObject {
    /// An unsigned tag. `tagger` and `address` lose the characters that git's header cannot hold.
    pub fn new(commit: CommitId, name: &str, tagger: &str, address: &str, at: UtcTime, message: String) -> Self {
        let clean = |text: &str| text.chars().filter(|c| !c.is_control() && !"<>".contains(*c)).collect::<String>();
        let tagger = format!("{} <{}> {} +0000", clean(tagger).trim(), clean(address).trim(), at.seconds());
        Self { commit, name: name.to_owned(), tagger, message, signature: String::new() }
    }

    /// Reads a tag object's content.
    pub fn parse(raw: &[u8]) -> Result<Self, TagError> {
        let text = std::str::from_utf8(raw).map_err(|_| TagError("is not UTF-8"))?;
        let (header, body) = text.split_once("\n\n").ok_or(TagError("has no message"))?;
        let mut lines = header.split('\n');
        let mut field = |name: &str, what| lines.next().and_then(|line| line.strip_prefix(name)).ok_or(TagError(what));
        let object = field("object ", "does not begin with object")?;
        let kind = field("type ", "has no type")?;
        let name = field("tag ", "has no tag name")?;
        let tagger = field("tagger ", "has no tagger")?;
        if kind != "commit" {
            return Err(TagError("is not of a commit"));
        }
        if lines.next().is_some() {
            return Err(TagError("has a header line that a release tag has not"));
        }
        let (message, signature) = match body.find(SIGNATURE) {
            Some(at) if at == 0 || body.as_bytes()[at - 1] == b'\n' => body.split_at(at),
            _ => (body, ""),
        };
        Ok(Self {
            commit: object.parse().map_err(|_| TagError("names no full object id"))?,
            name: name.to_owned(),
            tagger: tagger.to_owned(),
            message: message.to_owned(),
            signature: signature.to_owned(),
        })
    }

    /// When it was made, by the tagger's word.
    pub fn made(&self) -> Option<UtcTime> {
        let (_, stamp) = self.tagger.rsplit_once("> ")?;
        let (seconds, _zone) = stamp.split_once(' ')?;
        let seconds = Some(seconds).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()?;
        // Of what is too late to be written as a record's time there is none.
        UtcTime::from_rfc3339(&UtcTime::from_seconds(seconds).to_string()).ok()
    }

    /// The bytes that are signed: header and message.
    fn signed_bytes(&self) -> Vec<u8> {
        let Self { commit, name, tagger, message, .. } = self;
        format!("object {commit}\ntype commit\ntag {name}\ntagger {tagger}\n\n{message}").into_bytes()
    }

    /// The object's content.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.signed_bytes();
        bytes.extend_from_slice(self.signature.as_bytes());
        bytes
    }

    /// Signs it as git would.
    pub fn sign(mut self, signer: &dyn Signer) -> Result<Self, SignError> {
        let mut armoured = sshsig::sign(&self.signed_bytes(), NAMESPACE, signer)?;
        if !armoured.ends_with('\n') {
            armoured.push('\n');
        }
        self.signature = armoured;
        Ok(self)
    }

    /// Who signed it, if the signature holds over the bytes as stored.
    pub fn signer(&self) -> Option<PublicKey> {
        sshsig::signer_of(&self.signed_bytes(), NAMESPACE, &self.signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{TestKey, id};

    #[test]
    fn a_signed_tag_is_read_back_and_names_its_signer() {
        let at = UtcTime::from_seconds(1_775_000_000);
        let tag = TagObject::new(id(1), "a@1+c", "Ada <x>", "ada@example.com", at, "a@1+c\n".into());
        let tag = tag.sign(&TestKey::new(1)).expect("signs");
        let read = TagObject::parse(&tag.to_bytes()).expect("well formed");
        assert_eq!(read, tag);
        assert_eq!(read.signer().as_ref(), Some(TestKey::new(1).public_key()));
        assert_eq!(read.tagger, "Ada x <ada@example.com> 1775000000 +0000");
    }

    #[test]
    fn one_changed_byte_has_no_signer() {
        let at = UtcTime::from_seconds(1_775_000_000);
        let tag = TagObject::new(id(1), "a@1+c", "Ada", "ada@example.com", at, "a@1+c\n".into());
        let bytes = tag.sign(&TestKey::new(1)).expect("signs").to_bytes();
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            other[at] ^= 1;
            let signer = TagObject::parse(&other).ok().and_then(|tag| tag.signer());
            // The last newline and the armour's line breaks are outside of what is signed.
            assert!(signer.is_none() || other[at] == b'\n' ^ 1, "byte {at}");
        }
    }
}
