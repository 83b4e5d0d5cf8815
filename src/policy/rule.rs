//! One rule of a control: `metric comparator number`, for instance `coverage.line['src/**'] >= 80`.

use std::cmp::Ordering;
use std::fmt;
use std::ops::Range;

use super::glob::Glob;
use super::number::{Decimal, Quantity};
use super::rules::{self, Metric, Paths};
use crate::record::Name;

/// The longest rule, in bytes.
const MAX_LENGTH: usize = 1_000;

/// A rule that was read.
#[derive(Debug, Clone)]
pub struct Rule {
    /// As written.
    pub text: String,
    /// What it measures.
    pub metric: &'static Metric,
    /// The suite or role in the metric's path, where it has one.
    pub name: Option<Name>,
    /// The files it is restricted to.
    pub paths: Option<Glob>,
    /// How it compares.
    pub comparator: Comparator,
    /// With what.
    pub number: Decimal,
}

/// How a rule compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparator {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Comparator {
    /// The longer ones first: `<` begins `<=`.
    const ALL: [(&'static str, Self); 6] = [
        ("==", Self::Equal),
        ("!=", Self::NotEqual),
        ("<=", Self::AtMost),
        (">=", Self::AtLeast),
        ("<", Self::Less),
        (">", Self::More),
    ];

    fn admits(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::AtMost => ordering.is_le(),
            Self::More => ordering.is_gt(),
            Self::AtLeast => ordering.is_ge(),
        }
    }
}

/// Why a text is no rule, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found}: expected {expected}")]
pub struct RuleError {
    /// The bytes of the rule at fault.
    pub at: Range<usize>,
    /// What stands there.
    pub found: String,
    /// What could.
    pub expected: String,
}

impl Rule {
    /// Reads a rule.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        let refuse = |at: Range<usize>, found: String, expected: String| Err(RuleError { at, found, expected });
        if text.len() > MAX_LENGTH {
            return refuse(0..text.len(), format!("a rule of {} bytes", text.len()), "at most 1,000".into());
        }
        let mut rest = Rest { text, at: 0 };
        rest.skip_space();
        let path = rest.take_while(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
        let Some((metric, name)) = rules::find(&text[path.clone()]) else {
            let shown = if path.is_empty() { "no metric".into() } else { format!("metric {}", &text[path.clone()]) };
            return refuse(rest.here_or(&path), shown, known_like(&text[path.clone()]));
        };
        let paths = rest.take_paths(metric)?;
        rest.skip_space();
        let sign = rest.take_while(|c| "=!<>".contains(c));
        let Some((_, comparator)) = Comparator::ALL.iter().find(|(spelling, _)| *spelling == &text[sign.clone()])
        else {
            let shown =
                if sign.is_empty() { "no comparator".into() } else { format!("comparator {}", &text[sign.clone()]) };
            return refuse(rest.here_or(&sign), shown, "== != < <= > or >=".into());
        };
        rest.skip_space();
        let number = rest.at..text.trim_end().len().max(rest.at);
        match text[number.clone()].parse() {
            Ok(decimal) => {
                let (text, comparator) = (text.trim().to_owned(), *comparator);
                Ok(Self { text, metric, name, paths, comparator, number: decimal })
            }
            Err(error) => {
                let shown =
                    if number.is_empty() { "no number".into() } else { format!("number {}", &text[number.clone()]) };
                refuse(rest.here_or(&number), shown, error.to_string())
            }
        }
    }

    /// Whether what was measured satisfies it.
    pub fn admits(&self, value: Quantity) -> bool {
        self.comparator.admits(value.compare(self.number))
    }

