//! `git qms sync`: fetch, unite, verify, push. Nothing that either side has is lost.

use std::collections::BTreeMap;
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use crate::cli::context::{Context, FILES, LEDGER, TRUST};
use crate::cli::error::{Error, Exit, Result, While as _};
use crate::cli::ui::Tone;
use crate::cli::verification::{Thoroughness, Verification};
use crate::cli::{Start, clock};
use crate::record::kind::release::Release;
use crate::record::{CommitId, Record, TagName};
use crate::release::releases;
use crate::store::{Fetched, MovedTag, SyncError, tracking_files};
use crate::trust::Chain;
use crate::verify::{Outcome, Verified};

/// Fetch, unite, verify and push evidence, trust and releases.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git qms sync                     with the branch's remote, or origin
  git qms sync --fetch-only        bring evidence to a fresh clone; needs no key
  git qms sync upstream            with another remote")]
pub struct Sync {
    /// The remote; by default the branch's, or origin
    remote: Option<String>,
    /// Only bring
    #[arg(long, conflicts_with = "push_only")]
    fetch_only: bool,
    /// Only push
    #[arg(long)]
    push_only: bool,
}

/// How often a lost race is run again.
const TRIES: u32 = 6;

#[derive(Serialize)]
struct Output {
    schema: &'static str,
    remote: String,
    came: Vec<Counted>,
    went: Vec<Counted>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trust: Option<u64>,
    files: FilesJson,
    tags: Vec<String>,
    #[serde(rename = "movedTags")]
    moved_tags: Vec<Moved>,
    result: &'static str,
}

/// How many attached files came and went, and the digests of those that were not taken.
#[derive(Clone, Default, Serialize)]
struct FilesJson {
    came: usize,
    went: usize,
    refused: Vec<String>,
}

/// A tag that is no longer at the remote what it was when first seen.
#[derive(Serialize)]
struct Moved {
    tag: String,
    had: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<String>,
    /// Whether it is a release: then it may never move.
    release: bool,
}

#[derive(Serialize)]
struct Counted {
    kind: String,
    recorder: String,
    records: u64,
}

/// What one exchange did.
#[derive(Default)]
struct Exchange {
    came: Vec<Counted>,
    went: Vec<Counted>,
    /// The number of a trust version that came.
    trust: Option<u64>,
    files: FilesJson,
    tags: Vec<String>,
    moved: Vec<MovedTag>,
}

