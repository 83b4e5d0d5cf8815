//! `coverage.*`: what the tests reached, in percent, exactly.

use super::{Metric, Paths, Reading, Value, absent};
use crate::policy::evidence::{Proof, Standing};
use crate::policy::number::Quantity;
use crate::policy::rule::Rule;
use crate::record::Kind;
use crate::record::kind::test::{Coverage, Discrepancy, FileCoverage, Ratio};

pub(super) static METRICS: &[Metric] = &[
    Metric {
        name: "coverage.line",
        unit: "percent",
        doc: "Lines that the tests reached, of all; with a pattern, of the files it names, by their paths from the top of the repository. The last record that has line coverage counts; where a report's own total is lower than what was counted in it, that total, for the whole and for each file. Where the record has no room for every file, a pattern measures nothing.",
        kind: Kind::Test,
        paths: Paths::ByPattern,
        read: line,
    },
    Metric {
        name: "coverage.branch",
        unit: "percent",
        doc: "Branches that the tests reached, of all; otherwise like coverage.line.",
        kind: Kind::Test,
        paths: Paths::ByPattern,
        read: branch,
    },
    Metric {
        name: "coverage.function",
        unit: "percent",
        doc: "Functions that the tests reached, of all; otherwise like coverage.line.",
        kind: Kind::Test,
        paths: Paths::ByPattern,
        read: function,
    },
];

/// One of the three things that are covered.
struct Dimension {
    name: &'static str,
    many: &'static str,
    whole: fn(&Coverage) -> Option<Ratio>,
    file: fn(&FileCoverage) -> Option<Ratio>,
}

fn line<'a>(standing: &Standing<'a>, rule: &Rule) -> Reading<'a> {
    let of = Dimension { name: "line", many: "lines", whole: |all| all.line, file: |file| file.line };
    of.read(standing, rule)
}

fn branch<'a>(standing: &Standing<'a>, rule: &Rule) -> Reading<'a> {
    let of = Dimension { name: "branch", many: "branches", whole: |all| all.branch, file: |file| file.branch };
    of.read(standing, rule)
}

fn function<'a>(standing: &Standing<'a>, rule: &Rule) -> Reading<'a> {
    let of = Dimension { name: "function", many: "functions", whole: |all| all.function, file: |file| file.function };
    of.read(standing, rule)
}

