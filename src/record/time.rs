//! Moments, in whole seconds of UTC. A moment in a record is a claim, never a proof.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ids::as_text;

/// A moment: seconds since 1970-01-01T00:00:00Z, written `YYYY-MM-DDTHH:MM:SSZ` (RFC 3339, UTC).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UtcTime(i64);

/// Why a text is not a time of the format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("time {0:?} is not of the form 2026-04-13T09:30:00Z (RFC 3339, UTC, whole seconds)")]
pub struct TimeError(String);

/// 9999-12-30T22:00:00Z: the last second that every time zone can write with four digits of year.
const LAST: i64 = 253_402_207_200;

impl UtcTime {
    /// From seconds since 1970, clamped to the years 1970 to 9999 that the format can write.
    pub fn from_seconds(seconds: i64) -> Self {
        Self(seconds.clamp(0, LAST))
    }

    /// Seconds since 1970.
    pub fn seconds(self) -> i64 {
        self.0
    }

    /// The calendar day, `YYYY-MM-DD`.
    pub fn date(self) -> String {
        self.to_string()[..10].to_owned()
    }

    /// The same time of day, years, months and days later in UTC; a day that a month lacks is its last.
    #[must_use]
    pub fn later(self, years: i32, months: i32, days: i32) -> Self {
        let span = jiff::Span::new()
            .try_years(years)
            .and_then(|span| span.try_months(months))
            .and_then(|span| span.try_days(days));
        let moment = Timestamp::from_second(self.0).map(|stamp| stamp.to_zoned(jiff::tz::TimeZone::UTC));
        let later = span.and_then(|span| moment?.checked_add(span));
        // Beyond what the calendar holds, it is for ever.
        later.map_or(Self(LAST), |zoned| Self::from_seconds(zoned.timestamp().as_second()))
    }

    /// Reads any RFC 3339 time, with offset and fraction, as tools write them.
    pub fn from_rfc3339(text: &str) -> Result<Self, TimeError> {
        let stamp: Timestamp = text.parse().map_err(|_| TimeError(text.chars().take(40).collect()))?;
        let seconds = stamp.as_second();
        if (0..=LAST).contains(&seconds) { Ok(Self(seconds)) } else { Err(TimeError(text.chars().take(40).collect())) }
    }
}

impl fmt::Display for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stamp = Timestamp::from_second(self.0).map_err(|_| fmt::Error)?;
        write!(f, "{}", stamp.strftime("%Y-%m-%dT%H:%M:%SZ"))
    }
}

/// The one form, with a zero for every digit.
const FORM: &[u8; 20] = b"0000-00-00T00:00:00Z";

impl FromStr for UtcTime {
    type Err = TimeError;

    /// Reads exactly the form that `Display` writes.
    fn from_str(text: &str) -> Result<Self, TimeError> {
        let fits = |(byte, form): (u8, &u8)| if *form == b'0' { byte.is_ascii_digit() } else { byte == *form };
        let exact = text.len() == FORM.len() && text.bytes().zip(FORM).all(fits);
        // A leap second would be read as the one before it.
        if exact && !text.ends_with(":60Z") {
            return Self::from_rfc3339(text);
        }
        Err(TimeError(text.chars().take(40).collect()))
    }
}

as_text!(UtcTime);

/// From when to when something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// The first moment.
    pub start: UtcTime,
    /// The last moment; not before `start` in an honest record.
    pub end: UtcTime,
}

impl Span {
    /// Something that happened at one moment.
    pub fn at(moment: UtcTime) -> Self {
        Self { start: moment, end: moment }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_spelling_of_a_time_is_read() {
        assert!("2026-04-13T09:30:00Z".parse::<UtcTime>().is_ok());
        for other in ["2026-04-13T09:30:00+00:00", "2026-04-13T09:30:00.5Z", "2026-04-13t09:30:00z", "2026-04-13", ""] {
            assert!(other.parse::<UtcTime>().is_err(), "{other}");
        }
    }

    #[test]
    fn what_is_read_is_written_again_byte_for_byte() {
        for text in ["1970-01-01T00:00:00Z", "2024-02-29T23:59:59Z", "9999-12-30T22:00:00Z"] {
            assert_eq!(text.parse::<UtcTime>().expect("a time").to_string(), text);
        }
        for no_time in [
            "1969-12-31T23:59:59Z",
            "0000-01-01T00:00:00Z",
            "2026-02-30T00:00:00Z",
            "2026-04-13T24:00:00Z",
            "2026-04-13T09:60:00Z",
            "2016-12-31T23:59:60Z",
            "2026-04-13 09:30:00Z",
            "2026-04-13T09:30:0aZ",
        ] {
            assert!(no_time.parse::<UtcTime>().is_err(), "{no_time}");
        }
    }

    #[test]
    fn later_counts_by_the_calendar() {
        let from: UtcTime = "2024-02-29T12:00:00Z".parse().expect("a time");
        assert_eq!(from.later(1, 0, 0).date(), "2025-02-28");
        assert_eq!(from.later(0, 1, 1).date(), "2024-03-30");
        assert_eq!(from.later(20_000, 0, 0).date(), "9999-12-30");
    }

    #[test]
    fn offsets_of_tools_are_turned_into_utc() {
        let time = UtcTime::from_rfc3339("2026-04-13T11:30:00.25+02:00").expect("RFC 3339");
        assert_eq!(time.to_string(), "2026-04-13T09:30:00Z");
    }
}
