//! `git qms record test`.

use std::sync::Arc;

use clap::Args;

use super::about::{About, Making};
use super::gather::{Gathered, gather};
use super::given::Given;
use super::stdin;
use crate::cli::Start;
use crate::cli::error::{Exit, Result};
use crate::ingest::requirement::Names;
use crate::ingest::{self, Places, Report};
use crate::record::{Claim, Kind, Name, Span};

/// What the tests found.
#[derive(Debug, Args)]
#[command(after_help = "\
Formats: JUnit XML, go test -json, NUnit 3 XML, TRX; of coverage: Cobertura, JaCoCo, LCOV, coverage.py and
llvm-cov JSON. They are told apart by content.
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
        if self.about.is_from_stdin() {
            return stdin::record(self.about, start, Kind::Test, "git qms gate");
        }
        let context = start.open()?;
        let commit = self.about.commit_in(&context)?;
        let names = context.requirements_of(commit.id)?.map(|requirements| Arc::new(Names::of(&requirements)));
        let Gathered { reports, paths, notes } = gather(&self.given.sources, Kind::Test, names.as_ref())?;
        let (reports, files): (Vec<(Name, Report)>, Vec<_>) =
            reports.into_iter().map(|(suite, read)| ((suite, read.report), read.file)).unzip();
        let mut making = self.about.begin_in(context, Kind::Test, ran(&reports))?;
        let url = making.header.source.as_ref().and_then(|source| source.url.clone());
        let reports = located(reports, &making)?;
        let (claim, detail) = ingest::test_claim(&reports, making.commit.id, url)?;
        for note in notes {
            making.context.ui.note(&note);
        }
        for off in &detail.discrepancies {
            let text = format!("{}: says {} {}, but {} were counted", off.report, off.reported, off.field, off.counted);
            making.context.ui.warn(&text);
        }
        making.header.test = Some(detail);
        making.reports = paths;
        making.finish(Vec::new(), files, Claim::Test(claim), Some("git qms gate"))
    }
}

/// The same reports, with the paths of covered files as the commit has them.
fn located(reports: Vec<(Name, Report)>, making: &Making) -> Result<Vec<(Name, Report)>> {
    let repo = &making.context.repo;
    let Some(top) = repo.workdir().filter(|_| reports.iter().any(|(_, report)| matches!(report, Report::Coverage(_))))
    else {
        return Ok(reports);
    };
    // Tools write the folder as they were given it, or as the system resolves it.
    let resolved = top.canonicalize().ok();
    let tops = [Some(top.to_owned()), resolved].into_iter().flatten().map(|top| top.display().to_string());
    let places = Places::new(tops, repo.changed_paths(None, &making.commit.id)?);
    Ok(reports.into_iter().map(|(suite, report)| (suite, report.located(&places))).collect())
}

/// First start to last end over all reports.
fn ran(reports: &[(Name, Report)]) -> Option<Span> {
    let spans = reports.iter().filter_map(|(_, report)| match report {
        Report::Tests(tests) => tests.ran,
        _ => None,
    });
    spans.reduce(|all, one| Span { start: all.start.min(one.start), end: all.end.max(one.end) })
}
