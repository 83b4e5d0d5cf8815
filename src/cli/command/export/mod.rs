//! `git qms export`: a release as one file, for people who have no clone.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::error::{Error, Exit, Result, While as _};
use crate::cli::target::Target;
use crate::cli::ui::Tone;
use crate::cli::verification::{Thoroughness, Verification};
use crate::cli::{Start, digest, replace};
use crate::record::TagName;
use crate::release::Manifest;
use crate::store::CommitInfo;

mod bundle;
mod html;

/// Write a release as one file: a dossier for people, or a package that is verified anywhere.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git qms export payments-api --format html --to dossier.html      to read, print and file
  git qms export payments-api --format bundle --to payments.qms    to verify: git qms verify payments.qms

Exit: 0 written and verified, 1 written, and verification rejects what it tells, 2 could not tell.")]
pub struct Export {
    /// A release: its tag, or a service for its newest one
    #[arg(value_name = "RELEASE")]
    release: String,
    /// html: a page to read, print and file; bundle: everything, in one file that git reads and git qms verify verifies
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    format: &'static Format,
    /// Where to write it
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// The digest of the first trust version, as the project's people gave it to you
    #[arg(long, value_name = "DIGEST")]
    trust_root: Option<String>,
}

/// A way to write a release.
#[derive(Debug)]
struct Format {
    name: &'static str,
    write: fn(&Told<'_>) -> Result<Vec<u8>>,
}

static FORMATS: &[Format] =
    &[Format { name: "html", write: html::write }, Format { name: "bundle", write: bundle::write }];

fn format(text: &str) -> std::result::Result<&'static Format, String> {
    let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
    FORMATS.iter().find(|format| format.name == text).ok_or_else(|| format!("expected {}", names.join(" or ")))
}

/// What is written about.
struct Told<'a> {
    context: &'a Context,
    verification: &'a Verification,
    tag: &'a TagName,
    manifest: &'a Manifest,
    commit: &'a CommitInfo,
}

#[derive(Serialize)]
struct Output {
    schema: &'static str,
    release: String,
    format: &'static str,
    file: String,
    bytes: usize,
    sha256: String,
    result: &'static str,
}

impl Export {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let how = Thoroughness {
            trust_root: self.trust_root.as_deref(),
            trees: true,
            files: true,
            ..Thoroughness::default()
        };
        let verification = context.verify(how)?;
        let Target::Release { tag, manifest, commit } = context.target(&verification.ledger, Some(&self.release))?
        else {
            return Err(Error::no(format!("{:?} is no release", self.release))
                .hint("releases: git tag --list '*@*+*'; a service stands for its newest one"));
        };
        let told =
            Told { context: &context, verification: &verification, tag: &tag, manifest: &manifest, commit: &commit };
        let bytes = (self.format.write)(&told)?;
        replace::replace(&self.to, &bytes).while_(format!("writing {}", self.to.display()))?;
        let outcome = verification.outcome();
        let (ui, file, sha256) = (context.ui, self.to.display().to_string(), digest::of_file(&self.to)?.0.to_string());
        if ui.is_json() {
            let (release, format) = (tag.to_string(), self.format.name);
            let (schema, result) = ("git-qms/export/v1", outcome.as_str());
            ui.json(&Output { schema, release, format, file, bytes: bytes.len(), sha256, result })?;
            return Ok(Exit::from(outcome));
        }
        if ui.is_quiet() {
            ui.line(&ui.paint(Tone::Plain, &file));
            return Ok(Exit::from(outcome));
        }
        verification.tell_findings(ui, false);
        ui.line(&format!("{}  {} bytes, SHA-256 {sha256}", ui.paint(Tone::Plain, &file), bytes.len()));
        ui.line(&verification.summary(ui));
        if self.format.name == "bundle" {
            ui.note(&format!("next    git qms verify {file} --trust-root {}", verification.ledger.chain().root()));
        }
        Ok(Exit::from(outcome))
    }
}
