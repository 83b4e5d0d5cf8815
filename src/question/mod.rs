//! Questions of a reviewer to the whole ledger: which records, which changes of production, what is missing, a sample.
//!
//! Every one is answered in one pass over verified records, without git, clock or terminal, so that whoever has the
//! same ledger gets the same answer.

mod filter;
mod graph;
mod last_audit;
mod matrix;
mod period;
mod population;
mod retention;
pub mod sample;
mod tracer;
mod whereabouts;

pub use filter::{Concerned, Filter};
pub use graph::{Node, Traced, deployed_now};
pub use last_audit::{LastAudit, last_audit};
pub use matrix::{Cell, matrix};
pub use period::{PERIODS, Period, Spoken};
pub use population::{Changed, Placed, Population, Watch};
pub use retention::{Kept, Shortened, shortened};
pub use tracer::Tracer;
pub use whereabouts::{Presence, Whereabouts};
