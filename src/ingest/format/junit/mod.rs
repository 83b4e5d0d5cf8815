//! JUnit XML, as pytest, surefire, gotestsum, jest-junit, nextest, vitest, googletest and others
//! write it. There is no one schema: what is read here is what these tools mean by it.
//!
//! Sources: <https://github.com/testmoapp/junitxml>,
//! <https://maven.apache.org/surefire/maven-surefire-plugin/xsd/surefire-test-report-3.0.2.xsd>. Cases
//! count wherever they stand. One that failed and was run again until it passed is flaky; an expected
//! failure is skipped; an error of a whole suite is a failed case of the suite's name.

use super::{Glance, Source};
use crate::ingest::error::IngestError;
use crate::ingest::xml::Node;
use crate::ingest::{Report, TestReport};

mod case;
mod run;
mod suite;

pub(super) use run::requirements_of;

pub(super) fn sniff(glance: &Glance) -> bool {
    matches!(glance.root.as_deref(), Some("testsuites" | "testsuite"))
}

pub(super) fn read(source: &Source) -> Result<Report, IngestError> {
    let mut document = source.document()?;
    let mut run = run::Run::of(source.file, source.cases());
    while let Some(node) = document.next().map_err(|reason| source.malformed(reason))? {
        match node {
            Node::Open(element) => run.open(&element).map_err(|reason| source.malformed(reason))?,
            Node::Close => run.close(),
        }
    }
    if run.cases.total() == 0 {
        return Err(source.nothing("has no test case"));
    }
    let mut totals = run.totals;
    if let Some(root) = run.root {
        root.compare_root(run.cases.counts(), &mut totals);
    }
    Ok(Report::Tests(TestReport {
        origin: source.origin(),
        tool: run.tool,
        cases: run.cases.finish(),
        duration_ms: run.clock.duration_ms(),
        ran: run.clock.ran(),
        discrepancies: totals.finish(),
    }))
}
