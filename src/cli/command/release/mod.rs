//! `git qms release`: gate, decide, and make one signed annotated tag; or refuse and make nothing.

use clap::Args;
use serde::Serialize;

use super::gate;
use crate::cli::Start;
use crate::cli::context::{Context, Signing};
use crate::cli::error::{Error, Exit, Result};
use crate::cli::judge::{Judged, Question, for_gate};
use crate::cli::write::Draft;
use crate::policy::Purpose;
use crate::policy::verdict::{Judgement, PolicyState};
use crate::record::kind::release::Release as Named;
use crate::record::{ChangeRef, Claim, FileDigest, Kind, Name, TagId, TagName};
use crate::release::{NameTemplate, TagObject, releases};
use crate::store::CommitInfo;
use crate::trust::Member;
use crate::verify::{Ledger, Outcome};

mod compose;

/// Decide, and make the signed release tag.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git qms release                              HEAD, for its planned change
  git qms release --version 2.1.0              a version in place of the date
  tag=$(git qms release --quiet)               the tag alone, for scripts
  git qms release --retroactive                what is in production already, by an approved exception

It refuses, and makes nothing, unless the gate passes by a ratified policy.")]
pub struct Release {
    /// The commit; HEAD by default
    #[arg(value_name = "REV")]
    commit: Option<String>,
    /// The service; a sole one needn't be named
    #[arg(long)]
    service: Option<Name>,
    /// The change; that of the only plan here needn't be named
    #[arg(long)]
    change: Option<ChangeRef>,
    /// The environment it is for; a sole one needn't be named
    #[arg(long)]
    environment: Option<Name>,
    /// A version in place of the date
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
    /// It is in production already: tag it after the fact, by an approved exception from RETROACTIVE
    #[arg(long)]
    retroactive: bool,
}

#[derive(Serialize)]
struct Output {
    schema: &'static str,
    tag: String,
    object: String,
    gate: &'static str,
}

