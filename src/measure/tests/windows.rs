//! Windows and numbers.

use super::super::number::duration;
use super::*;

fn time(text: &str) -> UtcTime {
    text.parse().expect("a time")
}

fn shown(parts: &[Window]) -> Vec<String> {
    parts.iter().map(|part| format!("{} {}", part.from, part.until)).collect()
}

#[test]
fn months_and_quarters_are_those_of_the_calendar() {
    let window = Window { from: time("2025-12-20T10:00:00Z"), until: time("2026-03-01T00:00:00Z") };
    assert_eq!(
        shown(&window.parts(Step::Month)),
        [
            "2025-12-20T10:00:00Z 2026-01-01T00:00:00Z",
            "2026-01-01T00:00:00Z 2026-02-01T00:00:00Z",
            "2026-02-01T00:00:00Z 2026-03-01T00:00:00Z",
        ]
    );
    assert_eq!(
        shown(&window.parts(Step::Quarter)),
        ["2025-12-20T10:00:00Z 2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z 2026-03-01T00:00:00Z"]
    );
}

#[test]
fn days_are_counted_back_from_the_end() {
    let window = Window { from: time("2026-01-01T00:00:00Z"), until: time("2026-01-16T12:00:00Z") };
    assert_eq!(
        shown(&window.parts(Step::Days(7))),
        [
            "2026-01-01T00:00:00Z 2026-01-02T12:00:00Z",
            "2026-01-02T12:00:00Z 2026-01-09T12:00:00Z",
            "2026-01-09T12:00:00Z 2026-01-16T12:00:00Z",
        ]
    );
}

#[test]
fn no_window_is_without_end() {
    let window = Window { from: UtcTime::from_seconds(0), until: time("9999-01-01T00:00:00Z") };
    assert_eq!(window.parts(Step::Days(1)).len(), 1_000);
    assert!(Window { from: window.until, until: window.from }.parts(Step::Month).is_empty());
}

#[test]
fn a_step_is_read_as_it_is_written() {
    for text in ["month", "quarter", "week", "day", "14d"] {
        assert_eq!(text.parse::<Step>().expect("a step").to_string(), text);
    }
    for text in ["", "0d", "-1d", "year", "1e3d", "99999d", "d"] {
        assert!(text.parse::<Step>().is_err(), "{text}");
    }
}

#[test]
fn numbers_are_shown_as_people_write_them() {
    let ratio = |part, whole| Number::ratio(part, whole).expect("of something");
    for (number, unit, text) in [
        (ratio(1, 7), Unit::Share, "14.3 %"),
        (ratio(1, 1), Unit::Share, "100.0 %"),
        (ratio(0, 9), Unit::Share, "0.0 %"),
        (ratio(99_999, 100_000), Unit::Share, "99.9 %"),
        (ratio(1, 100_000), Unit::Share, "0.1 %"),
        (ratio(5, 2), Unit::Count("commits"), "2.5"),
        (ratio(10, 1), Unit::Count("commits"), "10"),
        (ratio(19, 140), Unit::Per("day"), "0.14"),
        (ratio(187_200, 1), Unit::Seconds, "2 d 4 h"),
    ] {
        assert_eq!(number.shown(unit), text);
    }
    assert_eq!(
        [0, 59, 60, 61, 3_600, 86_399, 86_400].map(duration),
        ["0 s", "59 s", "1 min", "1 min 1 s", "1 h", "23 h 59 min", "1 d"]
    );
    assert_eq!(ratio(1, 7).decimal(), "0.1429");
    assert_eq!(Number::ratio(1, 0), None);
}
