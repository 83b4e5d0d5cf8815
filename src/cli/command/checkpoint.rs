//! `git qms checkpoint`: pin the ledger as it is now, in the ledger itself or in a file that is kept elsewhere.

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use crate::cli::context::{Context, Signing};
use crate::cli::error::{Error, Exit, Result, While as _};
use crate::cli::replace::replace;
use crate::cli::verification::Thoroughness;
use crate::cli::write::Draft;
use crate::cli::{Start, outside};
use crate::record::kind::checkpoint::{Checkpoint as Pin, Occasion};
use crate::record::{Claim, Kind};
use crate::verify::{Ledger, Outcome, OutsideCheckpoint};

/// Pin the ledger as it is now: what it holds can no longer be dropped unseen.
///
/// Alone it writes a record, which pins all before it. With --to it writes a signed statement of the ledger's tip, the trust
/// and every release's tag into a file: kept where whoever can rewrite the repository does not write, it shows a rollback
/// (git qms verify --checkpoint FILE).
#[derive(Debug, Args)]
pub struct Checkpoint {
    /// Write the statement into this file and no record; a file that is there is replaced
    #[arg(long, value_name = "FILE", conflicts_with = "cosign")]
    to: Option<PathBuf>,
    /// Add a signature, of whatever key, to a statement that holds in this clone
    #[arg(long, value_name = "FILE")]
    cosign: Option<PathBuf>,
}

#[derive(Serialize)]
struct Output {
    schema: &'static str,
    file: String,
    project: String,
    trust: String,
    ledger: String,
    tags: usize,
    signers: Vec<String>,
}

impl Checkpoint {
    /// Runs the command.
    pub fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let signing = context.signing()?;
        match (&self.to, &self.cosign) {
            (None, None) => record(&context, &signing),
            (Some(file), _) => {
                let ledger = sound(&context)?;
                let member = context.member(ledger.chain(), &signing)?;
                context.check_grant(ledger.chain(), member, &signing, Kind::Checkpoint)?;
                let mut seen = OutsideCheckpoint::of(&ledger, context.now)
                    .ok_or_else(|| Error::no("the ledger is empty: there is nothing to pin"))?;
                seen.sign(signing.signer.as_ref())?;
                write(&context, file, &seen)
            }
            (None, Some(file)) => {
                let mut seen = outside::read(file)?;
                let findings = seen.check(&sound(&context)?, |name| outside::tag(&context, name), &[]);
                if let Some(finding) = findings.first() {
                    return Err(Error::no(format!("{} does not hold here: {}", file.display(), finding.message))
                        .hint("fetch what it saw first: git qms sync --fetch-only; then sign it"));
                }
                seen.sign(signing.signer.as_ref())?;
                write(&context, file, &seen)
            }
        }
    }
}

fn record(context: &Context, signing: &Signing) -> Result<Exit> {
    let ledger = context.ledger()?;
    let chain = ledger.chain();
    let member = context.member(chain, signing)?;
    context.check_grant(chain, member, signing, Kind::Checkpoint)?;
    let last = ledger.records().last().ok_or_else(|| Error::no("the ledger is empty: there is nothing to pin"))?;
    let header = context.header(chain, member, Kind::Checkpoint, last.header.tree);
    let claim = Claim::Checkpoint(Pin { occasion: Occasion::Request });
    let draft = Draft { commit: last.commit, header, artifacts: Vec::new(), claim };
    let written = context.record(signing, draft)?;
    super::record::tell(context, &written, "checkpoint of the ledger", None)
}

/// What is signed for has to be sound: the whole of it is verified first.
fn sound(context: &Context) -> Result<Ledger> {
    let verification = context.verify(Thoroughness::default())?;
    if verification.outcome() == Outcome::Pass {
        return Ok(ManuallyDrop::into_inner(verification.ledger));
    }
    let what = "the repository does not verify, so nobody signs for it";
    let error = if verification.outcome() == Outcome::Fail { Error::no(what) } else { Error::new(what) };
    Err(error.hint("git qms verify tells what is wrong"))
}

/// Puts it in the place of what was there, and tells.
fn write(context: &Context, file: &Path, checkpoint: &OutsideCheckpoint) -> Result<Exit> {
    replace(file, &checkpoint.to_bytes()).while_(format!("writing the checkpoint {}", file.display()))?;
    let (ui, seen) = (context.ui, &checkpoint.seen);
    let file = file.display().to_string();
    let signers: Vec<_> = checkpoint.keyids().map(|keyid| keyid.to_string()).collect();
    if ui.is_json() {
        ui.json(&Output {
            schema: "git-qms/checkpoint/v1",
            file,
            project: seen.project.to_string(),
            trust: seen.trust.to_string(),
            ledger: seen.ledger.to_string(),
            tags: seen.tags.len(),
            signers,
        })?;
    } else if ui.is_quiet() {
        ui.line(&seen.ledger.to_string());
    } else {
        ui.line(&format!(
            "{file}: ledger {}, trust {}, {} release tags, signed by {}",
            seen.ledger.short(),
            seen.trust.short(),
            seen.tags.len(),
            signers.join(", ")
        ));
        ui.note(&format!("next    keep it where the repository's writers cannot: git qms verify --checkpoint {file}"));
    }
    Ok(Exit::Yes)
}
