//! `git qms record KIND`: evidence becomes a signed record on a commit.

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::cli::Start;
use crate::cli::context::Context;
use crate::cli::error::{Exit, Result};
use crate::cli::ui::Tone;
use crate::cli::write::Written;

pub mod about;
pub mod analysis;
pub mod attach;
mod attached;
pub mod build;
mod case;
pub mod correct;
pub mod defect;
pub mod deploy;
pub mod gather;
pub mod given;
pub mod incident;
mod known;
pub mod monitor;
pub mod plan;
pub mod reports;
mod automation;
pub mod scan;
pub mod stdin;
pub mod test;

/// Write evidence as a signed record on a commit.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git qms record plan --change CHG-1842 --reason \"Refund limits\" --rollback \"restore previous\"
  git qms record test --from junit.xml --from coverage.xml
  git qms record scan --from grype.json --vex openvex.json
  git qms record analysis --from ruff.sarif
  git qms record deploy --release TAG --environment production --outcome success
  git qms record incident --id INC-7 --severity high --release TAG --environment production
  git qms record monitor - < monitor.json")]
pub struct Record {
    #[command(subcommand)]
    kind: KindOf,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident $args:ty;)*) => {
        #[derive(Debug, Subcommand)]
        enum KindOf {
            $($(#[$doc])* $name(Box<$args>),)*
        }

        impl Record {
            /// Runs the command.
            pub fn run(self, start: &Start) -> Result<Exit> {
                match self.kind { $(KindOf::$name(args) => args.run(start),)* }
            }
        }
    };
}

kinds! {
    /// Why a change is made, and how it is rolled out, watched and taken back
    Plan plan::Plan;
    /// What was built, by whom, from what
    Build build::Build;
    /// What the tests found: reports of test runners and of coverage
    Test test::Test;
    /// What a vulnerability scanner found: Trivy, Grype, OSV-Scanner, audits, SARIF, CycloneDX
    Scan scan::Scan;
    /// What a static analysis found: SARIF
    Analysis analysis::Analysis;
    /// What was deployed where, and how that ended
    Deploy deploy::Deploy;
    /// How a deployment did: smoke test, observation, rollback
    Monitor monitor::Monitor;
    /// What went wrong where users are, and how it was mended
    Incident incident::Incident;
    /// What was found to be wrong in what was built, and how it was mended
    Defect defect::Defect;
}

#[derive(Serialize)]
struct Output {
    schema: &'static str,
    record: Named,
}

/// A record as commands name it in JSON.
#[derive(Serialize)]
pub struct Named {
    /// Its id, in full.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// The commit it is on, in full.
    pub commit: String,
}

impl From<&Written> for Named {
    fn from(written: &Written) -> Self {
        Self { id: written.id.to_string(), kind: written.kind.to_string(), commit: written.commit.to_string() }
    }
}

/// Tells what was written: `9f31c0a4b2d1  unit: 212 passed, on 4e1a2b3`.
pub fn tell(context: &Context, written: &Written, summary: &str, next: Option<&str>) -> Result<Exit> {
    let ui = context.ui;
    if ui.is_json() {
        ui.json(&Output { schema: "git-qms/record/v1", record: written.into() })?;
    } else if ui.is_quiet() {
        ui.line(&written.id.to_string());
    } else {
        let summary = ui.paint(Tone::Plain, summary);
        ui.line(&format!("{}  {summary}, on {}", written.id.short(), written.commit.short()));
        if let Some(next) = next {
            ui.note(&format!("next    {next}"));
        }
    }
    Ok(Exit::Yes)
}
