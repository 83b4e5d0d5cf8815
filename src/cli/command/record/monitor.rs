//! `git qms record monitor`.

use clap::{Args, ValueEnum};

use super::about::About;
use crate::cli::Start;
use crate::cli::error::{Error, Exit, Result};
use crate::cli::releases::manifest_of;
use crate::record::kind::monitor::{Monitor as Claimed, RollbackStatus, SmokeTest};
use crate::record::{Claim, Kind};

/// How a deployment did.
#[derive(Debug, Args)]
pub struct Monitor {
    /// The smoke test
    #[arg(long, value_enum)]
    smoke: Smoke,
    /// Whether it had to be taken back
    #[arg(long, value_enum, default_value = "none")]
    rollback: Rollback,
    /// In your words
    #[arg(long)]
    note: Option<String>,
    #[command(flatten)]
    about: About,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Smoke {
    Pass,
    Fail,
    NotRun,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Rollback {
    None,
    Started,
    Completed,
}

impl Monitor {
    /// Runs the command. With --start and --end these are the window in which it was watched.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let mut making = self.about.begin(start, Kind::Monitor, None)?;
        let header = &mut making.header;
        if header.environment.is_none() {
            return Err(Error::new("monitoring needs the environment it watched").hint("--environment production"));
        }
        let release = header
            .release
            .clone()
            .ok_or_else(|| Error::new("monitoring needs the release it watched").hint("--release TAG"))?;
        let (manifest, _) = manifest_of(&making.context, &release)?;
        header.service = Some(manifest.service);
        header.change.get_or_insert(manifest.change);
        let watched = header.occurred;
        let claim = Claimed {
            smoke_test: match self.smoke {
                Smoke::Pass => SmokeTest::Pass,
                Smoke::Fail => SmokeTest::Fail,
                Smoke::NotRun => SmokeTest::NotRun,
            },
            observation: (watched.start < watched.end).then_some(watched),
            rollback: match self.rollback {
                Rollback::None => RollbackStatus::None,
                Rollback::Started => RollbackStatus::Started,
                Rollback::Completed => RollbackStatus::Completed,
            },
            note: self.note,
        };
        making.finish(Vec::new(), Vec::new(), Claim::Monitor(claim), Some(&format!("git qms show {release}")))
    }
}
