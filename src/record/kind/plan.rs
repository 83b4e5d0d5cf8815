//! Plan: why a change is made, and how it will be rolled out, watched and taken back.

use serde::{Deserialize, Serialize};

use super::{Predicate, Stage, not_empty};
use crate::record::name::{Name, RequirementId};

/// The plan of one change; the header's `change` names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Plan {
    /// The business reason. Never empty.
    pub reason: String,
    /// The requirements it serves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<RequirementId>,
    /// `standard`, `normal`, `emergency`, `infrastructure`, `partial-rollout`, or the policy's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change_type: Option<Name>,
    /// The risk tier the planner sees; the policy may set a higher one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk_tier: Option<Name>,
    /// Risks known beforehand, each a sentence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known_risks: Vec<String>,
    /// How it reaches its users: all at once, canary, flag, blue-green.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollout_strategy: Option<String>,
    /// What will be watched, and for how long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monitoring_plan: Option<String>,
    /// When and how it is taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback_criteria: Option<String>,
}

impl Predicate for Plan {
    const TYPE: &'static str = "urn:git-qms:plan:v1";
    const STAGE: Option<Stage> = Some(Stage::Plan);

    fn check(&self) -> Result<(), String> {
        not_empty("reason", &self.reason)?;
        for risk in &self.known_risks {
            not_empty("known risk", risk)?;
        }
        for (what, text) in [
            ("rollout strategy", &self.rollout_strategy),
            ("monitoring plan", &self.monitoring_plan),
            ("rollback criteria", &self.rollback_criteria),
        ] {
            text.as_deref().map_or(Ok(()), |text| not_empty(what, text))?;
        }
        Ok(())
    }

    fn summary(&self) -> String {
        self.reason.lines().next().unwrap_or_default().to_owned()
    }
}
