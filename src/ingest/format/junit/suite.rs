//! One `testsuite` or `testsuites` element: its own totals, and what was counted in it.

use std::collections::BTreeSet;

use super::case::Signs;
use crate::ingest::CaseCounts;
use crate::ingest::discrepancy::Totals;
use crate::ingest::xml::Element;
use crate::record::name::RequirementId;

const FIELDS: [&str; 4] = ["tests", "failures", "errors", "skipped"];

/// A suite that is being read.
pub(super) struct OpenSuite {
    /// Which one, in the order of the report.
    pub(super) number: usize,
    /// Its name, or nothing.
    pub(super) name: String,
    /// The requirements that all its cases are linked to.
    pub(super) requirements: BTreeSet<RequirementId>,
    reported: [Option<String>; 4],
    /// The cases that stand in it directly.
    own: Counts,
    /// These and those of the suites inside it.
    all: Counts,
}

/// What the totals of a suite are compared with.
#[derive(Clone, Copy, Default)]
struct Counts {
    tests: u64,
    /// Cases with a `failure`.
    failures: u64,
    /// Cases with an `error`.
    errors: u64,
    /// Cases that say `skipped`.
    skipped: u64,
    /// Cases that did not run, whether or not they say so by an element.
    not_run: u64,
    /// Errors and failures of the suite as a whole.
    broken: u64,
    /// Other runs of the cases that ended in a failure, and in an error.
    reruns: [u64; 2],
}

impl Counts {
    fn add(&mut self, signs: Signs) {
        self.tests += 1;
        self.failures += u64::from(signs.failure);
        self.errors += u64::from(signs.error);
        self.skipped += u64::from(signs.skipped);
        self.not_run += u64::from(signs.skipped || signs.not_run);
        self.reruns[0] += u64::from(signs.reruns[0]);
        self.reruns[1] += u64::from(signs.reruns[1]);
    }

    fn plus(&mut self, inner: Self) {
        self.tests += inner.tests;
        self.failures += inner.failures;
        self.errors += inner.errors;
        self.skipped += inner.skipped;
        self.not_run += inner.not_run;
        self.broken += inner.broken;
        self.reruns[0] += inner.reruns[0];
        self.reruns[1] += inner.reruns[1];
    }

    /// For each field, the numbers that tools mean by it.
    fn readings(self) -> [[u64; 3]; 4] {
        let Self { tests, failures, errors, skipped, not_run, broken, reruns: [failed, erred] } = self;
        [
            [tests, tests + broken, tests + failed + erred],
            [failures, failures + broken, failures + failed],
            [errors, errors + broken, errors + erred],
            [not_run, skipped, skipped],
        ]
    }
}

impl OpenSuite {
    /// From its element.
    pub(super) fn of(element: &Element, number: usize) -> Self {
        Self {
            number,
            name: element.text("name").unwrap_or_default().to_owned(),
            requirements: BTreeSet::new(),
            reported: FIELDS.map(|field| element.text(field).map(str::to_owned)),
            own: Counts::default(),
            all: Counts::default(),
        }
    }

    /// Counts a case that stands in it.
    pub(super) fn count(&mut self, signs: Signs) {
        self.own.add(signs);
        self.all.add(signs);
    }

    /// Counts a failure or error of the suite itself.
    pub(super) fn count_broken(&mut self) {
        self.own.broken += 1;
        self.all.broken += 1;
    }

    /// Counts what was counted in a suite inside it.
    pub(super) fn count_inner(&mut self, inner: &Self) {
        self.all.plus(inner.all);
    }

    /// Compares the totals of a suite inside the report with the count.
    pub(super) fn compare(&self, totals: &mut Totals) {
        for (field, reported, counted) in self.fields() {
            totals.part(field, &self.name, reported, &counted.each_ref().map(String::as_str));
        }
    }

    /// Compares the totals of the root with the count: `cases` are left once reruns are united.
    pub(super) fn compare_root(&self, cases: CaseCounts, totals: &mut Totals) {
        let [all, failed] = [cases.total(), cases.failed].map(|count| count.to_string());
        for (field, reported, counted) in self.fields() {
            let mut counted: Vec<&str> = counted.iter().map(String::as_str).collect();
            match field {
                "tests" => counted.insert(0, &all),
                "failures" => counted.push(&failed),
                _ => {}
            }
            totals.whole(field, reported, &counted);
        }
    }

    /// Each field, what the suite says of it, and the numbers that tools mean by it: some add up the
    /// suites inside, some do not.
    fn fields(&self) -> impl Iterator<Item = (&'static str, Option<&str>, [String; 6])> {
        let readings = self.all.readings().into_iter().zip(self.own.readings());
        FIELDS.into_iter().zip(&self.reported).zip(readings).map(|((field, reported), ([a, b, c], [d, e, f]))| {
            (field, reported.as_deref(), [a, b, c, d, e, f].map(|count| count.to_string()))
        })
    }
}
