//! Where the test reports of a record contradict what was counted in them: the worse of the two numbers counts.

use std::collections::BTreeMap;

use crate::policy::evidence::Proof;
use crate::record::Name;
use crate::record::kind::test::Discrepancy;

/// By the reports' own word.
#[derive(Default)]
pub(super) struct Doubts {
    /// How many more failed or broke.
    pub(super) more_failed: u64,
    /// How many fewer ran.
    pub(super) fewer_ran: u64,
    /// How many more were skipped.
    pub(super) more_skipped: u64,
    /// Each contradiction in words.
    pub(super) told: Vec<String>,
}

/// What the test reports of a record say of themselves beyond what was counted in them, for one suite type. An entry
/// that names no type is of every type of its record, and counts where `untyped` asks for it.
pub(super) fn doubts_of(record: Proof<'_>, kind: &Name, untyped: bool) -> Doubts {
    let all = record.header.test.iter().flat_map(|test| &test.discrepancies);
    let of_type = |doubt: &&Discrepancy| doubt.suite.as_ref().map_or(untyped, |suite| suite == kind);
    let mine: Vec<&Discrepancy> = all.filter(of_type).filter(|doubt| is_about_cases(doubt)).collect();
    let numbers = |doubt: &Discrepancy| (doubt.reported.parse::<u64>(), doubt.counted.parse::<u64>());
    // A total that is no number hides at least one.
    let excess = |doubt: &Discrepancy| match numbers(doubt) {
        (Ok(reported), Ok(counted)) => reported.saturating_sub(counted),
        _ => 1,
    };
    let missing = |doubt: &Discrepancy| match numbers(doubt) {
        (Ok(reported), Ok(counted)) => counted.saturating_sub(reported),
        _ => 0,
    };
    let sum = |words: &[&str], difference: &dyn Fn(&Discrepancy) -> u64| by_report(&mine, words, difference);
    let failures = sum(&["failures", "failed"], &excess);
    Doubts {
        more_failed: failures.saturating_add(sum(&["errors"], &excess)),
        fewer_ran: sum(&["tests"], &missing),
        more_skipped: sum(&["skipped"], &excess),
        told: mine.iter().map(|doubt| tell(doubt)).collect(),
    }
}

fn is_about_cases(doubt: &Discrepancy) -> bool {
    ["tests", "passed", "failures", "failed", "errors", "skipped"].contains(&word(doubt))
}

fn word(doubt: &Discrepancy) -> &str {
    doubt.field.split(' ').next().unwrap_or_default()
}

fn tell(doubt: &Discrepancy) -> String {
    format!("{} says {} {}, {} were counted", doubt.report, doubt.reported, doubt.field, doubt.counted)
}

/// The differences of all reports added up; of one report its total or, if that is more, that of a part of it.
fn by_report(doubts: &[&Discrepancy], words: &[&str], difference: &dyn Fn(&Discrepancy) -> u64) -> u64 {
    let mut reports: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for doubt in doubts.iter().filter(|doubt| words.contains(&word(doubt))) {
        let (whole, part) = reports.entry(&doubt.report).or_default();
        if words.contains(&doubt.field.as_str()) {
            *whole = whole.saturating_add(difference(doubt));
        } else {
            *part = (*part).max(difference(doubt));
        }
    }
    reports.into_values().map(|(whole, part)| whole.max(part)).fold(0, u64::saturating_add)
}