impl Release {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        if start.global.at.is_some() {
            return Err(Error::new("a release is judged as of now: what was true at another time does not let it go")
                .hint("leave --at out; to see how it was judged then: git qms gate --at TIME"));
        }
        let context = start.open()?;
        let signing = context.signing()?;
        let verification = context.verify(for_gate())?;
        let ledger = &verification.ledger;
        let member = context.member(ledger.chain(), &signing)?;
        context.check_grant(ledger.chain(), member, &signing, Kind::Release)?;
        let commit = context.commit(self.commit.as_deref())?;
        if let Some((tag, object)) = finish(&context, ledger, &commit)? {
            context.ui.note("a release that was begun is finished: its tag was missing");
            return tell(&context, &tag, object);
        }
        let change = self.change(&context, ledger, &commit)?;
        let question = Question {
            service: self.service.clone(),
            environment: self.environment.clone(),
            change: Some(change.clone()),
            release: None,
            purpose: Purpose::Tag,
        };
        let mut judged = context.judge(&verification, &commit, &question)?;
        let service = judged.subject.service.clone().ok_or_else(|| {
            Error::new("the catalog has several services: name the one to release").hint("--service NAME")
        })?;
        if let Some((tag, object)) = made_before(ledger, &commit, &service, &change) {
            if let Some(version) = self.other_version(&context, &judged, &service, &change, &tag)? {
                return Err(Error::no(format!(
                    "{} is released already, as {tag}: it is not released again as {version}",
                    commit.id.short()
                ))
                .hint("a release is made once; a new commit, or another change (--change), can have another version"));
            }
            context.ui.note("released already: a release is made once");
            return tell(&context, &tag, object);
        }
        self.refuse_unless_retroactive(&judged)?;
        let tag = self.name(&context, &judged, &service, &change);
        if !judged.verdict.allows_release()
            && let Ok(tag) = &tag
        {
            // An exception may be for the release of this name alone.
            judged = context.judge(&verification, &commit, &Question { release: Some(tag.clone()), ..question })?;
        }
        refuse_unless_allowed(&judged)?;
        let tag = tag?;
        // A first composition, so that what is missing is known before anything is written.
        compose::notes(
            &context,
            ledger,
            &judged,
            &commit,
            &compose::Named { tag: &tag, service: &service, change: &change },
            None,
        )?;
        let decision = gate::record(&context, ledger, member, &signing, &commit, &judged)?;
        let ledger = context.ledger()?;
        let named = compose::Named { tag: &tag, service: &service, change: &change };
        let notes = compose::notes(&context, &ledger, &judged, &commit, &named, Some(decision.id))?;
        let message = notes.to_message()?;
        let email = member.emails.first().map_or("", String::as_str);
        let object = TagObject::new(commit.id, tag.as_str(), &member.name, email, context.now, message);
        let object = object.sign(signing.signer.as_ref())?;
        let manifest = FileDigest::of(notes.manifest.as_bytes());
        let id = write(&context, &signing, member, &ledger, &judged, &commit, &tag, &object, manifest)?;
        tell(&context, &tag, id)
    }

    /// What is in production already is tagged only by who says so, and nothing else is.
    fn refuse_unless_retroactive(&self, judged: &Judged) -> Result<()> {
        let commit = judged.verdict.commit.short();
        match (judged.deployed_before, self.retroactive) {
            (Some(deployment), false) => Err(Error::no(format!(
                "{commit} was deployed to production before it had a release, in record {}",
                deployment.short()
            ))
            .hint("tag it after the fact by an approved exception: git qms exception request RETROACTIVE --reason TEXT --compensating TEXT --expires 7d --attach FILE; then: git qms release --retroactive")),
            (None, true) => Err(Error::new(format!("{commit} was not deployed to production before: its release is not retroactive"))
                .hint("leave --retroactive out")),
            _ => Ok(()),
        }
    }

    /// The change it brings: the one named, or the only one planned.
    fn change(&self, context: &Context, ledger: &Ledger, commit: &CommitInfo) -> Result<ChangeRef> {
        if let Some(change) = &self.change {
            return Ok(change.clone());
        }
        match &super::approve::planned_changes(context, ledger, commit)[..] {
            [change] => Ok(change.clone()),
            [] => Err(Error::new("a release needs the change it brings")
                .hint("--change CHG-1842, or plan it: git qms record plan")),
            several => Err(super::approve::which_change(several, "a release")),
        }
    }

    /// The version asked for, where a release that was made has another.
    fn other_version(
        &self,
        context: &Context,
        judged: &Judged,
        service: &Name,
        change: &ChangeRef,
        made: &TagName,
    ) -> Result<Option<&str>> {
        let Some(version) = self.version.as_deref() else { return Ok(None) };
        let name = template(judged, service)?.name(service, Some(version), context.at, change, &|_| false)?;
        Ok((name != *made).then_some(version))
    }

    /// The tag's name; never one that is or was in use.
    fn name(&self, context: &Context, judged: &Judged, service: &Name, change: &ChangeRef) -> Result<TagName> {
        let template = template(judged, service)?;
        let (tags, _) = context.tags()?;
        let ledger = context.ledger()?;
        let taken = |name: &TagName| {
            tags.iter().any(|tag| tag.name == name.as_str())
                || releases(&ledger).any(|(_, release)| release.tag == *name)
        };
        let name = template.name(service, self.version.as_deref(), context.at, change, &taken)?;
        if taken(&name) {
            return Err(Error::no(format!("release {name} is there already: a tag is never moved or used again"))
                .hint("choose another version: --version VERSION"));
        }
        Ok(name)
    }
}

/// How the tags of a service are named.
fn template(judged: &Judged, service: &Name) -> Result<NameTemplate> {
    let text = judged.policy.service(service).map(|service| service.tag.as_str());
    Ok(text.unwrap_or(crate::release::name::DEFAULT).parse()?)
}

