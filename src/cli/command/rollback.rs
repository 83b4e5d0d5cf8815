//! `git qms rollback`: what to restore, and how, or what is missing for it.

use clap::Args;

use crate::cli::Start;
use crate::cli::context::Context;
use crate::cli::error::{Error, Exit, Result};
use crate::cli::judge::for_gate;
use crate::cli::releases::{manifest_of, notes_of};
use crate::cli::target::Target;
use crate::policy::Policy;
use crate::record::{Artifact, Name, TagName};
use crate::release::rollback::{Deployment, WayBack};
use crate::release::{Manifest, Notes};
use crate::verify::{Ledger, Outcome};

mod tell;

use tell::{ArtifactJson, MigrationJson, Output, Restore, tell};

/// Tell what to restore when a release is taken back, or what is missing for it
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git qms rollback payments@2026.04.13+chg-1842 --environment production
  git qms rollback payments --environment staging      its newest release

It changes nothing. Exit: 0 all there, 1 something is missing, 2 could not tell.")]
pub struct Rollback {
    /// The release to take back, by its tag or service
    #[arg(value_name = "RELEASE")]
    release: String,
    /// Where; a sole environment needn't be named
    #[arg(long)]
    environment: Option<Name>,
}

impl Rollback {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let verification = context.verify(for_gate())?;
        let ledger = &verification.ledger;
        let Target::Release { tag, manifest, commit } = context.target(ledger, Some(&self.release))? else {
            return Err(
                Error::new(format!("{:?} is no release", self.release)).hint("releases are: git tag --list '*@*+*'")
            );
        };
        let catalog = context.policy(ledger, &commit, context.at)?;
        let environment = environment(&catalog, self.environment)?;
        let production = catalog.environment(&environment).is_some_and(|environment| environment.production);
        let way = WayBack::of(ledger, &tag, &manifest.service, &environment, context.at);
        let mut missing = Vec::new();
        if verification.outcome() != Outcome::Pass {
            missing.push("the repository does not verify: git qms verify".to_owned());
        }
        missing.extend(out_of_turn(&way, &tag, &environment));
        let restore = match way.to {
            Some(to) => Some(restore(&context, ledger, to, production, &environment, &mut missing)?),
            None => {
                missing.push(format!("no other release of {} was deployed to {environment} before", manifest.service));
                None
            }
        };
        let notes = notes_of(&context, &tag)?;
        let output = Output {
            schema: "git-qms/rollback/v1",
            release: &tag,
            environment: &environment,
            production,
            migrations: migrations(&way),
            procedure: procedure(&notes, &tag, &environment, restore.as_ref(), production, &catalog),
            restore,
            missing,
        };
        let exit = if output.missing.is_empty() { Exit::Yes } else { Exit::No };
        if context.ui.is_json() {
            context.ui.json(&output)?;
        } else {
            tell(context.ui, &output);
        }
        Ok(exit)
    }
}

/// The environment asked about; the sole one of the catalog where none is named.
fn environment(catalog: &Policy, asked: Option<Name>) -> Result<Name> {
    let names: Vec<&str> = catalog.environments.iter().map(|one| one.name.as_str()).collect();
    let list = || format!("environments are: {}", names.join(", "));
    match (asked, &catalog.environments[..]) {
        (Some(asked), all) if all.iter().any(|one| one.name == asked) => Ok(asked),
        (Some(asked), _) => Err(Error::new(format!("the catalog has no environment {asked}")).hint(list())),
        (None, [sole]) => Ok(sole.name.clone()),
        (None, _) => Err(Error::new("name the environment to take it back in: --environment NAME").hint(list())),
    }
}

/// Where the release is not what is there, taking it back is not what restores anything.
fn out_of_turn(way: &WayBack<'_>, tag: &TagName, environment: &Name) -> Option<String> {
    if way.from.is_none() {
        return Some(format!("no deployment of {tag} to {environment} is recorded"));
    }
    let now = way.now.filter(|now| now.release != tag)?;
    let to = way.to.map(|to| to.release);
    Some(if to == Some(now.release) {
        format!("{tag} is taken back already: {} is deployed to {environment}", now.release)
    } else {
        format!("{} was deployed to {environment} since: take that back first", now.release)
    })
}

