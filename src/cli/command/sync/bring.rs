//! What the remote has comes here: fetched beside ours, checked, united with ours.

use super::exchange::Exchange;
use crate::cli::context::{Context, LEDGER, TRUST};
use crate::cli::error::{Error, Result, While as _};
use crate::cli::verification::Verification;
use crate::record::CommitId;
use crate::release::releases;
use crate::store::{Fetched, SyncError, archived_trust};
use crate::trust::Chain;

/// Fetches, and unites what came with what is here.
pub(super) fn bring(context: &Context, remote: &str, all: &mut Exchange) -> Result<Fetched> {
    let theirs = context.repo.fetch(remote).map_err(rejecting)?;
    all.moved.clone_from(&theirs.moved_tags);
    take_over(context, remote, &theirs, all)?;
    Ok(theirs)
}

/// Unites what was fetched with what is here: first the trust, by which the rest is judged.
pub(super) fn take_over(context: &Context, remote: &str, theirs: &Fetched, all: &mut Exchange) -> Result<()> {
    if theirs.ledger.is_none() && theirs.trust.is_none() && context.repo.ref_tip(TRUST)?.is_none() {
        return Err(Error::no(format!("{remote} has no evidence yet, and this clone has none either"))
            .hint("somebody starts with: git qms init, and git qms sync"));
    }
    if let Some(trust) = theirs.trust {
        take_trust(context, remote, trust, all)?;
    }
    take_archives(context, remote)?;
    // First the files: a record must not come without those that it names.
    if let Some(files) = theirs.files {
        let united = context.repo.with_lock(|locked| locked.unite_files(files))?;
        all.files.came += united.came;
        all.files.refused = united.refused.iter().map(ToString::to_string).collect();
    }
    if let Some(ledger) = theirs.ledger {
        context.repo.with_lock(|locked| {
            let ours = locked.tip(LEDGER)?;
            // A ledger has one beginning. With a second one no clone could ever be right again.
            let other = ours.map(|ours| context.repo.other_root(&ours, &ledger)).transpose()?.flatten();
            if let Some(other) = other {
                let text = format!(
                    "the ledger of {remote} has another beginning, commit {other}: it is of another project, or somebody joined two"
                );
                return Err(Error::no(text)
                    .hint("nothing was taken over; find out who pushed it, and put the ledger there back to one that verifies"));
            }
            Ok::<_, Error>(locked.unite(ours, ledger, context.now)?)
        })?;
    }
    crate::cli::command::trust::export::refresh(context)
}

/// A remote that lost what it had, or a hook that refuses, is a "no", not a failure of the tool.
pub(super) fn rejecting(error: SyncError) -> Error {
    match error {
        SyncError::Lost { .. } => Error::no(error.to_string()).hint(
            "a clone that has it can put it back: git qms sync --push-only, once the cause is known; \
             where the project's people say that they began anew: git qms trust follow DIGEST",
        ),
        SyncError::Unreachable { ref remote, .. } => {
            let hint = format!("git ls-remote {remote} tries it alone; git remote -v tells where it is");
            Error::new(error.to_string()).hint(hint)
        }
        // A hook or rule of the server: asked, and answered.
        SyncError::Refused { .. } => Error::no(error.to_string()),
        SyncError::Stopped { remote, reason } => reason
            .lines()
            .filter(|line| !line.starts_with("error: failed to push"))
            .fold(Error::no(format!("a hook here stopped the push to {remote}")), Error::detail),
        other => other.into(),
    }
}

/// What the remote keeps of the projects that this one continues, one behind the other.
fn take_archives(context: &Context, remote: &str) -> Result<()> {
    let Some(mut continues) = context
        .repo
        .ref_tip(TRUST)?
        .map(|tip| context.chain_at(Some(tip)))
        .transpose()?
        .and_then(|chain| chain.continues())
    else {
        return Ok(());
    };
    loop {
        context.repo.fetch_archive(remote, continues.project).map_err(rejecting)?;
        let Some(trust) = context.repo.ref_tip(&archived_trust(continues.project))? else { return Ok(()) };
        let stored = context.repo.trust_chain_at(Some(trust))?;
        match Chain::archived(&stored, continues).ok().and_then(|chain| chain.continues()) {
            Some(next) => continues = next,
            // What is wrong with it is for verification to say.
            None => return Ok(()),
        }
    }
}

