//! What is claimed. A [`Record`] is one statement about a commit, as its writer put it; nothing here
//! says who that was or whether they may.

pub mod digests;
pub mod header;
pub mod ids;
pub mod input;
pub mod kind;
pub mod misfit;
pub mod name;
mod objects;
pub mod statement;
pub mod strict;
pub mod time;

pub use header::{AllowedSecrets, FileRef, Header, Signatory, Source, Supersedes, is_uri};
pub use ids::{BlobId, CommitId, FileDigest, LineDigest, RecordId, TagId, TreeId, TrustDigest};
pub use input::Input;
pub use kind::{Claim, Kind, Stage};
pub use misfit::Misfit;
pub use name::{CaseId, ChangeRef, MemberId, Name, RequirementId, TagName};
pub use statement::{Artifact, Record, StatementError};
pub use time::{Span, UtcTime};
