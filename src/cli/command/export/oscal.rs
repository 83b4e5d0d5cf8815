//! Recorded decisions as assessment results of OSCAL.

use std::io::Write;

use super::selection::Selection;
use crate::cli::error::{Error, Result};
use crate::report::oscal::{Sources, assessment_results, decisions};

pub(super) fn write(selection: &Selection<'_>, out: &mut dyn Write) -> Result<()> {
    let verification = selection.told.verification;
    let decisions = decisions(&verification.ledger, &selection.records);
    if decisions.is_empty() {
        return Err(Error::no(format!("no decision is recorded in {}", selection.about))
            .hint("git qms gate --record records one, and so does git qms release"));
    }
    let text = assessment_results(&Sources {
        ledger: &verification.ledger,
        decisions,
        about: selection.about.clone(),
        verification: verification.outcome().as_str(),
        at: selection.told.context.at,
    });
    Ok(out.write_all(text.as_bytes())?)
}
