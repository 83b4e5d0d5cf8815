//! What every record can say about where it applies.

use std::path::PathBuf;

use clap::Args;

use super::attach::Attach;
use super::automation::Automation;
use super::correct::correction;
use super::stdin::{self, Dash, dash};
use crate::cli::Start;
use crate::cli::context::{Context, Signing};
use crate::cli::error::{Error, Exit, Result};
use crate::cli::write::Draft;
use crate::policy;
use crate::record::input::Place;
use crate::record::statement::Artifact;
use crate::record::{
    ChangeRef, Claim, CommitId, FileRef, Header, Input, Kind, Name, Record, Span, Supersedes, TagName, UtcTime,
};
use crate::store::{CommitInfo, Dirty};
use crate::trust::Chain;

/// Evidence made from the files on disk; the other kinds are words about the commit itself.
const FROM_WORK_TREE: [Kind; 4] = [Kind::Build, Kind::Test, Kind::Scan, Kind::Analysis];

/// What every record can say about where it applies.
#[derive(Debug, Args)]
#[command(next_help_heading = "What it applies to")]
pub struct About {
    /// `-`: read one JSON object from standard input; its shape: git qms schema KIND --stdin
    #[arg(id = "stdin", value_name = "-", value_parser = dash)]
    input: Option<Dash>,
    /// The commit it speaks about
    #[arg(long, value_name = "REV")]
    commit: Option<String>,
    /// The service; a sole one needn't be named
    #[arg(long)]
    service: Option<Name>,
    /// The environment
    #[arg(long)]
    environment: Option<Name>,
    /// The release
    #[arg(long, value_name = "TAG")]
    release: Option<TagName>,
    /// The change or ticket; named, the record also counts for another commit with the same tree
    #[arg(long)]
    change: Option<ChangeRef>,
    /// When it began (RFC 3339)
    #[arg(long, value_name = "TIME", value_parser = crate::cli::time)]
    start: Option<UtcTime>,
    /// When it ended
    #[arg(long, value_name = "TIME", value_parser = crate::cli::time)]
    end: Option<UtcTime>,
    /// The record it corrects, by 12 or more digits of its id
    #[arg(long, value_name = "RECORD", requires = "reason")]
    supersedes: Option<String>,
    /// Why: of a plan, the business reason; else why it supersedes
    #[arg(long)]
    pub(super) reason: Option<String>,
    /// Why it supersedes, where an object on standard input says so.
    #[arg(skip)]
    why: Option<String>,
    #[command(flatten)]
    automation: Automation,
    #[command(flatten)]
    attach: Attach,
}

/// A record in the making: who signs it, about which commit, and its header so far.
pub struct Making {
    /// The repository.
    pub context: Context,
    /// Who signs.
    pub signing: Signing,
    /// The trust.
    pub chain: Chain,
    /// The commit it speaks about.
    pub commit: CommitInfo,
    /// What every kind has in common.
    pub header: Header,
    /// The paths of the reports that it is made from.
    pub reports: Vec<PathBuf>,
    /// Why the work tree is not the commit, if so.
    dirty: Dirty,
    /// What goes with it.
    attach: Attach,
}

impl About {
    /// Whether the object on standard input is asked for.
    pub fn is_from_stdin(&self) -> bool {
        self.input.is_some()
    }

    /// Of a plan: why the change is made. Beside an object that says so, the option is why it supersedes.
    pub fn business_reason(&self) -> Option<String> {
        let corrects = self.is_from_stdin() && self.supersedes.is_some() && self.why.is_none();
        self.reason.clone().filter(|_| !corrects)
    }

    /// Where an earlier record applied, unless the options say otherwise. With another release it lies elsewhere.
    #[must_use]
    pub fn beside(mut self, earlier: &Record) -> Self {
        let header = &earlier.header;
        if self.release.is_none() && self.commit.is_none() {
            self.commit = Some(earlier.commit.to_string());
            self.release.clone_from(&header.release);
        }
        self.service = self.service.or_else(|| header.service.clone());
        self.environment = self.environment.or_else(|| header.environment.clone());
        self.change = self.change.or_else(|| header.change.clone());
        self
    }

    /// The object on standard input, if it is asked for: what it says of where it applies gives way to the options.
    pub fn with_input(self, kind: Kind) -> Result<(Self, Option<Input>)> {
        if !self.is_from_stdin() {
            return Ok((self, None));
        }
        let mut input = stdin::read(kind)?;
        let place = std::mem::take(&mut input.place);
        Ok((self.over(place), Some(input)))
    }

    /// The options, and where they say nothing, what a place says.
    #[must_use]
    pub fn over(mut self, place: Place) -> Self {
        let Place { occurred, service, environment, release, change, source, supersedes } = place;
        self.start = self.start.or(occurred.map(|span| span.start));
        self.end = self.end.or(occurred.map(|span| span.end));
        self.service = self.service.or(service);
        self.environment = self.environment.or(environment);
        self.release = self.release.or(release);
        self.change = self.change.or(change);
        self.automation = self.automation.over(source);
        if let (None, Some(supersedes)) = (&self.supersedes, supersedes) {
            self.supersedes = Some(supersedes.record.to_string());
            self.why = Some(supersedes.reason);
        }
        self
    }

