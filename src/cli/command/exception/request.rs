//! `git qms exception request`.

use clap::Args;

use super::expiry::Expiry;
use super::find::{catalog, is_proposed};
use crate::cli::Start;
use crate::cli::command::record;
use crate::cli::command::record::attach::Attach;
use crate::cli::command::record::correct::correction;
use crate::cli::context::Context;
use crate::cli::error::{Error, Exit, Result};
use crate::cli::write::Draft;
use crate::policy::exception::{RETROACTIVE, Register};
use crate::policy::near;
use crate::policy::verdict::RESERVED;
use crate::policy::{ExceptionsFrom, Glob, Interval, Policy};
use crate::record::kind::exception::{Exception, MOST_COMMITS, Reach};
use crate::record::{ChangeRef, Claim, CommitId, Kind, Name, TagName};
use crate::store::CommitInfo;

/// Ask that a control may go unsatisfied: exactly for what is named, until it expires.
#[derive(Debug, Args)]
pub(super) struct Request {
    /// The control; RETROACTIVE to release what is in production already
    control: Name,
    /// Why it may go unsatisfied
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// What is done instead
    #[arg(long, value_name = "TEXT")]
    compensating: String,
    /// When it ends: so long from now (12h, 30d), or a day or time in UTC
    #[arg(long, value_name = "30d|TIME")]
    expires: Expiry,
    /// An emergency: evidence may come with the review, which has to come after the fact
    #[arg(long)]
    emergency: bool,
    /// How soon an emergency has to be reviewed
    #[arg(long, value_name = "TIME", default_value = "72h", requires = "emergency")]
    review_within: Interval,
    #[command(flatten)]
    scope: Scope,
    /// Your request that this one corrects, by 12 or more digits of its id; the reason says why
    #[arg(long, value_name = "RECORD")]
    supersedes: Option<String>,
    #[command(flatten)]
    attach: Attach,
}

/// What it is for: nothing but what is named.
#[derive(Debug, Args)]
#[command(next_help_heading = "What it is for")]
struct Scope {
    /// This commit alone; HEAD by default
    #[arg(long, value_name = "REV")]
    commit: Option<String>,
    /// The commits after A up to B alone, and a release that brings in no others
    #[arg(long, value_name = "A..B", conflicts_with = "commit")]
    range: Option<String>,
    /// Whatever goes out of the service meanwhile
    #[arg(long, conflicts_with_all = ["commit", "range"])]
    any_commit: bool,
    /// Only where all that is changed lies within; repeat for more
    #[arg(long = "path", value_name = "PATTERN")]
    paths: Vec<Glob>,
    /// The service; a sole one needn't be named
    #[arg(long)]
    service: Option<Name>,
    /// The environment; a sole one needn't be named
    #[arg(long)]
    environment: Option<Name>,
    /// The release of this tag alone, which may be one to come
    #[arg(long, value_name = "TAG")]
    release: Option<TagName>,
    /// This change alone
    #[arg(long)]
    change: Option<ChangeRef>,
}

