//! The run of the automation that records: what its environment says, and the options over it.

use clap::Args;

use crate::cli::ci;
use crate::cli::environment::Environment;
use crate::cli::error::{Error, Result};
use crate::record::Source;

/// The run that records; in continuous integration the system says all of it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Where it was recorded, other than CI says")]
pub(super) struct Automation {
    /// The id of the run
    #[arg(long, value_name = "ID")]
    run: Option<String>,
    /// Its web address
    #[arg(long, value_name = "URL")]
    run_url: Option<String>,
    /// Who started it
    #[arg(long, value_name = "NAME")]
    run_actor: Option<String>,
    /// The branch, tag or merge request it ran for
    #[arg(long, value_name = "REF")]
    run_ref: Option<String>,
    /// The automation, where an object on standard input names it.
    #[arg(skip)]
    system: Option<String>,
}

impl Automation {
    /// The options, and where they say nothing, what is known otherwise.
    pub(super) fn over(self, source: Option<Source>) -> Self {
        let Some(source) = source else { return self };
        Self {
            run: self.run.or(source.run),
            run_url: self.run_url.or(source.url),
            run_actor: self.run_actor.or(source.actor),
            run_ref: self.run_ref.or(source.git_ref),
            system: Some(source.system),
        }
    }

    /// What the environment says, and the options over it.
    pub(super) fn source(&self, environment: &Environment) -> Result<Option<Source>> {
        let found = ci::source(environment);
        let Self { run, run_url, run_actor, run_ref, system } = self;
        if [run, run_url, run_actor, run_ref, system].iter().all(|told| told.is_none()) {
            return Ok(found);
        }
        let bare = Source { system: ci::OTHER.to_owned(), run: None, url: None, actor: None, git_ref: None };
        let found = found.unwrap_or(bare);
        let url = match run_url {
            Some(url) => Some(ci::address(url).ok_or_else(|| {
                Error::new(format!("{url:?} is no web address of a run"))
                    .hint("--run-url https://ci.example.com/run/77")
            })?),
            None => found.url,
        };
        Ok(Some(Source {
            system: system.clone().unwrap_or(found.system),
            run: run.clone().or(found.run),
            url,
            actor: run_actor.clone().or(found.actor),
            git_ref: run_ref.clone().or(found.git_ref),
        }))
    }
}
