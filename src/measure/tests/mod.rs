//! Numbers worked out by hand, held against those of the program; and what holds of all numbers.

mod fixture;
mod properties;
mod windows;

use super::*;
use crate::record::{Name, UtcTime};
use fixture::{API, Fixture, WEB, end, start};

fn name(text: &str) -> Name {
    text.parse().expect("a name")
}

/// What a measure comes to over the whole fixture, with n, median and p90: `0.3 20 - -`.
fn told(fixture: &Fixture, service: &str, measure_name: &str, window: Window) -> String {
    let history = History::of_records(&fixture.records, end());
    let (service, environment) = (name(service), name("production"));
    let scope = Scope::of(&history, &fixture.facts, &service, &environment);
    let measure = measure(measure_name).expect("a measure");
    let gathered = (measure.gather)(&scope);
    let summary = summarise(measure, &gathered, window);
    let shown = |number: Option<Number>| number.map_or_else(|| "-".into(), Number::decimal);
    let value = match &summary.value {
        Value::Number(number) => number.decimal(),
        Value::NotApplicable => "n/a".into(),
        Value::Unknown { .. } => "unknown".into(),
    };
    format!("{value} {} {} {}", summary.n, shown(summary.median), shown(summary.p90))
}

fn whole() -> Window {
    Window { from: UtcTime::from_seconds(start().seconds() - 86_400), until: end() }
}

/// Worked out by hand from the table at the top of `fixture.rs`; value, n, median, p90.
#[test]
fn k01_every_measure_of_the_fixture_is_what_a_person_works_out() {
    let fixture = Fixture::new();
    for (measure, by_hand, how) in [
        ("deployment-frequency", "0.1348 19 - -", "20 releases less r7, which was taken back at once: 19 / 141 d"),
        ("lead-time", "172800 20 172800 172800", "1 d, 17 × 2 d, 3 d, 9 d; r8's fault and r9's pick are out"),
        ("change-fail-rate", "0.3 20 - -", "r3 r4 r7 r10 r15 r18 of 20; r10 once for its two incidents"),
        ("recovery-time", "18000 5 18000 604800", "r7 0, r3 2 h, r10 5 h, r4 and r15 7 d; r18 is open"),
        ("rework-rate", "0.05 20 - -", "r5; r16 was unplanned without an incident"),
        ("time-to-restore", "178800 3 14400 518400", "(6 d + 4 h + 1 h) / 3; INC-3 is open"),
        ("escaped-defects", "0.5 4 - -", "DEF-1 and DEF-3 of four"),
        ("escaped-defects-weighted", "0.3889 4 - -", "(5 + 2) / (5 + 1 + 2 + 10)"),
        ("incident-weight", "0.9 20 - -", "(2 + 5 + 1 + 10) / 20"),
        ("requirement-coverage", "0.85 2 - -", "(8 + 9) / (10 + 10)"),
        ("critical-requirement-coverage", "1 2 - -", "(2 + 2) / (2 + 2)"),
        ("control-operating", "0.9783 23 - -", "23 decisions with two controls each, one let go: 45 / 46"),
        ("control-preventive", "0.25 8 - -", "CHG-1 and CHG-3 were stopped, six rollouts failed: 2 / 8"),
        ("flaky-rate", "0.0015 20 - -", "two by report in r2, one by two runs in r3: 3 / 2000"),
        ("review-pickup", "unknown 0 - -", "nothing says when a change was ready"),
        ("review-latency", "0 18 0 0", "17 single reviews and 1 h of r12; r5 and r11 are missing"),
        ("approval-latency", "7200 17 7200 7200", "−2 h after −4 h; r5 and r11 lack one, r13 is early"),
        ("sign-off-time", "165600 17 165600 165600", "−2 h after −2 d, r13 43 h; r8 is a fault of a clock"),
        ("missing-approvals", "0.1 20 - -", "r5 is late, r11 has none"),
        ("exception-frequency", "0.1304 23 - -", "one, and one renewed: 3 / 23"),
        ("exception-age", "n/a 0 - -", "both are over"),
        ("exceptions-overdue", "1 1 - -", "the first ended without being closed"),
        ("time-to-evidence", "60 44 60 300", "23 deployments at 1 min, 21 tests at 5 min; r9 is a fault"),
        ("gate-runs", "1 20 1 1", "18 at once, CHG-1 in two, CHG-3 in three"),
        ("gate-wait", "0 20 0 0", "18 at once, two for 2 h"),
        ("release-commits", "10 19 10 18", "1 to 19; the first is left out"),
        ("release-files", "10 19 10 10", "always ten"),
        ("release-lines", "100 19 100 100", "always a hundred"),
        ("test-duration", "60 20 60 60", "19 × 60 s and 1.5 s; r4 is a fault of a clock"),
        ("audit-preparation", "unknown 0 - -", "nothing says when it was asked for"),
    ] {
        assert_eq!(told(&fixture, API, measure, whole()), by_hand, "{measure}: {how}");
    }
    let all: Vec<_> = MEASURES.iter().map(|measure| measure.name).collect();
    assert_eq!(all.len(), 30, "a new measure has its line above: {all:?}");
}

