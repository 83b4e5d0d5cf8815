//! What a server is about to take, verified before any reference moves. Its objects are still in quarantine.

use super::branches::{Protected, branch_refusals};
use super::growing::{append_only, files_kept, ledger_refusals};
use super::releases::tag_refusals;
use super::updates::{Form, Update, read, tips};
use super::{closer, refused};
use crate::cli::Start;
use crate::cli::context::{FILES, LEDGER, TRUST};
use crate::cli::error::{Exit, Result};
use crate::cli::judge::for_gate;
use crate::verify::expunged::expunged;
use crate::verify::{Code, Finding, Severity};

/// Judges the push that standard input tells of.
pub(super) fn run(start: &Start) -> Result<Exit> {
    let updates = read(Form::PreReceive)?;
    let context = start.open()?;
    let protected = Protected::of(&context);
    let concerns = |update: &Update| update.is_evidence() || update.tag().is_some() || protected.covers(update);
    if !updates.iter().any(concerns) {
        return Ok(Exit::Yes);
    }
    // Before anything is read: what is deleted, needs no reading to be refused.
    let mut refusals = Vec::new();
    for update in updates.iter().filter(|update| [LEDGER, TRUST].contains(&&update.at[..])) {
        refusals.extend(append_only(&context, update)?);
    }
    if refusals.is_empty() && context.repo.ref_tip(TRUST)?.is_none() && !updates.iter().any(|one| one.at == TRUST) {
        if updates.iter().any(|update| update.at == LEDGER) {
            refusals.push("the ledger comes without refs/qms/trust, which says who may sign: git qms sync".to_owned());
        } else {
            return Ok(Exit::Yes); // No project of ours yet.
        }
    }
    if refusals.is_empty() {
        refusals = judged(&context, &updates, &protected)?;
    }
    if refusals.is_empty() {
        return Ok(Exit::Yes);
    }
    let hint = format!("look closer with: {}; bring ledger and releases with: git qms sync", closer(&refusals));
    Err(refused("git-qms refuses the push; nothing was taken", refusals).hint(hint))
}

fn judged(context: &crate::cli::context::Context, updates: &[Update], protected: &Protected) -> Result<Vec<String>> {
    let mut refusals = Vec::new();
    let after = tips(context, updates)?;
    let verification = context.verify_at(for_gate(), &after)?;
    let foreign = verification.findings.iter().filter(|finding| finding.code == Code::TrustRootDiffers);
    refusals.extend(foreign.map(crate::report::findings::line));
    for update in updates.iter().filter(|update| update.at == FILES) {
        refusals.extend(files_kept(context, update, &expunged(&verification.ledger))?);
    }
    if updates.iter().any(|update| update.at == LEDGER || update.at == TRUST) {
        let is_unwanted = |finding: &Finding| finding.severity == Severity::Error || finding.code == Code::NoteLarge;
        refusals.extend(ledger_refusals(context, &verification, updates, is_unwanted)?);
    }
    for update in updates {
        refusals.extend(tag_refusals(context, &verification, update, updates, None)?);
    }
    for update in updates.iter().filter(|update| protected.covers(update)) {
        refusals.extend(branch_refusals(context, &verification, update)?);
    }
    Ok(refusals)
}