    /// The least whole number that satisfies it, where it asks for at least so many.
    pub fn least(&self) -> Option<String> {
        match self.comparator {
            Comparator::AtLeast | Comparator::Equal => Some(self.number.to_string()),
            Comparator::More => Some(format!("more than {}", self.number)),
            _ => None,
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The metrics of the family that was meant, or all.
fn known_like(path: &str) -> String {
    let family = |name: &str| name.split('.').next().map(str::to_owned);
    let alike: Vec<_> =
        rules::metrics().filter(|known| family(known.name) == family(path)).map(|known| known.name).collect();
    let known = if alike.is_empty() { rules::metrics().map(|known| known.name).collect() } else { alike };
    let meant = super::near::meant(path, rules::metrics().map(|known| known.name));
    format!("{meant}one of {}", known.join(", "))
}

/// What is still to be read of a rule.
struct Rest<'a> {
    text: &'a str,
    at: usize,
}

impl Rest<'_> {
    fn skip_space(&mut self) {
        self.take_while(|c| c == ' ');
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> Range<usize> {
        let start = self.at;
        let rest = &self.text[start..];
        self.at += rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        start..self.at
    }

    /// The range, or where nothing was found the character that stands there instead.
    fn here_or(&self, range: &Range<usize>) -> Range<usize> {
        if !range.is_empty() {
            return range.clone();
        }
        self.at..self.at + self.text[self.at..].chars().next().map_or(0, char::len_utf8)
    }

    /// `['GLOB']` behind a metric that can be restricted to files.
    fn take_paths(&mut self, metric: &Metric) -> Result<Option<Glob>, RuleError> {
        if !self.text[self.at..].starts_with('[') {
            return Ok(None);
        }
        let start = self.at;
        let inner = self.text[start..].strip_prefix("['").and_then(|rest| rest.split_once("']"));
        let Some((pattern, _)) = inner else {
            let expected = "a pattern in brackets and single quotes, such as ['src/ledger/**']".into();
            return Err(RuleError { at: start..self.text.len(), found: "an open bracket".into(), expected });
        };
        self.at = start + pattern.len() + 4;
        let at = start..self.at;
        if metric.paths == Paths::All {
            let found = format!("{} with a pattern", metric.name);
            return Err(RuleError { at, found, expected: "none: it is not counted by file".into() });
        }
        match pattern.parse() {
            Ok(glob) => Ok(Some(glob)),
            Err(error) => {
                let error: super::glob::GlobError = error;
                Err(RuleError { at, found: format!("pattern {pattern:?}"), expected: error.to_string() })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_rule_is_read() {
        for text in [
            "test.failed == 0",
            "test.unit.failed==0",
            "test.total >= 1",
            "coverage.line['src/ledger/**'] >= 90.5",
            "approvals.release-manager >= 1",
            "approvals > 1",
            "scan.medium <= 3",
            "scan.low < 3",
            "range.unapproved != 7",
        ] {
            let rule = Rule::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(rule.text, text);
        }
        assert_eq!(Rule::parse("test.unit.failed == 0").expect("a rule").name, Some("unit".parse().expect("a name")));
        assert_eq!(Rule::parse("approvals.rejected == 0").expect("a rule").metric.name, "approvals.rejected");
    }

    #[test]
    fn comparators_compare() {
        let holds = |text: &str, value| Rule::parse(text).expect("a rule").admits(Quantity::count(value));
        for (comparator, truth) in [
            ("==", [false, true, false]),
            ("!=", [true, false, true]),
            ("<", [true, false, false]),
            ("<=", [true, true, false]),
            (">", [false, false, true]),
            (">=", [false, true, true]),
        ] {
            assert_eq!(
                [4, 5, 6].map(|value| holds(&format!("test.failed {comparator} 5"), value)),
                truth,
                "{comparator}"
            );
        }
    }

    #[test]
    fn a_fault_is_told_with_its_place() {
        for (text, at, found) in [
            ("tests.failed == 0", 0..12, "metric tests.failed"),
            ("test.failed = 0", 12..13, "comparator ="),
            ("test.failed =< 0", 12..14, "comparator =<"),
            ("test.failed 0", 12..13, "no comparator"),
            ("test.failed ==", 14..14, "no number"),
            ("test.failed == -1", 15..17, "number -1"),
            ("test.failed == 0 or 1", 15..21, "number 0 or 1"),
            ("test.failed['src/**'] == 0", 11..21, "test.failed with a pattern"),
            ("coverage.line['/src'] >= 80", 13..21, "pattern \"/src\""),
            ("coverage.line[src] >= 80", 13..24, "an open bracket"),
            ("", 0..0, "no metric"),
            ("ünit == 0", 0..2, "no metric"),
        ] {
            let error = Rule::parse(text).expect_err(text);
            assert_eq!((error.at, error.found.as_str()), (at, found), "{text}");
        }
    }
}
