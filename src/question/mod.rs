//! Questions of a reviewer to the whole ledger: which records, which changes of production, what is missing, a sample.
//!
//! Every one is answered in one pass over verified records, without git, clock or terminal, so that whoever has the
//! same ledger gets the same answer.

mod filter;
mod period;

pub use filter::{Concerned, Filter};
pub use period::{PERIODS, Period, Spoken};
