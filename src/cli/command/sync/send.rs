//! What the remote lacks goes there: ledger, trust, files and releases, all or none.

use crate::cli::context::{Context, FILES, LEDGER, TRUST};
use crate::cli::error::Result;
use crate::cli::verification::Verification;
use crate::record::{CommitId, TagName};
use crate::release::releases;
use crate::store::{Fetched, SyncError, tracking_files};

/// The attached files that the remote has, as far as is known, when ours hold all of them.
pub(super) fn theirs_of(
    context: &Context,
    remote: &str,
    theirs: &Fetched,
    unfetched: bool,
) -> Result<Option<CommitId>> {
    if !unfetched {
        return Ok(theirs.files);
    }
    let there = context.repo.ref_tip(&tracking_files(remote))?;
    if let Some(there) = there {
        // What a plain fetch brought: pushing ours in its place must take nothing away.
        context.repo.with_lock(|locked| locked.unite_files(there))?;
    }
    Ok(there)
}

/// How many of our files another tree of them lacks.
pub(super) fn lacking(context: &Context, there: Option<CommitId>) -> Result<usize> {
    missing_from(context, there, context.repo.ref_tip(FILES)?)
}

/// How many files of a tree another one lacks.
pub(super) fn missing_from(context: &Context, tree: Option<CommitId>, of: Option<CommitId>) -> Result<usize> {
    let (tree, of) = (context.repo.files_at(tree)?, context.repo.files_at(of)?);
    Ok(of.digests().filter(|digest| !tree.contains(digest)).count())
}

/// Pushes ledger, trust, files and the release tags that the remote lacks, all or none.
pub(super) fn push(
    context: &Context,
    verification: &Verification,
    remote: &str,
    theirs: &Fetched,
    their_files: Option<CommitId>,
) -> std::result::Result<(), SyncError> {
    let mut references: Vec<String> = Vec::new();
    for (name, there) in [(LEDGER, theirs.ledger), (TRUST, theirs.trust)] {
        let here = context.repo.ref_tip(name)?;
        if here.is_some() && here != there {
            references.push(name.to_owned());
        }
    }
    let tags: Vec<&TagName> = releases(&verification.ledger).map(|(_, release)| &release.tag).collect();
    for tag in tags {
        let is_here = context.repo.tag(tag).is_ok_and(|tag| tag.is_some());
        if is_here && !theirs.tags.contains_key(tag.as_str()) {
            references.push(format!("refs/tags/{tag}"));
        }
    }
    references.extend(context.repo.archived_lacking(remote)?);
    let our_files = context.repo.ref_tip(FILES)?;
    let files = (our_files.is_some() && our_files != their_files).then_some(their_files);
    if references.is_empty() && files.is_none() {
        return Ok(());
    }
    let names: Vec<&str> = references.iter().map(String::as_str).collect();
    context.repo.push_with(remote, &names, files)
}
