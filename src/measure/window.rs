//! Windows of time, in UTC: from a moment up to another, which is not part of it.

use std::fmt;
use std::str::FromStr;

use crate::record::UtcTime;

/// From a moment up to another, which is not part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first second.
    pub from: UtcTime,
    /// The first second after it.
    pub until: UtcTime,
}

/// How long each window is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Calendar months.
    Month,
    /// Calendar quarters.
    Quarter,
    /// So many days, counted back from the end.
    Days(u16),
}

impl Window {
    /// Whether a moment lies in it.
    pub fn holds(self, moment: UtcTime) -> bool {
        self.from <= moment && moment < self.until
    }

    /// Its length in seconds.
    pub fn seconds(self) -> u64 {
        super::item::age(self.from, self.until)
    }

    /// Its windows, the oldest first; the first and the last may be shorter. Up to 1,000, the newest.
    pub fn parts(self, step: Step) -> Vec<Self> {
        const MOST: usize = 1_000;
        let mut parts = Vec::new();
        let mut until = self.until;
        while until > self.from && parts.len() < MOST {
            let from = step.begin(until).max(self.from);
            parts.push(Self { from, until });
            until = from;
        }
        parts.reverse();
        parts
    }
}

impl Step {
    /// Where the window begins that ends at `until`.
    fn begin(self, until: UtcTime) -> UtcTime {
        let months = match self {
            Self::Days(days) => return UtcTime::from_seconds(until.seconds() - i64::from(days.max(1)) * 86_400),
            Self::Month => 1,
            Self::Quarter => 3,
        };
        // The second before belongs to the window; its date says to which.
        let last = UtcTime::from_seconds(until.seconds() - 1).date();
        let (year, month) = (&last[..4], last[5..7].parse::<u32>().unwrap_or(1));
        let first = (month - 1) / months * months + 1;
        format!("{year}-{first:02}-01T00:00:00Z").parse().unwrap_or(until)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Month => f.write_str("month"),
            Self::Quarter => f.write_str("quarter"),
            Self::Days(7) => f.write_str("week"),
            Self::Days(1) => f.write_str("day"),
            Self::Days(days) => write!(f, "{days}d"),
        }
    }
}

impl FromStr for Step {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = "month, quarter, week, day, or a number of days such as 14d, at most 3660d";
        match text {
            "month" => Ok(Self::Month),
            "quarter" => Ok(Self::Quarter),
            "week" => Ok(Self::Days(7)),
            "day" => Ok(Self::Days(1)),
            text => {
                let digits = text.strip_suffix('d').ok_or(refuse)?;
                let days = if digits.bytes().all(|b| b.is_ascii_digit()) { digits.parse().unwrap_or(0) } else { 0 };
                if (1..=3_660).contains(&days) { Ok(Self::Days(days)) } else { Err(refuse) }
            }
        }
    }
}
