//! A report's own totals beside what was counted in it. The count is kept; a total that differs is
//! noted, at most once a field for the whole report and once a field for its parts.

use super::room::cut;
use crate::record::kind::test::Discrepancy;

/// How much of a report's own words is copied into a discrepancy, in characters.
const MAX_COPIED: usize = 100;

/// Collects the discrepancies of one report.
pub(super) struct Totals {
    report: String,
    whole: Vec<Discrepancy>,
    parts: Vec<Part>,
}

/// The first part whose total of one field differs, and how many more do.
struct Part {
    field: &'static str,
    first: Discrepancy,
    more: u64,
}

impl Totals {
    pub(super) fn of(report: &str) -> Self {
        Self { report: report.into(), whole: Vec::new(), parts: Vec::new() }
    }

    /// Notes a total of the whole report, where it is none of the numbers that `counted` allows. The
    /// first of them is what counts.
    pub(super) fn whole(&mut self, field: &'static str, reported: Option<&str>, counted: &[&str]) {
        if let Some(reported) = differing(reported, counted) {
            let found = self.discrepancy(field.into(), reported, counted);
            self.whole.push(found);
        }
    }

    /// The same for the part `name` of the report. The field of the entry begins with `field`.
    pub(super) fn part(&mut self, field: &'static str, name: &str, reported: Option<&str>, counted: &[&str]) {
        let Some(reported) = differing(reported, counted) else { return };
        if let Some(part) = self.parts.iter_mut().find(|part| part.field == field) {
            part.more += 1;
        } else {
            let first = self.discrepancy(format!("{field} of {}", cut(name, MAX_COPIED)), reported, counted);
            self.parts.push(Part { field, first, more: 0 });
        }
    }

    /// All that was noted: first what concerns the whole report.
    pub(super) fn finish(self) -> Vec<Discrepancy> {
        let parts = self.parts.into_iter().map(|Part { mut first, more, .. }| {
            if more > 0 {
                first.field = format!("{}, and of {more} more", first.field);
            }
            first
        });
        self.whole.into_iter().chain(parts).collect()
    }

    fn discrepancy(&self, field: String, reported: &str, counted: &[&str]) -> Discrepancy {
        let counted = counted.first().copied().unwrap_or_default().to_owned();
        let reported = number(reported).map_or_else(|| cut(reported, MAX_COPIED).into_owned(), |own| own.to_string());
        Discrepancy { report: self.report.clone(), field, reported, counted, suite: None }
    }
}

/// The total, where it is there and not one of those allowed. `007` is 7, and `1,234` is 1234.
fn differing<'a>(reported: Option<&'a str>, counted: &[&str]) -> Option<&'a str> {
    let reported = reported.map(str::trim).filter(|text| !text.is_empty())?;
    let same = |count: &&str| *count == reported || (number(count).is_some() && number(count) == number(reported));
    (!counted.iter().any(same)).then_some(reported)
}

/// A whole number, with or without a separator of thousands.
fn number(text: &str) -> Option<u64> {
    let mut groups = text.split([',', '\'', '’', '\u{a0}', '\u{202f}']);
    let first = groups.next()?;
    let grouped = text.len() > first.len();
    let sound = groups.clone().all(|group| group.len() == 3) && (!grouped || (1..=3).contains(&first.len()));
    let plain = std::iter::once(first).chain(groups).collect::<String>();
    let digits = sound && plain.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| plain.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_wrong_suites_are_one_entry() {
        let mut totals = Totals::of("junit.xml");
        totals.whole("tests", Some("5"), &["6"]);
        for suite in 0..1_000 {
            totals.part("tests", &format!("suite {suite}"), Some("0"), &["1"]);
        }
        let found = totals.finish();
        let fields: Vec<_> = found.iter().map(|entry| entry.field.as_str()).collect();
        assert_eq!(fields, ["tests", "tests of suite 0, and of 999 more"]);
        assert_eq!((found[0].reported.as_str(), found[0].counted.as_str()), ("5", "6"));
    }

    #[test]
    fn an_absent_or_equal_total_is_no_discrepancy() {
        let mut totals = Totals::of("junit.xml");
        for reported in [None, Some(""), Some("7"), Some(" 007 "), Some("8")] {
            totals.whole("tests", reported, &["7", "8"]);
        }
        assert!(totals.finish().is_empty());
    }

    #[test]
    fn thousands_are_read_with_their_separators() {
        for text in ["1234", "1,234", "1'234", "1\u{202f}234", "01234"] {
            assert_eq!(number(text), Some(1_234), "{text}");
        }
        for text in ["", "1,23", "1234,567", ",234", "1.234", "-1", "+1", "99999999999999999999"] {
            assert_eq!(number(text), None, "{text}");
        }
        let mut totals = Totals::of("junit.xml");
        totals.whole("tests", Some("1,234"), &["1234"]);
        totals.whole("failures", Some("1,235"), &["1234"]);
        assert_eq!(totals.finish()[0].reported, "1235");
    }

    #[test]
    fn a_hostile_total_is_cut() {
        let mut totals = Totals::of("junit.xml");
        totals.whole("tests", Some(&"9".repeat(1 << 20)), &["7"]);
        assert_eq!(totals.finish()[0].reported.chars().count(), MAX_COPIED + 1);
    }
}