impl Dimension {
    fn read<'a>(&self, standing: &Standing<'a>, rule: &Rule) -> Reading<'a> {
        let has = |record: &Proof<'_>| coverage(record).and_then(self.whole).is_some_and(|ratio| ratio.total > 0);
        let last = standing.last_of(standing.counted(Kind::Test).filter(has));
        let hint = "cover more, then record it: git qms record test --from junit.xml --from coverage.xml";
        if last.is_empty() {
            let mut none = absent(standing, Kind::Test, &format!("{} coverage", self.name));
            if standing.counted(Kind::Test).next().is_some() {
                none.found = format!("no {} coverage in the tests recorded", self.name);
            }
            return none.hint("git qms record test --from coverage.xml");
        }
        let mut worst: Option<Ratio> = None;
        for record in &last {
            let ratio = match self.ratio(record, rule) {
                Ok(ratio) => ratio,
                Err(found) => {
                    return Reading { value: Value::Absent, found, records: last, hint: Some(hint.into()) };
                }
            };
            worst = Some(worst.map_or(ratio, |worst| if is_less(ratio, worst) { ratio } else { worst }));
        }
        let Some((ratio, value)) = worst.and_then(|ratio| Some((ratio, Quantity::percent(ratio)?))) else {
            return absent(standing, Kind::Test, &format!("{} coverage", self.name)).hint(hint);
        };
        let points = ratio.basis_points().unwrap_or(0);
        let of = rule.paths.as_ref().map_or(String::new(), |paths| format!(" in {paths}"));
        let mut found = format!("{}.{:02} % of {}{of}", points / 100, points % 100, self.many);
        if !rule.admits(value) {
            found = format!("{found} ({} of {}), where {} is asked for", ratio.covered, ratio.total, rule.number);
        }
        Reading::measured(value, found, last).hint(hint)
    }

    /// The ratio by one record, the worse of what was counted and what the report says of itself.
    fn ratio(&self, record: Proof<'_>, rule: &Rule) -> Result<Ratio, String> {
        let none = || format!("no {} coverage", self.name);
        let coverage = coverage(record).ok_or_else(none)?;
        if let Some(paths) = &rule.paths {
            if coverage.omitted > 0 {
                return Err(format!("{} files of the coverage are not listed in the record", coverage.omitted));
            }
            let mut sum = Ratio::default();
            for file in coverage.files.iter().filter(|file| paths.matches(&file.path)) {
                let Some(counted) = (self.file)(file) else { continue };
                sum = sum.plus(self.worse(record, counted, &format!("{} coverage of {}", self.name, file.path))?);
            }
            if let Some(more) = self.doubts(record).find(|doubt| self.is_unnamed(&doubt.field)) {
                return Err(format!("{} says other than was counted of its {}", more.report, more.field));
            }
            return if sum.total > 0 { Ok(sum) } else { Err(format!("no {} coverage of files in {paths}", self.name)) };
        }
        let counted = (self.whole)(coverage).ok_or_else(none)?;
        self.worse(record, counted, &format!("{} coverage", self.name))
    }

    /// What was counted, or what a report says of itself in this field, if that is less.
    fn worse(&self, record: Proof<'_>, counted: Ratio, field: &str) -> Result<Ratio, String> {
        let mut worst = counted;
        for doubt in self.doubts(record).filter(|doubt| doubt.field == field) {
            let told = told(&doubt.reported)
                .ok_or_else(|| format!("{} says {} of its {field}, which is no ratio", doubt.report, doubt.reported))?;
            if is_less(told, worst) {
                worst = told;
            }
        }
        Ok(worst)
    }

    fn doubts<'a>(&self, record: Proof<'a>) -> impl Iterator<Item = &'a Discrepancy> {
        let name = self.name;
        let doubts = record.header.test.iter().flat_map(|test| &test.discrepancies);
        doubts.filter(move |doubt| doubt.field.starts_with(name))
    }

    /// `line coverage of 7 more files`: which ones, the record had no room to say.
    fn is_unnamed(&self, field: &str) -> bool {
        let rest = field.strip_prefix(self.name).and_then(|rest| rest.strip_prefix(" coverage of "));
        let count = rest.and_then(|rest| rest.strip_suffix(" more files"));
        count.is_some_and(|count| count.bytes().all(|byte| byte.is_ascii_digit()))
    }
}

fn coverage(record: Proof<'_>) -> Option<&Coverage> {
    record.header.test.as_ref()?.coverage.as_ref()
}

/// Exactly, by cross multiplication: 2^64 × 2^64 fits.
fn is_less(a: Ratio, b: Ratio) -> bool {
    u128::from(a.covered) * u128::from(b.total) < u128::from(b.covered) * u128::from(a.total)
}

/// Reads `72 of 100`, or a rate such as `0.72`.
fn told(text: &str) -> Option<Ratio> {
    if let Some((covered, total)) = text.split_once(" of ") {
        let ratio = Ratio { covered: covered.trim().parse().ok()?, total: total.trim().parse().ok()? };
        return (ratio.total > 0).then_some(ratio);
    }
    let (whole, decimals) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    // Twelve places are far finer than any report; what follows only lowers the rate.
    let decimals = decimals.get(..12).unwrap_or(decimals);
    let digits = format!("{whole}{decimals}");
    if digits.is_empty() || digits.len() > 15 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let total = 10_u64.pow(u32::try_from(decimals.len()).ok()?);
    Some(Ratio { covered: digits.parse().ok()?, total })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_report_says_of_itself_is_read_exactly() {
        let ratio = |covered, total| Some(Ratio { covered, total });
        for (text, expected) in [
            ("72 of 100", ratio(72, 100)),
            ("0.72", ratio(72, 100)),
            ("1", ratio(1, 1)),
            ("0.7999999999999999", ratio(799_999_999_999, 1_000_000_000_000)),
            ("0 of 0", None),
            ("-1", None),
            ("1e3", None),
            ("", None),
            ("é", None),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
    }
}
