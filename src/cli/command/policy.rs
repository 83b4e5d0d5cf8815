//! `git qms policy`: check, ratify and show the control catalog.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::cli::Start;
use crate::cli::context::Context;
use crate::cli::error::{Error, Exit, Result, While as _};
use crate::cli::ui::Tone;
use crate::cli::write::{Draft, Written};
use crate::policy::{self, InForce, Policy, in_force};
use crate::record::kind::policy::PolicyRatification;
use crate::record::{Claim, FileDigest, Kind, Name};

mod backtest;
mod log;
mod retention;
mod test;
mod then;

/// The control catalog.
#[derive(Debug, Args)]
pub struct PolicyCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Check the catalog of the work tree for mistakes
    Check,
    /// Put the catalog of HEAD in force, by the policy owner's signature
    Ratify,
    /// Show the controls of the catalog in force
    Show {
        /// Those that were in force when this was decided, or made
        #[arg(value_name = "RELEASE|RECORD|REV")]
        target: Option<String>,
        /// Only those that support compliance with a framework: soc2, iso27001, pcidss, ssdf …
        #[arg(long, value_name = "NAME")]
        framework: Option<String>,
    },
    /// Check the catalog, and run the cases kept beside it
    Test {
        /// The folder with policy.toml and cases/; else .qms of the work tree
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
    },
    /// Tell which past verdicts a changed catalog would change
    Backtest {
        /// The catalog: a file, or the revision that has it; else that of the work tree
        #[arg(value_name = "REV|FILE")]
        catalog: Option<String>,
    },
    /// List every ratification, and what changed by it
    Log,
    /// List controls that are not automated, never asked for, never failed or without evidence
    Gaps,
}

impl PolicyCommand {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        match self.action {
            Action::Check => check(start),
            Action::Ratify => ratify(start),
            Action::Show { target, framework } => show(start, target.as_deref(), framework.as_deref()),
            Action::Test { folder } => test::run(start, folder.as_deref()),
            Action::Backtest { catalog } => backtest::run(start, catalog.as_deref()),
            Action::Log => log::run(start),
            Action::Gaps => super::control::gaps(start),
        }
    }
}

#[derive(Serialize)]
struct Output<'a> {
    schema: &'static str,
    digest: String,
    /// `checked` says that the catalog of the work tree has no mistakes, and nothing about its force.
    state: &'static str,
    controls: Vec<ControlJson<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ControlJson<'a> {
    id: &'a str,
    title: &'a str,
    objective: &'a str,
    enforcement: &'static str,
    owner: &'a str,
    require: Vec<&'a str>,
    tiers: Vec<&'a str>,
    change_types: Vec<&'a str>,
    frameworks: &'a [String],
}

fn output<'a>(catalog: &'a Policy, state: &'static str) -> Output<'a> {
    let controls = catalog.controls.iter().map(|control| ControlJson {
        id: control.id.as_str(),
        title: &control.title,
        objective: &control.objective,
        enforcement: control.enforcement.as_str(),
        owner: control.owner.as_str(),
        require: control.require.iter().map(|rule| rule.text.as_str()).collect(),
        tiers: control.tiers.iter().map(Name::as_str).collect(),
        change_types: control.change_types.iter().map(Name::as_str).collect(),
        frameworks: &control.frameworks,
    });
    let (digest, controls) = (catalog.digest.to_string(), controls.collect());
    Output { schema: "git-qms/policy/v1", digest, state, controls }
}

fn check(start: &Start) -> Result<Exit> {
    let context = start.open()?;
    let tree = context.repo.workdir().ok_or_else(|| Error::new("a bare repository has no work tree to check"))?;
    let file = tree.join(policy::PATH);
    if !file.exists() {
        return Err(Error::new(format!("there is no catalog: {} does not exist", file.display()))
            .hint("git qms init writes a first one"));
    }
    let text = std::fs::read_to_string(&file).while_(format!("reading {}", file.display()))?;
    let catalog = policy::parse(&text, policy::PATH)?;
    if context.ui.is_json() {
        context.ui.json(&output(&catalog, "checked"))?;
        return Ok(Exit::Yes);
    }
    if context.ui.is_quiet() {
        context.ui.line(&catalog.digest.to_string());
        return Ok(Exit::Yes);
    }
    context.ui.line(&format!("{} is in order: {} controls", policy::PATH, catalog.controls.len()));
    Ok(Exit::Yes)
}

fn ratify(start: &Start) -> Result<Exit> {
    let context = start.open()?;
    let signing = context.signing()?;
    let ledger = context.ledger()?;
    let chain = ledger.chain();
    let member = context.member(chain, &signing)?;
    context.check_grant(chain, member, &signing, Kind::Policy)?;
    let commit = context.commit(None)?;
    let bytes = context.repo.read_blob_at(&commit.id, policy::PATH, 1 << 20)?.ok_or_else(|| {
        Error::new(format!("{} is not in commit {}", policy::PATH, commit.id.short()))
            .hint(format!("git add {} && git commit, and again: git qms policy ratify", policy::PATH))
    })?;
    refuse_uncommitted(&context, &bytes)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| Error::new(format!("{} is not UTF-8", policy::PATH)))?;
    let catalog = policy::parse(text, policy::PATH)?;
    let sha256 = FileDigest::of(&bytes);
    let current = in_force(&ledger, context.now);
    retention::refuse_shorter(&context, &current, &catalog)?;
    let replaces = match current {
        InForce::Ratified { sha256: current, record, commit } if current == sha256 => {
            let summary = format!("policy {} is in force already", sha256.short());
            let written = Written { id: record.id, kind: Kind::Policy, commit };
            return super::record::tell(&context, &written, &summary, None);
        }
        InForce::Ratified { sha256, .. } => Some(sha256),
        _ => None,
    };
    let header = context.header(chain, member, Kind::Policy, commit.tree);
    let claim = Claim::Policy(PolicyRatification { sha256, replaces });
    let summary = claim.summary();
    let written = context.record(&signing, Draft { commit: commit.id, header, artifacts: Vec::new(), claim })?;
    super::record::tell(&context, &written, &summary, Some("git qms gate"))
}

