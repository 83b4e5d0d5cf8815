//! Cobertura XML, as coverage.py, gcovr, coverlet, Istanbul and others write it.
//!
//! Source: <https://github.com/cobertura/web/blob/master/htdocs/xml/coverage-04.dtd>. Every `line`
//! below a `class` counts once a file, whether it stands under the class, under its methods or under
//! both. The folders in `sources` only tell what the paths are relative to; they are not copied.

use std::collections::BTreeMap;

use super::{Glance, Source};
use crate::ingest::Report;
use crate::ingest::coverage::{Arms, Base, CoverageReport, Reach, SourceFile};
use crate::ingest::discrepancy::Totals;
use crate::ingest::error::IngestError;
use crate::ingest::xml::{Document, Element, Node};
use crate::record::kind::test::{Discrepancy, Ratio};

mod sources;

pub(super) fn sniff(glance: &Glance) -> bool {
    glance.root.as_deref() == Some("coverage")
}

pub(super) fn read(source: &Source) -> Result<Report, IngestError> {
    let text = source.xml()?;
    let mut document = Document::new(&text);
    let mut reading = Reading::default();
    while let Some(node) = document.next().map_err(|reason| source.malformed(reason))? {
        match node {
            Node::Open(element) => reading.open(element).map_err(|reason| source.malformed(reason))?,
            Node::Close => reading.close(),
        }
    }
    if reading.files.values().all(|file| file.lines.is_empty()) {
        return Err(source.nothing("lists no line"));
    }
    let discrepancies = reading.discrepancies(source.file);
    let base = Base::Sources(sources::read(&text));
    Ok(Report::Coverage(CoverageReport { origin: source.origin(), files: reading.files, base, discrepancies }))
}

#[derive(Default)]
struct Reading {
    files: BTreeMap<String, SourceFile>,
    /// The open elements.
    path: Vec<String>,
    /// The file of the open class.
    file: Option<String>,
    /// The attributes of the root.
    header: Option<Element>,
    /// What a tool counts that adds up classes: a line that two classes of one file share is two.
    by_class: [Ratio; 2],
}

impl Reading {
    fn open(&mut self, element: Element) -> Result<(), String> {
        match element.name.as_str() {
            "class" => {
                let file = element.text("filename").or_else(|| element.text("name"));
                let file = file.ok_or("a class has neither filename nor name")?.to_owned();
                self.files.entry(file.clone()).or_default();
                self.file = Some(file);
            }
            "line" => self.line(&element)?,
            _ => {}
        }
        self.path.push(element.name.clone());
        self.header.get_or_insert(element);
        Ok(())
    }

    fn close(&mut self) {
        if self.path.pop().as_deref() == Some("class") {
            self.file = None;
        }
    }

    fn line(&mut self, element: &Element) -> Result<(), String> {
        let file = self.file.as_ref().ok_or("a line stands outside any class")?;
        let number = element.text("number").ok_or_else(|| format!("{file}: a line has no number"))?;
        let number = number.parse().map_err(|_| format!("{file}: line number {number:?} is not a number"))?;
        let at = |problem: String| format!("{file}, line {number}: {problem}");
        let hits = element.text("hits").ok_or_else(|| at("has no hits".into()))?;
        let reach = reach_of(hits).ok_or_else(|| at(format!("hits {hits:?} is not a number")))?;
        let arms = element.text("condition-coverage").map(condition).transpose().map_err(at)?;
        let entry = self.files.entry(file.clone()).or_default();
        entry.line(number, reach);
        if let Some(arms) = arms {
            entry.branch(number, &Arms::Counted(arms));
        }
        if !self.path.iter().any(|name| name == "method") {
            let line = Ratio { covered: u64::from(reach == Reach::Reached), total: 1 };
            self.by_class[0] = self.by_class[0].plus(line);
            self.by_class[1] = self.by_class[1].plus(arms.unwrap_or_default());
        }
        Ok(())
    }

