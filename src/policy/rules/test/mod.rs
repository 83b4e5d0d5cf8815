//! `test.*`: what the suites say, the worst of what is concurrent.

use std::collections::{BTreeMap, BTreeSet};

use self::doubts::doubts_of;
use super::{Metric, Paths, Reading, Value, absent, distinct};
use crate::policy::evidence::{Miss, Proof, Standing};
use crate::policy::number::Quantity;
use crate::policy::rule::Rule;
use crate::record::kind::test::{Suite, skipped_parts};
use crate::record::{Kind, Name};

mod doubts;

macro_rules! metrics {
    ($($name:literal $unit:literal $read:ident $doc:literal;)*) => {
        pub(super) static METRICS: &[Metric] = &[$(Metric {
            name: $name, unit: $unit, doc: $doc, kind: Kind::Test, paths: Paths::All, read: $read,
        }),*];
    };
}

metrics! {
    "test.failed" "cases" failed "Cases that failed or broke, added up over the last result of every suite type; where a report says of itself that more failed than were counted in it, so many more.";
    "test.SUITE.failed" "cases" failed "The same of one suite type, for instance test.unit.failed.";
    "test.total" "cases" total "Cases that ran, passed or failed, over all suite types; skipped ones prove nothing and do not count.";
    "test.SUITE.total" "cases" total "The same of one suite type.";
    "test.skipped" "cases" skipped "Cases that proved nothing, over all suite types: skipped, disabled, or failed as expected; where a report says of itself that it skipped more than were counted in it, so many more.";
    "test.SUITE.skipped" "cases" skipped "The same of one suite type.";
    "test.flaky" "cases" flaky "Cases that passed only after failing, and one more for each suite type that passes now and failed before on the same tree, even if that failure was superseded. Of a suite type that fails now it is unknown.";
    "test.SUITE.flaky" "cases" flaky "The same of one suite type.";
    "test.recorded" "suite types" recorded "Suite types with a result that counts.";
}

/// How many of a report's own totals that are wrong are told in a verdict.
const DOUBTS_TOLD: usize = 3;

/// What counts of one or all suite types.
#[derive(Default)]
struct Tally<'a> {
    failed: u64,
    ran: u64,
    skipped: u64,
    flaky: u64,
    disabled: u64,
    expected_failures: u64,
    unexpected_passes: u64,
    types: usize,
    records: Vec<Proof<'a>>,
    /// Where a report contradicts its own cases.
    doubts: Vec<String>,
}

/// The suites of one type within one record, as one.
#[derive(Default)]
struct Figures {
    failed: u64,
    ran: u64,
    skipped: u64,
    flaky: u64,
    disabled: u64,
    expected_failures: u64,
    unexpected_passes: u64,
}

fn figures(record: Proof<'_>, kind: &Name) -> Option<Figures> {
    let suites = record.header.test.iter().flat_map(|test| &test.suites).filter(|suite| suite.kind == *kind);
    let add = |sum: Option<Figures>, suite: &Suite| {
        let sum = sum.unwrap_or_default();
        Some(Figures {
            failed: sum.failed.saturating_add(suite.failed),
            ran: sum.ran.saturating_add(suite.passed).saturating_add(suite.failed),
            skipped: sum.skipped.saturating_add(suite.skipped),
            flaky: sum.flaky.saturating_add(suite.flaky),
            disabled: sum.disabled.saturating_add(suite.disabled),
            expected_failures: sum.expected_failures.saturating_add(suite.expected_failures),
            unexpected_passes: sum.unexpected_passes.saturating_add(suite.unexpected_passes),
        })
    };
    suites.fold(None, add)
}

/// The last results of every suite type, each record once.
pub(super) fn last_results<'a>(standing: &Standing<'a>) -> Vec<Proof<'a>> {
    let mut by_type: BTreeMap<&Name, Vec<Proof<'a>>> = BTreeMap::new();
    for record in standing.counted(Kind::Test) {
        for suite in record.header.test.iter().flat_map(|test| &test.suites) {
            by_type.entry(&suite.kind).or_default().push(record);
        }
    }
    distinct(by_type.into_values().flat_map(|records| standing.last_of(distinct(records))))
}

