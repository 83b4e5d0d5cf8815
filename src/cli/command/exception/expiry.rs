//! When an exception ends: there is none without an end.

use std::str::FromStr;

use crate::cli::error::{Error, Result};
use crate::policy::{Interval, Policy};
use crate::record::UtcTime;

/// An end, as people write it: so long from now, or a moment.
#[derive(Debug, Clone, Copy)]
pub(super) enum Expiry {
    In(Interval),
    At(UtcTime),
}

impl FromStr for Expiry {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        if let Ok(interval) = text.parse() {
            return Ok(Self::In(interval));
        }
        let expected = "expected 12h, 30d, a day like 2026-05-13 or a time like 2026-05-13T09:30:00Z, in UTC";
        crate::cli::time(text).map(Self::At).map_err(|_| expected.to_owned())
    }
}

impl Expiry {
    /// The first second at which it does not hold any more: later than now, and no later than the catalog lets it.
    pub(super) fn moment(self, policy: &Policy, now: UtcTime) -> Result<UtcTime> {
        let moment = match self {
            Self::In(interval) => interval.after(now),
            Self::At(moment) => moment,
        };
        let most = policy.max_exception.after(now);
        if moment <= now {
            return Err(Error::new(format!("it would expire at {moment}, which is not later than now, {now}"))
                .hint("--expires 30d, or a time to come"));
        }
        if moment > most {
            return Err(Error::new(format!(
                "it would expire at {moment}, and the catalog lets an exception hold for at most {}",
                policy.max_exception
            ))
            .hint(format!("--expires {}, or sooner; renew it when that is over", policy.max_exception)));
        }
        Ok(moment)
    }
}
