//! Checkpoints kept outside the repository, as files.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::context::Context;
use super::error::{Error, Result, While as _};
use super::verification::Verification;
use crate::envelope::{PublicKey, shared};
use crate::keys;
use crate::record::TagName;
use crate::store::TagRecord;
use crate::verify::{Finding, OutsideCheckpoint, TagHere};

/// Reads one.
pub fn read(file: &Path) -> Result<OutsideCheckpoint> {
    let reading = || format!("reading the checkpoint {}", file.display());
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file).while_(reading())?;
    opened.take(shared::MAX_BYTES as u64 + 1).read_to_end(&mut bytes).while_(reading())?;
    OutsideCheckpoint::parse(&bytes).map_err(|error| {
        Error::new(format!("{} is no checkpoint: {error}", file.display()))
            .hint("git qms checkpoint --to FILE writes one; it must not be edited")
    })
}

/// What is wrong here by these checkpoints, each of which these witnesses have to have signed.
pub fn check(
    context: &Context,
    verification: &Verification,
    files: &[PathBuf],
    witnesses: &[String],
) -> Result<Vec<Finding>> {
    let witnesses: Vec<PublicKey> = witnesses.iter().map(|key| Ok(keys::public(key)?)).collect::<Result<_>>()?;
    let mut findings = Vec::new();
    for file in files {
        let checkpoint = read(file)?;
        // One of a project that is continued: what it saw has to be in the archive.
        let archives = verification.archives.iter().map(|archive| &archive.ledger);
        let ledger = std::iter::once(&*verification.ledger).chain(archives);
        let ledger = ledger.into_iter().find(|ledger| ledger.chain().root() == checkpoint.seen.project);
        let ledger = ledger.unwrap_or(&verification.ledger);
        findings.extend(checkpoint.check(ledger, |name| tag(context, name), &witnesses));
    }
    Ok(findings)
}

/// What a tag's ref names here.
pub fn tag(context: &Context, name: &TagName) -> TagHere {
    match context.repo.tag(name) {
        Ok(Some(TagRecord { target, .. })) => TagHere::Object(target),
        Ok(None) => TagHere::Absent,
        Err(_) => TagHere::Unreadable,
    }
}