fn tally<'a>(standing: &Standing<'a>, rule: &Rule) -> Option<Tally<'a>> {
    let mut by_type: BTreeMap<&Name, Vec<Proof<'a>>> = BTreeMap::new();
    for record in standing.counted(Kind::Test) {
        for suite in record.header.test.iter().flat_map(|test| &test.suites) {
            if rule.name.as_ref().is_none_or(|name| *name == suite.kind) {
                by_type.entry(&suite.kind).or_default().push(record);
            }
        }
    }
    let mut tally = Tally { types: by_type.len(), ..Tally::default() };
    let mut doubted = BTreeSet::new();
    for (kind, records) in by_type {
        let last = standing.last_of(distinct(records));
        let (mut failed, mut ran, mut skipped, mut flaky) = (0, u64::MAX, 0, 0);
        let mut parts = Figures::default();
        for record in &last {
            let Some(found) = figures(record, kind) else { continue };
            // What names no suite type is doubted once.
            let doubts = doubts_of(record, kind, doubted.insert(record.id));
            failed = failed.max(found.failed.saturating_add(doubts.more_failed));
            ran = ran.min(found.ran.saturating_sub(doubts.fewer_ran));
            skipped = skipped.max(found.skipped.saturating_add(doubts.more_skipped));
            flaky = flaky.max(found.flaky);
            parts.disabled = parts.disabled.max(found.disabled);
            parts.expected_failures = parts.expected_failures.max(found.expected_failures);
            parts.unexpected_passes = parts.unexpected_passes.max(found.unexpected_passes);
            tally.doubts.extend(doubts.told);
        }
        tally.disabled = tally.disabled.saturating_add(parts.disabled);
        tally.expected_failures = tally.expected_failures.saturating_add(parts.expected_failures);
        tally.unexpected_passes = tally.unexpected_passes.saturating_add(parts.unexpected_passes);
        let turned = failed == 0 && failed_before(standing, kind);
        tally.failed = tally.failed.saturating_add(failed);
        tally.ran = tally.ran.saturating_add(ran);
        tally.skipped = tally.skipped.saturating_add(skipped);
        tally.flaky = tally.flaky.saturating_add(flaky).saturating_add(u64::from(turned));
        tally.records.extend(last);
    }
    tally.records = distinct(std::mem::take(&mut tally.records));
    (tally.types > 0).then_some(tally)
}

/// Whether any clean result of the type failed, superseded or not.
fn failed_before(standing: &Standing<'_>, kind: &Name) -> bool {
    let mut results = standing
        .of_kind(Kind::Test)
        .filter(|entry| entry.miss.is_none() || (entry.miss == Some(Miss::Superseded) && !entry.record.header.dirty));
    results.any(|entry| figures(entry.record, kind).is_some_and(|found| found.failed > 0))
}

fn reading<'a>(standing: &Standing<'a>, rule: &Rule, value: impl Fn(&Tally<'a>) -> (u64, String)) -> Reading<'a> {
    let what = rule.name.as_ref().map_or("test".into(), |name| format!("{name} test"));
    // The suite that is asked for has to be named when it is recorded.
    let suite = rule.name.as_ref().map_or(String::new(), |name| format!(" --suite {name}"));
    let none = || absent(standing, Kind::Test, &what).hint(format!("git qms record test{suite} --from junit.xml"));
    let Some(tally) = tally(standing, rule) else { return none() };
    if tally.ran == 0 && tally.failed == 0 {
        let none = none();
        return Reading { found: format!("no {what} ran, {} skipped", tally.skipped), records: tally.records, ..none };
    }
    let (value, mut found) = value(&tally);
    for doubt in tally.doubts.iter().take(DOUBTS_TOLD) {
        found = format!("{found}; {doubt}");
    }
    if let Some(more) = tally.doubts.len().checked_sub(DOUBTS_TOLD).filter(|more| *more > 0) {
        found = format!("{found}; and {more} totals more are not what was counted");
    }
    Reading::measured(Quantity::count(value), found, tally.records)
        .hint(format!("mend it, then record the new run: git qms record test{suite} --from junit.xml"))
}

fn of(rule: &Rule) -> String {
    rule.name.as_ref().map_or(String::new(), |name| format!(" {name}"))
}

fn failed<'a>(standing: &Standing<'a>, rule: &Rule) -> Reading<'a> {
    reading(standing, rule, |tally| {
        let surprising = match tally.unexpected_passes {
            0 => String::new(),
            passes => format!(", {passes} passed unexpectedly"),
        };
        (tally.failed, format!("{} of {}{} failed{surprising}", tally.failed, tally.ran, of(rule)))
    })
}

fn total<'a>(standing: &Standing<'a>, rule: &Rule) -> Reading<'a> {
    reading(standing, rule, |tally| (tally.ran, format!("{}{} tests ran", tally.ran, of(rule))))
}

fn skipped<'a>(standing: &Standing<'a>, rule: &Rule) -> Reading<'a> {
    reading(standing, rule, |tally| {
        let parts = skipped_parts(tally.disabled, tally.expected_failures);
        (tally.skipped, format!("{}{} skipped{parts}", tally.skipped, of(rule)))
    })
}

fn flaky<'a>(standing: &Standing<'a>, rule: &Rule) -> Reading<'a> {
    let reading = reading(standing, rule, |tally| (tally.flaky, format!("{}{} flaky", tally.flaky, of(rule))));
    match tally(standing, rule) {
        // Else who takes a pass away after which there are only failures would take the doubt away, too.
        Some(tally) if tally.failed > 0 => {
            let found = format!("unknown: {} of {}{} failed", tally.failed, tally.ran, of(rule));
            Reading { value: Value::Barred, found, ..reading }
        }
        _ => reading,
    }
}

fn recorded<'a>(standing: &Standing<'a>, rule: &Rule) -> Reading<'a> {
    match tally(standing, rule) {
        Some(tally) => Reading::count(tally.types, format!("{} suite types", tally.types), tally.records)
            .hint(super::command_for(Kind::Test)),
        None => absent(standing, Kind::Test, "test"),
    }
}
