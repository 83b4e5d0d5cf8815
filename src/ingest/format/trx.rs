//! TRX, the test results of Visual Studio, as `dotnet test --logger trx`, the Microsoft testing platform and
//! runners of other languages write them.
//!
//! Source: `vstst.xsd`, namespace `http://microsoft.com/schemas/VisualStudio/TeamTest/2010`. Of a data-driven or
//! ordered test the results inside it count, in its place. What did not run is skipped, what is inconclusive or
//! does not say how it went too; what was aborted, timed out, could not be run or never ended is failed. A run
//! that failed without a failed result is a failed case. Names of users and computers are never copied.

use super::{Glance, Source};
use crate::ingest::cases::Cases;
use crate::ingest::clock::{self, Clock};
use crate::ingest::discrepancy::Totals;
use crate::ingest::error::IngestError;
use crate::ingest::room::cut;
use crate::ingest::xml::{Element, Node};
use crate::ingest::{Report, TestCase, TestReport};
use crate::record::kind::test::{CaseOutcome, Discrepancy};

/// How long the name of a case may be, in characters; the rest is cut off.
const MAX_NAME: usize = 1_000;

pub(super) fn sniff(glance: &Glance) -> bool {
    glance.root.as_deref() == Some("TestRun")
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
    let discrepancies = run.compare(source.file);
    run.end();
    if run.cases.total() == 0 {
        return Err(source.nothing("has no test result"));
    }
    Ok(Report::Tests(TestReport {
        origin: source.origin(),
        tool: None,
        cases: run.cases.finish(),
        duration_ms: run.clock.duration_ms(),
        ran: run.clock.ran(),
        discrepancies,
    }))
}

/// What has been read so far.
#[derive(Default)]
struct Run {
    cases: Cases,
    clock: Clock,
    open: Vec<Open>,
    /// Results that stand for those inside them.
    groups: u64,
    /// Failed ones among these.
    failed_groups: u64,
    counters: Option<Element>,
    /// How the whole run went.
    outcome: Option<String>,
}

/// An open element.
enum Open {
    Result { place: String, name: String, outcome: CaseOutcome, has_results: bool, took: Option<String> },
    Other,
}

impl Run {
    fn open(&mut self, element: Element) -> Result<(), String> {
        let open = match element.name.as_str() {
            // Also of web, generic, manual and ordered tests.
            name if name.ends_with("Result") && element.text("testName").is_some() => {
                self.clock.widen(element.text("startTime"), None, element.text("endTime"));
                if let Some(Open::Result { has_results, .. }) =
                    self.open.iter_mut().rev().find(|open| matches!(open, Open::Result { .. }))
                {
                    *has_results = true;
                }
                let name = element.text("testName").unwrap_or_default();
                Open::Result {
                    place: element.text("testId").unwrap_or_default().to_owned(),
                    name: cut(name, MAX_NAME).into_owned(),
                    outcome: outcome(&element)?,
                    has_results: false,
                    took: element.text("duration").map(str::to_owned),
                }
            }
            "Times" => {
                self.clock.widen(element.text("start"), None, element.text("finish"));
                Open::Other
            }
            "ResultSummary" => {
                self.outcome = element.text("outcome").map(str::to_owned);
                Open::Other
            }
            "Counters" => {
                self.counters = Some(element);
                Open::Other
            }
            _ => Open::Other,
        };
        self.open.push(open);
        Ok(())
    }

    fn close(&mut self) {
        let Some(Open::Result { place, name, outcome, has_results, took }) = self.open.pop() else { return };
        if has_results {
            self.groups += 1;
            self.failed_groups += u64::from(outcome == CaseOutcome::Failed);
        } else {
            self.clock.case(took.as_deref(), clock::time_span);
            self.cases.add(&place, TestCase::told(name, outcome));
        }
    }

    /// Counts a run that says that it failed, where no result shows it.
    fn end(&mut self) {
        let broke =
            matches!(self.outcome.as_deref(), Some("Failed" | "Error" | "Aborted" | "Timeout" | "Disconnected"));
        if broke && self.cases.counts().failed == 0 {
            self.cases.add(&"the run", TestCase::told("(the run as a whole)", CaseOutcome::Failed));
        }
    }

    /// The report's own counters beside the count; some tools count the groups too.
    fn compare(&self, file: &str) -> Vec<Discrepancy> {
        let mut totals = Totals::of(file);
        let counts = self.cases.counts();
        let told = |name| self.counters.as_ref().and_then(|counters| counters.text(name));
        let number = |name| told(name).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        let own = counts.total();
        let all = [own, own + self.groups].map(|count| count.to_string());
        totals.whole("tests", told("total"), &all.each_ref().map(String::as_str));
        // Each way to fail has a counter of its own.
        let others: u64 = ["error", "timeout", "aborted", "passedButRunAborted", "notRunnable", "disconnected"]
            .into_iter()
            .map(number)
            .fold(0, u64::saturating_add);
        let told_failed = told("failed").map(|failed| match failed.parse::<u64>() {
            Ok(failed) => failed.saturating_add(others).to_string(),
            Err(_) => failed.to_owned(),
        });
        let failed = [counts.failed, counts.failed + self.failed_groups].map(|count| count.to_string());
        totals.whole("failed", told_failed.as_deref(), &failed.each_ref().map(String::as_str));
        totals.finish()
    }
}

fn outcome(element: &Element) -> Result<CaseOutcome, String> {
    // The schema has Error for a result that does not say.
    match element.text("outcome").unwrap_or("Error") {
        "Passed" | "Warning" => Ok(CaseOutcome::Passed),
        "Failed"
        | "Error"
        | "Timeout"
        | "Aborted"
        | "PassedButRunAborted"
        | "NotRunnable"
        | "Disconnected"
        | "InProgress" => Ok(CaseOutcome::Failed),
        "NotExecuted" | "Inconclusive" | "Pending" | "Completed" => Ok(CaseOutcome::Skipped),
        other => {
            let other: String = other.chars().take(40).collect();
            Err(format!("outcome {other:?} is none of TRX"))
        }
    }
}
