//! `git qms approve`: a person signs that they reviewed a commit. Nobody can approve for another.

use clap::{Args, ValueEnum};

use super::record::attach::Attach;
use crate::cli::Start;
use crate::cli::command::record::correct::correction;
use crate::cli::context::Context;
use crate::cli::error::{Error, Exit, Result};
use crate::cli::target::Target;
use crate::cli::write::Draft;
use crate::record::kind::approval::{Approval, Meaning};
use crate::record::{ChangeRef, Claim, Kind, Name, Record, RecordId};
use crate::release::releases;
use crate::store::CommitInfo;
use crate::trust::{Chain, Member};
use crate::verify::{Ledger, Verified};

/// Sign that you reviewed a commit.
#[derive(Debug, Args)]
pub struct Approve {
    /// The commit or release; HEAD by default
    #[arg(value_name = "REV|RELEASE")]
    target: Option<String>,
    /// The role you sign in; a sole one needn't be named
    #[arg(long)]
    role: Option<Name>,
    /// What your signature means
    #[arg(long, value_enum, default_value = "approved")]
    meaning: MeaningOf,
    /// In your words
    #[arg(long)]
    comment: Option<String>,
    /// The service; a sole one needn't be named
    #[arg(long)]
    service: Option<Name>,
    /// The environment you approve it for
    #[arg(long)]
    environment: Option<Name>,
    /// The change; that of the only plan here needn't be named
    #[arg(long)]
    change: Option<ChangeRef>,
    /// Where you stand in the approval chain, from 1
    #[arg(long, value_parser = crate::cli::number::from_one::<u32>)]
    order: Option<u32>,
    /// Your approval that this one corrects, by 12 or more digits of its id
    #[arg(long, value_name = "RECORD", requires = "reason")]
    supersedes: Option<String>,
    /// Why it corrects
    #[arg(long, value_name = "TEXT", requires = "supersedes")]
    reason: Option<String>,
    #[command(flatten)]
    attach: Attach,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum MeaningOf {
    Authored,
    Reviewed,
    Approved,
    Released,
    Rejected,
}

impl From<MeaningOf> for Meaning {
    fn from(meaning: MeaningOf) -> Self {
        match meaning {
            MeaningOf::Authored => Self::Authored,
            MeaningOf::Reviewed => Self::Reviewed,
            MeaningOf::Approved => Self::Approved,
            MeaningOf::Released => Self::Released,
            MeaningOf::Rejected => Self::Rejected,
        }
    }
}

impl Approve {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let signing = context.signing()?;
        let ledger = context.ledger()?;
        let chain = ledger.chain();
        let member = context.person(chain, &signing, Kind::Approval, "approving")?;
        let role = role(chain, member, self.role.clone())?;
        let commit = match context.target(&ledger, self.target.as_deref()).map_err(Error::could_not_tell)? {
            Target::Commit(commit) | Target::Release { commit, .. } => commit,
            Target::Record(_) => {
                return Err(Error::new("a record is not approved, a commit or release is").hint("name a commit"));
            }
        };
        let planned = planned_changes(&context, &ledger, &commit);
        let change = match (&self.change, &planned[..]) {
            (Some(change), _) | (None, [change]) => Some(change.clone()),
            (None, []) => None,
            (None, several) => return Err(which_change(several, "an approval")),
        };
        let mut header = context.header(chain, member, Kind::Approval, commit.tree);
        header.service = self.service.clone().or_else(|| super::record::about::sole_service(&context));
        header.environment.clone_from(&self.environment);
        let plans = change.as_ref().map(|change| plans_of(&ledger, change)).unwrap_or_default();
        header.change = change;
        header.supersedes = match &self.supersedes {
            Some(prefix) => Some(correction(&ledger, prefix, self.reason.as_ref(), &header, commit.id)?),
            None => None,
        };
        let claim =
            Approval { role, meaning: self.meaning.into(), comment: self.comment.clone(), order: self.order, plans };
        let summary = crate::record::kind::Predicate::summary(&claim);
        let own = [&commit.author.email, &commit.committer.email].into_iter().chain(&commit.co_authors);
        if own.into_iter().any(|email| member.emails.iter().any(|mine| mine.eq_ignore_ascii_case(email))) {
            context
                .ui
                .warn("you are an author of this commit: your approval is recorded, but does not count as independent");
        }
        let draft = Draft { commit: commit.id, header, artifacts: Vec::new(), claim: Claim::Approval(claim) };
        let written = self.attach.record(&context, &signing, draft, &[])?;
        super::record::tell(&context, &written, &summary, Some("git qms gate"))
    }
}

