//! Monitor: how a deployment did.

use serde::{Deserialize, Serialize};

use super::{Predicate, Stage};
use crate::record::time::Span;

/// What was seen after a deployment; release and environment are in the header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Monitor {
    /// The smoke test.
    pub smoke_test: SmokeTest,
    /// The window it was watched in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observation: Option<Span>,
    /// Whether it had to be taken back.
    pub rollback: RollbackStatus,
    /// In the recorder's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The outcome of a smoke test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SmokeTest {
    /// It answered as it should.
    Pass,
    /// It did not.
    Fail,
    /// There was none.
    NotRun,
}

impl SmokeTest {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Pass, Self::Fail, Self::NotRun];

    /// The word in records and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NotRun => "not-run",
        }
    }
}

/// Whether a deployment had to be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RollbackStatus {
    /// No.
    None,
    /// Under way.
    Started,
    /// Done.
    Completed,
}

impl RollbackStatus {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::None, Self::Started, Self::Completed];

    /// The word in records and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Started => "started",
            Self::Completed => "completed",
        }
    }
}

impl Predicate for Monitor {
    const TYPE: &'static str = "urn:git-qms:monitor:v1";
    const STAGE: Option<Stage> = Some(Stage::Monitor);

    fn summary(&self) -> String {
        format!("smoke test {}, rollback {}", self.smoke_test.as_str(), self.rollback.as_str())
    }
}
