//! Spans of time as people name them: `2026-Q1`, `last quarter`, `2 weeks ago`. Everything is in UTC.

use std::str::FromStr;

use jiff::civil::{Date, ISOWeekDate, Weekday};
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};

use crate::record::UtcTime;

/// Every form, for messages and manuals.
pub const PERIODS: &str = "a time like 2026-04-13T09:30:00Z, a day like 2026-04-13, 2026-04, 2026-Q1, 2026-W15, 2026, \
                           now, today, yesterday, this or last week, month, quarter or year, last 30 days, 2 weeks ago";

/// From the first second that is in it to the first one that is not. A moment is one of a second: times are whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first second.
    pub start: UtcTime,
    /// The first second after it.
    pub end: UtcTime,
}

/// What somebody said; some of it depends on when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spoken(Form);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Fixed(Period),
    Now,
    /// The day so many days before today.
    Day(i32),
    /// The calendar unit so many units before the present one.
    Calendar(i32, Unit),
    /// The moment so many units ago.
    Ago(i32, Unit),
    /// From so many units ago to now, with the second that it now is: times are whole seconds.
    Last(i32, Unit),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl FromStr for Spoken {
    type Err = String;

    /// Reads what [`PERIODS`] lists, in any case; words are parted by spaces or, as git has it, by dots.
    fn from_str(text: &str) -> Result<Self, String> {
        form(text).map(Self).ok_or_else(|| format!("expected {PERIODS}; all in UTC"))
    }
}

impl Spoken {
    /// What it means when it is said at `now`; `None` beyond the calendar.
    pub fn at(self, now: UtcTime) -> Option<Period> {
        let today = date_of(now)?;
        Some(match self.0 {
            Form::Fixed(period) => period,
            Form::Now => Period::moment(now),
            Form::Day(before) => days(today.checked_sub(before.days()).ok()?, 1)?,
            Form::Calendar(before, unit) => calendar(today, before, unit)?,
            Form::Ago(count, unit) => Period::moment(earlier(now, count, unit)?),
            Form::Last(count, unit) => {
                let end = UtcTime::from_seconds(now.seconds().saturating_add(1));
                Period { start: earlier(now, count, unit)?, end }
            }
        })
    }
}

impl Period {
    fn moment(time: UtcTime) -> Self {
        Self { start: time, end: UtcTime::from_seconds(time.seconds().saturating_add(1)) }
    }

    /// Whether a moment lies in it.
    pub fn contains(self, moment: UtcTime) -> bool {
        self.start <= moment && moment < self.end
    }
}

fn form(text: &str) -> Option<Form> {
    let text = text.trim().to_ascii_lowercase();
    if let Some(period) = fixed(&text) {
        return Some(Form::Fixed(period));
    }
    let words: Vec<&str> = text.split([' ', '.', '\t']).filter(|word| !word.is_empty()).collect();
    let count = |word: &str| word.parse::<i32>().ok().filter(|count| (1..=10_000).contains(count));
    Some(match words[..] {
        ["now"] => Form::Now,
        ["today"] => Form::Day(0),
        ["yesterday"] => Form::Day(1),
        ["this", name] => Form::Calendar(0, calendar_unit(name)?),
        ["last", name] => Form::Calendar(1, calendar_unit(name)?),
        ["last", number, name] => Form::Last(count(number)?, unit(name)?),
        [number, name, "ago"] => Form::Ago(count(number)?, unit(name)?),
        _ => return None,
    })
}

/// What says the same whenever it is said.
fn fixed(text: &str) -> Option<Period> {
    if let Ok(time) = UtcTime::from_rfc3339(&text.to_ascii_uppercase()) {
        return Some(Period::moment(time));
    }
    let digits = |part: &str, length: usize| {
        (part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse::<i16>().ok())?
    };
    let small = |part: &str, length: usize| digits(part, length).and_then(|number| i8::try_from(number).ok());
    let parts: Vec<&str> = text.split('-').collect();
    let year = digits(parts.first()?, 4)?;
    match parts[1..] {
        [] => months(Date::new(year, 1, 1).ok()?, 12),
        [part] => match (part.strip_prefix('q'), part.strip_prefix('w')) {
            (Some(quarter), _) => {
                let quarter = small(quarter, 1).filter(|quarter| (1..=4).contains(quarter))?;
                months(Date::new(year, 3 * quarter - 2, 1).ok()?, 3)
            }
            (_, Some(week)) => days(ISOWeekDate::new(year, small(week, 2)?, Weekday::Monday).ok()?.date(), 7),
            _ => months(Date::new(year, small(part, 2)?, 1).ok()?, 1),
        },
        [month, day] => days(Date::new(year, small(month, 2)?, small(day, 2)?).ok()?, 1),
        _ => None,
    }
}

fn calendar_unit(name: &str) -> Option<Unit> {
    unit(name).filter(|unit| !matches!(unit, Unit::Minute | Unit::Hour | Unit::Day) && !name.ends_with('s'))
}

fn unit(name: &str) -> Option<Unit> {
    Some(match name.strip_suffix('s').unwrap_or(name) {
        "minute" => Unit::Minute,
        "hour" => Unit::Hour,
        "day" => Unit::Day,
        "week" => Unit::Week,
        "month" => Unit::Month,
        "quarter" => Unit::Quarter,
        "year" => Unit::Year,
        _ => return None,
    })
}

