//! Corrections: which record supersedes which.

use std::collections::HashMap;

use super::finding::{Code, Finding};
use super::ledger::Body;
use super::verified::Verified;
use crate::record::header::Header;
use crate::record::ids::{CommitId, RecordId};
use crate::record::kind::Kind;
use crate::record::statement::Record;

/// Kinds that bind for ever.
const FINAL: [Kind; 6] =
    [Kind::Release, Kind::Policy, Kind::Checkpoint, Kind::Gate, Kind::ExceptionDecision, Kind::Tombstone];

/// Tells the body which record corrects which; gives back the corrections that have no effect.
pub(super) fn settle(body: &mut Body) -> Vec<Finding> {
    let mut superseded: HashMap<RecordId, &Verified<Record>> = HashMap::new();
    let mut faults = Vec::new();
    for record in &body.records {
        let Some(supersedes) = &record.header.supersedes else { continue };
        match allowed(body, record, supersedes.record) {
            Ok(()) => {
                // Of several the one that says it came first: who judges as of a moment must not be told of a later one alone.
                let first = superseded.entry(supersedes.record).or_insert(record);
                if record.header.recorded < first.header.recorded {
                    *first = record;
                }
            }
            Err(reason) => {
                let text = format!("supersedes {}, without effect: {reason}", supersedes.record.short());
                faults.push(Finding::new(Code::SupersedesVoid, text).at_commit(record.commit).at_record(record.id));
            }
        }
    }
    body.superseded = superseded.into_iter().map(|(earlier, by)| (earlier, by.id)).collect();
    faults
}

/// Same kind, same commit, later by the ledger, and by the same member where the record is a
/// person's own word; other kinds by whoever may sign them.
fn allowed(body: &Body, record: &Verified<Record>, earlier: RecordId) -> Result<(), &'static str> {
    let earlier = body.record(earlier).ok_or("no such record counts")?;
    may_supersede(earlier, &record.header, record.commit)?;
    if body.order.is_before(earlier.seal(), record.seal()) { Ok(()) } else { Err("it does not come before") }
}

/// Whether a record with this header, on this commit, may come to correct an earlier one.
pub fn may_supersede(earlier: &Verified<Record>, header: &Header, commit: CommitId) -> Result<(), &'static str> {
    if earlier.header.kind != header.kind || earlier.commit != commit {
        return Err("it is of another kind or on another commit");
    }
    if FINAL.contains(&header.kind) {
        return Err("records of this kind bind for ever");
    }
    let is_own_word = matches!(header.kind, Kind::Approval | Kind::Exception);
    if is_own_word && earlier.header.recorder != header.recorder {
        return Err("nobody can correct another's approval or exception");
    }
    Ok(())
}
