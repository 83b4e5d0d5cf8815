//! `git qms record incident`.

use clap::Args;

use super::about::About;
use super::case::{Case, gather};
use super::known::{Known, When, when};
use crate::cli::Start;
use crate::cli::error::{Exit, Result};
use crate::record::kind::Predicate as _;
use crate::record::{Claim, Kind};

/// What went wrong where users are. Said again with the same --id, it tells what is new; the rest goes on holding.
#[derive(Debug, Args)]
pub struct Incident {
    #[command(flatten)]
    known: Known,
    /// When users were served again; now, where no time is given
    #[arg(long, value_name = "TIME", num_args = 0..=1, default_missing_value = "now", value_parser = when)]
    restored: Option<When>,
    #[command(flatten)]
    about: About,
}

impl Incident {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let Case { making, known } = gather(Kind::Incident, self.known, self.restored, self.about, start)?;
        let id = known.id.clone();
        let next = match (known.restored, known.closed) {
            (None, _) => Some(format!("git qms record incident --id {id} --restored")),
            (Some(_), None) => Some(format!("git qms record incident --id {id} --remediation TEXT --closed")),
            (Some(_), Some(_)) => None,
        };
        known.check().map_err(|reason| super::case::refused(Kind::Incident, &reason))?;
        making.finish(Vec::new(), Vec::new(), Claim::Incident(known), next.as_deref())
    }
}
