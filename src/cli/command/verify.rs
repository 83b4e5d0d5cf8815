//! `git qms verify`: may this be relied on?

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::error::{Error, Exit, Result, While as _};
use crate::cli::ui::Tone;
use crate::cli::verification::{Thoroughness, Verification, VerificationJson};
use crate::cli::{Start, digest, outside, package};
use crate::record::{Kind, Record};
use crate::report::story::RecordJson;
use crate::verify::Verified;

/// Verify the whole ledger, the trust and every release; name a release to check also its tree.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git qms verify                                   everything here
  git qms verify --trust-root DIGEST --strict      as an auditor: the root from the project's people
  git qms verify payments.qms --trust-root DIGEST  a package, whatever repository is around
  git qms verify --artifact dist/app.tar.gz        which records know this very file

Exit: 0 verified, 1 rejected, 2 could not tell.")]
pub struct Verify {
    /// A release or revision that has to be there; or a package (git qms export --format bundle), verified on its own
    #[arg(value_name = "REV|RELEASE|FILE")]
    target: Option<String>,
    /// Find the records of this file by its SHA-256
    #[arg(long, value_name = "FILE")]
    artifact: Option<PathBuf>,
    /// The digest of the first trust version, as the project's people gave it to you
    #[arg(long, value_name = "DIGEST")]
    trust_root: Option<String>,
    /// A checkpoint that was kept elsewhere (git qms checkpoint --to FILE): all it saw has to be here
    #[arg(long = "checkpoint", value_name = "FILE")]
    checkpoints: Vec<PathBuf>,
    /// The public key of a witness who has to have signed each checkpoint
    #[arg(long = "witness", value_name = "KEY", requires = "checkpoints")]
    witnesses: Vec<String>,
    /// Believe no cache and no pin of the repository itself; check the tree of every release, and each signature by itself
    #[arg(long)]
    strict: bool,
    /// Tell every finding: also those that change nothing, and each of many alike
    #[arg(long)]
    all: bool,
}

#[derive(Serialize)]
struct Output {
    schema: &'static str,
    #[serde(flatten)]
    verification: VerificationJson,
    #[serde(skip_serializing_if = "Option::is_none")]
    artifact: Option<ArtifactJson>,
}

#[derive(Serialize)]
struct ArtifactJson {
    file: String,
    sha256: String,
    records: Vec<RecordJson>,
}

impl Verify {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let packed = self.target.as_deref().map(Path::new).filter(|file| package::is_package(file));
        if let Some(file) = packed {
            let opened = package::open(start, file)?;
            return Self { target: None, ..self }.verify(&opened.context, true);
        }
        self.verify(&start.open()?, false)
    }

    fn verify(self, context: &Context, packed: bool) -> Result<Exit> {
        if let Some(found) = context.without_trust()? {
            return Ok(Exit::from(context.tell_untrusted(&found)?));
        }
        let trees = packed || self.strict || self.target.is_some();
        let how = Thoroughness { trust_root: self.trust_root.as_deref(), strict: self.strict, trees, files: true };
        if let Some(target) = &self.target {
            context.commit(Some(target))?;
        }
        let mut verification = context.verify(how).while_("not verified")?;
        let seen = outside::check(context, &verification, &self.checkpoints, &self.witnesses)?;
        verification.add(seen);
        let artifact = self
            .artifact
            .as_deref()
            .map(|file| Ok::<_, Error>((file.display().to_string(), digest::of_file(file)?.0)))
            .transpose()?;
        let mut exit = Exit::from(verification.outcome());
        let mut about = None;
        if let Some((file, sha256)) = artifact {
            let found = records_of(&verification, sha256);
            if found.is_empty() && exit == Exit::Yes {
                exit = Exit::No;
            }
            about = Some((file, sha256, found));
        }
        let ui = context.ui;
        if ui.is_json() {
            let artifact = about.map(|(file, sha256, found)| {
                let deadlines = context.deadlines(&verification.ledger);
                let json = |record: &&Verified<Record>| RecordJson::of(&verification.ledger, record, &deadlines);
                ArtifactJson { file, sha256: sha256.to_string(), records: found.iter().map(json).collect() }
            });
            ui.json(&Output { schema: "git-qms/verify/v1", verification: verification.json(), artifact })?;
            return Ok(exit);
        }
        if !ui.is_quiet() {
            verification.tell_head(ui);
            verification.tell_findings(ui, self.all);
        }
        if let Some((file, sha256, found)) = about {
            let file = ui.paint(Tone::Plain, &file);
            if found.is_empty() {
                ui.line(&format!(
                    "{}: no record that counts names {file}, SHA-256 {sha256}",
                    ui.paint(Tone::Bad, "unknown")
                ));
            }
            for record in found {
                if ui.is_quiet() {
                    ui.line(&record.id.to_string());
                    continue;
                }
                let summary = ui.paint(Tone::Plain, &record.summary());
                ui.line(&format!(
                    "{}  {} by {}: {summary}, on {}",
                    record.id.short(),
                    record.header.kind,
                    record.header.recorder,
                    record.commit.short()
                ));
            }
        }
        if exit == Exit::Yes && !packed {
            ui.note(if verification.releases > 0 { "next    git qms show RELEASE" } else { "next    git qms log" });
        }
        Ok(exit)
    }
}

/// The records that name a file: builds first.
fn records_of(verification: &Verification, sha256: crate::record::FileDigest) -> Vec<&Verified<Record>> {
    let names = |record: &&Verified<Record>| record.artifacts.iter().any(|artifact| artifact.sha256 == sha256);
    let mut found: Vec<_> = verification.ledger.records().iter().filter(names).collect();
    found.sort_by_key(|record| record.header.kind != Kind::Build);
    found
}
