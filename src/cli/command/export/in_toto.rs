//! The signed statements as they are stored: an in-toto bundle, one DSSE envelope a line.
//!
//! Source: <https://github.com/in-toto/attestation/blob/main/spec/v1/bundle.md>.

use std::collections::BTreeMap;
use std::io::Write;

use super::selection::Selection;
use crate::cli::error::{Error, Result};
use crate::record::CommitId;
use crate::record::ids::LineDigest;

pub(super) fn write(selection: &Selection<'_>, out: &mut dyn Write) -> Result<()> {
    let verification = selection.told.verification;
    let mut notes = selection.told.context.repo.stored_notes(verification.ledger.tip())?;
    // One note at a time: in the order of the ledger those on one commit lie together, mostly.
    let mut last: Option<(CommitId, BTreeMap<LineDigest, Vec<u8>>)> = None;
    for record in &selection.records {
        if last.as_ref().is_none_or(|(commit, _)| *commit != record.commit) {
            let lines = notes.lines(&record.commit)?;
            last = Some((record.commit, lines.into_iter().map(|line| (LineDigest::of(&line), line)).collect()));
        }
        let line = last.as_ref().and_then(|(_, lines)| lines.get(&record.seal().line));
        let line = line.ok_or_else(|| {
            Error::new(format!("the line of record {} is not in the ledger any more", record.id.short()))
                .hint("it changed meanwhile: run it again")
        })?;
        out.write_all(line)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
