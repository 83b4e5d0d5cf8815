//! What measures ask of git and of the catalog, as plain values.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::context::Context;
use super::requirements::Library;
use crate::measure::{Commit, Coverage, Delivery, Facts, Grant, History, Scope, Size};
use crate::policy::exception::{Asked, ExceptionState, Register};
use crate::policy::{Policy, Service};
use crate::record::kind::exception::Decided;
use crate::record::{CommitId, Kind, Name, UtcTime};
use crate::store::{CommitInfo, ReadError};
use crate::trace::{self, Sources, Standing, Trace};
use crate::verify::Ledger;

/// More lines than these are not told apart: comparing them takes too long.
const MOST_LINES: u64 = 10_000;

/// Of so many releases of a service, the newest, it is looked up what their tests cover.
const COVERED_RELEASES: usize = 50;

/// Reads facts, each commit once.
struct Reading<'a> {
    context: &'a Context,
    policy: &'a Policy,
    ledger: &'a Ledger,
    infos: HashMap<CommitId, Option<CommitInfo>>,
    facts: Facts,
}

impl Context {
    /// What git and the catalog add to the records, for these services in these environments. What cannot be read is not
    /// there, and the measures say so.
    pub fn measuring(&self, ledger: &Ledger, policy: &Policy, history: &History<'_>, places: &[(Name, Name)]) -> Facts {
        let facts = Facts {
            services: policy.services.len(),
            weights: policy.weights,
            grants: grants(ledger, policy, self.at),
            controls: policy.controls.iter().map(|control| control.id.clone()).collect(),
            ..Facts::default()
        };
        let mut reading = Reading { context: self, policy, ledger, infos: HashMap::new(), facts };
        for (service, environment) in places {
            let plain = Facts { services: reading.facts.services, ..Facts::default() };
            let scope = Scope::of(history, &plain, service, environment);
            reading.deliveries(&scope);
            reading.sizes(history, &scope);
            reading.coverage(&scope);
        }
        reading.facts
    }
}

impl<'a> Reading<'a> {
    fn info(&mut self, id: CommitId) -> Option<CommitInfo> {
        self.infos.entry(id).or_insert_with(|| self.context.repo.commit(&id).ok()).clone()
    }

