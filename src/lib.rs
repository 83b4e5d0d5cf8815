//! git-qms makes a git repository its own immutable audit trail.
//!
//! Data flows one way, and the modules stand in its order: **ingest → record → envelope → store →
//! verify → policy → release → report**. Reports of tools become claims, claims become
//! records, records are signed and stored as notes; what is read back is verified, judged by the
//! policy, released and reported.
//!
//! Everything but [`store`], [`keys`] and [`cli`] is pure: it knows no git, clock, file or terminal.

pub mod envelope;
pub mod policy;
pub mod record;
pub mod report;
#[cfg(test)]
mod test_support;
pub mod trust;
pub mod verify;
