//! What is being pushed, verified before it leaves.

use super::branches::{Protected, branch_refusals};
use super::growing::{append_only, files_kept, ledger_refusals};
use super::releases::tag_refusals;
use super::updates::{Form, Update, read, tips};
use super::{along, closer, refused};
use crate::cli::Start;
use crate::cli::context::{FILES, LEDGER, TRUST};
use crate::cli::error::{Exit, Result};
use crate::cli::judge::for_gate;
use crate::verify::Severity;
use crate::verify::expunged::expunged;

/// Verifies the push that standard input tells of: what is sent, whatever the references here say.
pub(super) fn run(start: &Start, remote: &str) -> Result<Exit> {
    let updates = read(Form::PrePush)?;
    let concerns = |update: &Update| update.is_evidence() || update.tag().is_some();
    let only_branches = !updates.iter().any(concerns);
    if only_branches && updates.iter().all(|update| update.branch().is_none()) {
        return Ok(Exit::Yes);
    }
    let context = start.open()?;
    let protected = Protected::of(&context);
    let guarded = |update: &&Update| protected.covers(update);
    if only_branches && !updates.iter().any(|update| guarded(&update)) {
        along::send(&context, remote);
        return Ok(Exit::Yes);
    }
    if context.repo.ref_tip(TRUST)?.is_none() && !updates.iter().any(|update| update.at == TRUST) {
        return Ok(Exit::Yes); // No project of ours; its tags are its own business.
    }
    let mut refusals = Vec::new();
    for update in updates.iter().filter(|update| [LEDGER, TRUST].contains(&&update.at[..])) {
        refusals.extend(append_only(&context, update)?);
    }
    let after = tips(&context, &updates)?;
    let verification = context.verify_at(for_gate(), &after)?;
    for update in updates.iter().filter(|update| update.at == FILES) {
        refusals.extend(files_kept(&context, update, &expunged(&verification.ledger))?);
    }
    if updates.iter().any(|update| (update.at == LEDGER || update.at == TRUST) && update.new.is_some()) {
        let is_error = |finding: &crate::verify::Finding| finding.severity == Severity::Error;
        refusals.extend(ledger_refusals(&context, &verification, &updates, is_error)?);
    }
    for update in &updates {
        refusals.extend(tag_refusals(&context, &verification, update, &updates, Some(remote))?);
    }
    for update in updates.iter().filter(guarded) {
        refusals.extend(branch_refusals(&context, &verification, update)?);
    }
    if refusals.is_empty() {
        if updates.iter().all(|update| update.branch().is_some()) {
            along::send(&context, remote);
        }
        return Ok(Exit::Yes);
    }
    let hint =
        format!("look closer with: {}; push evidence and releases together with: git qms sync", closer(&refusals));
    Err(refused("git-qms refuses the push; nothing was sent", refusals).hint(hint))
}
