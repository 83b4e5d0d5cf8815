//! Where a service goes back to in an environment, from the deployments on record.

use crate::record::kind::deploy::{Deploy, DeployOutcome};
use crate::record::{Claim, Kind, Name, Record, TagName, UtcTime};
use crate::verify::{Ledger, Verified};

/// A deployment on record: the record, the release that was deployed, and what it says.
#[derive(Debug, Clone, Copy)]
pub struct Deployment<'a> {
    /// The record.
    pub record: &'a Verified<Record>,
    /// What was deployed.
    pub release: &'a TagName,
    /// How that went.
    pub deploy: &'a Deploy,
}

/// The way back from a release.
#[derive(Debug, Clone)]
pub struct WayBack<'a> {
    /// The last deployment of the release that is taken back; none, where it never went there.
    pub from: Option<Deployment<'a>>,
    /// The last successful one of another release before, which nobody has taken back.
    pub to: Option<Deployment<'a>>,
    /// What is there now, by the record.
    pub now: Option<Deployment<'a>>,
    /// What was tried after `to`, the newest first: its migrations may be applied.
    pub since: Vec<Deployment<'a>>,
}

impl<'a> Deployment<'a> {
    fn of(record: &'a Verified<Record>) -> Option<Self> {
        let Claim::Deploy(deploy) = &record.claim else { return None };
        Some(Self { record, release: record.header.release.as_ref()?, deploy })
    }
}

impl<'a> WayBack<'a> {
    /// The way back from `release` of a service in an environment, as of a moment. The order is the ledger's.
    pub fn of(ledger: &'a Ledger, release: &TagName, service: &Name, environment: &Name, at: UtcTime) -> Self {
        let is_there = |record: &&Verified<Record>| {
            let header = &record.header;
            header.recorded <= at
                && header.environment.as_ref() == Some(environment)
                && header.service.as_ref() == Some(service)
                && ledger.superseded_by(record.id).is_none()
        };
        let all: Vec<_> = ledger.of_kind(Kind::Deploy).filter(is_there).filter_map(Deployment::of).collect();
        let from = all.iter().rposition(|one| one.release == release);
        let to = standing(&all[..from.unwrap_or(all.len())]).into_iter().rfind(|at| all[*at].release != release);
        let after = to.map_or(0, |at| at + 1);
        Self {
            from: from.map(|at| all[at]),
            to: to.map(|at| all[at]),
            now: standing(&all).last().map(|at| all[*at]),
            since: all[after..].iter().rev().copied().collect(),
        }
    }

    /// The migrations to undo, in the order to undo them, each with the deployment that applied it, or may have.
    pub fn migrations(&self) -> Vec<(&'a str, Deployment<'a>)> {
        let mut migrations: Vec<(&str, Deployment<'a>)> = Vec::new();
        let applied = self.since.iter().filter(|one| one.deploy.outcome != DeployOutcome::RolledBack);
        for one in applied {
            for name in one.deploy.migrations.iter().rev() {
                if migrations.iter().all(|(known, _)| known != name) {
                    migrations.push((name, *one));
                }
            }
        }
        migrations
    }
}

/// The places of successful deployments that nobody has taken back.
fn standing(all: &[Deployment<'_>]) -> Vec<usize> {
    let mut standing: Vec<usize> = Vec::new();
    for (at, one) in all.iter().enumerate() {
        if one.deploy.outcome == DeployOutcome::RolledBack {
            standing.retain(|other| all[*other].release != one.release);
        }
        if one.deploy.outcome == DeployOutcome::Success {
            if let Some(taken_back) = &one.deploy.rollback_of {
                standing.retain(|other| all[*other].release != taken_back);
            }
            standing.push(at);
        }
    }
    standing
}

/// The deployments that take a release back.
pub fn taken_back<'a>(ledger: &'a Ledger, release: &TagName) -> Vec<Deployment<'a>> {
    let counts = |record: &&Verified<Record>| ledger.superseded_by(record.id).is_none();
    let all = ledger.of_kind(Kind::Deploy).filter(counts).filter_map(Deployment::of);
    all.filter(|one| one.deploy.rollback_of.as_ref() == Some(release)).collect()
}
