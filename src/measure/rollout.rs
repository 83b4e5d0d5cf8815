//! Rollouts: what went to an environment, each release once, and whether that had to be mended.

use std::collections::HashMap;

use super::scope::Scope;
use crate::record::kind::deploy::{Deploy, DeployOutcome};
use crate::record::kind::monitor::RollbackStatus;
use crate::record::{Claim, CommitId, Kind, Record, RecordId, TagName, UtcTime};

/// One release in one environment, however many regions it went to and however often it was deployed.
#[derive(Debug, Clone)]
pub struct Rollout<'a> {
    /// The first deployment that reached users.
    pub record: &'a Record,
    /// Its release, unless it was none.
    pub release: Option<&'a TagName>,
    /// Its commit.
    pub commit: CommitId,
    /// When it first reached users.
    pub ended: UtcTime,
    /// When it began.
    pub started: UtcTime,
    /// Whether it was planned; an unplanned one mends something.
    pub planned: bool,
    /// Whether a deployment of it succeeded.
    pub succeeded: bool,
    /// Every deployment of it here, in the order of the ledger.
    pub records: Vec<&'a Record>,
    /// Why it had to be mended, if so.
    pub fault: Option<Fault>,
}

/// Why a rollout had to be mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// In a few words each.
    pub because: Vec<&'static str>,
    /// The records that tell it.
    pub records: Vec<RecordId>,
    /// When users were served again; unknown as long as nothing says so.
    pub recovered: Option<UtcTime>,
}

impl Rollout<'_> {
    /// What it is called: its release, or else its commit.
    pub fn name(&self) -> String {
        self.release.map_or_else(|| self.commit.short(), ToString::to_string)
    }
}

/// Whether a deployment reached users: one that failed did not, one that was taken back did.
fn reached(deploy: &Deploy) -> bool {
    deploy.outcome != DeployOutcome::Failure
}

/// What was rolled out in a scope, in the order of time.
pub(super) fn rollouts<'a>(scope: &Scope<'a>) -> Vec<Rollout<'a>> {
    let here: Vec<(&Record, &Deploy)> = scope
        .history
        .deployments()
        .filter(|(record, _)| {
            // A deployment that does not say where it went went nowhere that is known.
            record.header.environment.as_ref() == Some(scope.environment)
                && scope.is_for_service(record.header.service.as_ref())
        })
        .collect();
    let mut all: Vec<Rollout<'a>> = Vec::new();
    // Where in `all` each is: by its release, or, where it is of none, by its commit.
    let mut known_at: HashMap<(Option<&TagName>, Option<CommitId>), usize> = HashMap::new();
    for (record, deploy) in here.iter().copied().filter(|(_, deploy)| reached(deploy)) {
        let (release, ended) = (record.header.release.as_ref(), record.header.occurred.end);
        let succeeded = deploy.outcome == DeployOutcome::Success;
        let key = (release, release.is_none().then_some(record.commit));
        let Some(known) = known_at.get(&key).and_then(|at| all.get_mut(*at)) else {
            known_at.insert(key, all.len());
            let (started, planned, records) = (record.header.occurred.start, deploy.planned, vec![record]);
            let commit = record.commit;
            all.push(Rollout { record, release, commit, ended, started, planned, succeeded, records, fault: None });
            continue;
        };
        known.records.push(record);
        // What first succeeded is when it was there; among the rest the earliest.
        let earlier = (succeeded, std::cmp::Reverse(ended)) > (known.succeeded, std::cmp::Reverse(known.ended));
        if earlier {
            (known.record, known.ended, known.started) = (record, ended, record.header.occurred.start);
            (known.planned, known.succeeded) = (deploy.planned, succeeded);
        }
    }
    // Of one second is in the order of the ledger, which is that of what was known.
    let places: HashMap<RecordId, usize> = here.iter().enumerate().map(|(at, (record, _))| (record.id, at)).collect();
    all.sort_by_key(|one| (one.ended, places.get(&one.record.id)));
    let repairs = Repairs::of(scope, &here);
    let faults: Vec<_> = (0..all.len()).map(|at| fault(scope, &all, at, &repairs)).collect();
    for (one, fault) in all.iter_mut().zip(faults) {
        one.fault = fault;
    }
    all
}

/// What tells that something was rolled back. Found once: few of many records do, and every rollout asks for them.
struct Repairs<'a> {
    /// Deployments in the place of a release.
    deployments: Vec<(&'a Record, &'a Deploy)>,
    /// Observations that led to a rollback.
    observations: Vec<(&'a Record, RollbackStatus)>,
}

