//! `git qms status`: what there is of a commit or release, what is open, and the next step.

use clap::Args;

use crate::cli::Start;
use crate::cli::command::approve::sole_change;
use crate::cli::command::exception::json::{self, ExceptionJson};
use crate::cli::context::Context;
use crate::cli::error::{Error, Exit, Result};
use crate::cli::judge::{Judged, Question, for_gate};
use crate::cli::target::Target;
use crate::cli::ui::Tone;
use crate::cli::verification::Verification;
use crate::policy::Purpose;
use crate::policy::exception::{Asked, ExceptionState};
use crate::policy::verdict::{Judgement, PolicyState};
use crate::record::kind::incident::CaseState;
use crate::record::{ChangeRef, Kind, Name, RecordId, Stage, TagName};
use crate::release::{Manifest, releases};
use crate::report::duty::{Duty, open_duties};
use crate::report::story::{Part, Story};
use crate::report::timing::Deadlines;
use crate::store::CommitInfo;
use crate::verify::{Case, Outcome, Severity};

mod tell;

/// Show what there is of a commit or release, what is open, and the next step.
///
/// Exit 0 when it can tell, whatever is open; 1 when the evidence does not verify; 2 when it cannot tell.
#[derive(Debug, Args)]
pub struct Status {
    /// The commit or release; HEAD by default
    #[arg(value_name = "REV|RELEASE")]
    target: Option<String>,
    /// The service; a sole one needn't be named
    #[arg(long)]
    service: Option<Name>,
    /// The environment; a sole one needn't be named
    #[arg(long)]
    environment: Option<Name>,
}

/// Everything that status tells.
struct Picture<'a> {
    context: &'a Context,
    verification: &'a Verification,
    commit: &'a CommitInfo,
    release: Option<(&'a TagName, &'a Manifest)>,
    story: Story<'a>,
    deadlines: Deadlines,
    /// Deployments of the project that nobody watched yet.
    duties: Vec<Duty>,
    /// Incidents and defects of the project that are not closed.
    cases: Vec<Case<'a>>,
    /// Exceptions of the project that hold, or wait for a decision or a review: each told, in its tone.
    exceptions: Vec<(Tone, String, ExceptionJson)>,
    /// What the gate says, or why it cannot.
    judged: Result<Judged>,
    next: Option<String>,
}

impl Status {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let verification = context.verify(for_gate())?;
        let (commit, release) =
            match context.target(&verification.ledger, self.target.as_deref()).map_err(Error::could_not_tell)? {
                Target::Commit(commit) => match released(&context, &verification, &commit) {
                    Some(tag) => {
                        let (manifest, _) = crate::cli::releases::manifest_of(&context, &tag)?;
                        (commit, Some((tag, manifest)))
                    }
                    None => (commit, None),
                },
                Target::Release { tag, manifest, commit } => (commit, Some((tag, *manifest))),
                Target::Record(_) => {
                    return Err(Error::new("a record has no stages, a commit or release does").hint("name a commit"));
                }
            };
        let release = release.as_ref().map(|(tag, manifest)| (tag, manifest));
        let manifest = release.map(|(_, manifest)| manifest);
        let change = match manifest {
            Some(manifest) => Some(manifest.change.clone()),
            None => sole_change(&context, &verification.ledger, &commit),
        };
        let deadlines = context.deadlines(&verification.ledger);
        let story = Story::of(&verification.ledger, commit.id, commit.tree, manifest, &deadlines);
        let duties = open_duties(&verification.ledger, &deadlines);
        let mut cases = verification.ledger.cases();
        cases.retain(|case| case.state() != CaseState::Closed);
        let judged = context.judge(&verification, &commit, &self.question(manifest, change.clone()));
        let next = next(&verification, &story, &judged, release, change.as_ref());
        let exceptions = json::exceptions(&context, &verification.ledger, &commit, live).unwrap_or_default();
        let picture = Picture {
            context: &context,
            verification: &verification,
            commit: &commit,
            release,
            story,
            deadlines,
            duties,
            cases,
            exceptions,
            judged,
            next,
        };
        picture.tell()?;
        Ok(picture.exit())
    }

    fn question(self, manifest: Option<&Manifest>, change: Option<ChangeRef>) -> Question {
        let service = self.service.or_else(|| manifest.map(|manifest| manifest.service.clone()));
        let released_for = || match manifest.map(|manifest| &manifest.environments[..]) {
            Some([environment]) => Some(environment.clone()),
            _ => None,
        };
        let release = manifest.map(|manifest| manifest.tag.clone());
        let environment = self.environment.or_else(released_for);
        Question { service, environment, change, release, purpose: Purpose::Gate }
    }
}

