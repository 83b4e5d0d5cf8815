//! Spans of time as they are said on the command line, at the moment that is asked about.

use super::error::{Error, Result};
use crate::question::{Filter, Period, Spoken};
use crate::record::UtcTime;

/// What it means at a moment.
pub fn period(spoken: Spoken, at: UtcTime) -> Result<Period> {
    spoken.at(at).ok_or_else(|| Error::new("the period lies outside of the years 1970 to 9999"))
}

/// From the first second of `since` to the last of `until`; or of `period`, which stands for both.
pub fn within(since: Option<Spoken>, until: Option<Spoken>, both: Option<Spoken>, at: UtcTime) -> Result<Filter> {
    let start = |spoken| Ok::<_, Error>(period(spoken, at)?.start);
    let end = |spoken| Ok::<_, Error>(period(spoken, at)?.end);
    let (since, until) = (since.or(both).map(start).transpose()?, until.or(both).map(end).transpose()?);
    if let (Some(since), Some(until)) = (since, until)
        && until <= since
    {
        return Err(
            Error::new(format!("no time lies between --since {since} and --until {until}")).hint("--since comes first")
        );
    }
    Ok(Filter { since, until, ..Filter::default() })
}
