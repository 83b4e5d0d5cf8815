//! `git qms export`: a release, a period or all that is recorded, for people and programs that have no clone.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::context::Context;
use crate::cli::error::{Error, Exit, Result, While as _};
use crate::cli::replace::{New, unwritable};
use crate::cli::verification::Thoroughness;
use crate::cli::{Start, spoken};
use crate::question::{Filter, Spoken};
use crate::record::Name;
use crate::report::table::{TABLES, Table};

mod bundle;
mod format;
mod html;
mod in_toto;
mod oscal;
mod partition;
mod put;
mod rows;
mod selection;
mod sqlite;

use format::{Format, Write, format};
use put::Written;
use selection::{Released, Selection, Told};

/// Write a release, a period or everything as a file: for people, for auditors' tools, or for databases.
///
/// A release is a dossier to read (html) or a package that is verified anywhere (bundle). As tables (csv, jsonl, json,
/// sqlite), statements (in-toto) or assessment results (oscal), it may as well be a period, or, with neither, all that is
/// recorded. Only what counts is written: what does not verify is told, and is in no export.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git qms export payments-api --format html --to dossier.html      to read, print and file
  git qms export payments-api --format bundle --to payments.qms    to verify: git qms verify payments.qms
  git qms export --period 2026-Q1 --format csv --to q1.csv         a row for each record, for spreadsheets
  git qms export --format sqlite --to evidence.db                  all of it, with views
  git qms export --format jsonl --partition lake                   for DuckDB, Spark and Trino, over many repositories

Exit: 0 written and verified, 1 written, and verification rejects what it tells, 2 could not tell.")]
pub struct Export {
    /// A release: its tag, or a service for its newest one
    #[arg(value_name = "RELEASE", conflicts_with_all = ["since", "until", "period", "service", "partition"])]
    release: Option<String>,
    /// html: a page; bundle: a package to be verified; csv, jsonl, json, sqlite: tables; in-toto: the signed statements;
    /// oscal: assessment results
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    format: &'static Format,
    /// Where to write it; - for standard output
    #[arg(long, value_name = "FILE", required_unless_present = "partition")]
    to: Option<PathBuf>,
    /// Only recorded since then: a period, as for git qms log
    #[arg(long, value_name = "PERIOD")]
    since: Option<Spoken>,
    /// Only recorded up to then
    #[arg(long, value_name = "PERIOD")]
    until: Option<Spoken>,
    /// Only recorded within this period
    #[arg(long, value_name = "PERIOD", conflicts_with_all = ["since", "until"])]
    period: Option<Spoken>,
    /// Only this service
    #[arg(long)]
    service: Option<Name>,
    /// Of csv and jsonl: which table; records unless said
    #[arg(long, value_name = "NAME", value_parser = table)]
    table: Option<&'static Table>,
    /// Of jsonl: every table, in files parted by project and month, in this folder
    #[arg(long, value_name = "DIR", conflicts_with_all = ["to", "table", "service"])]
    partition: Option<PathBuf>,
    /// The digest of the first trust version, as the project's people gave it to you
    #[arg(long, value_name = "DIGEST")]
    trust_root: Option<String>,
}

fn table(name: &str) -> std::result::Result<&'static Table, String> {
    let names: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
    crate::report::table::table(name).ok_or_else(|| format!("tables are: {}", names.join(", ")))
}

impl Export {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        self.check(&context)?;
        let how = Thoroughness {
            trust_root: self.trust_root.as_deref(),
            trees: true,
            files: true,
            ..Thoroughness::default()
        };
        let verification = context.verify(how)?;
        let released =
            self.release.as_deref().map(|text| Released::of(&context, &verification.ledger, text)).transpose()?;
        let told = Told { context: &context, verification: &verification, released: released.as_ref() };
        if let Write::Release(write) = self.format.write {
            let released = told.release(self.format.name)?;
            let written = self.put(&context, &mut |out| write(&told, released, out))?;
            return self.tell(&told, None, &written);
        }
        let within = spoken::within(self.since, self.until, self.period, context.at)?;
        let within = Filter { service: self.service.clone(), ..within };
        let selection = Selection::of(&told, &within, self.table)?;
        let written = match (&self.partition, self.format.write) {
            (Some(folder), _) => partition::write(&selection, &within, folder)?,
            (None, Write::Database(write)) => {
                let file = self.file();
                let new = New::beside(file).map_err(|error| unwritable(file, &error))?;
                write(&selection, new.path()).while_(format!("writing {}", file.display()))?;
                new.put().map_err(|error| unwritable(file, &error))?;
                Written::of(file)?
            }
            (None, Write::Lines(write)) => self.put(&context, &mut |out| write(&selection, out))?,
            (None, Write::Release(_)) => unreachable!("it was written above"),
        };
        self.tell(&told, Some(selection.records.len()), &written)
    }

    /// What is wrong with what was asked, before anything is read.
    fn check(&self, context: &Context) -> Result<()> {
        let name = self.format.name;
        if self.table.is_some() && !["csv", "jsonl"].contains(&name) {
            return Err(Error::new(format!("--table is for csv and jsonl: {name} has its own shape"))
                .hint("leave --table out; sqlite holds every table"));
        }
        if self.partition.is_some() && name != "jsonl" {
            return Err(Error::new(format!("--partition is for jsonl: {name} is one file"))
                .hint("--format jsonl, or --to FILE"));
        }
        if self.is_stream() && matches!(self.format.write, Write::Database(_)) {
            return Err(Error::new("a database is no stream").hint("--to FILE"));
        }
        if self.is_stream() && (context.ui.is_json() || context.ui.is_terminal()) {
            let why = if context.ui.is_json() { "--json has it already" } else { "it is a terminal" };
            return Err(
                Error::new(format!("the export cannot go to standard output: {why}")).hint("--to FILE, or a pipe")
            );
        }
        if let Some(file) = self.to.as_deref().filter(|file| file.is_dir()) {
            return Err(Error::new(format!("{} is a folder", file.display())).hint("name a file in it: --to FILE"));
        }
        Ok(())
    }

    fn file(&self) -> &Path {
        self.to.as_deref().unwrap_or(Path::new("-"))
    }

    fn is_stream(&self) -> bool {
        self.to.as_deref() == Some(Path::new("-"))
    }
}
