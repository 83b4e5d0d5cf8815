//! From signed bytes to what may be relied on: [`Verified`] records, and [`Finding`]s for all else.

pub mod notes;

pub use notes::{Annotated, Change, History, LedgerCommit, Notes, OddPath, Unreadable};
