//! Public keys as people hand them over: a `.pub` file, or its text.

use std::path::{Path, PathBuf};

use super::algorithm::{Unsuitable, begins_public_line, suits};
use super::file::{ReadError, read};
use super::secret;
use crate::envelope::{KeyError, PublicKey};

/// Why there is no public key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublicError {
    /// The file could not be read.
    #[error("public key file {path:?} {source}")]
    Read {
        /// Its path.
        path: PathBuf,
        /// Why.
        source: ReadError,
    },
    /// The other half.
    #[error("{0:?} is a private key: give its public half, {0:?}.pub")]
    Private(PathBuf),
    /// A private key where a public one was expected; it isn't repeated.
    #[error("this text is a private key: give the line of its .pub file instead, and keep this one secret")]
    PrivateText,
    /// Not one key.
    #[error("{0} keys where one is expected: give one line, ssh-ed25519 AAAA…")]
    Count(usize),
    /// Another algorithm.
    #[error("public key {0}")]
    Algorithm(#[from] Unsuitable),
    /// Not a key.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Reads `path_or_text`: a path, or the key as `ssh-ed25519 AAAA…` with or without a comment.
pub fn public(path_or_text: &str) -> Result<PublicKey, PublicError> {
    if secret::is_private_key(path_or_text) {
        return Err(PublicError::PrivateText);
    }
    if let Some(line) = literal(path_or_text) {
        return parse(line);
    }
    let path = Path::new(path_or_text);
    let file = read(path).map_err(|source| PublicError::Read { path: path.into(), source })?;
    if secret::is_private_key(&file.text) {
        return Err(PublicError::Private(path.into()));
    }
    parse(&file.text)
}

/// The key in `text` if it is one by the look of it, as git reads `user.signingKey`.
pub(super) fn literal(text: &str) -> Option<&str> {
    let text = text.trim();
    match text.strip_prefix("key::") {
        Some(line) => Some(line),
        None => begins_public_line(text).then_some(text),
    }
}

/// Reads the one key of a text; comments and blank lines are left out.
pub(super) fn parse(text: &str) -> Result<PublicKey, PublicError> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let line = lines.next().ok_or(PublicError::Count(0))?;
    let others = lines.count();
    if others > 0 {
        return Err(PublicError::Count(1 + others));
    }
    let mut words = line.split_ascii_whitespace();
    let (algorithm, key) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if begins_public_line(line) {
        suits(algorithm.as_bytes())?;
    }
    Ok(format!("{algorithm} {key}").parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti";

    #[test]
    fn a_key_is_read_with_and_without_its_comment() {
        for text in [KEY.into(), format!("{KEY} Ada Lovelace\r\n"), format!("key::{KEY}"), format!("# hers\n\n{KEY}\n")]
        {
            assert_eq!(parse(literal(&text).unwrap_or(&text)).expect("a key").to_string(), KEY, "{text}");
        }
    }

    #[test]
    fn every_refusal_says_what_is_expected() {
        let refusal = |text: &str| public(text).expect_err("must be refused").to_string();
        assert_eq!(
            refusal("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ=="),
            "public key is a key of ssh-rsa: git-qms signs with ssh-ed25519; make one with: git qms key new PATH"
        );
        assert_eq!(refusal(&format!("{KEY}\n{KEY}")), "2 keys where one is expected: give one line, ssh-ed25519 AAAA…");
        assert!(refusal("ssh-ed25519 AAAA").contains("is not of the form ssh-ed25519 AAAA…"));
        assert!(refusal("nowhere/ada.pub").starts_with("public key file \"nowhere/ada.pub\" does not exist"));
        let secret = "-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2";
        assert!(refusal(secret).starts_with("this text is a private key"));
        assert!(!refusal(secret).contains("hunter2"));
    }

    #[test]
    fn an_empty_file_and_a_private_one_are_refused_by_name() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("ada");
        let path_text = path.to_str().expect("text");
        std::fs::write(&path, "\n").expect("writes");
        assert_eq!(public(path_text), Err(PublicError::Count(0)));
        std::fs::write(&path, "-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2").expect("writes");
        let refusal = public(path_text).expect_err("private").to_string();
        assert_eq!(refusal, format!("{path:?} is a private key: give its public half, {path:?}.pub"));
    }
}
