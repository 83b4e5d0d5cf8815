//! `git qms record test`.

use std::path::PathBuf;

use clap::Args;

use super::about::About;
use super::reports;
use crate::cli::Start;
use crate::cli::error::{Exit, Result};
use crate::ingest::{self, Report};
use crate::record::{Claim, Kind, Name, Span};

/// What the tests found.
#[derive(Debug, Args)]
pub struct Test {
    /// A report: JUnit XML, Cobertura, LCOV; repeat for more
    #[arg(long, value_name = "FILE", required = true, num_args = 1..)]
    from: Vec<PathBuf>,
    /// The type of suite: unit, integration, contract, regression, or another name
    #[arg(long, value_name = "TYPE", default_value = "unit")]
    suite: Name,
    #[command(flatten)]
    about: About,
}

impl Test {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let (reports, files): (Vec<Report>, Vec<_>) =
            reports::read_all(&self.from)?.into_iter().map(|read| (read.report, read.file)).unzip();
        let mut making = self.about.begin(start, Kind::Test, ran(&reports))?;
        let url = making.header.source.as_ref().and_then(|source| source.url.clone());
        let reports: Vec<_> = reports.into_iter().map(|report| (self.suite.clone(), report)).collect();
        let (claim, detail) = ingest::test_claim(&reports, making.commit.id, url)?;
        for off in &detail.discrepancies {
            let text = format!("{}: says {} {}, but {} were counted", off.report, off.reported, off.field, off.counted);
            making.context.ui.warn(&text);
        }
        making.header.test = Some(detail);
        making.finish(Vec::new(), files, Claim::Test(claim), Some("git qms gate"))
    }
}

/// First start to last end over all reports.
fn ran(reports: &[Report]) -> Option<Span> {
    let spans = reports.iter().filter_map(|report| match report {
        Report::Tests(tests) => tests.ran,
        _ => None,
    });
    spans.reduce(|all, one| Span { start: all.start.min(one.start), end: all.end.max(one.end) })
}
