//! What is being pushed, verified before it leaves.

use std::io::Read as _;

use crate::cli::Start;
use crate::cli::context::{Context, FILES, LEDGER, TRUST, Tips};
use crate::cli::error::{Error, Exit, Result, While as _};
use crate::cli::judge::{Question, for_gate};
use crate::cli::verification::Verification;
use crate::envelope::Arithmetic;
use crate::policy::Purpose;
use crate::record::kind::release::Release;
use crate::record::{CommitId, FileDigest, Record, TagId};
use crate::release::check::contents;
use crate::release::{Notes, ReleaseTag, TagObject, releases};
use crate::store::{tracking_files, tracking_ledger};
use crate::verify::{FileState, Finding, Outcome, Severity, Verified};

/// One line of what git tells the hook: `<local ref> <local id> <remote ref> <remote id>`.
struct Update {
    /// What it becomes; `None` is a deletion.
    new: Option<CommitId>,
    /// The ref at the remote.
    at: String,
    /// What it is; `None` when it is new.
    old: Option<CommitId>,
}

impl Update {
    /// The tag that it makes, moves or deletes.
    fn tag(&self) -> Option<&str> {
        self.at.strip_prefix("refs/tags/")
    }
}

/// The most that git says of one push: 16 MiB, some 100,000 refs.
const MAX_INPUT: u64 = 16 << 20;

/// Verifies the push that standard input tells of: what is sent, whatever the references here say.
pub(super) fn run(start: &Start, remote: &str) -> Result<Exit> {
    let mut input = String::new();
    std::io::stdin().lock().take(MAX_INPUT).read_to_string(&mut input).while_("reading what is pushed")?;
    let updates: Vec<Update> = input.lines().map(parse).collect::<Result<_>>()?;
    let concerns = |update: &&Update| [LEDGER, TRUST, FILES].contains(&&update.at[..]) || update.tag().is_some();
    if !updates.iter().any(|update| concerns(&update)) {
        return Ok(Exit::Yes);
    }
    let context = start.open()?;
    if context.repo.ref_tip(TRUST)?.is_none() && !updates.iter().any(|update| update.at == TRUST) {
        return Ok(Exit::Yes); // No project of ours; its tags are its own business.
    }
    let mut refusals = Vec::new();
    for update in updates.iter().filter(|update| concerns(update) && update.tag().is_none()) {
        let kept = if update.at == FILES { files_kept } else { append_only };
        refusals.extend(kept(&context, update)?);
    }
    let after = tips(&context, &updates)?;
    let verification = context.verify_at(for_gate(), &after)?;
    if updates.iter().any(|update| (update.at == LEDGER || update.at == TRUST) && update.new.is_some()) {
        refusals.extend(ledger_refusals(&context, &verification, &updates)?);
    }
    for update in &updates {
        refusals.extend(tag_refusals(&context, &verification, update, &updates, remote)?);
    }
    if refusals.is_empty() {
        return Ok(Exit::Yes);
    }
    let mut error = Error::no("git-qms refuses the push; nothing was sent");
    for refusal in refusals {
        error = error.detail(refusal);
    }
    Err(error.hint("look closer with: git qms verify; push evidence and releases together with: git qms sync"))
}

/// Where everything would stand after the push.
fn tips(context: &Context, updates: &[Update]) -> Result<Tips> {
    let mut tips = context.tips()?;
    for update in updates {
        let Some(new) = update.new else { continue };
        match (&update.at[..], update.tag()) {
            (LEDGER, _) => tips.ledger = Some(new),
            (TRUST, _) => tips.trust = Some(new),
            (_, tag) => {
                tips.also.push(new);
                let tag = tag.map(|name| ReleaseTag { name: name.to_owned(), object: annotated(context, new) });
                tips.tags.extend(tag);
            }
        }
    }
    Ok(tips)
}

/// The tag object of this id; `None` where it is a commit or anything else that is no tag object.
fn annotated(context: &Context, id: CommitId) -> Option<(TagId, Vec<u8>)> {
    let id = TagId::from_bytes(id.as_bytes())?;
    context.repo.tag_object(&id).ok().map(|raw| (id, raw))
}

fn parse(line: &str) -> Result<Update> {
    let fields: Vec<&str> = line.split(' ').collect();
    let [_, new, at, old] = fields[..] else {
        return Err(Error::new(format!("git told the hook {line:?}, where four words were expected")));
    };
    let id = |text: &str| {
        let none = !text.is_empty() && text.bytes().all(|byte| byte == b'0');
        if none { Ok(None) } else { Ok::<_, Error>(Some(text.parse()?)) }
    };
    Ok(Update { new: id(new)?, at: at.to_owned(), old: id(old)? })
}

/// Ledger and trust only grow.
fn append_only(context: &Context, update: &Update) -> Result<Option<String>> {
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

/// No attached file leaves the remote; what is no file, or has other bytes than its name says, may.
fn files_kept(context: &Context, update: &Update) -> Result<Option<String>> {
    let Some(old) = update.old else { return Ok(None) };
    if update.new.is_none() {
        return Ok(Some(format!("{FILES} would be deleted: it holds the files that records name")));
    }
    if !context.repo.has_object(&old) {
        return Ok(Some(format!("{FILES} at the remote is {}, which is not here: first git qms sync", old.short())));
    }
    let (there, after) = (context.repo.files_at(Some(old))?, context.repo.files_at(update.new)?);
    let gone: Vec<FileDigest> = there.digests().filter(|digest| !after.contains(digest)).copied().collect();
    let states = context.repo.check_files(&there, &gone);
    let lost = gone.iter().zip(&states).find(|(_, state)| **state == FileState::Verified);
    Ok(lost.map(|(digest, _)| format!("{FILES} would lose file {digest}: it is united by git qms sync")))
}

/// Errors that the push would bring; those that the remote has already keep nobody from working.
fn ledger_refusals(context: &Context, verification: &Verification, updates: &[Update]) -> Result<Vec<String>> {
    let is_error = |finding: &&Finding| finding.severity == Severity::Error;
    let errors: Vec<&Finding> = verification.ledger.findings().iter().filter(is_error).collect();
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

fn tag_refusals(
    context: &Context,
    verification: &Verification,
    update: &Update,
    updates: &[Update],
    remote: &str,
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
        refusals.extend(absent_at_remote(context, verification, record, release, updates, remote)?);
    }
    Ok(refusals)
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
    let unmet = verdict.controls.iter().filter(|control| matches!(control.outcome.as_str(), "fail" | "incomplete"));
    let unmet: Vec<String> = unmet.map(|control| format!("{} {}", control.id, control.found)).collect();
    let release = header.release.as_ref().map(ToString::to_string).unwrap_or_default();
    Ok(Some(format!("release {release} does not pass its gate: {}", unmet.join("; "))))
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
