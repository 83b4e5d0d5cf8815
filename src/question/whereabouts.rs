//! Where a release is: of each environment, what is there, since when, by whom, and how it does.

use crate::record::kind::deploy::DeployOutcome;
use crate::record::{Kind, Name, Record, TagName, UtcTime};
use crate::release::Manifest;
use crate::release::rollback::{Deployment, WayBack};
use crate::verify::{Ledger, Verified};

/// What became of a release in an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// No deployment of it is recorded.
    Never,
    /// It was tried, and it is not there.
    Failed,
    /// It is there.
    Here,
    /// Another release is there now.
    Replaced,
    /// It was taken back, and another release, or none, is there now.
    TakenBack,
}

impl Presence {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never-deployed",
            Self::Failed => "failed",
            Self::Here => "here",
            Self::Replaced => "replaced",
            Self::TakenBack => "taken-back",
        }
    }
}

/// An environment, as a release stands in it.
#[derive(Debug, Clone)]
pub struct Whereabouts<'a> {
    /// The environment.
    pub environment: Name,
    /// What became of the release there.
    pub presence: Presence,
    /// The last deployment of the release there, however it went.
    pub own: Option<Deployment<'a>>,
    /// What is there now, of whichever release.
    pub now: Option<Deployment<'a>>,
    /// How the release did since that deployment: the last word.
    pub monitoring: Option<&'a Verified<Record>>,
}

impl<'a> Whereabouts<'a> {
    /// In each environment that the release was made for, or was deployed to, as of a moment.
    pub fn of(ledger: &'a Ledger, manifest: &Manifest, at: UtcTime) -> Vec<Self> {
        let mut environments = manifest.environments.clone();
        for record in ledger.of_kind(Kind::Deploy) {
            let is_its_own = record.header.release.as_ref() == Some(&manifest.tag);
            let elsewhere =
                record.header.environment.as_ref().filter(|name| is_its_own && !environments.contains(*name));
            environments.extend(elsewhere.cloned());
        }
        environments.into_iter().map(|environment| Self::in_one(ledger, manifest, environment, at)).collect()
    }

    fn in_one(ledger: &'a Ledger, manifest: &Manifest, environment: Name, at: UtcTime) -> Self {
        let way = WayBack::of(ledger, &manifest.tag, &manifest.service, &environment, at);
        let is_here = way.now.as_ref().is_some_and(|now| *now.release == manifest.tag);
        let taken_back = || crate::release::rollback::taken_back(ledger, &manifest.tag).into_iter();
        let is_taken_back = || taken_back().any(|by| by.record.header.environment.as_ref() == Some(&environment));
        let presence = match &way.from {
            None => Presence::Never,
            Some(_) if is_here => Presence::Here,
            Some(own) if own.deploy.outcome == DeployOutcome::Failure => Presence::Failed,
            Some(own) if own.deploy.outcome == DeployOutcome::RolledBack || is_taken_back() => Presence::TakenBack,
            Some(_) => Presence::Replaced,
        };
        let monitoring = way.from.and_then(|own| monitored(ledger, &manifest.tag, &environment, own.record, at));
        Self { environment, presence, own: way.from, now: way.now, monitoring }
    }

    /// Since when what is there now is there.
    pub fn since(&self) -> Option<UtcTime> {
        self.now.as_ref().map(|now| now.record.header.occurred.end)
    }
}

/// The last word on how a release did in an environment, in signed order after a deployment.
fn monitored<'a>(
    ledger: &'a Ledger,
    release: &TagName,
    environment: &Name,
    deployment: &Verified<Record>,
    at: UtcTime,
) -> Option<&'a Verified<Record>> {
    let mut all = ledger.of_kind(Kind::Monitor).rev();
    all.find(|record| {
        let header = &record.header;
        header.environment.as_ref() == Some(environment)
            && header.release.as_ref() == Some(release)
            && header.recorded <= at
            && ledger.superseded_by(record.id).is_none()
            && ledger.is_before(deployment, record)
    })
}
