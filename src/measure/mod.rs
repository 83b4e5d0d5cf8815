//! Quality by numbers: each is defined in `docs/guide/measures.md`, computed from verified records, and opens to the
//! records behind it.
//!
//! [`History`] reads the ledger as of a moment, [`Facts`] is what git and the catalog add, a [`Scope`] is one service in one
//! environment, and [`summarise`] tells what a [`Measure`] comes to in a [`Window`]. A new measure is one file below
//! `measures` and one line in its table.

mod control;
mod facts;
mod history;
mod item;
mod measures;
mod number;
mod release;
mod rollout;
mod scope;
mod summary;
#[cfg(test)]
mod tests;
mod weights;
mod window;

pub use control::{ControlUse, control_uses};
pub use facts::{Commit, Coverage, Delivery, Facts, Grant, Size};
pub use history::History;
pub use item::{Amount, Gathered, Item};
pub use measures::{Figure, Indicator, MEASURES, Measure, measure};
pub use number::{Number, Unit};
pub use release::{ReleaseRow, release_rows};
pub use rollout::{Fault, Rollout};
pub use scope::Scope;
pub use summary::{Summary, Value, summarise, summarise_all};
pub use weights::Weights;
pub use window::{Step, Window};
