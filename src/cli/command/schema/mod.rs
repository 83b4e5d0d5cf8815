//! `git qms schema`: the JSON schemas of what is signed.

use clap::Args;

mod stdin;

use crate::cli::Start;
use crate::cli::error::{Error, Exit, Result};

/// Print the JSON schema of a record kind, of the header, the trust or the manifest.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git qms schema test
  git qms schema manifest > manifest.schema.json
  git qms schema plan --stdin > plan.schema.json    what git qms record plan - reads, in one piece")]
pub struct Schema {
    /// A kind of record, or another name: a wrong one lists them
    #[arg(value_name = "KIND")]
    name: String,
    /// Of what `git qms record KIND -` reads: the claim, and where it applies
    #[arg(long)]
    stdin: bool,
}

macro_rules! schemas {
    ($($name:literal)*) => {
        /// Every schema, by the name of its file in `docs/spec/schema/`.
        const SCHEMAS: &[(&str, &str)] = &[
            $(($name, include_str!(concat!("../../../../docs/spec/schema/", $name, ".schema.json"))),)*
        ];
    };
}

schemas! {
    "analysis" "approval" "build" "build-detail" "checkpoint" "common" "defect" "deploy" "exception" "exception-decision" "gate" "gate-detail" "header"
    "incident" "manifest"
    "monitor" "plan" "policy" "release" "scan" "scan-detail" "statement" "test" "test-detail" "tombstone" "trust"
}

impl Schema {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        if self.stdin {
            start.ui.print(&format!("{:#}\n", stdin::schema(&self.name)?));
            return Ok(Exit::Yes);
        }
        match SCHEMAS.iter().find(|(name, _)| *name == self.name) {
            Some((_, text)) => {
                start.ui.print(text);
                Ok(Exit::Yes)
            }
            None => {
                let names: Vec<&str> = SCHEMAS.iter().map(|(name, _)| *name).collect();
                Err(Error::new(format!("there is no schema {:?}", self.name))
                    .hint(format!("schemas are: {}", names.join(", "))))
            }
        }
    }
}
