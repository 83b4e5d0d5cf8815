//! `git qms trust`: the people, bots, keys and roles of the project.

use clap::{Args, Subcommand};

use crate::cli::Start;
use crate::cli::error::{Exit, Result};

pub mod change;
pub mod export;
pub mod people;
pub mod show;

/// The people, bots, keys and roles of the project.
#[derive(Debug, Args)]
pub struct Trust {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show the newest version, or the root alone
    Show(show::Show),
    /// Tell the chain of versions
    Log(show::Log),
    /// Add a person or a bot
    Add(people::Add),
    /// Give a member further roles
    Grant(people::Grant),
    /// Take a member, a role or a key away
    Remove(people::Remove),
    /// Accept void or lost lines and lost heads as such
    Known(people::Known),
    /// Write the allowed-signers file for stock git
    Export(export::Export),
}

impl Trust {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        match self.action {
            Action::Show(show) => show.run(start),
            Action::Log(log) => log.run(start),
            Action::Add(add) => add.run(start),
            Action::Grant(grant) => grant.run(start),
            Action::Remove(remove) => remove.run(start),
            Action::Known(known) => known.run(start),
            Action::Export(export) => export.run(start),
        }
    }
}
