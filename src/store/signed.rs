//! Who signed a commit with an SSH key, as `git commit -S` does: checked, where the fields of a commit are only claims.

use gix::objs::Kind;

use super::reader::{ReadError, Reader, object_id};
use super::repository::Repository;
use crate::envelope::{PublicKey, sshsig};
use crate::record::ids::CommitId;
use crate::release::tag::NAMESPACE;

/// The header that holds the signature; in a SHA-256 repository the second one.
const HEADERS: [&[u8]; 2] = [b"gpgsig ", b"gpgsig-sha256 "];

impl Repository {
    /// The SSH key that signed a commit; none where it is not signed, signed in another way, or the signature is not good.
    pub fn signer_of(&self, id: &CommitId) -> Result<Option<PublicKey>, ReadError> {
        self.reader().signer_of(id)
    }
}

impl Reader {
    fn signer_of(&mut self, id: &CommitId) -> Result<Option<PublicKey>, ReadError> {
        let data = self.find(Kind::Commit, &object_id(id.as_bytes())?)?;
        let Some((signed, signature)) = parted(data) else { return Ok(None) };
        let armoured = String::from_utf8(signature).ok();
        Ok(armoured.and_then(|armoured| sshsig::signer_of(&signed, NAMESPACE, &armoured)))
    }
}

/// What was signed, and the signature: the commit without the header, and what stands in it.
fn parted(commit: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (mut signed, mut signature) = (Vec::with_capacity(commit.len()), Vec::new());
    let (mut in_headers, mut in_signature) = (true, false);
    for line in commit.split_inclusive(|byte| *byte == b'\n') {
        in_headers &= line != b"\n";
        let begins = HEADERS.iter().find_map(|header| line.strip_prefix(*header)).filter(|_| in_headers);
        let goes_on = line.strip_prefix(b" ").filter(|_| in_headers && in_signature);
        in_signature = begins.is_some() || goes_on.is_some();
        match begins.or(goes_on) {
            // Two of them are nothing that git writes.
            Some(_) if begins.is_some() && !signature.is_empty() => return None,
            Some(part) => signature.extend_from_slice(part),
            None => signed.extend_from_slice(line),
        }
    }
    (!signature.is_empty()).then_some((signed, signature))
}

#[cfg(test)]
mod tests {
    use super::parted;

    #[test]
    fn the_signature_is_parted_from_what_it_signs() {
        let (head, tail) = ("tree 1\nauthor a <a> 0 +0000\n", "\nSubject\n\ngpgsig no header\n more\n");
        let commit = format!("{head}gpgsig -----BEGIN\n two\n \n -----END\n{tail}");
        let (signed, signature) = parted(commit.as_bytes()).expect("it is signed");
        assert_eq!(String::from_utf8_lossy(&signed), format!("{head}{tail}"));
        assert_eq!(String::from_utf8_lossy(&signature), "-----BEGIN\ntwo\n\n-----END\n");
        assert_eq!(parted(format!("{head}{tail}").as_bytes()), None);
        assert_eq!(parted(format!("{head}gpgsig a\ngpgsig b\n{tail}").as_bytes()), None);
    }
}
