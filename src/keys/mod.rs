//! Where signing keys come from: OpenSSH key files, ssh-agent, a secret of the pipeline. Each is a
//! [`Signer`](crate::envelope::Signer).
//!
//! Nothing here reads the environment or git's configuration: [`Places`] carries what they say.

pub mod agent;
mod algorithm;
pub mod file;
mod find;
pub mod new;
mod openssh;
mod public;
mod rehearsal;
pub mod secret;
mod wire;

pub use algorithm::Unsuitable;
pub use find::{FindError, Found, Origin, Place, PlaceError, Places, find};
pub use openssh::{OpenSshError, SecretKey};
pub use public::{PublicError, public};
pub use rehearsal::RehearsalKey;
