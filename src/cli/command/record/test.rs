//! `git qms record test`.

use clap::Args;

use super::about::About;
use super::gather::{Gathered, gather};
use super::given::Given;
use crate::cli::Start;
use crate::cli::error::{Exit, Result};
use crate::ingest::{self, Report};
use crate::record::{Claim, Kind, Name, Span};

/// What the tests found.
#[derive(Debug, Args)]
#[command(after_help = "\
Formats: JUnit XML, go test -json, NUnit 3 XML, TRX; of coverage: Cobertura, LCOV. They are told apart by content.
Examples:
  git qms record test --from junit.xml --from coverage.xml
  git qms record test --from target/surefire-reports
  git qms record test --suite unit --from '**/TEST-*.xml' --suite integration --from it/junit.xml")]
pub struct Test {
    #[command(flatten)]
    given: Given,
    #[command(flatten)]
    about: About,
}

impl Test {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let Gathered { reports, notes } = gather(&self.given.sources, Kind::Test)?;
        let (reports, files): (Vec<(Name, Report)>, Vec<_>) =
            reports.into_iter().map(|(suite, read)| ((suite, read.report), read.file)).unzip();
        let mut making = self.about.begin(start, Kind::Test, ran(&reports))?;
        let url = making.header.source.as_ref().and_then(|source| source.url.clone());
        let (claim, detail) = ingest::test_claim(&reports, making.commit.id, url)?;
        for note in notes {
            making.context.ui.note(&note);
        }
        for off in &detail.discrepancies {
            let text = format!("{}: says {} {}, but {} were counted", off.report, off.reported, off.field, off.counted);
            making.context.ui.warn(&text);
        }
        making.header.test = Some(detail);
        making.finish(Vec::new(), files, Claim::Test(claim), Some("git qms gate"))
    }
}

/// First start to last end over all reports.
fn ran(reports: &[(Name, Report)]) -> Option<Span> {
    let spans = reports.iter().filter_map(|(_, report)| match report {
        Report::Tests(tests) => tests.ran,
        _ => None,
    });
    spans.reduce(|all, one| Span { start: all.start.min(one.start), end: all.end.max(one.end) })
}
