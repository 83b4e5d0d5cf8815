//! `git qms checkpoint`: pin the ledger as it is now.

use clap::Args;

use crate::cli::Start;
use crate::cli::error::{Error, Exit, Result};
use crate::cli::write::Draft;
use crate::record::kind::checkpoint::{Checkpoint as Pin, Occasion};
use crate::record::{Claim, Kind};

/// Pin the ledger as it is now: what it holds can no longer be dropped unseen.
#[derive(Debug, Args)]
pub struct Checkpoint {}

impl Checkpoint {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let signing = context.signing()?;
        let ledger = context.ledger()?;
        let chain = ledger.chain();
        let member = context.member(chain, &signing)?;
        context.check_grant(chain, member, &signing, Kind::Checkpoint)?;
        let last = ledger.records().last().ok_or_else(|| Error::no("the ledger is empty: there is nothing to pin"))?;
        let header = context.header(chain, member, Kind::Checkpoint, last.header.tree);
        let claim = Claim::Checkpoint(Pin { occasion: Occasion::Request });
        let draft = Draft { commit: last.commit, header, artifacts: Vec::new(), claim };
        let written = context.record(&signing, draft)?;
        super::record::tell(&context, &written, "checkpoint of the ledger", None)
    }
}
