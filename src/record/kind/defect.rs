//! Defect: something that was found to be wrong in what was built, and how it was mended. It composes like an
//! [incident](super::incident).

use serde::{Deserialize, Serialize};

use super::incident::{CaseState, Severity, in_order, line};
use super::{Predicate, Stage, not_empty};
use crate::record::ids::{CommitId, RecordId};
use crate::record::name::{CaseId, Name};
use crate::record::time::UtcTime;

/// What is known of one defect; service, environment, change and the release it is in are in the header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Defect {
    /// By which later records name it, too.
    pub id: CaseId,
    /// In a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// How grave it is.
    pub severity: Severity,
    /// When it was found.
    pub detected: UtcTime,
    /// The deploy record that brought it to users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment: Option<RecordId>,
    /// The commit that brought it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introduced_by: Option<CommitId>,
    /// The type of suite that should have caught it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missed_by: Option<Name>,
    /// What was done about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remediation: Option<String>,
    /// When nothing was left to do; until then it is open. Needs `remediation`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<UtcTime>,
}

impl Defect {
    /// How far it has come.
    pub fn state(&self) -> CaseState {
        if self.closed.is_some() { CaseState::Closed } else { CaseState::Open }
    }
}

impl Predicate for Defect {
    const TYPE: &'static str = "urn:git-qms:defect:v1";
    const STAGE: Option<Stage> = Some(Stage::Monitor);

    fn check(&self) -> Result<(), String> {
        for (what, text) in [("title", &self.title), ("remediation", &self.remediation)] {
            text.as_deref().map_or(Ok(()), |text| not_empty(what, text))?;
        }
        if self.closed.is_some() && self.remediation.is_none() {
            return Err("closed needs remediation: what was done about it".into());
        }
        in_order(&[("detected", Some(self.detected)), ("closed", self.closed)])
    }

    fn summary(&self) -> String {
        line(&self.id, self.severity, self.state(), self.title.as_deref())
    }
}