impl Picture<'_> {
    fn exit(&self) -> Exit {
        let gate = self.judged.as_ref().map(|judged| judged.verdict.result);
        match (self.verification.outcome(), gate) {
            (Outcome::Fail, _) => Exit::No,
            (Outcome::Incomplete, _) | (_, Err(_) | Ok(Outcome::Incomplete)) => Exit::CouldNotTell,
            (Outcome::Pass, _) => Exit::Yes,
        }
    }
}

/// An exception that holds, or that somebody has to do something about.
fn live(one: &Asked<'_>) -> Option<(Tone, String, ExceptionJson)> {
    let (tone, what) = match one.state {
        _ if one.overdue => (Tone::Bad, "overdue for review".to_owned()),
        ExceptionState::Open => (Tone::Odd, "waits for a decision".to_owned()),
        ExceptionState::Provisional => (Tone::Odd, "holds, and waits for approval".to_owned()),
        ExceptionState::InForce => (Tone::Odd, format!("holds until {}", one.expires)),
        _ => return None,
    };
    let review = one.review_due().filter(|_| !one.overdue).map_or(String::new(), |by| format!(", review due by {by}"));
    let (id, control) = (one.record.id.short(), &one.claim.control);
    Some((tone, format!("{id} from {control} {what}{review}"), ExceptionJson::of(one)))
}

/// The newest release of this very commit whose tag is here.
fn released(context: &Context, verification: &Verification, commit: &CommitInfo) -> Option<TagName> {
    let of_commit = releases(&verification.ledger).filter(|(record, _)| record.commit == commit.id);
    let here = of_commit.filter(|(_, release)| context.repo.tag(&release.tag).is_ok_and(|tag| tag.is_some()));
    here.last().map(|(_, release)| release.tag.clone())
}

/// The records of a stage that stand, without the gate's own decisions; the newest last.
fn standing<'a, 'b>(parts: &'b [Part<'a>]) -> Vec<&'b Part<'a>> {
    let stands = |part: &&Part<'_>| part.superseded_by.is_none() && !matches!(part.record.header.kind, Kind::Gate);
    parts.iter().filter(stands).collect()
}

/// The first thing that stands in the way, as a command.
fn next(
    verification: &Verification,
    story: &Story<'_>,
    judged: &Result<Judged>,
    release: Option<(&TagName, &Manifest)>,
    change: Option<&ChangeRef>,
) -> Option<String> {
    if let Some(worst) = verification.findings.iter().find(|finding| finding.severity >= Severity::Incomplete) {
        return Some(worst.next_step().to_owned());
    }
    if let Some((tag, manifest)) = release {
        let mut environments = manifest.environments.iter();
        let open =
            environments.find_map(|environment| match (story.deployed(environment), story.watched(environment)) {
                (false, _) => {
                    Some(format!("git qms record deploy --release {tag} --environment {environment} --outcome success"))
                }
                (true, false) => {
                    Some(format!("git qms record monitor --release {tag} --environment {environment} --smoke pass"))
                }
                (true, true) => None,
            });
        let case = || story.cases.iter().find(|case| case.state() != CaseState::Closed).map(close);
        return open.or_else(case);
    }
    if change.is_none() && !story.has(Stage::Plan) {
        return Some("git qms record plan --change CHG-1842 --reason \"why it is made\"".to_owned());
    }
    let judged = match judged {
        Ok(judged) => judged,
        Err(error) => return error.next_step().map(str::to_owned),
    };
    let blocks = |outcome| matches!(outcome, Judgement::Fail | Judgement::Incomplete);
    let blocking = judged.verdict.controls.iter().find(|control| blocks(control.outcome));
    if let Some(control) = blocking {
        return control.hint.clone().or_else(|| Some("see what is missing: git qms gate".to_owned()));
    }
    Some(match judged.verdict.state {
        PolicyState::InForce => "git qms release".to_owned(),
        _ => "the policy owner puts the catalog in force: git qms policy ratify".to_owned(),
    })
}

/// The command that brings an incident or a defect nearer to its end.
fn close(case: &Case<'_>) -> String {
    let (kind, id) = (case.last.header.kind, case.id());
    match (kind, case.state()) {
        (Kind::Incident, CaseState::Open) => format!("git qms record incident --id {id} --restored"),
        _ => format!("git qms record {kind} --id {id} --remediation TEXT --closed"),
    }
}

/// `6de69eff010d +1`: the newest record, and how many more.
fn short_list(ids: &[RecordId]) -> String {
    match ids {
        [] => String::new(),
        [one] => one.short(),
        [first, rest @ ..] => format!("{} +{}", first.short(), rest.len()),
    }
}
