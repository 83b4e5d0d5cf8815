//! The events of `go test -json`, one JSON object a line, as `go tool test2json` and `gotestsum --jsonfile`
//! write them.
//!
//! Source: `go doc test2json`. A test with subtests is a case, and so is each of them, as go counts them. What
//! began and never ended is failed; so is a package that fails without a failed test: it did not build, its
//! `TestMain` failed, it broke. A package without tests is nothing. A package that began and never ended means
//! that the stream is truncated.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{Glance, Source};
use crate::ingest::cases::Cases;
use crate::ingest::clock::Clock;
use crate::ingest::content::next_line;
use crate::ingest::error::IngestError;
use crate::ingest::room::cut;
use crate::ingest::{Report, TestCase, TestReport};
use crate::record::kind::test::{CaseOutcome, Tool};

/// How long one event may be; test2json breaks up the lines of a test's output long before.
const MAX_LINE: usize = 8 << 20;

/// How many packages and tests may be open at once.
const MAX_OPEN: usize = 100_000;

/// How long the name of a case may be, in characters; the rest is cut off.
const MAX_NAME: usize = 1_000;

pub(super) fn sniff(glance: &Glance) -> bool {
    glance.has("Action") && (glance.has("Package") || glance.has("ImportPath"))
}

pub(super) fn read(source: &Source) -> Result<Report, IngestError> {
    let mut stream = source.stream()?;
    let (mut run, mut line, mut number) = (Run { cases: source.cases(), ..Run::default() }, Vec::new(), 0_u64);
    loop {
        number += 1;
        let refuse = |problem: String| source.malformed(format!("line {number}: {problem}"));
        if !next_line(&mut stream, &mut line, MAX_LINE).map_err(|error| refuse(error.to_string()))? {
            break;
        }
        run.line(line.trim_ascii()).map_err(refuse)?;
    }
    if let Some(package) = run.packages.keys().next() {
        let package = cut(package, MAX_NAME);
        return Err(source.malformed(format!("package {package} began and never ended: the stream is truncated")));
    }
    if run.cases.total() == 0 {
        return Err(source.nothing("has no test"));
    }
    Ok(Report::Tests(TestReport {
        origin: source.origin(),
        tool: Some(Tool { name: "go test".into(), version: None }),
        cases: run.cases.finish(),
        duration_ms: run.clock.duration_ms(),
        ran: run.clock.ran(),
        discrepancies: Vec::new(),
    }))
}

/// One event, as far as it is read.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event<'a> {
    action: Action,
    #[serde(default, borrow)]
    time: Option<std::borrow::Cow<'a, str>>,
    #[serde(default)]
    package: String,
    #[serde(default)]
    test: String,
    #[serde(default)]
    elapsed: Option<f64>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Action {
    Start,
    Run,
    Pass,
    /// A benchmark ended without failing.
    Bench,
    Fail,
    Skip,
    /// Output, pauses, attributes, the steps of a build, and what later versions add.
    #[serde(other)]
    Other,
}

/// The run so far.
#[derive(Default)]
struct Run {
    cases: Cases,
    clock: Clock,
    /// The packages that are open.
    packages: BTreeMap<String, Package>,
    open: usize,
}

/// A package that has not ended yet.
#[derive(Default)]
struct Package {
    /// Its tests that have not ended yet.
    running: BTreeSet<String>,
    /// Whether one of its tests failed.
    failed: bool,
}

impl Run {
    fn line(&mut self, line: &[u8]) -> Result<(), String> {
        if line.starts_with(b"{") {
            return self.event(serde_json::from_slice(line).map_err(|error| error.to_string())?);
        }
        // Before go 1.24 a package that does not build is told in plain words between the events.
        let text = std::str::from_utf8(line).unwrap_or_default();
        if let Some(rest) = text.strip_prefix("FAIL\t")
            && let Some(package) = rest.strip_suffix(" [build failed]").or_else(|| rest.strip_suffix(" [setup failed]"))
        {
            self.add(package, "", CaseOutcome::Failed);
        }
        Ok(())
    }

    fn event(&mut self, event: Event<'_>) -> Result<(), String> {
        let Event { action, time, package, test, elapsed } = event;
        if self.open > MAX_OPEN || self.packages.len() > MAX_OPEN {
            return Err(format!("more than {MAX_OPEN} packages and tests are open at once"));
        }
        self.clock.widen(time.as_deref(), None, None);
        if package.is_empty() || action == Action::Other {
            return Ok(());
        }
        let outcome = match action {
            Action::Start | Action::Run => {
                self.open += 1;
                let known = self.packages.entry(package).or_default();
                if action == Action::Run {
                    known.running.insert(test);
                }
                return Ok(());
            }
            Action::Fail => CaseOutcome::Failed,
            Action::Skip => CaseOutcome::Skipped,
            Action::Pass | Action::Bench | Action::Other => CaseOutcome::Passed,
        };
        if test.is_empty() {
            self.end_package(&package, outcome);
        } else {
            let known = self.packages.entry(package.clone()).or_default();
            self.open = self.open.saturating_sub(usize::from(known.running.remove(&test)));
            known.failed |= outcome == CaseOutcome::Failed;
            // The time of a test includes that of its subtests.
            if !test.contains('/') {
                self.clock.case(elapsed.map(|seconds| seconds.to_string()).as_deref(), crate::ingest::clock::seconds);
            }
            self.add(&package, &test, outcome);
        }
        Ok(())
    }

    fn end_package(&mut self, package: &str, outcome: CaseOutcome) {
        let Package { running, mut failed } = self.packages.remove(package).unwrap_or_default();
        self.open = self.open.saturating_sub(running.len() + 1);
        for test in running {
            self.add(package, &test, CaseOutcome::Failed);
            failed = true;
        }
        let broke = outcome == CaseOutcome::Failed && !failed;
        // A package that broke, and passes when it is run again.
        let mended = outcome == CaseOutcome::Passed && self.cases.is_failed(&package, package);
        if broke || mended {
            self.add(package, "", outcome);
        }
    }

    /// Counts a test, or, without a name, the package as one.
    fn add(&mut self, package: &str, test: &str, outcome: CaseOutcome) {
        let name = if test.is_empty() { package.to_owned() } else { format!("{package}::{test}") };
        self.cases.add(&package, TestCase::told(cut(&name, MAX_NAME), outcome));
    }
}
