//! A case of the catalog, rehearsed: a project in memory whose records are signed and verified like those in git.

mod stage;

use self::stage::{Stage, commit_id, tree_id};
use super::error::{Error, Result, While as _};
use crate::policy::case::{Case, Hands, NOW, Person};
use crate::policy::evidence::CommitFacts;
use crate::policy::exception::{untagged_deployment, with_deployment};
use crate::policy::{self, Changes, Evidence, Lineage, Policy, Purpose, Subject, Verdict};
use crate::record::UtcTime;

/// The verdict on a case.
pub fn verdict(policy: &Policy, people: &[Person], case: &Case) -> Result<Verdict> {
    let mut stage = Stage::of(people)?;
    let commits: Vec<CommitFacts> = (0..).zip(&case.commits).map(|(at, hands)| facts(at, hands)).collect();
    stage.show(&commits);
    let mut lines = Vec::new();
    for given in &case.given {
        let commit = commits.get(given.commit).ok_or_else(|| Error::new("a record on a commit that is not there"))?;
        let id = stage.given(given, commit).while_(format!("the record on line {}", given.line))?;
        lines.push((id, given.line));
    }
    let head = commits.last().cloned().ok_or_else(|| Error::new("a case without a commit"))?;
    let ledger = stage.ledger()?;
    let void = lines.iter().filter(|(id, _)| ledger.record(*id).is_none()).map(|(_, line)| *line).min();
    if let Some(line) = void {
        let why = ledger.findings().iter().find(|finding| finding.code.is_of_void_line());
        let why = why.map_or("it does not verify", |finding| &finding.message);
        return Err(Error::new(format!("the record on line {line} counts for nothing: {why}")));
    }
    let subject = Subject {
        commit: head.id,
        tree: head.tree,
        service: case.service.clone(),
        environment: case.environment.clone(),
        change: case.change.clone(),
        release: case.release.clone(),
        changed: Some(case.paths.clone()),
        own_policy: Some(policy.digest),
    };
    let lineage = Lineage { head, range: commits, twins: Vec::new() };
    let changes = Changes::Known { paths: case.paths.clone(), lines: case.lines };
    let evidence = Evidence::gather(&ledger, subject, lineage, Vec::new()).changing(changes);
    let evidence = evidence.asked_for(case.purpose.clone()).tracing(case.requirements.clone());
    let at = UtcTime::from_seconds(NOW);
    let verdict = policy::evaluate(policy, &evidence, at);
    let before = (case.purpose == Purpose::Tag).then(|| untagged_deployment(&evidence, policy, at)).flatten();
    Ok(match before {
        Some(deployment) => with_deployment(verdict, &evidence, policy, deployment),
        None => verdict,
    })
}

/// A commit with a tree of its own.
fn facts(at: usize, hands: &Hands) -> CommitFacts {
    CommitFacts {
        id: commit_id(&at.to_string()),
        tree: tree_id(&at.to_string()),
        parents: Vec::new(),
        author_email: hands.author.clone(),
        committer_email: hands.committer.clone(),
        co_author_emails: hands.co_authors.clone(),
        signed_by: None,
        merged: Vec::new(),
    }
}
