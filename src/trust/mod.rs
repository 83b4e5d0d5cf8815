//! Who may sign what: a chain of trust versions, each signed by the people of the one before.

pub mod archive;
pub mod chain;
pub mod changes;
pub mod continues;
pub mod envelope;
pub mod holding;
pub mod quorum;
pub mod version;

pub use chain::{Chain, Link, Next, TrustFault};
pub use changes::changes;
pub use continues::Continues;
pub use envelope::TrustEnvelope;
pub use holding::Holding;
pub use quorum::Quorum;
pub use version::{Known, Member, MemberType, TrustVersion, VersionError};
