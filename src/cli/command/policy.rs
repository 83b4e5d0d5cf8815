//! `git qms policy`: check, ratify and show the control catalog.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::Start;
use crate::cli::error::{Error, Exit, Result, While as _};
use crate::policy;

mod backtest;
mod log;
mod ratify;
mod retention;
mod show;
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
            Action::Ratify => ratify::run(start),
            Action::Show { target, framework } => show::run(start, target.as_deref(), framework.as_deref()),
            Action::Test { folder } => test::run(start, folder.as_deref()),
            Action::Backtest { catalog } => backtest::run(start, catalog.as_deref()),
            Action::Log => log::run(start),
            Action::Gaps => super::control::gaps(start),
        }
    }
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
        context.ui.json(&show::output(&catalog, "checked"))?;
        return Ok(Exit::Yes);
    }
    if context.ui.is_quiet() {
        context.ui.line(&catalog.digest.to_string());
        return Ok(Exit::Yes);
    }
    context.ui.line(&format!("{} is in order: {} controls", policy::PATH, catalog.controls.len()));
    Ok(Exit::Yes)
}
