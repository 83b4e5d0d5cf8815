//! Keys that ssh-agent holds: it signs, the secret stays with it.
//!
//! Source: draft-ietf-sshm-ssh-agent, sections 4.4 and 4.5.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::algorithm::{ED25519, HARDWARE};
use super::wire::{Reader, put};
use crate::envelope::{Fingerprint, PublicKey, RawSignature, SignError, Signer, Touch};

/// The longest message either side may send: 256 KiB, as OpenSSH's agent has it.
pub const MAX_MESSAGE: usize = 256 << 10;

/// How long a living agent may take to list its keys.
const TO_LIST: Duration = Duration::from_secs(10);
/// How long to sign: somebody may have to confirm it (`ssh-add -c`), or to touch the key.
const TO_SIGN: Duration = Duration::from_mins(2);

const FAILURE: u8 = 5;
const REQUEST_IDENTITIES: u8 = 11;
const IDENTITIES_ANSWER: u8 = 12;
const SIGN_REQUEST: u8 = 13;
const SIGN_RESPONSE: u8 = 14;

/// A key held by the agent at a socket.
#[derive(Debug)]
pub struct AgentKey {
    socket: PathBuf,
    public: PublicKey,
}

/// Why the agent did not help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AgentError {
    /// No socket is known.
    #[error("no ssh-agent is running here (SSH_AUTH_SOCK is not set): eval \"$(ssh-agent)\"")]
    Absent,
    /// It cannot be reached, or broke off.
    #[error("ssh-agent at {socket:?}: {reason}; is it running? SSH_AUTH_SOCK names it")]
    Unreachable {
        /// Where it should be.
        socket: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// No answer in time.
    #[error("ssh-agent at {socket:?} did not answer within {seconds} s: start it anew, or use a key file")]
    Silent {
        /// Where it is.
        socket: PathBuf,
        /// How long it had.
        seconds: u64,
    },
    /// More than the agent takes.
    #[error(
        "{0} bytes are more than the {MAX_MESSAGE} that ssh-agent signs: use a key file, or attach reports as files"
    )]
    TooLong(usize),
    /// It said no.
    #[error("ssh-agent refused: it may be locked (ssh-add -X), or the confirmation was declined")]
    Refused,
    /// An answer against the protocol.
    #[error("ssh-agent's answer is not what its protocol says: {0}")]
    Malformed(&'static str),
    /// A signature that is not one.
    #[error("ssh-agent's signature does not verify with key {0}: do not trust this agent")]
    WrongSignature(Fingerprint),
    /// It has other keys.
    #[error("ssh-agent at {socket:?} does not hold key {key}: ssh-add its private key file; ssh-add -l lists keys")]
    NotHeld {
        /// Where it is.
        socket: PathBuf,
        /// Which key was wanted.
        key: Fingerprint,
    },
}

/// The Ed25519 keys that the agent holds, hardware keys among them. Others and certificates are left out.
pub fn keys(socket: &Path) -> Result<Vec<PublicKey>, AgentError> {
    identities(&ask(socket, &[REQUEST_IDENTITIES], TO_LIST)?)
}

/// `key`, if the agent holds it.
pub fn key(socket: Option<&Path>, key: &PublicKey) -> Result<AgentKey, AgentError> {
    let socket = socket.ok_or(AgentError::Absent)?.to_owned();
    if keys(&socket)?.contains(key) {
        Ok(AgentKey { socket, public: key.clone() })
    } else {
        Err(AgentError::NotHeld { socket, key: key.fingerprint() })
    }
}

impl Signer for AgentKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<RawSignature, SignError> {
        self.signature(message).map_err(|error| SignError(error.to_string()))
    }
}

impl AgentKey {
    fn signature(&self, message: &[u8]) -> Result<RawSignature, AgentError> {
        let mut request = vec![SIGN_REQUEST];
        put(&mut request, &self.public.to_wire())
            .and_then(|()| put(&mut request, message))
            .ok_or(AgentError::TooLong(message.len()))?;
        request.extend([0; 4]); // No flags.
        let signature = signature(&ask(&self.socket, &request, TO_SIGN)?)?;
        // An untouched key is told apart by who asked for its signature.
        let untouched = matches!(&signature, RawSignature::Touched(touch) if !touch.is_of_a_person());
        if untouched || signature.is_by(&self.public, message) {
            Ok(signature)
        } else {
            Err(AgentError::WrongSignature(self.public.fingerprint()))
        }
    }
}