/// Weeks begin on Monday, quarters with January, April, July and October.
fn calendar(today: Date, before: i32, unit: Unit) -> Option<Period> {
    let month = today.first_of_month();
    match unit {
        Unit::Week => {
            let monday = today.checked_sub(i32::from(today.weekday().to_monday_zero_offset()).days()).ok()?;
            days(monday.checked_sub(before.weeks()).ok()?, 7)
        }
        Unit::Month => months(month.checked_sub(before.months()).ok()?, 1),
        Unit::Quarter => {
            let first = month.checked_sub(i32::from((today.month() - 1) % 3).months()).ok()?;
            months(first.checked_sub(before.checked_mul(3)?.months()).ok()?, 3)
        }
        Unit::Year => months(today.first_of_year().checked_sub(before.years()).ok()?, 12),
        Unit::Minute | Unit::Hour | Unit::Day => None,
    }
}

/// By the calendar; of a day that a month lacks, its last.
fn earlier(now: UtcTime, count: i32, unit: Unit) -> Option<UtcTime> {
    let span = match unit {
        Unit::Minute => count.minutes(),
        Unit::Hour => count.hours(),
        Unit::Day => count.days(),
        Unit::Week => count.weeks(),
        Unit::Month => count.months(),
        Unit::Quarter => count.checked_mul(3)?.months(),
        Unit::Year => count.years(),
    };
    let zoned = Timestamp::from_second(now.seconds()).ok()?.to_zoned(TimeZone::UTC);
    Some(UtcTime::from_seconds(zoned.checked_sub(span).ok()?.timestamp().as_second()))
}

fn date_of(now: UtcTime) -> Option<Date> {
    Some(Timestamp::from_second(now.seconds()).ok()?.to_zoned(TimeZone::UTC).date())
}

fn days(from: Date, count: i32) -> Option<Period> {
    between(from, from.checked_add(count.days()).ok()?)
}

fn months(from: Date, count: i32) -> Option<Period> {
    between(from, from.checked_add(count.months()).ok()?)
}

fn between(from: Date, to: Date) -> Option<Period> {
    let midnight = |date: Date| Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second()).filter(|at| *at >= 0);
    Some(Period { start: UtcTime::from_seconds(midnight(from)?), end: UtcTime::from_seconds(midnight(to)?) })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is meant on Wednesday, 15 April 2026, at noon.
    fn meant(text: &str) -> String {
        let now = "2026-04-15T12:00:00Z".parse().expect("a time");
        let period =
            text.parse::<Spoken>().unwrap_or_else(|error| panic!("{text}: {error}")).at(now).expect("a period");
        let short = |time: UtcTime| time.to_string().replace("T00:00:00Z", "");
        if period.end.seconds() - period.start.seconds() == 1 {
            short(period.start)
        } else {
            format!("{}..{}", short(period.start), short(period.end))
        }
    }

    #[test]
    fn f01_spans_of_time_mean_what_people_mean_by_them() {
        for (text, expected) in [
            ("2026-04-13T11:30:00+02:00", "2026-04-13T09:30:00Z"),
            ("2026-04-13", "2026-04-13..2026-04-14"),
            ("2026-02", "2026-02-01..2026-03-01"),
            ("2026-Q1", "2026-01-01..2026-04-01"),
            ("2026-q4", "2026-10-01..2027-01-01"),
            ("2026-W01", "2025-12-29..2026-01-05"),
            ("2026", "2026-01-01..2027-01-01"),
            ("now", "2026-04-15T12:00:00Z"),
            ("Today", "2026-04-15..2026-04-16"),
            ("yesterday", "2026-04-14..2026-04-15"),
            ("this week", "2026-04-13..2026-04-20"),
            ("last week", "2026-04-06..2026-04-13"),
            ("this month", "2026-04-01..2026-05-01"),
            ("last month", "2026-03-01..2026-04-01"),
            ("this quarter", "2026-04-01..2026-07-01"),
            ("last quarter", "2026-01-01..2026-04-01"),
            ("last year", "2025-01-01..2026-01-01"),
            ("2 weeks ago", "2026-04-01T12:00:00Z"),
            ("2.weeks.ago", "2026-04-01T12:00:00Z"),
            ("1 month ago", "2026-03-15T12:00:00Z"),
            ("90 minutes ago", "2026-04-15T10:30:00Z"),
            ("2 quarters ago", "2025-10-15T12:00:00Z"),
            ("last 30 days", "2026-03-16T12:00:00Z..2026-04-15T12:00:01Z"),
        ] {
            assert_eq!(meant(text), expected, "{text}");
        }
    }

    #[test]
    fn a_day_that_a_month_lacks_is_its_last() {
        let now = "2024-03-31T12:00:00Z".parse().expect("a time");
        let ago = "1 month ago".parse::<Spoken>().expect("a period").at(now).expect("a moment");
        assert_eq!(ago.start.to_string(), "2024-02-29T12:00:00Z");
    }

    #[test]
    fn what_is_no_span_of_time_is_refused_with_what_is() {
        let wrong = [
            "",
            "soon",
            "2026-13",
            "2026-02-30",
            "2026-Q5",
            "2026-Q0",
            "2026-W54",
            "26",
            "2026-1",
            "last",
            "last days",
            "this hour",
            "0 days ago",
            "-2 days ago",
            "2 ago",
            "10001 days ago",
            "last audit",
            "2026-04-13T25:00:00Z",
            "1969",
            "next week",
        ];
        for text in wrong {
            let error = text.parse::<Spoken>().expect_err(text);
            assert!(error.contains("2026-Q1") && error.contains("UTC"), "{text}: {error}");
        }
    }

    #[test]
    fn what_lies_before_all_times_begins_with_the_first() {
        let spoken: Spoken = "200 years ago".parse().expect("a form");
        let now = UtcTime::from_seconds(1_775_000_000);
        assert_eq!(spoken.at(now).map(|period| period.start), Some(UtcTime::from_seconds(0)));
    }
}
