//! Reports of tools, as bytes, become claims. A [`Report`] is what was counted in one file; the
//! functions [`test_claim`], [`scan_claim`] and [`inventory`] unite reports into what a record says.
//!
//! A report is counted, never believed: its own totals are only compared with the count, and what
//! is truncated, empty or not understood is an error, so that nothing is recorded. Output of tests,
//! properties and environment are never copied.

use std::io::BufRead;
use std::sync::Arc;

use crate::record::Kind;

mod analysis;
mod aside;
mod attestation;
mod cases;
mod clock;
mod content;
mod coverage;
mod discrepancy;
mod encoding;
mod ended;
mod error;
mod format;
mod json;
mod license;
mod pieces;
mod purl;
pub mod requirement;
mod room;
mod sbom;
mod scan;
mod test;
mod vex;
mod xml;

pub use analysis::{AnalysisReport, AnalysisResult, AnalysisRun, analysis_claim};
pub use attestation::{AttestationReport, ForeignStatement, attestations};
pub use cases::{CaseCounts, Cases};
pub use coverage::{Arms, Base, CoverageReport, Places, Reach, SourceFile};
pub use ended::Ended;
pub use error::IngestError;
pub use format::{FORMATS, Format};
pub use sbom::{Component, InventoryReport, inventory};
pub use scan::{Excuse, Finding, Found, ScanReport, Severity, scan_claim};
pub use test::{Expectation, TestCase, TestReport, test_claim};
pub use vex::{Product, Status, VexReport, VexStatement};

/// The largest report of a format that has to be held in memory, in bytes.
pub const MAX_REPORT: usize = 256 << 20;

/// The largest report of a format that is read as it comes, in bytes.
pub const MAX_STREAMED: u64 = 2 << 30;

/// What was counted in one report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// Test cases.
    Tests(TestReport),
    /// Lines, branches and functions that tests reached.
    Coverage(CoverageReport),
    /// Vulnerabilities that a scanner found.
    Scan(ScanReport),
    /// Components, and vulnerabilities where the document has them.
    Inventory(InventoryReport),
    /// What static analyses found.
    Analysis(AnalysisReport),
    /// What somebody says of the exploitability of vulnerabilities.
    Vex(VexReport),
    /// What others attest about files.
    Attestation(AttestationReport),
}

/// Where a report is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The file's name, as given.
    pub file: String,
    /// What it was read as: a name of [`FORMATS`].
    pub format: &'static str,
}

impl Report {
    /// Where it is from.
    pub fn origin(&self) -> &Origin {
        match self {
            Self::Tests(report) => &report.origin,
            Self::Coverage(report) => &report.origin,
            Self::Scan(report) => &report.origin,
            Self::Inventory(report) => &report.origin,
            Self::Analysis(report) => &report.origin,
            Self::Vex(report) => &report.origin,
            Self::Attestation(report) => &report.origin,
        }
    }

    /// The kinds of record that such a report can feed, the likeliest first: those of its format.
    pub fn feeds(&self) -> &'static [Kind] {
        let format = FORMATS.iter().find(|format| format.name == self.origin().format);
        format.map_or(&[], |format| format.feeds)
    }

    /// The error that says what this report is good for, when `wanted` is not it.
    fn refused_for(&self, wanted: Kind) -> IngestError {
        let Origin { file, format } = self.origin().clone();
        IngestError::WrongKind { file, format, feeds: self.feeds(), wanted }
    }
}

/// Guesses by content what the file `file_name` is, and counts what is in it. The name is used in
/// messages and discrepancies, never to guess.
pub fn read(file_name: &str, bytes: &[u8]) -> Result<Report, IngestError> {
    read_from(file_name, bytes, None)
}

/// The same of bytes as they come. They are read once, to their end where a report is made of them; test
/// reports in memory that does not grow with them. Their cases are linked to requirements by `names`, too.
pub fn read_from(
    file_name: &str,
    mut bytes: impl BufRead,
    names: Option<&Arc<requirement::Names>>,
) -> Result<Report, IngestError> {
    format::read(file_name, &mut bytes, names)
}
