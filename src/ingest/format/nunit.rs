//! NUnit 3 XML, as the NUnit console, `dotnet test` with the NUnit logger, and runners of other languages write it.
//!
//! Source: <https://docs.nunit.org/articles/nunit/technical-notes/usage/Test-Result-XML-Format.html>. Cases count
//! wherever they stand. What is ignored or explicit is disabled; what is inconclusive proved nothing and is
//! skipped; a warning is no failure. A suite that failed without a failed case in it, such as in its one-time
//! tear-down, is a failed case of the suite's name. Settings, environment and output are never copied.

use std::collections::BTreeSet;

use super::junit::requirements_of;
use super::{Glance, Source};
use crate::ingest::cases::{CaseCounts, Cases};
use crate::ingest::clock::{self, Clock};
use crate::ingest::discrepancy::Totals;
use crate::ingest::error::IngestError;
use crate::ingest::room::cut;
use crate::ingest::xml::{Element, Node};
use crate::ingest::{Report, TestCase, TestReport};
use crate::record::kind::test::{CaseOutcome, Tool};
use crate::record::name::RequirementId;

/// How long the name of a case may be, in characters; the rest is cut off.
const MAX_NAME: usize = 1_000;

pub(super) fn sniff(glance: &Glance) -> bool {
    glance.root.as_deref() == Some("test-run")
}

pub(super) fn read(source: &Source) -> Result<Report, IngestError> {
    let mut document = source.document()?;
    let mut run = Run { cases: source.cases(), ..Run::default() };
    while let Some(node) = document.next().map_err(|reason| source.malformed(reason))? {
        match node {
            Node::Open(element) => run.open(element).map_err(|reason| source.malformed(reason))?,
            Node::Close => run.close(),
        }
    }
    if run.cases.total() == 0 {
        return Err(source.nothing("has no test case"));
    }
    Ok(Report::Tests(TestReport {
        origin: source.origin(),
        tool: Some(Tool { name: "nunit".into(), version: run.version }),
        discrepancies: compare(source.file, run.header.as_ref(), run.cases.counts(), run.broken),
        cases: run.cases.finish(),
        duration_ms: run.clock.duration_ms(),
        ran: run.clock.ran(),
    }))
}

/// The report's own totals beside the count. A broken suite is a case to us alone.
fn compare(
    file: &str,
    header: Option<&Element>,
    counts: CaseCounts,
    broken: u64,
) -> Vec<crate::record::kind::test::Discrepancy> {
    let mut totals = Totals::of(file);
    let CaseCounts { passed, failed, skipped, disabled, .. } = counts;
    let told = |name| header.and_then(|header| header.text(name));
    let number = |name| told(name).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
    let (total, own_failed) = (counts.total(), failed.saturating_sub(broken));
    let all = [total, total.saturating_sub(broken)].map(|count| count.to_string());
    totals.whole("tests", told("total"), &all.each_ref().map(String::as_str));
    totals.whole(
        "passed",
        told("passed"),
        &[&passed.to_string(), &passed.saturating_sub(number("warnings")).to_string()],
    );
    totals.whole("failed", told("failed"), &[&failed.to_string(), &own_failed.to_string()]);
    // Inconclusive ones are told apart there, and are among the skipped here.
    let not_run = skipped.saturating_sub(number("inconclusive"));
    let skips = [skipped, not_run, not_run.saturating_sub(disabled)].map(|count| count.to_string());
    totals.whole("skipped", told("skipped"), &skips.each_ref().map(String::as_str));
    totals.finish()
}

/// What has been read so far.
#[derive(Default)]
struct Run {
    cases: Cases,
    clock: Clock,
    header: Option<Element>,
    version: Option<String>,
    open: Vec<Open>,
    /// Suites that broke as a whole.
    broken: u64,
    suites: usize,
}

/// An open element.
enum Open {
    Suite { number: usize, name: String, broken: bool, failed_before: u64, requirements: BTreeSet<RequirementId> },
    Case(Box<Case>),
    Properties,
    Other,
}

struct Case {
    name: String,
    outcome: CaseOutcome,
    requirements: BTreeSet<RequirementId>,
}

impl Run {
    fn open(&mut self, element: Element) -> Result<(), String> {
        let open = match element.name.as_str() {
            "test-run" if self.open.is_empty() => {
                self.time(&element);
                self.version = element.text("engine-version").map(str::to_owned);
                self.header = Some(element);
                Open::Other
            }
            "test-suite" => {
                self.time(&element);
                self.suites += 1;
                Open::Suite {
                    number: self.suites,
                    name: name_of(&element),
                    broken: element.text("result") == Some("Failed"),
                    failed_before: self.cases.counts().failed,
                    requirements: BTreeSet::new(),
                }
            }
            "test-case" => {
                self.time(&element);
                self.clock.case(element.text("duration").or_else(|| element.text("time")), clock::seconds);
                let outcome = outcome(&element)?;
                Open::Case(Box::new(Case { name: name_of(&element), outcome, requirements: BTreeSet::new() }))
            }
            "properties" => Open::Properties,
            "property" => {
                self.property(&element)?;
                Open::Other
            }
            _ => Open::Other,
        };
        self.open.push(open);
        Ok(())
    }

    fn time(&mut self, element: &Element) {
        let took = element.text("duration").and_then(clock::seconds);
        self.clock.widen(element.text("start-time"), took, element.text("end-time"));
    }

    fn property(&mut self, element: &Element) -> Result<(), String> {
        let owner = self.open.iter_mut().rev().find(|open| !matches!(open, Open::Properties));
        if let Some(Open::Suite { requirements, .. }) = owner {
            requirements.extend(requirements_of(element)?);
        } else if let Some(Open::Case(case)) = owner {
            case.requirements.extend(requirements_of(element)?);
        }
        Ok(())
    }

    fn close(&mut self) {
        match self.open.pop() {
            Some(Open::Case(mut case)) => {
                let mut place = 0;
                for open in &self.open {
                    if let Open::Suite { number, requirements, .. } = open {
                        place = *number;
                        case.requirements.extend(requirements.iter().cloned());
                    }
                }
                let requirements = case.requirements.into_iter().collect();
                self.cases.add(&place, TestCase { requirements, ..TestCase::told(case.name, case.outcome) });
            }
            Some(Open::Suite { number, name, broken, failed_before, requirements })
                if broken && self.cases.counts().failed <= failed_before =>
            {
                self.broken += 1;
                let requirements = requirements.into_iter().collect();
                let case = TestCase { requirements, ..TestCase::told(name, CaseOutcome::Failed) };
                self.cases.add(&("a suite", number), case);
            }
            _ => {}
        }
    }
}

fn name_of(element: &Element) -> String {
    let name = element.text("fullname").or_else(|| element.text("name")).unwrap_or("(unnamed case)");
    cut(name, MAX_NAME).into_owned()
}

fn outcome(element: &Element) -> Result<CaseOutcome, String> {
    let label = element.text("label").unwrap_or_default();
    match element.text("result").unwrap_or_default() {
        "Passed" | "Warning" => Ok(CaseOutcome::Passed),
        "Failed" => Ok(CaseOutcome::Failed),
        "Skipped" if matches!(label, "Ignored" | "Explicit") => Ok(CaseOutcome::Disabled),
        "Skipped" | "Inconclusive" => Ok(CaseOutcome::Skipped),
        other => {
            let other: String = other.chars().take(40).collect();
            Err(format!("result {other:?} of test case {} is none of NUnit 3", name_of(element)))
        }
    }
}