impl<'a> Repairs<'a> {
    fn of(scope: &Scope<'a>, here: &[(&'a Record, &'a Deploy)]) -> Self {
        let observations = scope.of_kind(Kind::Monitor).filter_map(|record| match &record.claim {
            Claim::Monitor(monitor) if monitor.rollback != RollbackStatus::None => Some((record, monitor.rollback)),
            _ => None,
        });
        Self {
            deployments: here.iter().copied().filter(|(_, deploy)| deploy.rollback_of.is_some()).collect(),
            observations: observations.collect(),
        }
    }
}

/// Whether the rollout at a place had to be mended, by all that is recorded.
fn fault(scope: &Scope<'_>, all: &[Rollout<'_>], at: usize, repairs: &Repairs<'_>) -> Option<Fault> {
    let one = &all[at];
    let mut fault = Fault { because: Vec::new(), records: Vec::new(), recovered: None };
    let mut ends: Vec<UtcTime> = Vec::new();
    let add = |fault: &mut Fault, why, record| {
        if !fault.because.contains(&why) {
            fault.because.push(why);
        }
        fault.records.push(record);
    };
    for record in &one.records {
        if matches!(&record.claim, Claim::Deploy(deploy) if deploy.outcome == DeployOutcome::RolledBack) {
            add(&mut fault, "taken back at once", record.id);
            ends.push(record.header.occurred.end);
        }
    }
    for (record, deploy) in &repairs.deployments {
        if deploy.rollback_of.as_ref() == one.release {
            add(&mut fault, "rolled back", record.id);
            ends.extend((deploy.outcome == DeployOutcome::Success).then_some(record.header.occurred.end));
        }
    }
    for (record, rollback) in &repairs.observations {
        let is_its = match (&record.header.release, one.release) {
            (Some(of), Some(release)) => of == release,
            (None, _) => record.commit == one.commit,
            _ => false,
        };
        if is_its {
            add(&mut fault, "rolled back", record.id);
            ends.extend((*rollback == RollbackStatus::Completed).then_some(record.header.occurred.end));
        }
    }
    let mut restored: Option<Option<UtcTime>> = None;
    for (record, incident, _) in scope.history.incidents() {
        if is_blamed(scope, one, record, incident.deployment) {
            add(&mut fault, "incident", record.id);
            // All of them have to be over.
            restored = Some(match (restored, incident.restored) {
                (None, now) => now,
                (Some(before), now) => before.zip(now).map(|(before, now)| before.max(now)),
            });
        }
    }
    if let Some(next) = all.get(at + 1).filter(|next| is_hotfix(scope, all, next)) {
        add(&mut fault, "hotfix", next.record.id);
        ends.extend(next.succeeded.then_some(next.ended));
    }
    fault.recovered = restored.unwrap_or_else(|| ends.into_iter().min());
    (!fault.because.is_empty()).then_some(fault)
}

/// Whether an incident names the rollout as what is at fault: its deployment, or else its release.
pub(super) fn is_blamed(scope: &Scope<'_>, one: &Rollout<'_>, record: &Record, deployment: Option<RecordId>) -> bool {
    match deployment {
        Some(deployment) => one.records.iter().any(|record| record.id == deployment),
        None => {
            scope.concerns(record) && record.header.release.is_some() && record.header.release.as_ref() == one.release
        }
    }
}

/// Whether an unplanned rollout mends the one before it: it does, unless an incident then open blames another.
fn is_hotfix(scope: &Scope<'_>, all: &[Rollout<'_>], next: &Rollout<'_>) -> bool {
    let blames = |(record, incident, _): (&Record, &crate::record::kind::incident::Incident, &[RecordId])| {
        is_open(scope, record, incident, next)
            && all.iter().any(|one| is_blamed(scope, one, record, incident.deployment))
    };
    !next.planned && !scope.history.incidents().any(blames)
}

/// Whether an incident was under way when a rollout went out: noticed before its end, and not closed before its beginning.
pub(super) fn is_open(
    scope: &Scope<'_>,
    record: &Record,
    incident: &crate::record::kind::incident::Incident,
    rollout: &Rollout<'_>,
) -> bool {
    scope.concerns(record)
        && incident.detected <= rollout.ended
        && incident.closed.is_none_or(|closed| closed >= rollout.started)
}
