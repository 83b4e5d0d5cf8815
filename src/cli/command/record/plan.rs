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
        let Self { requirements, change_type, risk, known_risks, rollout, monitoring, rollback, about } = self;
        let (about, input) = about.with_input(Kind::Plan)?;
        let base = match input.map(|input| input.claim) {
            Some(Claim::Plan(plan)) => Some(plan),
            _ => None,
        };
        let making = about.begin(start, Kind::Plan, None)?;
        if making.header.change.is_none() {
            return Err(Error::new("a plan needs the change it is for").hint("--change CHG-1842"));
        }
        let base = base.unwrap_or_else(|| Claimed {
            reason: String::new(),
            requirements: Vec::new(),
            change_type: None,
            risk_tier: None,
            known_risks: Vec::new(),
            rollout_strategy: None,
            monitoring_plan: None,
            rollback_criteria: None,
        });
        let claim = Claimed {
            reason: about.business_reason().unwrap_or(base.reason),
            requirements: given(requirements, base.requirements),
            change_type: change_type.or(base.change_type),
            risk_tier: risk.or(base.risk_tier),
            known_risks: given(known_risks, base.known_risks),
            rollout_strategy: rollout.or(base.rollout_strategy),
            monitoring_plan: monitoring.or(base.monitoring_plan),
            rollback_criteria: rollback.or(base.rollback_criteria),
        };
        if claim.reason.trim().is_empty() {
            return Err(Error::new("a plan needs a business reason").hint("--reason TEXT: why the change is made"));
        }
        refuse_forged(&claim)?;
        making.finish(Vec::new(), Vec::new(), Claim::Plan(claim), Some("git qms record test --from junit.xml"))
    }
}

/// A list of the options, or the one it goes over.
pub(super) fn given<T>(options: Vec<T>, base: Vec<T>) -> Vec<T> {
    if options.is_empty() { base } else { options }
}

/// A plan's words go into the release notes: what could not stand there is refused before it is signed.
fn refuse_forged(plan: &Claimed) -> Result<()> {
    let texts = [
        ("rollout", &plan.rollout_strategy),
        ("monitoring", &plan.monitoring_plan),
        ("rollback", &plan.rollback_criteria),
    ];
    let texts = texts.iter().filter_map(|(what, text)| Some((*what, text.as_deref()?)));
    let risks = plan.known_risks.iter().map(|risk| ("known-risk", risk.as_str()));
    for (what, text) in texts.chain(risks).chain([("reason", plan.reason.as_str())]) {
        if let Some(line) = forged_line(text) {
            let line: String = line.chars().take(80).collect();
            return Err(Error::new(format!(
                "--{what} has the line {line:?}, which would pass for a part of the release notes"
            ))
            .hint(
                "no line may start with ----- or Git-EVTag, be a title like \"Rollback:\", or hold control characters",
            ));
        }
    }
    Ok(())
}
