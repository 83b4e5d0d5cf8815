//! `git qms measure`: quality by numbers, each with the records behind it.

use std::path::PathBuf;

use clap::Args;

use crate::cli::Start;
use crate::cli::context::Context;
use crate::cli::error::{Error, Exit, Result};
use crate::cli::judge::for_gate;
use crate::cli::replace::replace;
use crate::measure::{History, MEASURES, Measure, Scope, Step};
use crate::policy::Policy;
use crate::record::{Name, UtcTime};
use crate::report::measures::{Board, csv, page};
use crate::verify::Outcome;

mod period;
mod tell;

/// Show what the records say about quality: leading and lagging indicators by service and environment
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git qms measure                                    the last twelve months, in production
  git qms measure change-fail-rate --records         the records behind one number
  git qms measure --split-at SCAN-01                 before and after a control came into force
  git qms measure --controls                         what each control stopped, and which never say no
  git qms measure --html measures.html               one page: charts, tables, releases
  git qms measure --since 2026-01-01 --window quarter --csv > measures.csv

What has no denominator is n/a; what no record tells is unknown, and says which record would.")]
pub struct MeasureCommand {
    /// One measure, by its name; without, all of them
    #[arg(value_name = "NAME", value_parser = known)]
    measure: Option<&'static Measure>,
    /// Open the number: what it is made of, each with its records
    #[arg(long, requires = "measure")]
    records: bool,
    /// How each control fared in recorded decisions
    #[arg(long, conflicts_with_all = ["measure", "csv"])]
    controls: bool,
    /// Only this service
    #[arg(long)]
    service: Option<Name>,
    /// Only this environment; every one of production by default
    #[arg(long)]
    environment: Option<Name>,
    /// From then on; twelve calendar months by default
    #[arg(long, value_name = "TIME", value_parser = crate::cli::time)]
    since: Option<UtcTime>,
    /// Up to then, which is not part of it; the moment judged by, by default
    #[arg(long, value_name = "TIME", value_parser = crate::cli::time)]
    until: Option<UtcTime>,
    /// How long each window is: month, quarter, week, day or a number of days
    #[arg(long, value_name = "month", default_value = "month", hide_default_value = true)]
    window: Step,
    /// Tell before and after apart, at a time or when a control came into force
    #[arg(long, value_name = "TIME|CONTROL")]
    split_at: Option<String>,
    /// Print the numbers as CSV
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Write all of it as one page, that needs neither a server nor a script
    #[arg(long, value_name = "FILE", conflicts_with_all = ["measure", "csv", "controls"])]
    html: Option<PathBuf>,
}

fn known(text: &str) -> std::result::Result<&'static Measure, String> {
    crate::measure::measure(text).ok_or_else(|| {
        let names: Vec<&str> = MEASURES.iter().map(|measure| measure.name).collect();
        format!("measures are: {}", names.join(", "))
    })
}

impl MeasureCommand {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let verification = context.verify(for_gate())?;
        let ledger = &verification.ledger;
        let policy = context.policy(ledger, &context.commit(None)?, context.at)?;
        let places = places(&policy, self.service.as_ref(), self.environment.as_ref())?;
        let period = self.period(&context, ledger)?;
        let history = History::of(ledger, context.at);
        let facts = context.measuring(ledger, &policy, &history, &places);
        let scopes: Vec<_> =
            places.iter().map(|(service, environment)| Scope::of(&history, &facts, service, environment)).collect();
        let board = Board::of(&scopes, context.at, &period, self.measure, self.records);
        let exit = Exit::from(verification.outcome());
        if let Some(file) = &self.html {
            let text = page(&board, &ledger.chain().newest().version.name);
            replace(file, text.as_bytes()).map_err(|error| {
                Error::new(format!("writing {}: {error}", file.display())).hint("name a file in a folder that is there")
            })?;
            context.ui.note(&format!("{}: open it in a browser, or print it", file.display()));
        }
        if context.ui.is_json() {
            context.ui.json(&board)?;
        } else if self.html.is_some() {
            // The page is the answer.
        } else if self.csv {
            context.ui.print(&csv(&board));
        } else {
            self.tell(&context, &board);
        }
        if verification.outcome() != Outcome::Pass {
            context.ui.warn("the repository does not verify, and what does not count is in no number: git qms verify");
        }
        Ok(exit)
    }

    fn tell(&self, context: &Context, board: &Board) {
        context.ui.page(&context.environment);
        for group in &board.groups {
            if self.controls {
                tell::controls(context.ui, group);
            } else if self.measure.is_some() {
                tell::one(context.ui, board, group);
            } else {
                tell::all(context.ui, board, group);
            }
        }
    }
}

/// The services in the environments asked for: every one in production, where nothing is named.
fn places(policy: &Policy, service: Option<&Name>, environment: Option<&Name>) -> Result<Vec<(Name, Name)>> {
    let names = |all: Vec<&Name>| all.into_iter().map(Name::as_str).collect::<Vec<_>>().join(", ");
    let services: Vec<&Name> = policy.services.iter().map(|one| &one.name).collect();
    let environments: Vec<&Name> = policy.environments.iter().map(|one| &one.name).collect();
    if let Some(unknown) = service.filter(|name| !services.contains(name)) {
        return Err(Error::new(format!("the catalog has no service {unknown}"))
            .hint(format!("services are: {}", names(services))));
    }
    if let Some(unknown) = environment.filter(|name| !environments.contains(name)) {
        return Err(Error::new(format!("the catalog has no environment {unknown}"))
            .hint(format!("environments are: {}", names(environments))));
    }
    let in_production = policy.environments.iter().filter(|one| one.production).map(|one| &one.name);
    let wanted: Vec<&Name> = environment.map_or_else(|| in_production.collect(), |name| vec![name]);
    let services = services.into_iter().filter(|name| service.is_none_or(|service| service == *name));
    let places: Vec<_> =
        services.flat_map(|service| wanted.iter().map(|at| (service.clone(), (*at).clone()))).collect();
    if places.is_empty() {
        return Err(Error::new("the catalog has no environment with production = true, and no environment is named")
            .hint(format!("name one: git qms measure --environment NAME; environments are: {}", names(environments))));
    }
    Ok(places)
}
