//! `git qms record monitor`.

use clap::{Args, ValueEnum};

use super::about::About;
use crate::cli::Start;
use crate::cli::error::{Error, Exit, Result};
use crate::cli::releases::manifest_of;
use crate::record::kind::monitor::{Monitor as Claimed, RollbackStatus, SmokeTest};
use crate::record::{Claim, Kind};

/// How a deployment did. The window in which it was watched is --start and --end.
#[derive(Debug, Args)]
pub struct Monitor {
    /// The smoke test
    #[arg(long, value_enum, required_unless_present = "stdin")]
    smoke: Option<Smoke>,
    /// Whether it had to be taken back: none, unless said
    #[arg(long, value_enum)]
    rollback: Option<Rollback>,
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

impl From<Smoke> for SmokeTest {
    fn from(smoke: Smoke) -> Self {
        match smoke {
            Smoke::Pass => Self::Pass,
            Smoke::Fail => Self::Fail,
            Smoke::NotRun => Self::NotRun,
        }
    }
}

impl From<Rollback> for RollbackStatus {
    fn from(rollback: Rollback) -> Self {
        match rollback {
            Rollback::None => Self::None,
            Rollback::Started => Self::Started,
            Rollback::Completed => Self::Completed,
        }
    }
}

impl Monitor {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let (about, input) = self.about.with_input(Kind::Monitor)?;
        let base = match input.map(|input| input.claim) {
            Some(Claim::Monitor(monitor)) => Some(monitor),
            _ => None,
        };
        let watched_by = base.as_ref().and_then(|base| base.observation);
        let mut making = about.begin(start, Kind::Monitor, watched_by)?;
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
        let smoke_test = self.smoke.map(SmokeTest::from).or(base.as_ref().map(|base| base.smoke_test));
        let rollback = self.rollback.map(RollbackStatus::from).or(base.as_ref().map(|base| base.rollback));
        let claim = Claimed {
            smoke_test: smoke_test
                .ok_or_else(|| Error::new("monitoring needs the outcome of the smoke test").hint("--smoke pass"))?,
            observation: (watched.start < watched.end).then_some(watched).or(watched_by),
            rollback: rollback.unwrap_or(RollbackStatus::None),
            note: self.note.or(base.and_then(|base| base.note)),
        };
        making.finish(Vec::new(), Vec::new(), Claim::Monitor(claim), Some(&format!("git qms show {release}")))
    }
}