fn restore<'a>(
    context: &Context,
    ledger: &'a Ledger,
    to: Deployment<'a>,
    production: bool,
    environment: &Name,
    missing: &mut Vec<String>,
) -> Result<Restore<'a>> {
    let (manifest, released) = manifest_of(context, to.release)?;
    let artifacts = if to.record.artifacts.is_empty() { &released } else { &to.record.artifacts };
    if artifacts.is_empty() {
        missing.push(format!("{} names no artifact: record the build with --artifact", to.release));
    }
    if production && !manifest.environments.contains(environment) {
        missing.push(format!("{} was not decided for {environment}", to.release));
    }
    let build = build(ledger, &manifest, artifacts);
    let inventory = build.and_then(|build| build.inventory.as_ref());
    if inventory.is_none() {
        missing.push(format!("no inventory of {}: git qms record build --from sbom.cdx.json", to.release));
    }
    let deployed = to.deploy.infrastructure_revision.as_deref();
    let revision = deployed.or_else(|| build.and_then(|build| build.infrastructure_revision.as_deref()));
    if revision.is_none() {
        missing.push(format!("no infrastructure revision of {} there: --infra-revision was not recorded", to.release));
    }
    let named = |one: &Artifact| ArtifactJson { name: one.name.clone(), sha256: one.sha256.to_string() };
    Ok(Restore {
        release: to.release,
        commit: manifest.commit.to_string(),
        deployment: to.record.id.to_string(),
        deployed: to.record.header.occurred.end.to_string(),
        artifacts: artifacts.iter().map(named).collect(),
        inventory,
        infrastructure_revision: revision,
    })
}

/// The last build on the released commit that made one of the artifacts.
fn build<'a>(
    ledger: &'a Ledger,
    manifest: &Manifest,
    artifacts: &[Artifact],
) -> Option<&'a crate::record::kind::build::BuildDetail> {
    let made = |record: &crate::record::Record| {
        artifacts.is_empty() || record.artifacts.iter().any(|one| artifacts.iter().any(|of| of.sha256 == one.sha256))
    };
    let builds = ledger.by_tree(manifest.tree).filter(|record| ledger.superseded_by(record.id).is_none());
    builds.filter(|record| made(record)).filter_map(|record| record.header.build.as_ref()).last()
}

fn migrations<'a>(way: &WayBack<'a>) -> Vec<MigrationJson<'a>> {
    let undo = |(name, by): (&'a str, Deployment<'a>)| MigrationJson {
        name,
        release: by.release,
        outcome: by.deploy.outcome.as_str(),
        deployment: by.record.id.to_string(),
    };
    way.migrations().into_iter().map(undo).collect()
}

/// What the release says of its way back, and the steps that leave evidence.
fn procedure(
    notes: &Notes,
    tag: &TagName,
    environment: &Name,
    restore: Option<&Restore<'_>>,
    production: bool,
    catalog: &Policy,
) -> Vec<String> {
    let [.., planned] = &notes.sections;
    let mut steps = vec![planned.clone()];
    let Some(restore) = restore else { return steps };
    for artifact in &restore.artifacts {
        steps.push(format!("git qms verify --artifact FILE   ({}, sha256:{})", artifact.name, artifact.sha256));
    }
    let revision = restore.infrastructure_revision.map(|of| format!(" --infra-revision {of}")).unwrap_or_default();
    let to = restore.release;
    steps.push(format!(
        "git qms record deploy --release {to} --environment {environment} --outcome success --unplanned --rollback-of {tag}{revision}"
    ));
    let within = catalog.environment(environment).map(|one| one.monitor_within).unwrap_or_default();
    steps.push(format!(
        "git qms record monitor --release {to} --environment {environment} --smoke pass   (within {within})"
    ));
    if production {
        steps.push(format!(
            "git qms record incident --id ID --severity LEVEL --release {tag} --environment {environment}   (users were served by it)"
        ));
    }
    steps
}
