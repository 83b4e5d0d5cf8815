//! `git qms record test`.

use std::path::PathBuf;

use clap::Args;

use super::about::{About, Making};
use super::{reports, stdin};
use crate::cli::Start;
use crate::cli::error::{Exit, Result};
use crate::ingest::requirement::Names;
use crate::ingest::{self, Places, Report};
use crate::record::{Claim, Kind, Name, Span};

/// What the tests found.
#[derive(Debug, Args)]
pub struct Test {
    /// A report: JUnit XML; Cobertura, JaCoCo, LCOV, coverage.py or llvm-cov JSON; repeat for more
    #[arg(long, value_name = "FILE", required_unless_present = "stdin", conflicts_with = "stdin", num_args = 1..)]
    from: Vec<PathBuf>,
    /// The type of suite: unit, integration, contract, regression, or another name
    #[arg(long, value_name = "TYPE", default_value = "unit", conflicts_with = "stdin")]
    suite: Name,
    #[command(flatten)]
    about: About,
}

impl Test {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        if self.about.is_from_stdin() {
            return stdin::record(self.about, start, Kind::Test, "git qms gate");
        }
        let (reports, files): (Vec<Report>, Vec<_>) =
            reports::read_all(&self.from)?.into_iter().map(|read| (read.report, read.file)).unzip();
        let mut making = self.about.begin(start, Kind::Test, ran(&reports))?;
        let url = making.header.source.as_ref().and_then(|source| source.url.clone());
        let reports = linked(located(reports, &making)?, &making)?;
        let (claim, detail) = ingest::test_claim(&reports, self.suite, making.commit.id, url)?;
        for off in &detail.discrepancies {
            let text = format!("{}: says {} {}, but {} were counted", off.report, off.reported, off.field, off.counted);
            making.context.ui.warn(&text);
        }
        making.header.test = Some(detail);
        making.reports = self.from;
        making.finish(Vec::new(), files, Claim::Test(claim), Some("git qms gate"))
    }
}

/// The same reports, with the paths of covered files as the commit has them.
fn located(reports: Vec<Report>, making: &Making) -> Result<Vec<Report>> {
    let repo = &making.context.repo;
    let Some(top) = repo.workdir().filter(|_| reports.iter().any(|report| matches!(report, Report::Coverage(_))))
    else {
        return Ok(reports);
    };
    // Tools write the folder as they were given it, or as the system resolves it.
    let resolved = top.canonicalize().ok();
    let tops = [Some(top.to_owned()), resolved].into_iter().flatten().map(|top| top.display().to_string());
    let places = Places::new(tops, repo.changed_paths(None, &making.commit.id)?);
    Ok(reports.into_iter().map(|report| report.located(&places)).collect())
}

/// The same reports, with the requirements of the commit that names of tests link.
fn linked(reports: Vec<Report>, making: &Making) -> Result<Vec<Report>> {
    let Some(requirements) = making.context.requirements_of(making.commit.id)? else { return Ok(reports) };
    let names = Names::of(&requirements);
    Ok(reports.into_iter().map(|report| report.linked(&names)).collect())
}

/// First start to last end over all reports.
fn ran(reports: &[Report]) -> Option<Span> {
    let spans = reports.iter().filter_map(|report| match report {
        Report::Tests(tests) => tests.ran,
        _ => None,
    });
    spans.reduce(|all, one| Span { start: all.start.min(one.start), end: all.end.max(one.end) })
}
