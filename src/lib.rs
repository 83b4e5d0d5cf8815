//! git-qms makes a git repository its own immutable audit trail.
//!
//! Data flows one way, and the modules stand in its order: **ingest → record → envelope → trust →
//! store → verify → policy → release → report**. Reports of tools become claims, claims become
//! records, records are signed and stored as notes; what is read back is verified against the
//! trust, judged by the policy, released and reported.
//!
//! Everything but `store`, `keys` and `cli` is pure: it knows no git, clock, file or terminal.

#![cfg_attr(not(test), deny(clippy::disallowed_methods, clippy::disallowed_macros))]

pub mod secrets;
pub mod ingest;
pub mod record;
pub mod envelope;
pub mod trust;
#[cfg(feature = "cli")]
pub mod keys;
#[cfg(feature = "cli")]
pub mod store;
pub mod verify;
pub mod measure;
pub mod trace;
pub mod policy;
pub mod release;
pub mod question;
pub mod report;
#[cfg(feature = "cli")]
pub mod cli;

#[cfg(test)]
mod test_support;
