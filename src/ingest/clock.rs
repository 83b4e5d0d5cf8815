//! When a run began and ended, and how long its cases took, as far as a report says so. What cannot
//! be read is left out: no time is better than a wrong one.

use crate::record::time::{Span, UtcTime};

/// Adds up the times of a report.
#[derive(Default)]
pub(super) struct Clock {
    sum_ms: u64,
    any: bool,
    unreadable: bool,
    ran: Option<Span>,
}

impl Clock {
    /// Adds the duration of a case, if it is told. `read` makes milliseconds of it.
    pub(super) fn case(&mut self, told: Option<&str>, read: fn(&str) -> Option<u64>) {
        if let Some(time) = told {
            self.any = true;
            match read(time) {
                Some(time) => self.sum_ms = self.sum_ms.saturating_add(time),
                None => self.unreadable = true,
            }
        }
    }

    /// Widens the span of the run by something that says when it began, and how long it took or when it ended.
    pub(super) fn widen(&mut self, start: Option<&str>, milliseconds: Option<u64>, end: Option<&str>) {
        let Some(start) = start.and_then(timestamp) else { return };
        // Rounded down, so that nothing seems to end after it was recorded.
        let seconds = i64::try_from(milliseconds.unwrap_or(0) / 1_000).unwrap_or(i64::MAX);
        let end = end.and_then(timestamp).filter(|end| *end >= start);
        let end = end.unwrap_or_else(|| UtcTime::from_seconds(start.seconds().saturating_add(seconds)));
        let own = Span { start, end };
        self.ran =
            Some(self.ran.map_or(own, |known| Span { start: known.start.min(own.start), end: known.end.max(own.end) }));
    }

    /// The sum of the cases' durations; `None` where no case has one, or one cannot be read.
    pub(super) fn duration_ms(&self) -> Option<u64> {
        (self.any && !self.unreadable).then_some(self.sum_ms)
    }

    /// First start to last end.
    pub(super) fn ran(&self) -> Option<Span> {
        self.ran
    }
}

/// Reads seconds: `0.023`, `1e-05`, and `1,234.567` or `1'234.567` with separators as surefire writes
/// thousands. `1,234` could be either and is not read.
pub(super) fn seconds(text: &str) -> Option<u64> {
    let plain = if text.contains([',', '\'', ' ', '\u{a0}', '\u{202f}', '’']) {
        without_separators(text)?
    } else {
        text.to_owned()
    };
    let seconds: f64 = plain.parse().ok()?;
    // Thirty years: more is no duration.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
    (0.0..1e9).contains(&seconds).then(|| (seconds * 1_000.0).round() as u64)
}

fn without_separators(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once('.')?;
    let mut groups = whole.split([',', '\'', ' ', '\u{a0}', '\u{202f}', '’']);
    let first = groups.next()?;
    ((1..=3).contains(&first.len()) && groups.clone().all(|group| group.len() == 3))
        .then(|| format!("{first}{}.{fraction}", groups.collect::<String>()))
}

/// Reads `hours:minutes:seconds`, with days in front and a fraction behind where there are any, as .NET writes them.
pub(super) fn time_span(text: &str) -> Option<u64> {
    let (rest, second) = text.rsplit_once(':')?;
    let (hours, minute) = rest.rsplit_once(':')?;
    let (days, hour) = hours.split_once('.').unwrap_or(("0", hours));
    let number = |text: &str, most: u64| {
        let digits = (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<u64>().ok()).flatten().filter(|number| *number <= most)
    };
    let minutes = (number(days, 99_999)? * 24 + number(hour, 99_999)?) * 60 + number(minute, 59)?;
    Some(minutes * 60_000 + seconds(second).filter(|ms| *ms < 60_000 + 1)?)
}

/// RFC 3339; the same without a zone, which then is UTC; or with a space in front of the zone.
fn timestamp(text: &str) -> Option<UtcTime> {
    let dense = || text.replacen(' ', "T", 1).replace(' ', "");
    UtcTime::from_rfc3339(text)
        .or_else(|_| UtcTime::from_rfc3339(&format!("{text}Z")))
        .or_else(|_| UtcTime::from_rfc3339(&dense()))
        .or_else(|_| UtcTime::from_rfc3339(&format!("{}Z", dense())))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_tools_write_them() {
        let times = ["0.023", "0", "1e-05", "1,234.5", "12,345,678.9", "2.0000001", "1'234.5", "1\u{202f}234.5"];
        let expected = [23, 0, 0, 1_234_500, 12_345_678_900, 2_000, 1_234_500, 1_234_500];
        assert_eq!(times.map(seconds), expected.map(Some));
        for unreadable in ["1,234", "12,34.5", "-1", "NaN", "inf", "1e30", "1s", "", "1 2"] {
            assert_eq!(seconds(unreadable), None, "{unreadable}");
        }
    }

    #[test]
    fn spans_of_time_are_read_as_dot_net_writes_them() {
        let times = ["00:00:00.0023456", "00:01:01", "1.02:00:00.5"];
        assert_eq!(times.map(time_span), [2, 61_000, 93_600_500].map(Some));
        for unreadable in ["", "1:2", "00:60:00", "00:00:61", "-00:00:01", "a:b:c"] {
            assert_eq!(time_span(unreadable), None, "{unreadable}");
        }
    }

    #[test]
    fn a_timestamp_without_zone_is_utc() {
        let read = |text| timestamp(text).map(|time| time.to_string());
        assert_eq!(read("2022-12-29T15:34:28").as_deref(), Some("2022-12-29T15:34:28Z"));
        assert_eq!(read("2020-09-04T16:18:04.966371").as_deref(), Some("2020-09-04T16:18:04Z"));
        assert_eq!(read("2024-01-09T07:50:12.664+01:00").as_deref(), Some("2024-01-09T06:50:12Z"));
        assert_eq!(read("2011-07-26 13:34:47Z").as_deref(), Some("2011-07-26T13:34:47Z"));
        assert_eq!(read("2011-07-26 13:34:47").as_deref(), Some("2011-07-26T13:34:47Z"));
        // gotestsum's way to say that it does not know.
        assert_eq!(read("0001-01-01T00:00:00Z"), None);
        assert_eq!(read("yesterday"), None);
    }
}