#[test]
fn k01_weights_of_the_catalog_are_taken() {
    let mut fixture = Fixture::new();
    fixture.facts.weights.critical = 100;
    for (measure, by_hand, how) in [
        ("escaped-defects-weighted", "0.0648 4 - -", "(5 + 2) / (5 + 1 + 2 + 100)"),
        ("incident-weight", "5.4 20 - -", "(2 + 5 + 1 + 100) / 20"),
    ] {
        assert_eq!(told(&fixture, API, measure, whole()), by_hand, "{measure}: {how}");
    }
}

#[test]
fn k02_services_are_told_apart() {
    let fixture = Fixture::new();
    for (measure, by_hand) in [
        ("deployment-frequency", "0.1418 20 - -"),
        ("change-fail-rate", "0 20 - -"),
        ("missing-approvals", "1 20 - -"),
        ("recovery-time", "n/a 0 - -"),
        ("time-to-restore", "n/a 0 - -"),
        ("escaped-defects", "n/a 0 - -"),
        ("control-operating", "n/a 0 - -"),
        ("exception-frequency", "n/a 0 - -"),
        ("flaky-rate", "n/a 0 - -"),
        ("lead-time", "n/a 0 - -"),
        ("gate-runs", "n/a 0 - -"),
    ] {
        assert_eq!(told(&fixture, WEB, measure, whole()), by_hand, "{measure}");
    }
}

#[test]
fn k01_a_zero_denominator_is_no_number() {
    let fixture = Fixture::new();
    let before = Window { from: UtcTime::from_seconds(0), until: UtcTime::from_seconds(86_400) };
    for measure in MEASURES {
        let told = told(&fixture, API, measure.name, before);
        let expected: &[&str] = match (measure.figure, measure.name) {
            // Of days there are some, and of a stock there can be none.
            (Figure::PerDay | Figure::Count, _) => &["0 0 - -"],
            _ => &["n/a 0 - -", "unknown 0 - -"],
        };
        assert!(expected.contains(&told.as_str()), "{}: {told}", measure.name);
    }
}

#[test]
fn k02_before_and_after_are_halves_of_one_whole() {
    let fixture = Fixture::new();
    let split = fixture::day(10);
    let (before, after) = (Window { until: split, ..whole() }, Window { from: split, ..whole() });
    assert_eq!(told(&fixture, API, "change-fail-rate", before), "0.3 10 - -", "r3 r4 r7 of r0 to r9");
    assert_eq!(told(&fixture, API, "change-fail-rate", after), "0.3 10 - -", "r10 r15 r18 of r10 to r19");
    assert_eq!(told(&fixture, API, "missing-approvals", before), "0.1 10 - -", "r5");
    assert_eq!(told(&fixture, API, "gate-runs", after), "1 9 1 1", "r11 to r19; that on r10 was an hour before");
}

