//! Signed bytes as found in a note. An [`Envelope`] grants nothing: it is what somebody put there.

pub mod dsse;
pub mod key;
pub mod keyring;
mod multiples;
pub mod pae;
pub mod shared;
pub mod signature;
pub mod sshsig;

pub use dsse::{Envelope, EnvelopeError, MAX_LINE, PAYLOAD_TYPE};
pub use key::{Fingerprint, KeyError, PublicKey, SignError, Signer};
pub use keyring::{Arithmetic, Keyring};
pub use signature::{RawSignature, Signature, Touch};
