//! Questions of a reviewer to the whole ledger: which records, which changes of production, what is missing, a sample.
//!
//! Every one is answered in one pass over verified records, without git, clock or terminal, so that whoever has the
//! same ledger gets the same answer.

mod filter;
mod last_audit;
mod period;
mod population;
mod retention;
pub mod sample;

pub use filter::{Concerned, Filter};
pub use last_audit::{LastAudit, last_audit};
pub use period::{PERIODS, Period, Spoken};
pub use population::{Changed, Placed, Population, Watch};
pub use retention::{Kept, Shortened, shortened};
