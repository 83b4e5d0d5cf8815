//! `git qms show`: the whole story of a release, commit or record, verified.

use clap::Args;

use crate::cli::Start;
use crate::cli::error::{Exit, Result};
use crate::cli::target::Target;
use crate::cli::verification::Thoroughness;
use crate::record::Stage;

mod detail;
pub(crate) mod files;
mod json;
mod one;
mod summary;
mod whole;

/// Show the whole story of a release, a commit or a record.
///
/// A release or commit is told on one screen: a line for each record, with who and when; where the release is; what is
/// pending, late, missing or altered. --stage tells all of one stage, --full everything. On a terminal, and where COLUMNS is
/// set, lines are cut to its width.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git qms show payments                       the newest release of a service
  git qms show payments --stage test          every test, scan and analysis of it
  git qms show payments --full                everything that its records say
  git qms show 9f31c0a4b2d1                   one record
  git qms show --file 29b2b3654a5c > junit.xml")]
pub struct Show {
    /// A release (tag, or service for its newest), a record id, or a revision; HEAD by default
    #[arg(value_name = "RELEASE|RECORD|REV")]
    target: Option<String>,
    /// Only this stage, all of its records
    #[arg(long, value_name = "STAGE", value_parser = stage)]
    stage: Option<Stage>,
    /// Everything each record says
    #[arg(long)]
    full: bool,
    /// Write out this attached file, by 12 or more digits of its SHA-256
    #[arg(long, value_name = "DIGEST", conflicts_with_all = ["target", "stage", "full"])]
    file: Option<String>,
    /// The digest of the first trust version, as the project's people gave it to you
    #[arg(long, value_name = "DIGEST")]
    trust_root: Option<String>,
}

fn stage(text: &str) -> std::result::Result<Stage, String> {
    Stage::ALL
        .into_iter()
        .find(|stage| stage.to_string() == text)
        .ok_or_else(|| "expected plan, build, test, approve, deploy or monitor".to_owned())
}

impl Show {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let how = Thoroughness { trust_root: self.trust_root.as_deref(), ..Thoroughness::default() };
        let verification = context.verify(how)?;
        if let Some(prefix) = &self.file {
            return files::write_out(&context, &verification.ledger, prefix);
        }
        match context.target(&verification.ledger, self.target.as_deref())? {
            Target::Record(id) => one::show(&context, &verification, id),
            Target::Commit(commit) => whole::show(&context, &verification, &commit, None, &self),
            Target::Release { tag, manifest, commit } => {
                whole::show(&context, &verification, &commit, Some((&tag, &manifest)), &self)
            }
        }
    }
}
