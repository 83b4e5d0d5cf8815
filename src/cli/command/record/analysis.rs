//! `git qms record analysis`.

use std::path::PathBuf;

use clap::Args;

use super::about::About;
use super::reports::{self, ReportFile};
use super::stdin;
use crate::cli::Start;
use crate::cli::error::{Error, Exit, Result};
use crate::ingest::{self, Report};
use crate::record::{Claim, Kind};

/// What a static analysis found; one record is one tool's run.
#[derive(Debug, Args)]
pub struct Analysis {
    /// The report: SARIF 2.1.0
    #[arg(long, value_name = "FILE", required_unless_present = "stdin", conflicts_with = "stdin")]
    from: Option<PathBuf>,
    /// The run to take of a report with several tools: its number, or the tool's name
    #[arg(long, value_name = "RUN", conflicts_with = "stdin")]
    tool_run: Option<String>,
    #[command(flatten)]
    about: About,
}

impl Analysis {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        if self.about.is_from_stdin() {
            return stdin::record(self.about, start, Kind::Analysis, "git qms gate");
        }
        let ReportFile { file, report } =
            reports::read_all(self.from.as_slice())?.pop().ok_or_else(|| Error::new("no report was read"))?;
        let report = report.only(self.tool_run.as_deref())?;
        let ran = match &report {
            Report::Analysis(analysis) => analysis.ran(),
            _ => None,
        };
        let mut making = self.about.begin(start, Kind::Analysis, ran)?;
        let claim = ingest::analysis_claim(&report)?;
        super::scan::warn_of(making.context.ui, &claim.tool.name, &claim.run, &claim.not_counted);
        making.reports = self.from.into_iter().collect();
        making.finish(Vec::new(), vec![file], Claim::Analysis(claim), Some("git qms gate"))
    }
}
