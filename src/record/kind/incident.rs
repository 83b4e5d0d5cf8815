//! Incident: something that went wrong where users are, and how it was mended.
//!
//! Several records may tell of one incident. Each says everything that is known by then, and the last one counts:
//! [`crate::verify::Case`].

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Predicate, Stage, not_empty};
use crate::record::ids::{CommitId, RecordId};
use crate::record::name::{CaseId, Name};
use crate::record::time::UtcTime;

/// What is known of one incident; service, environment, change and the release at fault are in the header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Incident {
    /// By which later records name it, too.
    pub id: CaseId,
    /// In a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// How grave it is.
    pub severity: Severity,
    /// When it was noticed.
    pub detected: UtcTime,
    /// When users were served again; until then it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restored: Option<UtcTime>,
    /// The deploy record at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment: Option<RecordId>,
    /// The commit that brought it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introduced_by: Option<CommitId>,
    /// The type of suite that should have caught it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missed_by: Option<Name>,
    /// What was done so that it does not come back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remediation: Option<String>,
    /// When nothing was left to do. Needs `restored` and `remediation`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<UtcTime>,
}

/// How grave an incident or a defect is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A nuisance.
    Low,
    /// Some are hindered, and there is a way round.
    Medium,
    /// Many are hindered, or some without a way round.
    High,
    /// Nobody is served, or there is harm.
    Critical,
}

impl Severity {
    /// All of them, the gravest first.
    pub const ALL: [Self; 4] = [Self::Critical, Self::High, Self::Medium, Self::Low];

    /// The word in records and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How far an incident or a defect has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CaseState {
    /// Something is still wrong. The worst, and so the first.
    Open,
    /// Users are served again, and something is left to do.
    Restored,
    /// Nothing is left to do.
    Closed,
}

impl CaseState {
    /// The word for people and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Restored => "restored",
            Self::Closed => "closed",
        }
    }
}

impl Incident {
    /// How far it has come.
    pub fn state(&self) -> CaseState {
        match (self.restored, self.closed) {
            (_, Some(_)) => CaseState::Closed,
            (Some(_), None) => CaseState::Restored,
            (None, None) => CaseState::Open,
        }
    }
}

/// Refuses times that are not in their order.
pub(super) fn in_order(times: &[(&str, Option<UtcTime>)]) -> Result<(), String> {
    let told: Vec<_> = times.iter().filter_map(|(what, time)| Some((what, (*time)?))).collect();
    match told.windows(2).find(|pair| pair[1].1 < pair[0].1) {
        Some(pair) => Err(format!("{} {} is before {} {}", pair[1].0, pair[1].1, pair[0].0, pair[0].1)),
        None => Ok(()),
    }
}

/// `INC-7 high, open: payments fail`.
pub(super) fn line(id: &CaseId, severity: Severity, state: CaseState, title: Option<&str>) -> String {
    let title = title.and_then(|title| title.lines().next()).map_or(String::new(), |title| format!(": {title}"));
    format!("{id} {severity}, {}{title}", state.as_str())
}

impl Predicate for Incident {
    const TYPE: &'static str = "urn:git-qms:incident:v1";
    const STAGE: Option<Stage> = Some(Stage::Monitor);

    fn check(&self) -> Result<(), String> {
        for (what, text) in [("title", &self.title), ("remediation", &self.remediation)] {
            text.as_deref().map_or(Ok(()), |text| not_empty(what, text))?;
        }
        if self.closed.is_some() && (self.restored.is_none() || self.remediation.is_none()) {
            return Err("closed needs restored and remediation: when users were served again, and what was done".into());
        }
        in_order(&[("detected", Some(self.detected)), ("restored", self.restored), ("closed", self.closed)])
    }

    fn summary(&self) -> String {
        line(&self.id, self.severity, self.state(), self.title.as_deref())
    }
}
