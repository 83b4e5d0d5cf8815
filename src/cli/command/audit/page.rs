//! The page of an audit.

use std::io::Write as _;
use std::path::Path;

use super::sample::SampleJson;
use crate::cli::error::Result;
use crate::cli::replace::{Finished, New, unwritable};
use crate::cli::verification::Verification;
use crate::report::audit::{Audit, Page};
use crate::report::dossier::Check;
use crate::verify::{Outcome, files};

/// The page.
pub(super) fn text(
    verification: &Verification,
    audit: &Audit,
    sample: Option<&SampleJson>,
    outcome: Outcome,
    service: Option<&str>,
) -> String {
    let ledger = &verification.ledger;
    let (_, elsewhere) = files::named(ledger);
    let sample = sample.map(SampleJson::for_page);
    let page = Page {
        audit,
        sample: sample.as_ref(),
        ledger,
        check: Check {
            outcome: verification.outcome(),
            findings: &verification.findings,
            root: ledger.chain().root().to_string(),
            trust: ledger.chain().newest().version.version,
            pinned: verification.pin.root == Some(ledger.chain().root()),
        },
        outcome,
        files: verification.files,
        elsewhere: elsewhere
            .iter()
            .map(|(digest, named)| (*digest, &*named.file.name, named.file.uri.as_deref(), named.record))
            .collect(),
        service,
    };
    page.write()
}

/// The page beside its file, to be put in its place when all else is done.
pub(super) fn written(file: &Path, text: &str) -> Result<Finished> {
    let written = New::beside(file).and_then(|mut new| {
        new.write_all(text.as_bytes())?;
        new.finish()
    });
    written.map_err(|error| unwritable(file, &error))
}
