//! `git qms import`: takes a package into this repository, as a sync would take what a remote has.

use std::path::PathBuf;

use clap::Args;

use super::sync;
use crate::cli::context::{FILES, LEDGER, TRUST};
use crate::cli::error::{Error, Exit, Result, While as _};
use crate::cli::{Start, package};
use crate::record::CommitId;
use crate::store::{BundleHead, Fetched, README};

/// Take the evidence of a package into this repository; nothing that is here is lost.
#[derive(Debug, Args)]
#[command(after_help = "\
The ledgers are united, as git qms sync unites them. The branches of the package become refs/remotes/qms-import/*.

Exit: 0 taken and verified, 1 rejected, 2 could not tell.")]
pub struct Import {
    /// A package: git qms export RELEASE --format bundle --to FILE
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Import {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let head = package::head_of(&self.file)?;
        for needed in &head.prerequisites {
            let is_here = needed.parse::<CommitId>().is_ok_and(|commit| context.repo.has_object(&commit));
            if !is_here {
                return Err(Error::new(format!("{} needs commit {needed}, which is not here", self.file.display()))
                    .hint("import the package before it first, or have a whole one made: git qms export RELEASE --format bundle"));
            }
        }
        let file = std::path::absolute(&self.file).while_(format!("finding {}", self.file.display()))?;
        let fetch = |specs: &[String]| {
            context.repo.fetch_bundle(&file, specs).map_err(|error| package::damaged(&self.file, &error))
        };
        // First the objects alone: what is refused leaves no reference behind.
        let named: Vec<String> =
            head.refs.iter().filter(|(name, _)| is_wanted(name)).map(|(name, _)| format!("{name}\n")).collect();
        fetch(&named)?;
        let fetched = fetched(&head);
        sync::refuse_other_project(&context, fetched.trust)?;
        let branches =
            head.refs.iter().filter_map(|(name, _)| name.strip_prefix("refs/heads/").filter(|_| name != README));
        let branches: Vec<String> =
            branches.map(|branch| format!("+refs/heads/{branch}:refs/remotes/qms-import/{branch}\n")).collect();
        if !branches.is_empty() {
            fetch(&branches)?;
        }
        sync::import(&context, &self.file.display().to_string(), &fetched)
    }
}

fn is_wanted(name: &str) -> bool {
    [LEDGER, TRUST, FILES].contains(&name) || name.starts_with("refs/tags/")
}

/// What a package holds, as a fetch tells what a remote has.
fn fetched(head: &BundleHead) -> Fetched {
    let tip = |name| head.tip(name).and_then(|id| id.parse::<CommitId>().ok());
    let tag = |(name, id): &(String, String)| Some((name.strip_prefix("refs/tags/")?.to_owned(), id.parse().ok()?));
    let tags = head.refs.iter().filter_map(tag).collect();
    Fetched { ledger: tip(LEDGER), trust: tip(TRUST), files: tip(FILES), tags, moved_tags: Vec::new() }
}
