//! What only grows: ledger, trust, attached files.

use std::collections::BTreeSet;

use super::updates::Update;
use crate::cli::context::{Context, FILES, LEDGER, TRUST};
use crate::cli::error::Result;
use crate::cli::verification::Verification;
use crate::envelope::Arithmetic;
use crate::record::{CommitId, FileDigest};
use crate::verify::{FileState, Finding};

/// Ledger and trust only grow.
pub(super) fn append_only(context: &Context, update: &Update) -> Result<Option<String>> {
    let at = &update.at;
    let (new, old) = match (update.new, update.old) {
        (None, _) => return Ok(Some(format!("{at} would be deleted: it is the record of what happened"))),
        (Some(_), None) => return Ok(None),
        (Some(new), Some(old)) => (new, old),
    };
    if !context.repo.has_object(&old) {
        return Ok(Some(format!("{at} at the remote is {}, which is not here: first git qms sync", old.short())));
    }
    let grows = context.repo.is_ancestor(&old, &new)?;
    Ok((!grows)
        .then(|| format!("{at} would lose {}: it is rolled back or rewritten here, and only grows", old.short())))
}

/// No attached file leaves the remote but one that two people took out, and no such one comes back; what is no file, or
/// has other bytes than its name says, may go.
pub(super) fn files_kept(
    context: &Context,
    update: &Update,
    expunged: &BTreeSet<FileDigest>,
) -> Result<Option<String>> {
    if update.new.is_none() && update.old.is_some() {
        return Ok(Some(format!("{FILES} would be deleted: it holds the files that records name")));
    }
    if let Some(old) = update.old.filter(|old| !context.repo.has_object(old)) {
        return Ok(Some(format!("{FILES} at the remote is {}, which is not here: first git qms sync", old.short())));
    }
    let (there, after) = (context.repo.files_at(update.old)?, context.repo.files_at(update.new)?);
    if let Some(back) = expunged.iter().find(|digest| after.contains(digest)) {
        return Ok(Some(format!(
            "{FILES} would bring back file {back}, which two people expunged: first git qms sync"
        )));
    }
    let is_gone = |digest: &&FileDigest| !after.contains(digest) && !expunged.contains(digest);
    let gone: Vec<FileDigest> = there.digests().filter(is_gone).copied().collect();
    let states = context.repo.check_files(&there, &gone);
    let lost = gone.iter().zip(&states).find(|(_, state)| **state == FileState::Verified);
    Ok(lost.map(|(digest, _)| format!("{FILES} would lose file {digest}: it is united by git qms sync")))
}

/// What the push would bring that is not wanted; what the remote has already keeps nobody from working.
pub(super) fn ledger_refusals(
    context: &Context,
    verification: &Verification,
    updates: &[Update],
    is_unwanted: fn(&Finding) -> bool,
) -> Result<Vec<String>> {
    let findings = verification.ledger.findings().iter();
    let errors: Vec<&Finding> = findings.filter(|finding| is_unwanted(finding)).collect();
    if errors.is_empty() {
        return Ok(Vec::new());
    }
    // What is not pushed stands at the remote as it does here.
    let mut there = context.tips()?;
    for update in updates {
        match &update.at[..] {
            LEDGER => there.ledger = update.old,
            TRUST => there.trust = update.old,
            _ => {}
        }
    }
    let is_here = |tip: Option<CommitId>| tip.is_some_and(|tip| context.repo.has_object(&tip));
    let before = if is_here(there.ledger) && is_here(there.trust) {
        context.ledger_at(&there, Arithmetic::Tables)?.findings().to_vec()
    } else {
        Vec::new()
    };
    Ok(errors.into_iter().filter(|error| !before.contains(error)).map(crate::report::findings::line).collect())
}
