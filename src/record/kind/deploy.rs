//! Deploy: what went where.

use serde::{Deserialize, Serialize};

use super::{Predicate, Stage};
use crate::record::name::TagName;

/// One deployment; release, environment, change and times are in the header, artifacts are subjects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Deploy {
    /// How it ended.
    pub outcome: DeployOutcome,
    /// Whether it was planned; an unplanned one mends something.
    pub planned: bool,
    /// The revision of the infrastructure code it ran on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub infrastructure_revision: Option<String>,
    /// The migrations it applied, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub migrations: Vec<String>,
    /// Who or what deployed, where that is not the recorder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// The release that this one takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback_of: Option<TagName>,
}

/// How a deployment ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeployOutcome {
    /// It is there.
    Success,
    /// It is not there.
    Failure,
    /// It is there in part.
    Partial,
    /// It was taken back at once.
    RolledBack,
}

impl DeployOutcome {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Success, Self::Failure, Self::Partial, Self::RolledBack];

    /// The word in records and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Partial => "partial",
            Self::RolledBack => "rolled-back",
        }
    }
}

impl Predicate for Deploy {
    const TYPE: &'static str = "urn:git-qms:deploy:v1";
    const STAGE: Option<Stage> = Some(Stage::Deploy);

    fn summary(&self) -> String {
        let unplanned = if self.planned { "" } else { ", unplanned" };
        match &self.rollback_of {
            Some(release) => format!("{}{unplanned}, rolls back {release}", self.outcome.as_str()),
            None => format!("{}{unplanned}", self.outcome.as_str()),
        }
    }
}
