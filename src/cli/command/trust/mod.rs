//! `git qms trust`: the people, bots, keys and roles of the project.

use clap::{Args, Subcommand};

use crate::cli::Start;
use crate::cli::error::{Exit, Result};

pub mod change;
pub mod compromised;
pub mod export;
pub mod follow;
pub mod log;
pub mod people;
pub mod proposal;
pub mod recover;
pub mod show;
pub mod sign;
pub mod threshold;
pub mod who;

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
    /// Tell the chain of versions: what each changed, and who signed it
    Log(log::Log),
    /// Say who held a role, now, at a time or for a release
    Who(who::Who),
    /// Add a person or a bot
    Add(people::Add),
    /// Give a member further roles or keys
    Grant(people::Grant),
    /// Take a member, a role or a key away
    Remove(people::Remove),
    /// Void what a stolen or lost key signs beyond a place in the ledger
    Compromised(compromised::Compromised),
    /// Set how many people have to sign a change of the trust
    Threshold(threshold::Threshold),
    /// Sign a proposed version; with the last signature it comes into force
    Sign(sign::Sign),
    /// Accept void or lost lines and lost heads as such
    Known(people::Known),
    /// Begin anew where too few root keys are left, and keep the project before beside it
    Recover(recover::Recover),
    /// Go over to the project that continues the one in this clone
    Follow(follow::Follow),
    /// Write the allowed-signers file for stock git
    Export(export::Export),
}

impl Trust {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        match self.action {
            Action::Show(show) => show.run(start),
            Action::Log(log) => log.run(start),
            Action::Who(who) => who.run(start),
            Action::Add(add) => add.run(start),
            Action::Grant(grant) => grant.run(start),
            Action::Remove(remove) => remove.run(start),
            Action::Compromised(compromised) => compromised.run(start),
            Action::Threshold(threshold) => threshold.run(start),
            Action::Sign(sign) => sign.run(start),
            Action::Known(known) => known.run(start),
            Action::Recover(recover) => recover.run(start),
            Action::Follow(follow) => follow.run(start),
            Action::Export(export) => export.run(start),
        }
    }
}