    /// Compares the header with the count. Where it has only rates, these are compared.
    fn discrepancies(&self, file: &str) -> Vec<Discrepancy> {
        let mut totals = Totals::of(file);
        let sum = |ratio: fn(&SourceFile) -> Ratio| self.files.values().map(ratio).fold(Ratio::default(), Ratio::plus);
        let counted = [sum(SourceFile::line_ratio), sum(SourceFile::branch_ratio)];
        let fields = [("line coverage", "lines", "line-rate"), ("branch coverage", "branches", "branch-rate")];
        for ((field, prefix, rate), (counted, by_class)) in
            fields.into_iter().zip(counted.into_iter().zip(self.by_class))
        {
            let says = |name: &str| self.header.as_ref().and_then(|header| header.text(name));
            let allowed = [counted, by_class].map(|Ratio { covered, total }| format!("{covered} of {total}"));
            let allowed = [allowed[0].as_str(), allowed[1].as_str()];
            if let (Some(covered), Some(total)) = (says(&format!("{prefix}-covered")), says(&format!("{prefix}-valid")))
            {
                totals.whole(field, Some(&format!("{covered} of {total}")), &allowed);
            } else if let Some(rate) = says(rate)
                && ![counted, by_class].iter().any(|ratio| is_rate(rate, *ratio))
            {
                totals.whole(field, Some(rate), &allowed);
            }
        }
        totals.finish()
    }
}

/// Tools write counts as integers, as `1e+06`, and, when a counter ran over, below zero.
pub(super) fn reach_of(hits: &str) -> Option<Reach> {
    let hits: f64 = hits.parse().ok()?;
    hits.is_finite().then(|| Reach::reached_if(hits > 0.0))
}

/// Reads `50% (1/2)`.
fn condition(text: &str) -> Result<Ratio, String> {
    let pair = text.split_once('(').and_then(|(_, rest)| rest.split_once(')')?.0.split_once('/'));
    let ratio = pair.and_then(|(covered, total)| {
        Some(Ratio { covered: covered.trim().parse().ok()?, total: total.trim().parse().ok()? })
    });
    ratio
        .filter(|ratio| ratio.covered <= ratio.total && ratio.total <= 1 << 32)
        .ok_or_else(|| format!("condition-coverage {text:?} is not of the form \"50% (1/2)\""))
}

/// Whether a rate between 0 and 1 is that of the ratio, as far as its digits say. Of nothing, tools
/// say 0 or 1.
fn is_rate(text: &str, ratio: Ratio) -> bool {
    let digits = text.split_once('.').map_or(0, |(_, fraction)| fraction.len()).min(9);
    let (Ok(rate), Ok(digits)) = (text.parse::<f64>(), i32::try_from(digits)) else { return false };
    #[expect(clippy::cast_precision_loss, reason = "far more precise than the rate is written")]
    let counted = ratio.covered as f64 / ratio.total as f64;
    ratio.total == 0 || (rate - counted).abs() <= 10_f64.powi(-digits).max(1e-9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_agrees_as_far_as_it_is_written() {
        let two_thirds = Ratio { covered: 2, total: 3 };
        for same in ["0.6667", "0.66", "0.67", "0.666666666666666666667"] {
            assert!(is_rate(same, two_thirds), "{same}");
        }
        for other in ["0.6700", "0.9", "x", "-1"] {
            assert!(!is_rate(other, two_thirds), "{other}");
        }
    }

    #[test]
    fn a_condition_without_its_pair_is_refused() {
        assert_eq!(condition("50% (1/2)"), Ok(Ratio { covered: 1, total: 2 }));
        for bad in ["50%", "150% (3/2)", "(1)", "(a/b)", ""] {
            assert!(condition(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn counts_that_ran_over_are_not_hits() {
        assert_eq!(reach_of("1e+06"), Some(Reach::Reached));
        assert_eq!(reach_of("-3"), Some(Reach::Missed));
        assert_eq!([reach_of("NaN"), reach_of("inf"), reach_of("")], [None; 3]);
    }
}
