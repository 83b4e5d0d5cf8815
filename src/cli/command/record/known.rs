//! The options that incidents and defects have in common.

use clap::{Args, ValueEnum};

use crate::record::kind::incident::Severity;
use crate::record::{CaseId, Name, UtcTime};

/// What is known. What an earlier record of the same id said goes on holding, unless it is said anew.
#[derive(Debug, Args)]
pub(super) struct Known {
    /// By which later records name it, too: INC-7, acme/payments#41
    #[arg(long, value_name = "ID", required_unless_present = "stdin")]
    pub(super) id: Option<CaseId>,
    /// In a sentence
    #[arg(long)]
    pub(super) title: Option<String>,
    /// How grave it is
    #[arg(long, value_enum)]
    pub(super) severity: Option<SeverityOf>,
    /// When it was noticed; now, unless said
    #[arg(long, value_name = "TIME", value_parser = crate::cli::time)]
    pub(super) detected: Option<UtcTime>,
    /// The deploy record at fault
    #[arg(long, value_name = "RECORD")]
    pub(super) deployment: Option<String>,
    /// The commit that brought it in
    #[arg(long, value_name = "REV")]
    pub(super) introduced_by: Option<String>,
    /// The type of suite that should have caught it
    #[arg(long, value_name = "SUITE")]
    pub(super) missed_by: Option<Name>,
    /// What was done about it
    #[arg(long, value_name = "TEXT")]
    pub(super) remediation: Option<String>,
    /// When nothing was left to do; now, where no time is given
    #[arg(long, value_name = "TIME", num_args = 0..=1, default_missing_value = "now", value_parser = when)]
    pub(super) closed: Option<When>,
    /// It is open again
    #[arg(long)]
    pub(super) reopen: bool,
}

/// A time, or the one at which the command runs.
#[derive(Debug, Clone, Copy)]
pub(super) enum When {
    Now,
    At(UtcTime),
}

/// Reads `now`, or a time.
pub(super) fn when(text: &str) -> std::result::Result<When, String> {
    if text == "now" { Ok(When::Now) } else { crate::cli::time(text).map(When::At) }
}

impl When {
    pub(super) fn moment(self, now: UtcTime) -> UtcTime {
        match self {
            Self::Now => now,
            Self::At(time) => time,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum SeverityOf {
    Critical,
    High,
    Medium,
    Low,
}

impl From<SeverityOf> for Severity {
    fn from(severity: SeverityOf) -> Self {
        match severity {
            SeverityOf::Critical => Self::Critical,
            SeverityOf::High => Self::High,
            SeverityOf::Medium => Self::Medium,
            SeverityOf::Low => Self::Low,
        }
    }
}
