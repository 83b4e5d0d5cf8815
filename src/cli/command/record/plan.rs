//! `git qms record plan`.

use clap::Args;

use super::about::About;
use crate::cli::Start;
use crate::cli::error::{Error, Exit, Result};
use crate::record::kind::plan::Plan as Claimed;
use crate::record::{Claim, Kind, Name, RequirementId};
use crate::release::forged_line;

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
        self.refuse_forged(&reason)?;
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

    /// A plan's words go into the release notes: what could not stand there is refused before it is signed.
    fn refuse_forged(&self, reason: &str) -> Result<()> {
        let texts = [("--rollout", &self.rollout), ("--monitoring", &self.monitoring), ("--rollback", &self.rollback)];
        let texts = texts.iter().filter_map(|(option, text)| Some((*option, text.as_deref()?)));
        let risks = self.known_risks.iter().map(|risk| ("--known-risk", risk.as_str()));
        for (option, text) in texts.chain(risks).chain([("--reason", reason)]) {
            if let Some(line) = forged_line(text) {
                let line: String = line.chars().take(80).collect();
                return Err(Error::new(format!("{option} has the line {line:?}, which would pass for a part of the release notes"))
                    .hint("no line may start with ----- or Git-EVTag, be a title like \"Rollback:\", or hold control characters"));
            }
        }
        Ok(())
    }
}
