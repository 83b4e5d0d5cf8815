//! A span of time in hours or days, as deadlines are written.

use std::fmt;
use std::str::FromStr;

use crate::record::UtcTime;

/// A span of time in hours, written `36h` or `7d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    hours: u16,
}

impl Interval {
    /// What holds where the catalog says nothing.
    pub const DAY: Self = Self { hours: 24 };

    /// How soon something is that ends soon.
    pub const FORTNIGHT: Self = Self { hours: 14 * 24 };

    /// For how long an exception may hold where the catalog says nothing.
    pub const QUARTER: Self = Self { hours: 90 * 24 };

    /// Its length in seconds.
    pub fn seconds(self) -> i64 {
        i64::from(self.hours) * 3600
    }

    /// The moment that is so much later.
    pub fn after(self, from: UtcTime) -> UtcTime {
        UtcTime::from_seconds(from.seconds().saturating_add(self.seconds()))
    }
}

impl Default for Interval {
    fn default() -> Self {
        Self::DAY
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.hours.is_multiple_of(24) { write!(f, "{}d", self.hours / 24) } else { write!(f, "{}h", self.hours) }
    }
}

impl FromStr for Interval {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = "a number of hours or days: 4h, 36h or 7d, at most 2730d";
        let (digits, factor) = match (text.strip_suffix('h'), text.strip_suffix('d')) {
            (Some(digits), _) => (digits, 1),
            (None, Some(digits)) => (digits, 24),
            (None, None) => return Err(refuse),
        };
        let count: u16 = if digits.bytes().all(|b| b.is_ascii_digit()) { digits.parse().unwrap_or(0) } else { 0 };
        count.checked_mul(factor).filter(|hours| *hours > 0).map(|hours| Self { hours }).ok_or(refuse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_hours_or_days() {
        for (text, seconds, shown) in [("4h", 14_400, "4h"), ("48h", 172_800, "2d"), ("7d", 604_800, "7d")] {
            let interval: Interval = text.parse().expect(text);
            assert_eq!((interval.seconds(), interval.to_string().as_str()), (seconds, shown));
        }
        for bad in ["", "h", "0h", "0d", "-1h", "+1h", "1", "1m", "1.5h", "70000h", "2731d", "h4", "4 h"] {
            assert!(bad.parse::<Interval>().is_err(), "{bad}");
        }
    }
}