impl Sync {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let remote = self.remote(&context)?;
        context.repo.set_up_remote(&remote)?;
        let mut all = Exchange::default();
        let mut tries = 0;
        let verification = loop {
            let ours = context.repo.ref_tip(LEDGER)?;
            let theirs = if self.push_only { Fetched::default() } else { bring(&context, &remote, &mut all)? };
            let verification = context.verify(Thoroughness::default())?;
            all.came.extend(counted(&verification, ours));
            all.tags.extend(take_tags(&context, &verification, &theirs)?);
            let known = theirs.ledger.or(context.repo.ref_tip(&crate::store::tracking_ledger(&remote))?);
            all.went = if self.fetch_only { Vec::new() } else { counted(&verification, known) };
            if self.fetch_only {
                break verification;
            }
            let there = theirs_of(&context, &remote, &theirs, self.push_only)?;
            all.files.went = lacking(&context, there)?;
            match push(&context, &verification, &remote, &theirs, there) {
                Ok(()) => break verification,
                Err(SyncError::Behind { .. }) if tries < TRIES && !self.push_only => {
                    tries += 1;
                    context.ui.note(&format!("{remote} has moved on meanwhile: once more"));
                    std::thread::sleep(pause(tries));
                }
                Err(error) => return Err(rejecting(error)),
            }
        };
        // The tags came after verification; what they say is verified now.
        let verification = if all.tags.is_empty() { verification } else { context.verify(Thoroughness::default())? };
        self.tell(&context, remote, all, &verification)
    }

    fn remote(&self, context: &Context) -> Result<String> {
        if let Some(remote) = &self.remote {
            return Ok(remote.clone());
        }
        let branch = context.repo.head_branch()?;
        let branch = branch.as_deref().map(|name| name.strip_prefix("refs/heads/").unwrap_or(name));
        let configured = branch.and_then(|branch| context.repo.config(&format!("branch.{branch}.remote")));
        let remotes = context.repo.remotes()?;
        let sole = || if let [sole] = &remotes[..] { Some(sole.clone()) } else { None };
        let origin = || remotes.iter().find(|remote| *remote == "origin").cloned();
        configured.filter(|name| remotes.contains(name)).or_else(origin).or_else(sole).ok_or_else(|| {
            Error::new("there is no remote to sync with")
                .hint("git remote add origin URL, or name one: git qms sync REMOTE")
        })
    }

    fn tell(&self, context: &Context, remote: String, all: Exchange, verification: &Verification) -> Result<Exit> {
        let ui = context.ui;
        let Exchange { came, went, trust, files, tags, moved } = &all;
        let moved_tags: Vec<Moved> = moved.iter().map(|moved| Moved::of(moved, verification)).collect();
        let outcome = if moved_tags.iter().any(|moved| moved.release) { Outcome::Fail } else { verification.outcome() };
        if ui.is_json() {
            let result = outcome.as_str();
            let Exchange { came, went, trust, files, tags, .. } = all;
            ui.json(&Output { schema: "git-qms/sync/v1", remote, came, went, trust, files, tags, moved_tags, result })?;
            return Ok(Exit::from(outcome));
        }
        for digest in &files.refused {
            ui.warn(&format!("{remote} has other bytes under the name of file {digest}: they were not taken"));
        }
        for moved in &moved_tags {
            ui.warn(&moved.text(&remote));
        }
        if !ui.is_quiet() {
            for (word, counted) in [("came", came), ("went", went)] {
                let what: Vec<String> =
                    counted.iter().map(|one| format!("{} {} by {}", one.records, one.kind, one.recorder)).collect();
                let what = if what.is_empty() { "nothing new".to_owned() } else { what.join(", ") };
                let is_shown = word == "came" && !self.push_only || word == "went" && !self.fetch_only;
                if is_shown {
                    ui.line(&format!("{word}    {}", ui.paint(Tone::Plain, &what)));
                }
            }
            if let Some(version) = trust {
                ui.line(&format!("trust   version {version}"));
            }
            if files.came + files.went > 0 {
                ui.line(&format!("files   {} came, {} went", files.came, files.went));
            }
            if !tags.is_empty() {
                ui.line(&format!("tags    {}", ui.paint(Tone::Plain, &tags.join(", "))));
            }
            verification.tell_findings(ui, false);
            ui.line(&verification.summary(ui));
        }
        if verification.outcome() == Outcome::Fail {
            ui.note("what came was kept, so that nothing is lost; it counts only as far as it verifies");
        }
        Ok(Exit::from(outcome))
    }
}

impl Moved {
    fn of(moved: &MovedTag, verification: &Verification) -> Self {
        let is_it = |release: &Release| release.tag.as_str() == moved.name && Some(release.object) != moved.now;
        let release = releases(&verification.ledger).any(|(_, release)| is_it(release));
        let (had, now) = (moved.had.to_string(), moved.now.map(|now| now.to_string()));
        Self { tag: moved.name.clone(), had, now, release }
    }

    fn text(&self, remote: &str) -> String {
        let Self { tag, had, now, release } = self;
        let kind = if *release { "release" } else { "tag" };
        let became = now.as_ref().map_or("was deleted".to_owned(), |now| format!("was moved to {now}"));
        let hint = if *release { "; find out who did it, then put it back with git push" } else { "" };
        format!("{kind} {tag} at {remote} {became}: it was {had}{hint}")
    }
}

/// Fetches and unites: first the trust, by which the rest is judged.
fn bring(context: &Context, remote: &str, all: &mut Exchange) -> Result<Fetched> {
    let theirs = context.repo.fetch(remote).map_err(rejecting)?;
    all.moved.clone_from(&theirs.moved_tags);
    take_over(context, remote, &theirs, all)?;
    Ok(theirs)
}

