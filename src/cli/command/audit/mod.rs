//! `git qms audit`: every check, the population, what is missing from it, and what changed.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::error::{Error, Exit, Result};
use crate::cli::replace::unwritable;
use crate::cli::spoken;
use crate::cli::verification::{Thoroughness, Verification, VerificationJson};
use crate::cli::{Start, outside};
use crate::question::{Filter, Spoken, last_audit};
use crate::record::Name;
use crate::report::audit::Audit;
use crate::verify::{Ledger, Outcome};

mod gather;
mod page;
mod record;
mod sample;
mod tell;

use sample::SampleJson;

/// Run every check and answer what a reviewer asks: the population, what is missing, a sample, what changed.
///
/// The population is every change of production: each deployment to an environment that the catalog calls production, or
/// does not know, whatever came of it. It is a no where evidence does not verify, or where a change went out before it was
/// released or approved, was not watched in time, or an emergency was not reviewed. Commits that wait for a release are told,
/// and are no fault.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
#[command(after_help = "\
Examples:
  git qms audit --period 2026-Q1 --sample 25 --seed \"auditor's own words\"
  git qms audit --since \"last audit\" --record      what changed; and sign that this audit was made
  git qms audit --completeness                     what is missing, and nothing else
  git qms audit --period 2026 --html audit.html    all of it as one page

Exit: 0 in order, 1 not, 2 could not tell.")]
pub struct AuditCommand {
    /// What happened since then: a period, as for git qms log, or \"last audit\"
    #[arg(long, value_name = "PERIOD", value_parser = since)]
    since: Option<Since>,
    /// What happened up to then
    #[arg(long, value_name = "PERIOD")]
    until: Option<Spoken>,
    /// What happened within it
    #[arg(long, value_name = "PERIOD", conflicts_with_all = ["since", "until"])]
    period: Option<Spoken>,
    /// Only this service's changes
    #[arg(long)]
    service: Option<Name>,
    /// Tell only what is missing
    #[arg(long)]
    completeness: bool,
    /// Draw so many changes of the population, and tell each from its plan to its monitoring
    #[arg(long, value_name = "N", value_parser = crate::cli::number::from_one::<usize>)]
    sample: Option<usize>,
    /// What the sample is drawn by: the same seed draws the same; the ledger's tip, unless said
    #[arg(long, value_name = "TEXT", requires = "sample")]
    seed: Option<String>,
    /// The release branch, or any revision; HEAD by default
    #[arg(long, value_name = "REV")]
    branch: Option<String>,
    /// Tell every row, however many
    #[arg(long)]
    full: bool,
    /// Write all of it as one page, to read, print and file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["completeness", "full"])]
    html: Option<PathBuf>,
    /// Sign that this audit was made: the next one tells what came since
    #[arg(long)]
    record: bool,
    /// The digest of the first trust version, as the project's people gave it to you
    #[arg(long, value_name = "DIGEST")]
    trust_root: Option<String>,
    /// A checkpoint that was kept elsewhere: all it saw has to be here
    #[arg(long = "checkpoint", value_name = "FILE")]
    checkpoints: Vec<PathBuf>,
    /// Believe no cache and no pin of the repository itself, and check each signature by itself
    #[arg(long)]
    strict: bool,
}

/// The beginning of what is audited.
#[derive(Debug, Clone, Copy)]
enum Since {
    Spoken(Spoken),
    LastAudit,
}

fn since(text: &str) -> std::result::Result<Since, String> {
    if text.eq_ignore_ascii_case("last audit") {
        return Ok(Since::LastAudit);
    }
    text.parse().map(Since::Spoken).map_err(|error| format!("{error}; or last audit"))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Output<'a> {
    schema: &'static str,
    #[serde(flatten)]
    verification: VerificationJson,
    #[serde(flatten)]
    audit: &'a Audit,
    /// Files that are kept elsewhere: nobody looked.
    unavailable: Vec<gather::ElsewhereJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sample: Option<&'a SampleJson>,
    /// The checkpoint that records this audit.
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded: Option<String>,
}

impl AuditCommand {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let how =
            Thoroughness { trust_root: self.trust_root.as_deref(), strict: self.strict, trees: true, files: true };
        let mut verification = context.verify(how)?;
        let seen = outside::check(&context, &verification, &self.checkpoints, &[])?;
        verification.add(seen);
        let within = self.within(&context, &verification.ledger)?;
        let gathered = gather::all(&context, &verification.ledger, self.branch.as_deref(), &within)?;
        let audit = gathered.audit(&context, &verification.ledger, &within);
        let sample = self.sample.map(|count| {
            let seed = self.seed.clone().or_else(|| verification.ledger.tip().map(|tip| tip.to_string()));
            SampleJson::of(
                &context,
                &verification.ledger,
                &gathered,
                &audit.population,
                &seed.unwrap_or_default(),
                count,
            )
        });
        let sample = sample.transpose()?;
        let outcome = outcome(&verification, &audit);
        let page = self.html.as_deref().map(|file| {
            let service = self.service.as_ref().map(Name::as_str);
            page::written(file, &page::text(&verification, &audit, sample.as_ref(), outcome, service))
        });
        let page = page.transpose()?;
        let recorded = self.record.then(|| record::write(&context, &verification)).transpose()?;
        if let (Some(page), Some(file)) = (page, &self.html) {
            page.put().map_err(|error| unwritable(file, &error))?;
            context.ui.note(&format!("{}: open it in a browser, or print it", file.display()));
        }
        let ui = context.ui;
        if ui.is_json() {
            ui.json(&Output {
                schema: "git-qms/audit/v1",
                verification: verification.json().saying(outcome),
                audit: &audit,
                unavailable: gather::elsewhere(&verification.ledger),
                sample: sample.as_ref(),
                recorded: recorded.map(|id| id.to_string()),
            })?;
        } else if ui.is_quiet() {
            ui.line(outcome.as_str());
        } else if self.html.is_some() {
            verification.tell_findings(ui, false);
            tell::answer(ui, &audit, outcome);
        } else {
            ui.page(&context.environment);
            let told = tell::Told { context: &context, verification: &verification, audit: &audit, full: self.full };
            told.tell(sample.as_ref(), self.completeness, outcome);
        }
        if let Some(id) = recorded.filter(|_| !ui.is_json() && !ui.is_quiet()) {
            ui.note(&format!("recorded as {}; next    git qms sync", id.short()));
        }
        Ok(Exit::from(outcome))
    }

    fn within(&self, context: &Context, ledger: &Ledger) -> Result<Filter> {
        let spoken = match self.since {
            Some(Since::Spoken(spoken)) => Some(spoken),
            _ => None,
        };
        let mut within = spoken::within(spoken, self.until, self.period, context.at)?;
        if let Some(Since::LastAudit) = self.since {
            let last = last_audit(ledger, context.at).ok_or_else(|| {
                Error::no("no audit is on record").hint("git qms audit --record writes one when it ends")
            })?;
            within.since = Some(last.record.header.recorded);
        }
        Ok(Filter { service: self.service.clone(), ..within })
    }
}

/// A fault is a no, unless verification found worse.
fn outcome(verification: &Verification, audit: &Audit) -> Outcome {
    match verification.outcome() {
        Outcome::Pass if !audit.faults.is_empty() => Outcome::Fail,
        outcome => outcome,
    }
}
