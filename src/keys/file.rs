//! Key files: OpenSSH private keys, or `.pub` files whose private half lies beside them or in the agent.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::agent::{self, AgentError, AgentKey};
use super::openssh::{self, OpenSshError, Private, SecretKey};
use super::public::{self, PublicError};
use crate::envelope::{Fingerprint, PublicKey, RawSignature, SignError, Signer};

/// The largest key file that is read: 1 MiB.
pub const MAX_FILE: u64 = 1 << 20;

/// A key that a file led to.
#[derive(Debug)]
pub enum FileKey {
    /// The file holds the secret.
    Read(SecretKey),
    /// The agent holds it.
    Held(AgentKey),
}

impl Signer for FileKey {
    fn public_key(&self) -> &PublicKey {
        match self {
            Self::Read(key) => key.public_key(),
            Self::Held(key) => key.public_key(),
        }
    }

    fn sign(&self, message: &[u8]) -> Result<RawSignature, SignError> {
        match self {
            Self::Read(key) => key.sign(message),
            Self::Held(key) => key.sign(message),
        }
    }
}

/// Why a file could not be read. Follows the file's name in a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Nothing there.
    #[error("does not exist: make a key with: git qms key new PATH")]
    Missing,
    /// The system refuses.
    #[error("cannot be read: {0}")]
    System(String),
    /// Over the limit.
    #[error("is larger than 1 MiB: it is no key")]
    TooLarge,
    /// Not text.
    #[error("is not text: it is no key of OpenSSH's; make one with: git qms key new PATH")]
    NotText,
}

/// Why a key file cannot sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// It could not be read.
    #[error("key file {path:?} {source}")]
    Read {
        /// Its path.
        path: PathBuf,
        /// Why.
        source: ReadError,
    },
    /// Others can read it.
    #[error(
        "key file {path:?} has mode {mode:04o}: others can read a key that only you should; chmod 600 {path:?}, \
         or give the key itself in QMS_SIGNING_KEY"
    )]
    Exposed {
        /// Its path.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// It holds no usable private key.
    #[error("key file {path:?} {source}")]
    Key {
        /// Its path.
        path: PathBuf,
        /// Why.
        source: OpenSshError,
    },
    /// It is encrypted, and the agent cannot help.
    #[error("key file {path:?} is encrypted: ssh-add {path:?}, then say the same again ({agent})")]
    Encrypted {
        /// Its path.
        path: PathBuf,
        /// Why the agent did not help.
        agent: AgentError,
    },
    /// It stands for a hardware key, and the agent cannot help.
    #[error(
        "key file {path:?} is of a hardware key, which signs by ssh-agent: ssh-add {path:?}, then say the same again ({agent})"
    )]
    Hardware {
        /// Its path.
        path: PathBuf,
        /// Why the agent did not help.
        agent: AgentError,
    },
    /// It is a public key file, but not of a usable key.
    #[error("{path:?}: {source}")]
    Public {
        /// Its path.
        path: PathBuf,
        /// Why.
        source: PublicError,
    },
    /// It is a public key file without a private one beside it, and the agent cannot help.
    #[error("{path:?} is the public half only, and its private file is not beside it: {agent}")]
    PublicOnly {
        /// Its path.
        path: PathBuf,
        /// Why the agent did not help.
        agent: AgentError,
    },
    /// The two files are not of one key.
    #[error(
        "{path:?} is key {public}, but the private key beside it is {private}: \
         ssh-keygen -y -f PRIVATE prints the public half that belongs to it"
    )]
    Mismatch {
        /// The public key's path.
        path: PathBuf,
        /// The key it says.
        public: Fingerprint,
        /// The key beside it.
        private: Fingerprint,
    },
}

