//! `git qms record deploy`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::about::About;
use super::plan::given;
use super::reports;
use crate::cli::error::{Error, Exit, Result};
use crate::cli::releases::manifest_of;
use crate::cli::{Start, digest};
use crate::record::kind::deploy::{Deploy as Claimed, DeployOutcome};
use crate::record::{Artifact, Claim, Kind, TagName};

/// What was deployed where, and how that ended. The change ticket is --change; when it was done, --start and --end.
#[derive(Debug, Args)]
pub struct Deploy {
    /// How it ended
    #[arg(long, value_enum, required_unless_present = "stdin")]
    outcome: Option<OutcomeOf>,
    /// What was deployed has no release: a candidate went out
    #[arg(long, conflicts_with_all = ["release", "rollback_of"])]
    unreleased: bool,
    /// It was planned, which needn't be said
    #[arg(long, conflicts_with = "unplanned")]
    planned: bool,
    /// It was not planned: it mends something
    #[arg(long)]
    unplanned: bool,
    /// A file that was deployed, or its sha256:DIGEST; without, all of the release; repeat for more
    #[arg(long = "artifact", value_name = "FILE|sha256:DIGEST")]
    artifacts: Vec<String>,
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

impl From<OutcomeOf> for DeployOutcome {
    fn from(outcome: OutcomeOf) -> Self {
        match outcome {
            OutcomeOf::Success => Self::Success,
            OutcomeOf::Failure => Self::Failure,
            OutcomeOf::Partial => Self::Partial,
            OutcomeOf::RolledBack => Self::RolledBack,
        }
    }
}

impl Deploy {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let (about, input) = self.about.with_input(Kind::Deploy)?;
        let (said, base) = match input.map(|input| (input.artifacts, input.claim)) {
            Some((artifacts, Claim::Deploy(deploy))) => (artifacts, Some(deploy)),
            _ => (Vec::new(), None),
        };
        let mut making = about.begin(start, Kind::Deploy, None)?;
        let header = &mut making.header;
        let environment = header.environment.clone().ok_or_else(|| {
            Error::new("a deployment needs the environment it went to").hint("--environment production")
        })?;
        let release = header.release.clone();
        if release.is_none() && !self.unreleased {
            return Err(Error::new("a deployment needs the release that was deployed").hint(
                "--release TAG; make one with: git qms release; where a commit went out without one: --unreleased",
            ));
        }
        let released = match &release {
            Some(release) => {
                let (manifest, released) = manifest_of(&making.context, release)?;
                if manifest.commit != making.commit.id {
                    return Err(Error::new(format!(
                        "release {release} is on commit {}, not on {}",
                        manifest.commit, making.commit.id
                    ))
                    .hint("leave --commit out: the release names it"));
                }
                header.service = Some(manifest.service);
                header.change.get_or_insert(manifest.change);
                released
            }
            None => Vec::new(),
        };
        let named = if self.artifacts.is_empty() { said } else { artifacts(&self.artifacts, &released)? };
        for other in named.iter().filter(|artifact| released.iter().all(|one| one.sha256 != artifact.sha256)) {
            let of = release.as_ref().map_or_else(|| "any release".to_owned(), ToString::to_string);
            making.context.ui.warn(&format!("{} (sha256:{}) is no artifact of {of}", other.name, other.sha256));
        }
        let outcome = self.outcome.map(DeployOutcome::from).or(base.as_ref().map(|base| base.outcome));
        let outcome = outcome.ok_or_else(|| Error::new("a deployment needs its outcome").hint("--outcome success"))?;
        let planned = if self.planned || self.unplanned { Some(self.planned) } else { None };
        let base = base.unwrap_or(Claimed {
            outcome,
            planned: true,
            infrastructure_revision: None,
            migrations: Vec::new(),
            actor: None,
            rollback_of: None,
        });
        let claim = Claimed {
            outcome,
            planned: planned.unwrap_or(base.planned),
            infrastructure_revision: self.infra_revision.or(base.infrastructure_revision),
            migrations: given(self.migrations, base.migrations),
            actor: self.actor.or(base.actor),
            rollback_of: self.rollback_of.or(base.rollback_of),
        };
        let next = release.map_or_else(
            || "git qms exception request RETROACTIVE …; then: git qms release --retroactive".to_owned(),
            |release| format!("git qms record monitor --release {release} --environment {environment} --smoke pass"),
        );
        making.finish(given(named, released), Vec::new(), Claim::Deploy(claim), Some(&next))
    }
}

/// Files by their bytes, digests by the release's name for them.
fn artifacts(named: &[String], released: &[Artifact]) -> Result<Vec<Artifact>> {
    let one = |word: &String| match word.strip_prefix("sha256:") {
        Some(hex) => {
            let sha256 = hex.parse()?;
            let known = released.iter().find(|artifact| artifact.sha256 == sha256);
            let name = known.map_or_else(|| word.clone(), |artifact| artifact.name.clone());
            Ok(Artifact { name, sha256 })
        }
        None => {
            let path = PathBuf::from(word);
            let (sha256, _) = digest::of_file(&path)?;
            Ok(Artifact { name: reports::file_name(&path)?, sha256 })
        }
    };
    named.iter().map(one).collect()
}
