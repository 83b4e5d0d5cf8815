//! `git qms record deploy`.

use clap::{Args, ValueEnum};

use super::about::About;
use crate::cli::Start;
use crate::cli::error::{Error, Exit, Result};
use crate::cli::releases::manifest_of;
use crate::record::kind::deploy::{Deploy as Claimed, DeployOutcome};
use crate::record::{Claim, Kind, TagName};

/// What was deployed where, and how that ended.
#[derive(Debug, Args)]
pub struct Deploy {
    /// How it ended
    #[arg(long, value_enum)]
    outcome: OutcomeOf,
    /// It was not planned: it mends something
    #[arg(long)]
    unplanned: bool,
    /// The revision of the infrastructure code it ran on
    #[arg(long, value_name = "REVISION")]
    infra_revision: Option<String>,
    /// A migration it applied; repeat for more, in order
    #[arg(long = "migration", value_name = "NAME")]
    migrations: Vec<String>,
    /// Who or what deployed, where that is not the signer
    #[arg(long)]
    actor: Option<String>,
    /// The release that this one takes back
    #[arg(long, value_name = "TAG")]
    rollback_of: Option<TagName>,
    #[command(flatten)]
    about: About,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum OutcomeOf {
    Success,
    Failure,
    Partial,
    RolledBack,
}

impl Deploy {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let mut making = self.about.begin(start, Kind::Deploy, None)?;
        let header = &mut making.header;
        let environment = header.environment.clone().ok_or_else(|| {
            Error::new("a deployment needs the environment it went to").hint("--environment production")
        })?;
        let release = header.release.clone().ok_or_else(|| {
            Error::new("a deployment needs the release that was deployed")
                .hint("--release TAG; make one with: git qms release")
        })?;
        let (manifest, artifacts) = manifest_of(&making.context, &release)?;
        if manifest.commit != making.commit.id {
            return Err(Error::new(format!(
                "release {release} is on commit {}, not on {}",
                manifest.commit, making.commit.id
            ))
            .hint("leave --commit out: the release names it"));
        }
        header.service = Some(manifest.service);
        header.change.get_or_insert(manifest.change);
        let claim = Claimed {
            outcome: match self.outcome {
                OutcomeOf::Success => DeployOutcome::Success,
                OutcomeOf::Failure => DeployOutcome::Failure,
                OutcomeOf::Partial => DeployOutcome::Partial,
                OutcomeOf::RolledBack => DeployOutcome::RolledBack,
            },
            planned: !self.unplanned,
            infrastructure_revision: self.infra_revision,
            migrations: self.migrations,
            actor: self.actor,
            rollback_of: self.rollback_of,
        };
        let next = format!("git qms record monitor --release {release} --environment {environment} --smoke pass");
        making.finish(artifacts, Vec::new(), Claim::Deploy(claim), Some(&next))
    }
}