/// The key of the file at `path`: itself, or by the agent at `agent` when the file is encrypted or
/// only the public half. A missing file with a `.pub` beside it is taken for the latter.
pub fn key(path: &Path, agent: Option<&Path>) -> Result<FileKey, FileError> {
    let (path, found) = match read(path) {
        Err(ReadError::Missing) if pub_of(path).is_file() => (pub_of(path), read(&pub_of(path))),
        found => (path.to_owned(), found),
    };
    let contents = match found {
        Ok(contents) => contents,
        Err(source) => return Err(FileError::Read { path, source }),
    };
    if public::literal(&contents.text).is_some() {
        of_public(path, &contents.text, agent)
    } else {
        of_private(path, &contents, agent)
    }
}

fn of_private(path: PathBuf, contents: &Contents, agent: Option<&Path>) -> Result<FileKey, FileError> {
    match openssh::parse(&contents.text) {
        Err(source) => Err(FileError::Key { path, source }),
        // As ssh does, also when the file is encrypted.
        Ok(_) if contents.mode & 0o077 != 0 => Err(FileError::Exposed { path, mode: contents.mode }),
        Ok(Private::Plain(key)) => Ok(FileKey::Read(key)),
        Ok(Private::Encrypted(public)) => match agent::key(agent, &public) {
            Ok(key) => Ok(FileKey::Held(key)),
            Err(agent) => Err(FileError::Encrypted { path, agent }),
        },
        Ok(Private::Hardware(public)) => match agent::key(agent, &public) {
            Ok(key) => Ok(FileKey::Held(key)),
            Err(agent) => Err(FileError::Hardware { path, agent }),
        },
    }
}

fn of_public(path: PathBuf, text: &str, agent: Option<&Path>) -> Result<FileKey, FileError> {
    let public = match public::parse(text) {
        Ok(public) => public,
        Err(source) => return Err(FileError::Public { path, source }),
    };
    let beside = path.extension().filter(|extension| *extension == "pub").map(|_| path.with_extension(""));
    if let Some(beside) = beside {
        match read(&beside) {
            Err(ReadError::Missing) => {}
            Err(source) => return Err(FileError::Read { path: beside, source }),
            Ok(contents) => {
                let key = of_private(beside, &contents, agent)?;
                if *key.public_key() == public {
                    return Ok(key);
                }
                let private = key.public_key().fingerprint();
                return Err(FileError::Mismatch { path, public: public.fingerprint(), private });
            }
        }
    }
    agent::key(agent, &public).map(FileKey::Held).map_err(|agent| FileError::PublicOnly { path, agent })
}

/// `path` with `.pub` after it.
pub(super) fn pub_of(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".pub");
    name.into()
}

/// A file's text, wiped when dropped, and who may read it.
pub(super) struct Contents {
    pub(super) text: Zeroizing<String>,
    /// Permission bits; 0600 where there are none.
    mode: u32,
}

pub(super) fn read(path: &Path) -> Result<Contents, ReadError> {
    let system = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => ReadError::Missing,
        _ => ReadError::System(error.to_string()),
    };
    let file = File::open(path).map_err(system)?;
    let metadata = file.metadata().map_err(system)?;
    if metadata.len() > MAX_FILE {
        return Err(ReadError::TooLarge);
    }
    let mode = mode_of(&metadata);
    // Room for all of it at once: growing would leave copies behind that nobody wipes.
    let room = usize::try_from(metadata.len()).map_or(0, |length| length + 1);
    let mut text = Zeroizing::new(String::with_capacity(room));
    file.take(MAX_FILE + 1).read_to_string(&mut text).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => ReadError::NotText,
        _ => system(error),
    })?;
    if text.len() as u64 > MAX_FILE {
        return Err(ReadError::TooLarge);
    }
    Ok(Contents { text, mode })
}

#[cfg(unix)]
fn mode_of(metadata: &std::fs::Metadata) -> u32 {
    std::os::unix::fs::MetadataExt::mode(metadata) & 0o7777
}

#[cfg(not(unix))]
fn mode_of(_: &std::fs::Metadata) -> u32 {
    0o600
}
