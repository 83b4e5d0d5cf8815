//! Records that stock git took out of the notes are put back from the history that still has them.

use serde::Serialize;

use crate::cli::context::{Context, LEDGER};
use crate::cli::error::Result;
use crate::cli::verification::Verification;
use crate::envelope::Arithmetic;
use crate::verify::{Code, Finding, Removed, Severity};

/// A record that was removed, and stands again.
#[derive(Serialize)]
pub(super) struct Restored {
    record: String,
    kind: String,
    recorder: String,
    commit: String,
    /// The ledger commit that took it out.
    #[serde(rename = "removedBy", skip_serializing_if = "Option::is_none")]
    removed_by: Option<String>,
}

/// Puts back what counted once, was removed, and whose loss no trust version accepts.
pub(super) fn restore(context: &Context, verification: &Verification) -> Result<Vec<Restored>> {
    let is_loss = |finding: &Finding| finding.code == Code::LineRemoved && finding.severity == Severity::Error;
    if !verification.findings.iter().any(is_loss) {
        return Ok(Vec::new());
    }
    // Read whole, without the index: what is put back is found in the history itself.
    let ledger = context.ledger_at(&context.tips()?, Arithmetic::Library)?;
    let removed = ledger.removed();
    let Some(tip) = ledger.tip().filter(|_| !removed.is_empty() && !ledger.is_cut()) else {
        return Ok(Vec::new());
    };
    let wanted: Vec<_> = removed.iter().map(|removed| (removed.on, removed.line)).collect();
    let found = context.repo.with_lock(|locked| {
        if locked.tip(LEDGER)? != Some(tip) {
            return Ok(Vec::new()); // Somebody wrote meanwhile; the next sync looks anew.
        }
        locked.restore(tip, &wanted, context.now)
    })?;
    let of = |removed: &Removed, by: Option<String>| Restored {
        record: removed.record.to_string(),
        kind: removed.kind.to_string(),
        recorder: removed.recorder.to_string(),
        commit: removed.on.to_string(),
        removed_by: by,
    };
    let by = |removed: &Removed| found.iter().find(|found| (found.on, found.line) == (removed.on, removed.line));
    Ok(removed
        .iter()
        .filter_map(|removed| Some(of(removed, by(removed)?.removed_by.map(|by| by.to_string()))))
        .collect())
}

impl Restored {
    /// In a sentence.
    pub(super) fn text(&self) -> String {
        let Self { record, kind, recorder, commit, removed_by } = self;
        let by = removed_by.as_deref().map_or("a ledger commit", |by| &by[..12]);
        format!(
            "the {kind} record {} of {recorder} on {} was taken out of the ledger by {by} and was put back; find out who \
             did it: git show {by}",
            &record[..12],
            &commit[..7]
        )
    }
}