    /// Opens the repository and fills the header of a record of `kind`. `reported` is when a report says
    /// that it happened.
    pub fn begin(&self, start: &Start, kind: Kind, reported: Option<Span>) -> Result<Making> {
        self.begin_in(start.open()?, kind, reported)
    }

    /// The commit that the record is about.
    pub fn commit_in(&self, context: &Context) -> Result<CommitInfo> {
        context.commit(self.commit.as_deref().or(self.release.as_ref().map(TagName::as_str)))
    }

    /// As [`Self::begin`], in a repository that is open.
    pub fn begin_in(&self, context: Context, kind: Kind, reported: Option<Span>) -> Result<Making> {
        let signing = context.signing()?;
        let chain = context.chain()?;
        let member = context.member(&chain, &signing)?;
        context.check_grant(&chain, member, &signing, kind)?;
        let commit = self.commit_in(&context)?;
        let mut header = context.header(&chain, member, kind, commit.tree);
        header.occurred = self.occurred(context.now, reported)?;
        header.service = self.service.clone().or_else(|| sole_service(&context));
        header.environment.clone_from(&self.environment);
        if let Some(environment) = &self.environment {
            check_environment(&context, environment);
        }
        header.release.clone_from(&self.release);
        header.change.clone_from(&self.change);
        header.source = self.automation.source(&context.environment)?;
        let dirty =
            if FROM_WORK_TREE.contains(&kind) { context.repo.dirty_state(&commit.id)? } else { Dirty::default() };
        header.dirty = dirty.is_dirty();
        header.supersedes = self.supersedes(&context, &header, commit.id)?;
        let (reports, attach) = (Vec::new(), self.attach.clone());
        Ok(Making { context, signing, chain, commit, header, reports, dirty, attach })
    }

    fn occurred(&self, now: UtcTime, reported: Option<Span>) -> Result<Span> {
        let reported = reported.unwrap_or(Span::at(now));
        let start = self.start.or(self.end.filter(|end| *end < reported.start)).unwrap_or(reported.start);
        let end = self.end.unwrap_or_else(|| reported.end.max(start));
        if end < start {
            return Err(Error::new(format!("it ended at {end}, before it began at {start}"))
                .hint("give --start and --end in order, in UTC"));
        }
        Ok(Span { start, end })
    }

    fn supersedes(&self, context: &Context, header: &Header, commit: CommitId) -> Result<Option<Supersedes>> {
        let Some(prefix) = &self.supersedes else { return Ok(None) };
        let reason = self.why.as_ref().or(self.reason.as_ref());
        correction(&context.ledger()?, prefix, reason, header, commit).map(Some)
    }
}

impl Making {
    /// Stores what goes with it, signs and writes it, and tells. `files` are the reports, as they were read.
    pub fn finish(
        self,
        artifacts: Vec<Artifact>,
        files: Vec<FileRef>,
        claim: Claim,
        next: Option<&str>,
    ) -> Result<Exit> {
        let Self { context, signing, commit, mut header, reports, dirty, attach, .. } = self;
        header.files = files;
        let summary = match (&header.test, &header.scan) {
            (Some(test), _) => test.summary(),
            (_, Some(scan)) => scan.summary(),
            _ => claim.summary(),
        };
        if let Some(reason) = dirty.reasons.first() {
            context.ui.warn(&format!(
                "the work tree is not the commit ({reason}): the record says so, and satisfies no control"
            ));
        }
        let draft = Draft { commit: commit.id, header, artifacts, claim };
        let written = attach.record(&context, &signing, draft, &reports)?;
        super::tell(&context, &written, &summary, next)
    }
}

/// The policy's only service, by the catalog of the work tree.
pub fn sole_service(context: &Context) -> Option<Name> {
    match &catalog(context)?.services[..] {
        [service] => Some(service.name.clone()),
        _ => None,
    }
}

/// Warns of an environment that the catalog does not know: controls for it guard nothing.
pub fn check_environment(context: &Context, environment: &Name) {
    let Some(policy) = catalog(context).filter(|policy| !policy.environments.is_empty()) else { return };
    if policy.environments.iter().all(|known| known.name != *environment) {
        let known: Vec<&str> = policy.environments.iter().map(|known| known.name.as_str()).collect();
        context.ui.warn(&format!("the catalog has no environment {environment}; it has {}", known.join(", ")));
    }
}

fn catalog(context: &Context) -> Option<policy::Policy> {
    let text = std::fs::read_to_string(context.repo.workdir()?.join(policy::PATH)).ok()?;
    policy::parse(&text, policy::PATH).ok()
}