impl Request {
    /// Runs the command.
    pub(super) fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let signing = context.signing()?;
        let ledger = context.ledger()?;
        let chain = ledger.chain();
        let member = context.person(chain, &signing, Kind::Exception, "asking for an exception")?;
        let policy = catalog(&context, &ledger)?;
        self.check_control(&context, &policy)?;
        if self.attach.is_empty() && !self.emergency {
            return Err(Error::new("an exception needs evidence: a file that shows why it is right")
                .hint("--attach FILE, or --attach-uri URI --sha256 DIGEST --size BYTES; in an emergency: --emergency --review-within 72h"));
        }
        let (commit, reach, commits) = self.scope.commits(&context)?;
        let mut header = context.header(chain, member, Kind::Exception, commit.tree);
        self.scope.narrow(&context, &policy, &mut header)?;
        if let Some(prefix) = &self.supersedes {
            header.supersedes = Some(correction(&ledger, prefix, Some(&self.reason), &header, commit.id)?);
        }
        let claim = Exception {
            control: self.control.clone(),
            reach,
            commits,
            paths: self.scope.paths.iter().map(ToString::to_string).collect(),
            reason: self.reason,
            compensating: self.compensating,
            expires: self.expires.moment(&policy, context.now)?,
            review_by: self.emergency.then(|| self.review_within.after(context.now)),
        };
        let claim = Claim::Exception(claim);
        claim.check().map_err(|reason| Error::new(format!("exception: {reason}")))?;
        let summary = claim.summary();
        let draft = Draft { commit: commit.id, header, artifacts: Vec::new(), claim };
        let written = self.attach.record(&context, &signing, draft, &[])?;
        let roles = Register::of(&ledger, &policy, context.at).deciders(&self.control);
        let roles: Vec<&str> = roles.iter().map(Name::as_str).collect();
        let whom =
            if roles.is_empty() { "another person".to_owned() } else { format!("another {}", roles.join(" or ")) };
        let next = format!("{whom} decides: git qms exception approve {}", written.id.short());
        record::tell(&context, &written, &summary, Some(&next))
    }

    /// Whether the catalog lets it go at all. One for a control that the tree proposes lets nothing go until it is in force, and
    /// is told; one for a control that is nowhere is a slip.
    fn check_control(&self, context: &Context, policy: &Policy) -> Result<()> {
        let name = self.control.as_str();
        if name == RETROACTIVE {
            return Ok(());
        }
        if RESERVED.contains(&name) {
            return Err(Error::new(format!("{name} is a line of the gate's own: there is no exception from it"))
                .hint("see what it says: git qms gate --explain"));
        }
        match policy.controls.iter().find(|control| control.id == self.control) {
            Some(control) if control.exceptions == ExceptionsFrom::Refused => {
                let role = control.escalation.as_ref().unwrap_or(&control.owner);
                Err(Error::no(format!("the catalog allows no exception from {name}")).hint(format!("turn to: {role}")))
            }
            Some(_) => Ok(()),
            None if is_proposed(context, &self.control)? => {
                context.ui.warn(&format!(
                    "{name} is proposed and not in force: the exception lets nothing go until the catalog is ratified"
                ));
                Ok(())
            }
            None => {
                let known: Vec<&str> = policy.controls.iter().map(|control| control.id.as_str()).collect();
                let meant = near::meant(name, known.iter().copied());
                Err(Error::new(format!("the catalog has no control {name}"))
                    .hint(format!("{meant}it has: {}; an exception is for one of these", known.join(", "))))
            }
        }
    }
}

impl Scope {
    /// The commit that the request is put on, and which commits it is for.
    fn commits(&self, context: &Context) -> Result<(CommitInfo, Reach, Vec<CommitId>)> {
        let Some(range) = &self.range else {
            let reach = if self.any_commit { Reach::Service } else { Reach::Commit };
            return Ok((context.commit(self.commit.as_deref())?, reach, Vec::new()));
        };
        let (from, to) = range
            .split_once("..")
            .filter(|(from, to)| !from.is_empty() && !to.starts_with('.'))
            .ok_or_else(|| Error::new(format!("{range:?} is no range of commits")).hint("--range v1..HEAD"))?;
        let from = context.commit(Some(from))?;
        let to = context.commit(Some(to).filter(|to| !to.is_empty()))?;
        let commits = context.repo.first_parent_range(Some(&from.id), &to.id)?;
        if commits.is_empty() || commits.len() > MOST_COMMITS {
            return Err(Error::new(format!(
                "{range} is {} commits: an exception names 1 to {MOST_COMMITS}",
                commits.len()
            ))
            .hint("the older end first: --range OLD..NEW"));
        }
        Ok((to, Reach::Range, commits))
    }

    fn narrow(&self, context: &Context, policy: &Policy, header: &mut crate::record::Header) -> Result<()> {
        header.service = self.service.clone().or(match &policy.services[..] {
            [service] => Some(service.name.clone()),
            _ => None,
        });
        header.environment = self.environment.clone().or(match &policy.environments[..] {
            [environment] => Some(environment.name.clone()),
            _ => None,
        });
        header.release.clone_from(&self.release);
        header.change.clone_from(&self.change);
        let known = |what: &str, asked: Option<&Name>, names: Vec<&str>| match asked {
            Some(asked) if !names.contains(&asked.as_str()) => {
                Err(Error::new(format!("the catalog has no {what} {asked}"))
                    .hint(format!("it has: {}", names.join(", "))))
            }
            _ => Ok(()),
        };
        known("service", header.service.as_ref(), policy.services.iter().map(|one| one.name.as_str()).collect())?;
        let environments: Vec<&str> = policy.environments.iter().map(|one| one.name.as_str()).collect();
        known("environment", header.environment.as_ref(), environments.clone())?;
        if header.service.is_none() && self.any_commit {
            return Err(Error::new("an exception for any commit is for one service").hint("--service NAME"));
        }
        if header.environment.is_none() && !environments.is_empty() {
            context.ui.warn(&format!(
                "no environment is named: it holds only where a gate asks about none, and not for {}",
                environments.join(", ")
            ));
        }
        Ok(())
    }
}
