//! Protected branches: only what passes its gate gets there, and they only grow.

use std::collections::BTreeSet;

use super::updates::Update;
use crate::cli::context::Context;
use crate::cli::error::Result;
use crate::cli::judge::Question;
use crate::cli::verification::Verification;
use crate::policy::{Glob, PATH, Policy, Purpose, Verdict};
use crate::record::{CommitId, Name};
use crate::store::ConfigScope;
use crate::verify::Outcome;

/// The patterns of branches that are protected: `qms.protectedBranch`, as often as needed.
pub(super) struct Protected(Vec<String>);

impl Protected {
    /// As git's configuration names them.
    pub(super) fn of(context: &Context) -> Self {
        Self(context.repo.config_values("qms.protectedBranch", ConfigScope::Any))
    }

    /// Whether the update is of such a branch.
    pub(super) fn covers(&self, update: &Update) -> bool {
        let Some(branch) = update.branch() else { return false };
        let is_it = |pattern: &String| {
            let pattern = pattern.strip_prefix("refs/heads/").unwrap_or(pattern);
            pattern == branch || pattern.parse::<Glob>().is_ok_and(|glob| glob.matches(branch))
        };
        self.0.iter().any(is_it)
    }
}

/// What speaks against an update of a protected branch.
pub(super) fn branch_refusals(context: &Context, verification: &Verification, update: &Update) -> Result<Vec<String>> {
    let branch = update.branch().unwrap_or(&update.at);
    let Some(new) = update.new else {
        return Ok(vec![format!("protected branch {branch} would be deleted")]);
    };
    if let Some(old) = update.old {
        if !context.repo.has_object(&old) {
            return Ok(vec![format!(
                "branch {branch} at the remote is {}, which is not here: first git fetch",
                old.short()
            )]);
        }
        if !context.repo.is_ancestor(&old, &new)? {
            return Ok(vec![format!(
                "protected branch {branch} would lose {}: it is rolled back or rewritten",
                old.short()
            )]);
        }
    }
    let commit = context.commit_info(new)?;
    let policy = context.policy(&verification.ledger, &commit, context.now)?;
    let mut refusals = Vec::new();
    let (services, stray) = asked(context, &policy, update.old, &new)?;
    for service in services {
        for environment in environments(&policy) {
            let question = Question {
                service: service.clone(),
                environment: environment.clone(),
                purpose: Purpose::Gate,
                ..Question::default()
            };
            let verdict = context.judge_at(verification, &commit, &question, context.now)?.verdict;
            refusals.extend(told(branch, &new, service.as_ref(), environment.as_ref(), &verdict));
        }
    }
    if let Some(file) = stray.filter(|_| !refusals.is_empty()) {
        refusals.push(format!(
            "{file:?} is of no service, so that every service was asked: name it in the paths of those that it concerns, in {PATH}"
        ));
    }
    Ok(refusals)
}

/// The services whose gates are asked: those whose files the push changes, and all where it changes a file of none, which
/// is told, too: whom it concerns is not known. The catalog itself is in force by its ratification alone.
fn asked(
    context: &Context,
    policy: &Policy,
    old: Option<CommitId>,
    new: &CommitId,
) -> Result<(Vec<Option<Name>>, Option<String>)> {
    if policy.services.len() < 2 {
        return Ok((vec![policy.services.first().map(|service| service.name.clone())], None));
    }
    let paths = context.repo.changed_paths(old.as_ref(), new)?;
    let is_stray = |path: &&String| *path != PATH && !policy.services.iter().any(|service| service.is_made_of(path));
    let stray = paths.iter().find(is_stray).cloned();
    let is_asked =
        |service: &&crate::policy::Service| stray.is_some() || paths.iter().any(|path| service.is_made_of(path));
    let services = policy.services.iter().filter(is_asked).map(|service| Some(service.name.clone()));
    Ok((services.collect(), stray))
}

/// Those that users are served from.
fn environments(policy: &Policy) -> BTreeSet<Option<Name>> {
    let production = policy.environments.iter().filter(|environment| environment.production);
    let found: BTreeSet<_> = production.map(|environment| Some(environment.name.clone())).collect();
    if found.is_empty() { [None].into() } else { found }
}

fn told(
    branch: &str,
    commit: &CommitId,
    service: Option<&Name>,
    environment: Option<&Name>,
    verdict: &Verdict,
) -> Option<String> {
    if verdict.result == Outcome::Pass {
        return None;
    }
    let of = service.map(|service| format!(" of {service}")).unwrap_or_default();
    let to = environment.map(|environment| format!(" to {environment}")).unwrap_or_default();
    Some(format!(
        "protected branch {branch} would get {}{of}, which does not pass its gate{to}: {}",
        commit.short(),
        super::releases::unmet(verdict)
    ))
}
