//! What leads to what: from a requirement to the tests, plans, commits and source that name it, each sound or suspect.
//!
//! Only verified records are looked at. Requirements at the commits of records come through a trait, since this knows
//! no git.

mod coverage;
mod doubt;
mod link;
mod trailer;

pub use coverage::{Counts, Standing};
pub use doubt::Doubt;
pub use link::{Commit, From, Link, Past, Sources, Tag, Trace, Unknown};
pub use trailer::trailers;