/// Tag object, record, reference: in this order, so that what a crash leaves can be finished.
#[expect(clippy::too_many_arguments, reason = "everything that a release consists of")]
fn write(
    context: &Context,
    signing: &Signing,
    member: &Member,
    ledger: &Ledger,
    judged: &Judged,
    commit: &CommitInfo,
    tag: &TagName,
    object: &TagObject,
    manifest: FileDigest,
) -> Result<TagId> {
    let mut header = context.header(ledger.chain(), member, Kind::Release, commit.tree);
    header.service.clone_from(&judged.subject.service);
    header.environment.clone_from(&judged.subject.environment);
    header.change.clone_from(&judged.subject.change);
    header.release = Some(tag.clone());
    header.source = crate::cli::ci::source(&context.environment);
    context.repo.with_lock(|locked| {
        let object = locked.write_tag_object(&object.to_bytes())?;
        let claim = Claim::Release(Named { tag: tag.clone(), object, manifest });
        context.record_locked(locked, signing, Draft { commit: commit.id, header, artifacts: Vec::new(), claim })?;
        locked.create_tag_ref(tag, &object)?;
        Ok(object)
    })
}

/// A release whose record is there and whose tag is not, though its object is: only the reference is missing.
fn finish(context: &Context, ledger: &Ledger, commit: &CommitInfo) -> Result<Option<(TagName, TagId)>> {
    let begun = releases(ledger).filter(|(record, _)| record.commit == commit.id);
    for (_, release) in begun {
        if context.repo.tag(&release.tag)?.is_none() && context.repo.tag_object(&release.object).is_ok() {
            context.repo.with_lock(|locked| locked.create_tag_ref(&release.tag, &release.object))?;
            return Ok(Some((release.tag.clone(), release.object)));
        }
    }
    Ok(None)
}

fn made_before(ledger: &Ledger, commit: &CommitInfo, service: &Name, change: &ChangeRef) -> Option<(TagName, TagId)> {
    let same = |header: &crate::record::Header| {
        header.service.as_ref() == Some(service)
            && header.change.as_ref().is_some_and(|made| made.folded() == change.folded())
    };
    releases(ledger)
        .find(|(record, _)| record.commit == commit.id && same(&record.header))
        .map(|(_, release)| (release.tag.clone(), release.object))
}

/// Refuses with each control that blocks, what was found, and what to do next.
fn refuse_unless_allowed(judged: &Judged) -> Result<()> {
    let verdict = &judged.verdict;
    if verdict.allows_release() {
        return Ok(());
    }
    let commit = verdict.commit.short();
    let mut error = match verdict.result {
        Outcome::Incomplete => Error::new(format!("it cannot be told whether {commit} may be released")),
        Outcome::Fail => Error::no(format!("{commit} does not pass, so it is not released")),
        Outcome::Pass => Error::no(format!("{commit} passes, but not by a catalog in force, so it is not released")),
    };
    for control in &verdict.controls {
        if matches!(control.outcome, Judgement::Fail | Judgement::Incomplete) {
            error = error.detail(format!("{}  {} ({})", control.id, control.found, control.required));
        }
    }
    let hint = verdict
        .controls
        .iter()
        .filter(|control| control.outcome == Judgement::Fail)
        .find_map(|control| control.hint.clone());
    let hint = match verdict.state {
        PolicyState::InForce => hint,
        _ => hint.or_else(|| Some("the policy owner puts the catalog in force: git qms policy ratify".to_owned())),
    };
    Err(match hint {
        Some(hint) => error.hint(hint),
        None => error,
    })
}

fn tell(context: &Context, tag: &TagName, object: TagId) -> Result<Exit> {
    let ui = context.ui;
    if ui.is_json() {
        let (tag, object) = (tag.to_string(), object.to_string());
        ui.json(&Output { schema: "git-qms/release/v1", tag, object, gate: "pass" })?;
    } else if ui.is_quiet() {
        ui.line(tag.as_str());
    } else {
        ui.line(&format!("released  {tag}  (tag object {})", object.short()));
        ui.note(&format!(
            "next    git qms sync; then git qms record deploy --release {tag} --environment ENV --outcome success"
        ));
    }
    Ok(Exit::Yes)
}