/// Who changed the catalog and ratifies means the changed one; only what is committed can be put in force.
fn refuse_uncommitted(context: &Context, committed: &[u8]) -> Result<()> {
    let file = context.repo.workdir().map(|tree| tree.join(policy::PATH));
    let Some(found) = file.and_then(|file| std::fs::read_to_string(file).ok()) else { return Ok(()) };
    // A checkout may have other line ends than the commit.
    if found.replace("\r\n", "\n").as_bytes() == committed || found.as_bytes() == committed {
        return Ok(());
    }
    Err(Error::new(format!("{} is changed and not committed: what is ratified is the catalog of HEAD", policy::PATH))
        .hint(format!("git commit {0}, or git restore {0}; then: git qms policy ratify", policy::PATH)))
}

/// A framework's name as people write it: `soc2` is SOC 2, `iso27001` is ISO/IEC 27001:2022, `ssdf` is NIST SP 800-218.
fn is_of(reference: &str, framework: &str) -> bool {
    let plain = |text: &str| {
        let text = text.to_lowercase().replace("iso/iec", "iso").replace("ssdf", "sp 800-218");
        text.chars().filter(|c| c.is_alphanumeric()).collect::<String>()
    };
    let framework = plain(framework);
    !framework.is_empty() && plain(reference).contains(&framework)
}

/// Leaves the controls that refer to a framework; that none does is an answer, too.
fn only_of(catalog: &mut Policy, framework: &str) -> Result<()> {
    let all: Vec<String> = catalog.controls.iter().flat_map(|control| control.frameworks.clone()).collect();
    catalog.controls.retain(|control| control.frameworks.iter().any(|reference| is_of(reference, framework)));
    if !catalog.controls.is_empty() {
        return Ok(());
    }
    let named: BTreeSet<String> = all.into_iter().collect();
    let named = if named.is_empty() { "none".to_owned() } else { named.into_iter().collect::<Vec<_>>().join("; ") };
    Err(Error::no(format!("no control refers to {framework:?}")).hint(format!("they refer to: {named}")))
}

fn show(start: &Start, target: Option<&str>, framework: Option<&str>) -> Result<Exit> {
    let context = start.open()?;
    let ledger = context.ledger()?;
    let ui = context.ui;
    let (mut catalog, state, told) = match target {
        Some(target) => {
            let (catalog, when) = then::catalog(&context, &ledger, target)?;
            (catalog, "in-force", format!("in force {when}"))
        }
        None => {
            let catalog = context.policy(&ledger, &context.commit(None)?, context.at)?;
            let (state, told) = match in_force(&ledger, context.at) {
                InForce::Ratified { record, .. } => {
                    let (since, by) = (record.header.recorded, &record.header.recorder);
                    ("in-force", format!("in force since {since}, ratified by {by}"))
                }
                InForce::Ambiguous(_) => ("ambiguous", "ambiguous: several were ratified at once".to_owned()),
                InForce::None => ("proposed", "proposed, not ratified".to_owned()),
            };
            (catalog, state, told)
        }
    };
    if let Some(framework) = framework {
        only_of(&mut catalog, framework)?;
    }
    if ui.is_json() {
        ui.json(&output(&catalog, state))?;
        return Ok(Exit::Yes);
    }
    if ui.is_quiet() {
        ui.line(&catalog.digest.to_string());
        return Ok(Exit::Yes);
    }
    ui.line(&format!("policy  sha256:{}, {told}", catalog.digest));
    for control in &catalog.controls {
        let title = ui.paint(Tone::Plain, &control.title);
        ui.line(&format!("\n{}  {title}  ({}, owner {})", control.id, control.enforcement.as_str(), control.owner));
        ui.line(&format!("  {}", ui.paint(Tone::Plain, &control.objective)));
        let named = |names: &[Name]| names.iter().map(Name::as_str).collect::<Vec<_>>().join(", ");
        for (what, names) in [("tiers", &control.tiers), ("change types", &control.change_types)] {
            if !names.is_empty() {
                ui.line(&format!("  {what} {}", named(names)));
            }
        }
        for rule in &control.require {
            ui.line(&format!("  requires {}", ui.paint(Tone::Plain, &rule.text)));
        }
        if !control.frameworks.is_empty() {
            ui.line(&format!("  supports compliance with {}", ui.paint(Tone::Plain, &control.frameworks.join(", "))));
        }
    }
    Ok(Exit::Yes)
}
