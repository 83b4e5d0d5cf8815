//! `git qms record defect`.

use clap::Args;

use super::about::About;
use super::case::{Case, gather};
use super::known::Known;
use crate::cli::Start;
use crate::cli::error::{Exit, Result};
use crate::record::kind::Predicate as _;
use crate::record::kind::defect::Defect as Claimed;
use crate::record::{Claim, Kind};

/// What was found to be wrong in what was built. Said again with the same --id, it tells what is new.
#[derive(Debug, Args)]
pub struct Defect {
    #[command(flatten)]
    known: Known,
    #[command(flatten)]
    about: About,
}

impl Defect {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let Case { making, known } = gather(Kind::Defect, self.known, None, self.about, start)?;
        let claim = Claimed {
            id: known.id,
            title: known.title,
            severity: known.severity,
            detected: known.detected,
            deployment: known.deployment,
            introduced_by: known.introduced_by,
            missed_by: known.missed_by,
            remediation: known.remediation,
            closed: known.closed,
        };
        claim.check().map_err(|reason| super::case::refused(Kind::Defect, &reason))?;
        let next = claim
            .closed
            .is_none()
            .then(|| format!("git qms record defect --id {} --remediation TEXT --closed", claim.id));
        making.finish(Vec::new(), Vec::new(), Claim::Defect(claim), next.as_deref())
    }
}
