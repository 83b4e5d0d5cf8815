//! `git qms record plan`.

use clap::Args;

use super::about::About;
use crate::cli::Start;
use crate::cli::error::{Error, Exit, Result};
use crate::record::kind::plan::Plan as Claimed;
use crate::record::{Claim, Kind, Name, RequirementId};

/// Why a change is made, and how it is rolled out, watched and taken back.
#[derive(Debug, Args)]
pub struct Plan {
    /// A requirement it serves; repeat for more
    #[arg(long = "requirement", value_name = "ID")]
    requirements: Vec<RequirementId>,
    /// standard, normal, emergency, infrastructure, partial-rollout
    #[arg(long = "type", value_name = "TYPE")]
    change_type: Option<Name>,
    /// The risk tier you see
    #[arg(long, value_name = "TIER")]
    risk: Option<Name>,
    /// A risk known beforehand; repeat for more
    #[arg(long = "known-risk", value_name = "TEXT")]
    known_risks: Vec<String>,
    /// How it reaches its users: canary, flag, blue-green, at once
    #[arg(long, value_name = "TEXT")]
    rollout: Option<String>,
    /// What is watched, and for how long
    #[arg(long, value_name = "TEXT")]
    monitoring: Option<String>,
    /// When and how it is taken back
    #[arg(long, value_name = "TEXT")]
    rollback: Option<String>,
    #[command(flatten)]
    about: About,
}

impl Plan {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let making = self.about.begin(start, Kind::Plan, None)?;
        if making.header.change.is_none() {
            return Err(Error::new("a plan needs the change it is for").hint("--change CHG-1842"));
        }
        let reason = self.about.reason.clone().unwrap_or_default();
        if reason.trim().is_empty() {
            return Err(Error::new("a plan needs a business reason").hint("--reason TEXT: why the change is made"));
        }
        let claim = Claimed {
            reason,
            requirements: self.requirements,
            change_type: self.change_type,
            risk_tier: self.risk,
            known_risks: self.known_risks,
            rollout_strategy: self.rollout,
            monitoring_plan: self.monitoring,
            rollback_criteria: self.rollback,
        };
        making.finish(Vec::new(), Vec::new(), Claim::Plan(claim), Some("git qms record test --from junit.xml"))
    }
}
