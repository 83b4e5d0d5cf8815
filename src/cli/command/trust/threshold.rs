//! `git qms trust threshold`: how many people a change of the trust takes.

use clap::{Args, ValueEnum};

use super::change::{To, change};
use crate::cli::Start;
use crate::cli::error::{Error, Exit, Result};

/// Set how many people have to sign a change of the trust.
#[derive(Debug, Args)]
pub struct Threshold {
    /// The role whose people sign
    #[arg(value_enum)]
    role: Role,
    /// How many
    #[arg(value_parser = crate::cli::number::from_one::<u32>)]
    people: u32,
    #[command(flatten)]
    to: To,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Role {
    /// The only one with a threshold
    Root,
}

impl Threshold {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let Role::Root = self.role;
        let context = start.open()?;
        let what = format!("a change of the trust takes {} root people", self.people);
        change(&context, &self.to, &what, |version| {
            if version.thresholds.root == self.people {
                return Err(Error::new(format!("the threshold is {} already", self.people)));
            }
            version.thresholds.root = self.people;
            Ok(())
        })
    }
}
