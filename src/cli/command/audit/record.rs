//! That an audit was made: a checkpoint of that occasion, so that the next one knows what it had seen.

use crate::cli::context::Context;
use crate::cli::error::{Error, Result};
use crate::cli::verification::Verification;
use crate::cli::write::Draft;
use crate::record::kind::checkpoint::{Checkpoint, Occasion};
use crate::record::{Claim, Kind, RecordId};
use crate::verify::Outcome;

/// Writes it. What was audited has to verify; that something was missing from it is for the audit to say.
pub(super) fn write(context: &Context, verification: &Verification) -> Result<RecordId> {
    if verification.outcome() != Outcome::Pass {
        return Err(Error::no("the repository does not verify, so nobody signs that it was audited")
            .hint("git qms verify tells what is wrong"));
    }
    let ledger = &verification.ledger;
    let signing = context.signing()?;
    let member = context.member(ledger.chain(), &signing)?;
    context.check_grant(ledger.chain(), member, &signing, Kind::Checkpoint)?;
    let last = ledger.records().last().ok_or_else(|| Error::no("the ledger is empty: there is nothing to audit"))?;
    let header = context.header(ledger.chain(), member, Kind::Checkpoint, last.header.tree);
    let claim = Claim::Checkpoint(Checkpoint { occasion: Occasion::Audit });
    let draft = Draft { commit: last.commit, header, artifacts: Vec::new(), claim };
    Ok(context.record(&signing, draft)?.id)
}