/// Where a remote has a project that this one continues, or the other way round, people go over to it by their own word.
fn refuse_continued(context: &Context, remote: &str, theirs: &Chain) -> Result<()> {
    let Some(ours) = context.repo.ref_tip(TRUST)? else { return Ok(()) };
    let ours = context.chain_at(Some(ours))?;
    let (here, there) = (ours.root(), theirs.root());
    if here == there {
        return Ok(());
    }
    let error = Error::no(format!("{remote} has project {there}, and this clone project {here}"));
    let is_before = |chain: &Chain, root| chain.continues().is_some_and(|continues| continues.project == root);
    Err(if is_before(&ours, there) {
        error.detail("this one continues that one, whose root keys are lost").hint(format!(
            "once its people have pinned the new root: git push --atomic --force {remote} refs/notes/qms refs/qms/trust 'refs/qms/archive/*'"
        ))
    } else if is_before(theirs, here) {
        error
            .detail("it says that it continues the one here, and only people can vouch for that")
            .hint("ask them, not the remote, for the new root, and go over to it: git qms trust follow DIGEST")
    } else {
        error.hint("nothing was taken over; find out who pushed it")
    })
}

/// Takes over a longer trust chain, if it is sound and of this project.
fn take_trust(context: &Context, remote: &str, theirs: CommitId, all: &mut Exchange) -> Result<()> {
    let stored = context.repo.trust_chain_at(Some(theirs)).while_(format!("reading the trust of {remote}"))?;
    let chain = Chain::check(stored.iter().map(|(commit, bytes)| (*commit, &bytes[..])));
    let chain = chain.map_err(|fault| Error::no(format!("the trust of {remote} is not sound: {fault}")))?;
    if let Some(fault) = chain.fault() {
        return Err(Error::no(format!("the trust of {remote} is not sound: {fault}"))
            .hint("nothing was taken over; find out who pushed it"));
    }
    if context.repo.ref_tip(TRUST)?.is_none()
        && let Some(finding) = context
            .pin(&chain, None, false)?
            .finding
            .filter(|finding| finding.severity == crate::verify::Severity::Error)
    {
        return Err(Error::no(finding.message).hint("this is not the project that you pinned"));
    }
    refuse_continued(context, remote, &chain)?;
    let tip = context.repo.ref_tip(TRUST)?;
    if let Some(tip) = tip
        && context.repo.is_ancestor(&theirs, &tip)?
    {
        return Ok(());
    }
    context.repo.with_lock(|locked| locked.fast_forward(TRUST, &theirs)).map_err(|error| match error {
        crate::store::WriteError::Diverged { .. } => Error::no(format!(
            "the trust of {remote} and of this clone went different ways: two versions of one number"
        ))
        .hint("the root people decide which one stands; nothing was taken over"),
        other => other.into(),
    })?;
    all.trust = Some(chain.newest().version.version);
    Ok(())
}

/// Release tags that the remote has and this clone has not.
pub(super) fn take_tags(context: &Context, verification: &Verification, theirs: &Fetched) -> Result<Vec<String>> {
    let mut taken = Vec::new();
    let archives = verification.archives.iter().map(|archive| &archive.ledger);
    for (_, release) in std::iter::once(&*verification.ledger).chain(archives).flat_map(releases) {
        let Some(object) = theirs.tags.get(release.tag.as_str()).filter(|object| **object == release.object) else {
            continue;
        };
        if context.repo.tag(&release.tag)?.is_none() {
            context.repo.with_lock(|locked| locked.create_tag_ref(&release.tag, object))?;
            taken.push(release.tag.to_string());
        }
    }
    Ok(taken)
}
