//! A new key pair on disk, in the form of `ssh-keygen -t ed25519`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use ssh_key::LineEnding;
use ssh_key::private::{Ed25519Keypair, KeypairData, PrivateKey};
use zeroize::Zeroizing;

use super::file::pub_of;
use crate::envelope::PublicKey;

/// Why no key was made. Nothing is left behind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NewError {
    /// A file is there.
    #[error("{0:?} exists already: a key is never overwritten; choose another path")]
    Exists(PathBuf),
    /// A path that would be taken for the public half.
    #[error("{0:?} ends in .pub, as public keys do: name the private file, and .pub is added for the other")]
    NamedPub(PathBuf),
    /// A comment that would be more than one.
    #[error("comment {0:?} holds control characters: it has to fit on one line")]
    Comment(String),
    /// The system refuses.
    #[error("{path:?} cannot be written: {reason}")]
    Write {
        /// Which file.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// No randomness.
    #[error("the system gave no random bytes: {0}")]
    Random(String),
    /// The key cannot be put into OpenSSH's form.
    #[error("could not write the key in OpenSSH's form: {0}")]
    Form(String),
}

/// Makes a key: the private half at `path` with mode 0600, the public one beside it as `.pub`. An
/// existing file is never overwritten. `comment` goes into both; it may be empty.
pub fn new(path: &Path, comment: &str) -> Result<PublicKey, NewError> {
    if path.extension().is_some_and(|extension| extension == "pub") {
        return Err(NewError::NamedPub(path.into()));
    }
    if comment.chars().any(char::is_control) {
        return Err(NewError::Comment(comment.into()));
    }
    let form = |error: ssh_key::Error| NewError::Form(error.to_string());
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *seed).map_err(|error| NewError::Random(error.to_string()))?;
    let pair = Ed25519Keypair::from_seed(&seed);
    let public = PublicKey::from_bytes(&pair.public.0).map_err(|error| NewError::Form(error.to_string()))?;
    let private = PrivateKey::new(KeypairData::Ed25519(pair), comment).map_err(form)?;
    let text = private.to_openssh(LineEnding::LF).map_err(form)?;
    make_folder(path).map_err(|error| NewError::Write { path: path.into(), reason: error.to_string() })?;
    write_new(path, text.as_bytes(), 0o600)?;
    let line = format!("{public} {comment}");
    write_new(&pub_of(path), format!("{}\n", line.trim_end()).as_bytes(), 0o644).inspect_err(|_| {
        // A private key without its public half would be half a result. The first error is the one to tell.
        let _ = fs::remove_file(path);
    })?;
    Ok(public)
}

/// The folder of the key, as ssh-keygen makes `~/.ssh`; one level and no more, lest a slip of the pen grows a tree.
fn make_folder(path: &Path) -> io::Result<()> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists()) else {
        return Ok(());
    };
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn write_new(path: &Path, bytes: &[u8], mode: u32) -> Result<(), NewError> {
    let refused = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => NewError::Exists(path.into()),
        _ => NewError::Write { path: path.into(), reason: error.to_string() },
    };
    let mut file = create_new(path, mode).map_err(refused)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|error| {
        let _ = fs::remove_file(path);
        refused(error)
    })
}

fn create_new(path: &Path, mode: u32) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_of_the_system_are_told_in_its_words() {
        assert_eq!(NewError::Random("no device".into()).to_string(), "the system gave no random bytes: no device");
        assert_eq!(
            NewError::Form("too long".into()).to_string(),
            "could not write the key in OpenSSH's form: too long"
        );
    }
}
