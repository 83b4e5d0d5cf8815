//! The clock: the only place that reads it.

use std::time::SystemTime;

use crate::record::UtcTime;

/// Now, by this machine's word.
#[expect(clippy::disallowed_methods, reason = "time is read here and passed on")]
pub fn now() -> UtcTime {
    let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    UtcTime::from_seconds(i64::try_from(seconds).unwrap_or(i64::MAX))
}
