//! `git qms record scan`.

use std::path::PathBuf;

use clap::Args;

use super::about::About;
use super::reports::{self, ReportFile};
use crate::cli::Start;
use crate::cli::error::{Error, Exit, Result};
use crate::ingest::{self, Report};
use crate::record::{Claim, Kind, Span};

/// What a vulnerability scanner found; one record is one run of one tool.
#[derive(Debug, Args)]
pub struct Scan {
    /// The report: Trivy JSON, CycloneDX with vulnerabilities
    #[arg(long, value_name = "FILE", required = true)]
    from: PathBuf,
    #[command(flatten)]
    about: About,
}

impl Scan {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let ReportFile { file, report } = reports::read_all(std::slice::from_ref(&self.from))?
            .pop()
            .ok_or_else(|| Error::new("no report was read"))?;
        let made = match &report {
            Report::Scan(scan) => scan.made,
            Report::Inventory(bill) => bill.scan.as_ref().and_then(|scan| scan.made),
            _ => None,
        };
        let mut making = self.about.begin(start, Kind::Scan, made.map(Span::at))?;
        let (claim, detail) = ingest::scan_claim(&report, making.header.occurred)?;
        making.header.scan = Some(detail);
        making.reports = vec![self.from];
        making.finish(Vec::new(), vec![file], Claim::Scan(claim), Some("git qms gate"))
    }
}
