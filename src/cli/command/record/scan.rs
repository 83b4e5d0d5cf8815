//! `git qms record scan`.

use std::path::PathBuf;

use clap::Args;

use super::about::About;
use super::reports::{self, ReportFile};
use super::stdin;
use crate::cli::Start;
use crate::cli::error::{Error, Exit, Result};
use crate::cli::ui::Ui;
use crate::ingest::VexReport;
use crate::record::kind::findings::{NotCounted, Run};
use crate::record::kind::scan::VexDocument;
use crate::record::{Claim, FileRef, Kind};

/// What a vulnerability scanner found; one record is one run of one tool.
#[derive(Debug, Args)]
pub struct Scan {
    /// The report: JSON of Trivy, Grype, OSV-Scanner, npm audit, cargo-audit, pip-audit; SARIF; CycloneDX
    #[arg(long, value_name = "FILE", required_unless_present = "stdin", conflicts_with = "stdin")]
    from: Option<PathBuf>,
    /// Statements on exploitability, OpenVEX or CycloneDX, to hold against it; repeat for more
    #[arg(long, value_name = "FILE", conflicts_with = "stdin")]
    vex: Vec<PathBuf>,
    /// What the scanned thing is called in them, as a package URL; repeat for more
    #[arg(long, value_name = "PURL", requires = "vex")]
    product: Vec<String>,
    /// The run to take of a SARIF report with several tools: its number, or the tool's name
    #[arg(long, value_name = "RUN", conflicts_with = "stdin")]
    tool_run: Option<String>,
    #[command(flatten)]
    about: About,
}

impl Scan {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        if self.about.is_from_stdin() {
            return stdin::record(self.about, start, Kind::Scan, "git qms gate");
        }
        let ReportFile { file, report } =
            reports::read_all(self.from.as_slice())?.pop().ok_or_else(|| Error::new("no report was read"))?;
        let mut scan = report.only(self.tool_run.as_deref())?.scan()?;
        let mut files = vec![file];
        let documents = documents(&self.vex, &mut files)?;
        let vex = scan.apply(&documents, &self.product)?;
        let mut making = self.about.begin(start, Kind::Scan, scan.ran)?;
        let (claim, detail) = scan.claim(making.header.occurred, vex);
        let ui = making.context.ui;
        warn_of(ui, &detail.tool, &detail.run, &detail.not_counted);
        warn_of_unmatched(ui, &documents, &detail.vex);
        making.header.scan = Some(detail);
        making.reports = self.from.into_iter().chain(self.vex).collect();
        making.finish(Vec::new(), files, Claim::Scan(claim), Some("git qms gate"))
    }
}

/// Reads the VEX documents. Each is a file of the record; the same one given twice counts once.
fn documents(paths: &[PathBuf], files: &mut Vec<FileRef>) -> Result<Vec<VexReport>> {
    let mut documents: Vec<VexReport> = Vec::new();
    for ReportFile { file, report } in reports::read_all(paths)? {
        let document = report.vex()?;
        if documents.iter().all(|known| known.sha256 != document.sha256) {
            if files.iter().all(|known| known.sha256 != file.sha256) {
                files.push(file);
            }
            documents.push(document);
        }
    }
    Ok(documents)
}

/// Warns of what nobody should take for a clean run.
pub(super) fn warn_of(ui: Ui, tool: &str, run: &Run, not_counted: &[NotCounted]) {
    if let Some(shortfall) = run.shortfall() {
        ui.warn(&format!(
            "{tool}: {shortfall}: what it would have found is unknown, and the record satisfies no control"
        ));
    }
    if let Some(merged) = run.merged {
        ui.warn(&format!("{tool}: {merged} runs count as one; record one alone with --tool-run N"));
    }
    for NotCounted { what, count } in not_counted {
        ui.warn(&format!("{tool}: not counted: {count} {what}"));
    }
}

fn warn_of_unmatched(ui: Ui, documents: &[VexReport], told: &[VexDocument]) {
    for (document, told) in documents.iter().zip(told) {
        if told.unmatched > 0 {
            let (file, unmatched, statements) = (&document.origin.file, told.unmatched, told.statements);
            ui.warn(&format!("{file}: {unmatched} of {statements} statements match no finding of this scan"));
        }
    }
}