#[test]
fn k01_a_stock_is_what_stands_at_the_end_of_the_window() {
    let fixture = Fixture::new();
    let until = Window { until: fixture::day(8), ..whole() };
    assert_eq!(told(&fixture, API, "exception-age", until), "1224000 1 1224000 1224000", "14 d 4 h");
    assert_eq!(told(&fixture, API, "exceptions-overdue", until), "0 0 - -");
}

#[test]
fn k01_every_number_opens_to_records_and_says_what_it_left_out() {
    let fixture = Fixture::new();
    let history = History::of_records(&fixture.records, end());
    let (service, environment) = (name(API), name("production"));
    let scope = Scope::of(&history, &fixture.facts, &service, &environment);
    for measure in MEASURES {
        let gathered = (measure.gather)(&scope);
        for item in &gathered.items {
            assert!(!item.records.is_empty(), "{} counts {item:?} and names no record", measure.name);
        }
    }
    let notes = |name: &str| {
        let measure = measure(name).expect("a measure");
        let gathered = (measure.gather)(&scope);
        summarise(measure, &gathered, whole()).notes.join("; ")
    };
    for (measure, note) in [
        ("lead-time", "1 end before they begin: a fault of a clock"),
        ("lead-time", "1 commits are changes picked from others"),
        ("recovery-time", "1 not over yet, the oldest for 14 d"),
        ("time-to-restore", "1 not over yet"),
        ("change-fail-rate", "the newest window is not settled: 1 deployments of the last 14 days"),
        ("rework-rate", "1 unplanned deployments while no incident was under way"),
        ("missing-approvals", "1 were approved only after"),
        ("approval-latency", "1 were approved before the evidence was complete"),
        ("review-latency", "2 deployments were not reviewed by then"),
        ("flaky-rate", "a lower bound"),
        ("test-duration", "1 are sums of their tests"),
        ("time-to-evidence", "1 end before they begin"),
    ] {
        assert!(notes(measure).contains(note), "{measure}: {}", notes(measure));
    }
}

#[test]
fn what_is_recorded_later_changes_nothing_before() {
    let fixture = Fixture::new();
    let (service, environment) = (name(API), name("production"));
    let at = fixture::day(9);
    let history = History::of_records(&fixture.records, at);
    let scope = Scope::of(&history, &fixture.facts, &service, &environment);
    // r9's deployment was recorded before it ended.
    assert_eq!(scope.rollouts().len(), 10);
    assert_eq!(scope.rollouts().iter().filter(|one| one.fault.is_some()).count(), 3, "r3, r4 and r7");
}

#[test]
fn k01_controls_that_never_say_no_are_told() {
    let fixture = Fixture::new();
    let history = History::of_records(&fixture.records, end());
    let (service, environment) = (name(API), name("production"));
    let scope = Scope::of(&history, &fixture.facts, &service, &environment);
    let uses = control_uses(&scope, whole());
    let told = |id: &str| {
        let known = &uses[&name(id)];
        (known.asked, known.passed, known.blocked, known.overridden, known.advice().is_some())
    };
    assert_eq!(told("TEST-01"), (23, 20, 3, 0, false));
    assert_eq!(told("APPROVE-01"), (23, 22, 0, 1, false));
    assert_eq!(told("NEVER-01"), (0, 0, 0, 0, true));
}

#[test]
fn k03_a_row_tells_all_of_a_release() {
    let fixture = Fixture::new();
    let history = History::of_records(&fixture.records, end());
    let (service, environment) = (name(API), name("production"));
    let rows = release_rows(&Scope::of(&history, &fixture.facts, &service, &environment));
    assert_eq!(rows.len(), 20);
    let row = &rows[10];
    assert_eq!(row.name, "api@10.0");
    assert_eq!(row.failed, ["incident"]);
    assert_eq!(row.incident.map(|severity| severity.to_string()), Some("high".into()));
    assert_eq!(row.size.map(|size| (size.commits, size.files, size.lines)), Some((10, 10, 100)));
    assert_eq!(row.tests, Some(60_000));
    assert_eq!(row.vulnerabilities, None, "nobody scanned it, which is not zero");
}
