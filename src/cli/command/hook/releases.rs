//! Releases: never moved, never deleted, and only past their gate.

use super::updates::{Update, annotated};
use crate::cli::context::{Context, FILES, LEDGER};
use crate::cli::error::{Error, Result};
use crate::cli::judge::Question;
use crate::cli::verification::Verification;
use crate::policy::{Purpose, Verdict};
use crate::record::kind::release::Release;
use crate::record::{CommitId, Record};
use crate::release::check::contents;
use crate::release::{Notes, TagObject, releases};
use crate::store::{tracking_files, tracking_ledger};
use crate::verify::{Outcome, Severity, Verified};

/// What speaks against a tag. `remote` is where it goes; none where it comes here.
pub(super) fn tag_refusals(
    context: &Context,
    verification: &Verification,
    update: &Update,
    updates: &[Update],
    remote: Option<&str>,
) -> Result<Vec<String>> {
    let Some(tag) = update.tag() else { return Ok(Vec::new()) };
    let bound = releases(&verification.ledger).find(|(_, release)| release.tag.as_str() == tag);
    let claims = |id: Option<CommitId>| {
        let raw = id.and_then(|id| annotated(context, id));
        raw.is_some_and(|(_, raw)| Notes::claims_manifest(&String::from_utf8_lossy(&raw)))
    };
    if bound.is_none() && !claims(update.new) && !claims(update.old) {
        return Ok(Vec::new());
    }
    if update.new.is_none() {
        return Ok(vec![format!("release {tag} would be deleted: a release stays")]);
    }
    if update.old.is_some_and(|old| Some(old) != update.new) {
        return Ok(vec![format!("release {tag} would be moved: a release is never moved, make a new one")]);
    }
    let faults = verification.findings.iter().filter(|finding| finding.severity >= Severity::Incomplete);
    let mut refusals: Vec<String> = faults
        .filter(|finding| finding.git_ref.as_ref() == Some(&update.at))
        .map(crate::report::findings::line)
        .collect();
    if let (Some((record, release)), true) = (bound, refusals.is_empty()) {
        refusals.extend(unmet_gate(context, verification, record)?);
        if let Some(remote) = remote {
            refusals.extend(absent_at_remote(context, verification, record, release, updates, remote)?);
        }
    }
    Ok(refusals)
}

/// The controls that are not met, each with what was found.
pub(super) fn unmet(verdict: &Verdict) -> String {
    let unmet = verdict.controls.iter().filter(|control| matches!(control.outcome.as_str(), "fail" | "incomplete"));
    let unmet: Vec<String> = unmet.map(|control| format!("{} {}", control.id, control.found)).collect();
    unmet.join("; ")
}

/// The gate, judged anew as of the release.
fn unmet_gate(context: &Context, verification: &Verification, record: &Verified<Record>) -> Result<Option<String>> {
    let header = &record.header;
    let question = Question {
        service: header.service.clone(),
        environment: header.environment.clone(),
        change: header.change.clone(),
        release: header.release.clone(),
        purpose: Purpose::Tag,
    };
    let commit = context.commit_info(record.commit)?;
    let verdict = context.judge_at(verification, &commit, &question, header.recorded)?.verdict;
    if verdict.result == Outcome::Pass {
        return Ok(None);
    }
    let release = header.release.as_ref().map(ToString::to_string).unwrap_or_default();
    Ok(Some(format!("release {release} does not pass its gate: {}", unmet(&verdict))))
}

/// Whoever fetches the tag has to find everything it relies on.
fn absent_at_remote(
    context: &Context,
    verification: &Verification,
    record: &Verified<Record>,
    release: &Release,
    updates: &[Update],
    remote: &str,
) -> Result<Option<String>> {
    let pushed = updates.iter().find(|update| update.at == LEDGER).and_then(|update| update.new);
    // Of an address that is no remote nothing is remembered.
    let is_remote = context.repo.remotes()?.iter().any(|name| name == remote);
    let known = if is_remote { context.repo.ref_tip(&tracking_ledger(remote))? } else { None };
    let tag =
        TagObject::parse(&context.repo.tag_object(&release.object)?).map_err(|error| Error::new(error.to_string()))?;
    let (_, manifest) = contents(&tag, release).map_err(Error::new)?;
    let reaches = |head: &CommitId| {
        let ledger = &verification.ledger;
        ledger.head_contains(*head, record)
            && manifest
                .records
                .iter()
                .all(|id| ledger.record(*id).is_some_and(|relied| ledger.head_contains(*head, relied)))
    };
    if pushed.iter().chain(&known).any(reaches) {
        let relied = manifest.records.iter().filter_map(|id| verification.ledger.record(*id));
        let files = relied.flat_map(|record| &record.header.files).filter(|file| file.stored);
        let pushed = updates.iter().find(|update| update.at == FILES).and_then(|update| update.new);
        if pushed.is_none() && !is_remote {
            return Ok(None); // Files that are there already are not pushed, and of an address nothing is remembered.
        }
        let known = if is_remote { context.repo.ref_tip(&tracking_files(remote))? } else { None };
        let there = [context.repo.files_at(pushed)?, context.repo.files_at(known)?];
        let mut absent = files.filter(|file| !there.iter().any(|there| there.contains(&file.sha256)));
        return Ok(absent.next().map(|file| {
            format!(
                "release {} relies on file {} ({}) that {remote} would not have: push both with git qms sync",
                release.tag,
                file.sha256.short(),
                file.name
            )
        }));
    }
    Ok(Some(format!(
        "release {} relies on records that {remote} would not have: push both with git qms sync",
        release.tag
    )))
}
