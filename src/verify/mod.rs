//! From signed bytes to what may be relied on: [`Verified`] records, and [`Finding`]s for all else.
//!
//! [`Ledger::verify`] is the only place where [`Verified`] records are made.

mod case;
mod claims;
pub mod continuity;
pub mod expunged;
mod few;
pub mod files;
pub mod finding;
mod index;
pub mod kept;
mod last;
pub mod ledger;
mod line;
mod next;
mod note;
pub mod notes;
mod order;
mod outline;
pub mod outside;
pub mod pin;
mod place;
mod reading;
mod supersede;
mod tip;
mod verified;

pub use case::Case;
pub use files::{FileCounts, FileState};
pub use finding::{Code, Finding, Outcome, Severity};
pub use kept::{Doubt, Grown, Piece, Rest, Summary};
pub use last::last_of;
pub use ledger::{Counts, Ledger, Removed};
pub use line::Rejection;
pub use note::{MAX_NOTE_BYTES, MAX_NOTE_LINES};
pub use notes::{Annotated, Change, History, LedgerCommit, Notes, OddPath, Unreadable, Visit};
pub use outline::{Names, Outline};
pub use outside::{OutsideCheckpoint, TagHere};
pub use pin::check_pin;
pub use supersede::may_supersede;
pub use verified::{Seal, Verified};