/// The role named, or the only one of the member's that may approve.
fn role(chain: &Chain, member: &Member, named: Option<Name>) -> Result<Name> {
    let grants = chain.newest().version.grants.get(&Kind::Approval);
    let may: Vec<&Name> =
        member.roles.iter().filter(|role| grants.is_some_and(|grants| grants.contains(*role))).collect();
    let list = may.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
    match (named, &may[..]) {
        (Some(role), _) if member.roles.contains(&role) => Ok(role),
        (Some(role), _) => Err(Error::new(format!("{} does not hold the role {role}", member.id))
            .hint(format!("roles you can approve in: {list}; or: git qms trust grant {} --role {role}", member.id))),
        (None, [role]) => Ok((*role).clone()),
        (None, _) => {
            Err(Error::new(format!("{} can approve in several roles: {list}", member.id))
                .hint("choose one: --role ROLE"))
        }
    }
}

/// The plans of a change that were not corrected.
pub fn plans_of(ledger: &Ledger, change: &ChangeRef) -> Vec<RecordId> {
    let same = |record: &&Verified<Record>| {
        record.header.kind == Kind::Plan
            && record.header.change.as_ref().is_some_and(|found| found.folded() == change.folded())
            && ledger.superseded_by(record.id).is_none()
    };
    let mut plans: Vec<RecordId> = ledger.records().iter().filter(same).map(|record| record.id).collect();
    plans.sort_unstable();
    plans
}

/// How far back a plan is looked for.
const LOOK_BACK: usize = 100;

/// The change that [`planned_changes`] finds, if it is a sole one.
pub fn sole_change(context: &Context, ledger: &Ledger, commit: &CommitInfo) -> Option<ChangeRef> {
    match &planned_changes(context, ledger, commit)[..] {
        [change] => Some(change.clone()),
        _ => None,
    }
}

/// The changes that are planned on the commit, or else on its tree, or else on the nearest commit before it that has a
/// plan. A plan that was released is done: it goes behind those that were not, and none is looked for behind a release.
pub fn planned_changes(context: &Context, ledger: &Ledger, commit: &CommitInfo) -> Vec<ChangeRef> {
    let mut planned = planned_in(ledger, ledger.on(commit.id));
    if planned.is_empty() {
        planned = planned_in(ledger, ledger.by_tree(commit.tree));
    }
    let mut at = commit.clone();
    if planned.len() > 1 {
        let open = |change: &&ChangeRef| {
            !releases(ledger).any(|(record, _)| {
                record.header.tree == commit.tree
                    && record.header.change.as_ref().is_some_and(|released| released.folded() == change.folded())
            })
        };
        let left: Vec<ChangeRef> = planned.iter().filter(open).cloned().collect();
        planned = if left.is_empty() { planned } else { left };
    }
    for _ in 0..LOOK_BACK {
        if !planned.is_empty() {
            return planned;
        }
        let before = at.parents.first().and_then(|parent| context.commit_info(*parent).ok());
        let Some(before) = before else { return planned };
        if ledger.on(before.id).any(|record| record.header.kind == Kind::Release) {
            return planned;
        }
        planned = planned_in(ledger, ledger.on(before.id));
        at = before;
    }
    planned
}

/// Asks which of several changes is meant.
pub fn which_change(several: &[ChangeRef], wanted_by: &str) -> Error {
    let names: Vec<&str> = several.iter().map(ChangeRef::as_str).collect();
    Error::new(format!("{wanted_by} is for one change, and several are planned here: {}", names.join(", ")))
        .hint(format!("choose one: --change {}", names.first().unwrap_or(&"CHANGE")))
}

fn planned_in<'a>(ledger: &Ledger, records: impl Iterator<Item = &'a Verified<Record>>) -> Vec<ChangeRef> {
    let plans = records.filter(|record| record.header.kind == Kind::Plan && ledger.superseded_by(record.id).is_none());
    let mut changes: Vec<ChangeRef> = Vec::new();
    for change in plans.filter_map(|plan| plan.header.change.as_ref()) {
        if !changes.iter().any(|known| known.folded() == change.folded()) {
            changes.push(change.clone());
        }
    }
    changes
}
