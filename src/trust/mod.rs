//! Who may sign what: a chain of trust versions, each signed by the people of the one before.

pub mod chain;
pub mod envelope;
pub mod version;

pub use chain::{Chain, Link, TrustFault};
pub use envelope::TrustEnvelope;
pub use version::{Known, Member, MemberType, TrustVersion, VersionError};