fn identities(answer: &[u8]) -> Result<Vec<PublicKey>, AgentError> {
    let malformed = AgentError::Malformed("not a list of keys");
    let mut reader = body(answer, IDENTITIES_ANSWER)?;
    let count = reader.number().ok_or_else(|| malformed.clone())?;
    let mut keys = Vec::new();
    for _ in 0..count {
        let (Some(wire), Some(_comment)) = (reader.string(), reader.string()) else { return Err(malformed) };
        keys.extend(PublicKey::from_wire(wire));
    }
    reader.end(keys).ok_or(malformed)
}

/// That of a plain key is its name and 64 bytes; that of a hardware key goes on with flags and a counter.
fn signature(answer: &[u8]) -> Result<RawSignature, AgentError> {
    let strict = || {
        let mut reader = body(answer, SIGN_RESPONSE).ok()?;
        let blob = reader.string()?;
        let mut blob = reader.end(Reader(blob))?;
        let (algorithm, bytes) = (blob.string()?, blob.string()?);
        let signature = <[u8; 64]>::try_from(bytes).ok()?;
        let signature = match algorithm {
            name if name == ED25519.as_bytes() => RawSignature::Plain(signature),
            name if name == HARDWARE.as_bytes() => {
                RawSignature::Touched(Touch { signature, flags: blob.byte()?, counter: blob.number()? })
            }
            _ => return None,
        };
        blob.end(signature)
    };
    body(answer, SIGN_RESPONSE)?;
    strict().ok_or(AgentError::Malformed("not an Ed25519 signature of 64 bytes"))
}

/// What follows the type of a message, which has to be `kind`.
fn body(answer: &[u8], kind: u8) -> Result<Reader<'_>, AgentError> {
    match answer.split_first() {
        Some((&found, rest)) if found == kind => Ok(Reader(rest)),
        Some((&FAILURE, _)) => Err(AgentError::Refused),
        _ => Err(AgentError::Malformed("another type of message than asked for")),
    }
}

/// Sends one message and waits for the answer, at most `patience` in all.
fn ask(socket: &Path, request: &[u8], patience: Duration) -> Result<Vec<u8>, AgentError> {
    if request.len() > MAX_MESSAGE {
        return Err(AgentError::TooLong(request.len()));
    }
    let unreachable = |error: &io::Error| AgentError::Unreachable { socket: socket.into(), reason: error.to_string() };
    let silent = || AgentError::Silent { socket: socket.into(), seconds: patience.as_secs() };
    let (answer, answered) = mpsc::channel();
    let (at, message) = (socket.to_owned(), request.to_owned());
    // A thread, since connecting knows no timeout and an agent could send a byte now and then for ever.
    let asking = move || drop(answer.send(exchange(&at, &message, patience)));
    thread::Builder::new().spawn(asking).map_err(|error| unreachable(&error))?;
    match answered.recv_timeout(patience) {
        Err(_) => Err(silent()),
        Ok(Err(error)) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => Err(silent()),
        Ok(Err(error)) if error.kind() == io::ErrorKind::InvalidData => {
            Err(AgentError::Malformed("a message of no length, or over 256 KiB"))
        }
        Ok(answer) => answer.map_err(|error| unreachable(&error)),
    }
}

fn exchange(socket: &Path, request: &[u8], patience: Duration) -> io::Result<Vec<u8>> {
    let mut stream = connect(socket, patience)?;
    let mut framed = Vec::with_capacity(4 + request.len());
    put(&mut framed, request).ok_or(io::ErrorKind::InvalidInput)?;
    stream.write_all(&framed)?;
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length) as usize;
    if length == 0 || length > MAX_MESSAGE {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut answer = vec![0; length];
    stream.read_exact(&mut answer)?;
    Ok(answer)
}

#[cfg(unix)]
fn connect(socket: &Path, patience: Duration) -> io::Result<impl Read + Write + use<>> {
    let stream = std::os::unix::net::UnixStream::connect(socket)?;
    // So that the thread ends too when the agent stays silent.
    stream.set_read_timeout(Some(patience))?;
    stream.set_write_timeout(Some(patience))?;
    Ok(stream)
}

#[cfg(not(unix))]
fn connect(_: &Path, _: Duration) -> io::Result<std::fs::File> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "agents are reached on Unix only: use a key file"))
}

#[cfg(all(test, unix))]
mod tests;
