//! When a run began and ended, and how long its cases took, as far as a report says so. What cannot
//! be read is left out: no time is better than a wrong one.

use crate::ingest::xml::Element;
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
    /// Adds the duration of a case.
    pub(super) fn case(&mut self, element: &Element) {
        if let Some(time) = element.text("time") {
            self.any = true;
            match milliseconds(time) {
                Some(time) => self.sum_ms = self.sum_ms.saturating_add(time),
                None => self.unreadable = true,
            }
        }
    }

    /// Widens the span of the run by a suite or case that says when it began.
    pub(super) fn widen(&mut self, element: &Element) {
        let Some(start) = element.text("timestamp").and_then(timestamp) else { return };
        // Rounded down, so that nothing seems to end after it was recorded.
        let seconds = element.text("time").and_then(milliseconds).unwrap_or(0) / 1_000;
        let end = start.seconds().saturating_add(i64::try_from(seconds).unwrap_or(i64::MAX));
        let own = Span { start, end: UtcTime::from_seconds(end) };
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

/// Reads seconds: `0.023`, `1e-05`, and `1,234.567` with separators as surefire writes thousands.
/// `1,234` could be either and is not read.
fn milliseconds(text: &str) -> Option<u64> {
    let plain = if text.contains(',') { without_separators(text)? } else { text.to_owned() };
    let seconds: f64 = plain.parse().ok()?;
    // Thirty years: more is no duration.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
    (0.0..1e9).contains(&seconds).then(|| (seconds * 1_000.0).round() as u64)
}

fn without_separators(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once('.')?;
    let mut groups = whole.split(',');
    let first = groups.next()?;
    ((1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3))
        .then(|| format!("{}.{fraction}", whole.replace(',', "")))
}

/// RFC 3339, or the same without a zone, which then is UTC.
fn timestamp(text: &str) -> Option<UtcTime> {
    UtcTime::from_rfc3339(text).or_else(|_| UtcTime::from_rfc3339(&format!("{text}Z"))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_tools_write_them() {
        let times = ["0.023", "0", "1e-05", "1,234.5", "12,345,678.9", "2.0000001"];
        assert_eq!(times.map(milliseconds), [23, 0, 0, 1_234_500, 12_345_678_900, 2_000].map(Some));
        for unreadable in ["1,234", "12,34.5", "-1", "NaN", "inf", "1e30", "1s", ""] {
            assert_eq!(milliseconds(unreadable), None, "{unreadable}");
        }
    }

    #[test]
    fn a_timestamp_without_zone_is_utc() {
        let read = |text| timestamp(text).map(|time| time.to_string());
        assert_eq!(read("2022-12-29T15:34:28").as_deref(), Some("2022-12-29T15:34:28Z"));
        assert_eq!(read("2020-09-04T16:18:04.966371").as_deref(), Some("2020-09-04T16:18:04Z"));
        assert_eq!(read("2024-01-09T07:50:12.664+01:00").as_deref(), Some("2024-01-09T06:50:12Z"));
        // gotestsum's way to say that it does not know.
        assert_eq!(read("0001-01-01T00:00:00Z"), None);
        assert_eq!(read("yesterday"), None);
    }
}