/// Takes what came in a package, as if a remote had sent it, and tells.
pub(super) fn import(context: &Context, from: &str, theirs: &Fetched) -> Result<Exit> {
    let mut all = Exchange::default();
    let ours = context.repo.ref_tip(LEDGER)?;
    take_over(context, from, theirs, &mut all)?;
    let verification = context.verify(Thoroughness::default())?;
    all.came = counted(&verification, ours);
    all.tags = take_tags(context, &verification, theirs)?;
    let verification = if all.tags.is_empty() { verification } else { context.verify(Thoroughness::default())? };
    let sync = Sync { remote: None, fetch_only: true, push_only: false };
    sync.tell(context, from.to_owned(), all, &verification)
}

/// A package of another project is told as that, and not as trust that went different ways.
pub(super) fn refuse_other_project(context: &Context, theirs: Option<CommitId>) -> Result<()> {
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

/// Unites what was fetched with what is here: first the trust, by which the rest is judged.
fn take_over(context: &Context, remote: &str, theirs: &Fetched, all: &mut Exchange) -> Result<()> {
    if theirs.ledger.is_none() && theirs.trust.is_none() && context.repo.ref_tip(TRUST)?.is_none() {
        return Err(Error::no(format!("{remote} has no evidence yet, and this clone has none either"))
            .hint("somebody starts with: git qms init, and git qms sync"));
    }
    if let Some(trust) = theirs.trust {
        take_trust(context, remote, trust, all)?;
    }
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
fn rejecting(error: SyncError) -> Error {
    match error {
        SyncError::Lost { .. } => Error::no(error.to_string())
            .hint("a clone that has it can put it back: git qms sync --push-only, once the cause is known"),
        SyncError::Stopped { remote, reason } => reason
            .lines()
            .filter(|line| !line.starts_with("error: failed to push"))
            .fold(Error::no(format!("a hook here stopped the push to {remote}")), Error::detail),
        other => other.into(),
    }
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
fn take_tags(context: &Context, verification: &Verification, theirs: &Fetched) -> Result<Vec<String>> {
    let mut taken = Vec::new();
    for (_, release) in releases(&verification.ledger) {
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

/// The records that a ledger head does not contain, by kind and person.
fn counted(verification: &Verification, head: Option<CommitId>) -> Vec<Counted> {
    let ledger = &verification.ledger;
    let is_new = |record: &&Verified<Record>| head.is_none_or(|head| !ledger.head_contains(head, record));
    let mut counts: BTreeMap<(String, String), u64> = BTreeMap::new();
    for record in ledger.records().iter().filter(is_new) {
        *counts.entry((record.header.kind.to_string(), record.header.recorder.to_string())).or_default() += 1;
    }
    counts.into_iter().map(|((kind, recorder), records)| Counted { kind, recorder, records }).collect()
}

/// The attached files that the remote has, as far as is known, when ours hold all of them.
fn theirs_of(context: &Context, remote: &str, theirs: &Fetched, unfetched: bool) -> Result<Option<CommitId>> {
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
fn lacking(context: &Context, there: Option<CommitId>) -> Result<usize> {
    let (ours, theirs) = (context.repo.files()?, context.repo.files_at(there)?);
    Ok(ours.digests().filter(|digest| !theirs.contains(digest)).count())
}

/// Pushes ledger, trust, files and the release tags that the remote lacks, all or none.
fn push(
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
    let our_files = context.repo.ref_tip(FILES)?;
    let files = (our_files.is_some() && our_files != their_files).then_some(their_files);
    if references.is_empty() && files.is_none() {
        return Ok(());
    }
    let names: Vec<&str> = references.iter().map(String::as_str).collect();
    context.repo.push_with(remote, &names, files)
}

/// Longer each time, and not the same for all who lost the race together.
fn pause(tries: u32) -> Duration {
    let spread = u64::from(std::process::id()) % 97 + u64::try_from(clock::now().seconds() % 13).unwrap_or(0);
    Duration::from_millis((50 << tries.min(5)) + spread)
}