    fn made_of(&self, service: &Name) -> Option<&'a Service> {
        self.policy.service(service)
    }

    /// What was there before git-qms was: it reached users before anything was recorded.
    fn seen_before(&self) -> HashSet<CommitId> {
        let baseline = self.policy.baseline;
        baseline.and_then(|base| self.context.repo.contained_by(&base, None).ok()).unwrap_or_default()
    }

    /// Commits with changes of their own in the files of the service, that `commit` brings.
    fn brought(
        &mut self,
        service: &Name,
        commit: CommitId,
        seen: &mut HashSet<CommitId>,
    ) -> std::result::Result<Vec<CommitInfo>, ReadError> {
        let made_of = self.made_of(service);
        let mut brought = Vec::new();
        for id in self.context.repo.newly_contained(&commit, seen)? {
            let Some(info) = self.info(id) else { continue };
            if info.parents.len() < 2 && self.context.concerns(made_of, info.parents.first(), &id)? {
                brought.push(info);
            }
        }
        Ok(brought)
    }

    fn deliveries(&mut self, scope: &Scope<'_>) {
        let mut seen = self.seen_before();
        let mut all: Vec<(CommitId, Vec<CommitInfo>)> = Vec::new();
        for rollout in scope.rollouts() {
            if let Some(info) = self.info(rollout.commit) {
                self.facts.committed.insert(info.id, info.committer.time);
            }
            if !rollout.succeeded {
                continue;
            }
            if let Ok(brought) = self.brought(scope.service, rollout.commit, &mut seen) {
                all.push((rollout.commit, brought));
            }
        }
        // A pick keeps who wrote the change and when: only commits that share both are compared.
        let mut alike: HashMap<(String, UtcTime), usize> = HashMap::new();
        for info in all.iter().flat_map(|(_, brought)| brought) {
            *alike.entry((info.author.email.clone(), info.author.time)).or_default() += 1;
        }
        for (commit, brought) in all {
            let commits = brought.into_iter().map(|info| {
                let shares = alike.get(&(info.author.email.clone(), info.author.time)).is_some_and(|count| *count > 1);
                let patch = shares.then(|| self.context.repo.patch_id(&info.id).ok().flatten()).flatten();
                Commit { id: info.id, committed: info.committer.time, patch }
            });
            let delivery = Delivery { commits: commits.collect() };
            let key = (scope.service.clone(), scope.environment.clone(), commit);
            // The same commit again brings nothing new.
            self.facts.deliveries.entry(key).or_insert(delivery);
        }
    }

    /// Of every release of the service against the one before it, and of what was rolled out without being released.
    fn sizes(&mut self, history: &History<'_>, scope: &Scope<'_>) {
        let released =
            history.of_kind(Kind::Release).filter(|record| record.header.service.as_ref() == Some(scope.service));
        let mut order: Vec<CommitId> = released.map(|record| record.commit).collect();
        let unreleased = scope.rollouts().iter().filter(|one| one.release.is_none()).map(|one| one.commit);
        order.extend(unreleased);
        let mut seen = self.seen_before();
        let mut before: Option<CommitId> = None;
        for commit in order {
            let key = (scope.service.clone(), commit);
            if self.facts.sizes.contains_key(&key) {
                before = Some(commit);
                continue;
            }
            let Ok(brought) = self.brought(scope.service, commit, &mut seen) else { continue };
            if let Ok((files, lines)) = self.difference(scope.service, before, commit) {
                let size = Size { first: before.is_none(), commits: brought.len() as u64, files, lines };
                self.facts.sizes.insert(key, size);
            }
            before = Some(commit);
        }
    }

    fn difference(
        &self,
        service: &Name,
        before: Option<CommitId>,
        commit: CommitId,
    ) -> std::result::Result<(u64, u64), ReadError> {
        let (made_of, repo) = (self.made_of(service), &self.context.repo);
        let is_its = |path: &str| made_of.is_none_or(|service| service.is_made_of(path));
        let files = repo.changed_paths(before.as_ref(), &commit)?.iter().filter(|path| is_its(path)).count();
        Ok((files as u64, repo.changed_lines(before.as_ref(), &commit, &is_its, MOST_LINES)?))
    }

    fn coverage(&mut self, scope: &Scope<'_>) {
        let Some(places) = &self.policy.requirements else { return };
        let library = Library::new(&self.context.repo, places);
        let newest = scope.rollouts().iter().rev().take(COVERED_RELEASES);
        let commits: BTreeMap<CommitId, _> = newest.map(|one| (one.commit, one.record.header.tree)).collect();
        for (commit, tree) in commits {
            let key = (scope.service.clone(), commit);
            let Some(requirements) = library.at(commit).ok().filter(|_| !self.facts.coverage.contains_key(&key)) else {
                continue;
            };
            let history = HashSet::from([commit]);
            let sources = Sources {
                requirements: &requirements,
                tree,
                history: &history,
                ledger: self.ledger,
                commits: &[],
                tags: &[],
                past: &library as &dyn trace::Past,
            };
            let mut coverage = Coverage::default();
            for (requirement, links) in &Trace::of(&sources, None).rows {
                let standing = Standing::of(requirement, links);
                if standing == Standing::Inactive {
                    continue;
                }
                let is_covered = u64::from(standing == Standing::Covered);
                coverage.active += 1;
                coverage.covered += is_covered;
                coverage.critical += u64::from(requirement.critical);
                coverage.critical_covered += if requirement.critical { is_covered } else { 0 };
            }
            self.facts.coverage.insert(key, coverage);
        }
    }
}

/// The exceptions that hold or held.
fn grants(ledger: &Ledger, policy: &Policy, at: UtcTime) -> Vec<Grant> {
    let all = Register::of(ledger, policy, at).all();
    all.iter().filter_map(|asked| grant(ledger, asked, at)).collect()
}

fn grant(ledger: &Ledger, asked: &Asked<'_>, at: UtcTime) -> Option<Grant> {
    let provisional = asked.overdue || asked.state == ExceptionState::Provisional;
    let by = match asked.approvals().next() {
        Some(approval) => approval,
        None if provisional => asked.record,
        None => return None,
    };
    let header = &asked.record.header;
    let ended = asked.made(Decided::Closed).chain(asked.made(Decided::Rejected)).map(|(by, _)| by.header.recorded);
    let corrected = ledger.superseded_by(asked.record.id).and_then(|by| ledger.record(by));
    let corrected = corrected.map(|by| by.header.recorded).filter(|recorded| *recorded <= at);
    Some(Grant {
        record: asked.record.id,
        by: by.id,
        control: asked.claim.control.clone(),
        service: header.service.clone(),
        environment: header.environment.clone(),
        granted: by.header.recorded,
        expires: asked.review_due().map_or(asked.expires, |due| due.min(asked.expires)),
        ended: ended.chain(corrected).min(),
        renewals: asked.renewals() as u64,
    })
}
