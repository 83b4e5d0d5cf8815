//! What came in a package is taken over as a sync takes what a remote has.

use super::Sync;
use super::bring::{take_over, take_tags};
use super::exchange::{Exchange, counted};
use crate::cli::context::{Context, LEDGER, TRUST};
use crate::cli::error::{Error, Exit, Result};
use crate::cli::verification::Thoroughness;
use crate::record::CommitId;
use crate::store::Fetched;
use crate::verify::expunged::expunged;

/// Takes what came in a package, as if a remote had sent it, and tells.
pub(in crate::cli::command) fn import(context: &Context, from: &str, theirs: &Fetched) -> Result<Exit> {
    let mut all = Exchange::default();
    let ours = context.repo.ref_tip(LEDGER)?;
    take_over(context, from, theirs, &mut all)?;
    let verification = context.verify(Thoroughness::default())?;
    // A package may be older than the tombstone of a file that it holds.
    let gone = expunged(&verification.ledger);
    all.files.expunged = context.repo.with_lock(|locked| locked.expunge_files(&gone))?;
    all.came = counted(&verification, ours);
    all.tags = take_tags(context, &verification, theirs)?;
    let verification = if all.tags.is_empty() { verification } else { context.verify(Thoroughness::default())? };
    let sync = Sync { remote: None, fetch_only: true, push_only: false, dry_run: false };
    sync.tell(context, from.to_owned(), all, &verification)
}

/// A package of another project is told as that, and not as trust that went different ways.
pub(in crate::cli::command) fn refuse_other_project(context: &Context, theirs: Option<CommitId>) -> Result<()> {
    if context.repo.ref_tip(TRUST)?.is_none() {
        return Ok(());
    }
    let (ours, theirs) = (context.chain()?, context.chain_at(theirs)?);
    if ours.root() == theirs.root() {
        return Ok(());
    }
    Err(Error::no(format!(
        "it is of another project: its trust root is {}, and here it is {}",
        theirs.root(),
        ours.root()
    ))
    .hint("nothing was taken over; look at it on its own: git qms verify FILE"))
}
