//! Which record is meant by the beginning of an id, and whether a new one may correct it.

use crate::cli::error::{Error, Result};
use crate::record::{CommitId, Header, Kind, RecordId, Supersedes};
use crate::verify::{Ledger, may_supersede};

/// What a record with this header, on this commit, is to correct; refused where verification would find that it has
/// no effect.
pub fn correction(
    ledger: &Ledger,
    prefix: &str,
    reason: Option<&String>,
    header: &Header,
    commit: CommitId,
) -> Result<Supersedes> {
    let record = resolve_record(ledger, prefix)?;
    if let Some(earlier) = ledger.record(record)
        && let Err(reason) = may_supersede(earlier, header, commit)
    {
        let (kind, on, found) = (header.kind, earlier.commit.short(), earlier.header.kind);
        let hint = match (kind, found) {
            (Kind::Approval, Kind::Approval) => "an approval is corrected by who gave it, on the same commit",
            _ => "a correction is of the same kind and on the same commit (--commit)",
        };
        return Err(Error::new(format!(
            "a {kind} record on {} cannot supersede {}: {reason}",
            commit.short(),
            record.short()
        ))
        .detail(format!("{} is of kind {found}, on {on}", record.short()))
        .hint(hint));
    }
    if let Some(by) = ledger.superseded_by(record) {
        return Err(Error::new(format!("{} is superseded already, by {}", record.short(), by.short()))
            .hint(format!("correct that one: --supersedes {}", by.short())));
    }
    let reason = reason.filter(|reason| !reason.trim().is_empty()).cloned();
    let reason = reason.ok_or_else(|| Error::new("a correction needs a reason").hint("--reason TEXT"))?;
    Ok(Supersedes { record, reason })
}

/// The record of an id, or of a prefix of 12 or more digits, among those that count.
pub fn resolve_record(ledger: &Ledger, prefix: &str) -> Result<RecordId> {
    let hex = prefix.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    if !hex || !(12..=64).contains(&prefix.len()) {
        return Err(Error::new(format!("{prefix:?} is not a record id of 12 to 64 lower-case hex digits"))
            .hint("ids are shown by: git qms log"));
    }
    let mut found = ledger.records().iter().map(|record| record.id).filter(|id| id.to_string().starts_with(prefix));
    match (found.next(), found.next()) {
        (Some(id), None) => Ok(id),
        (None, _) => Err(Error::no(format!("no record that counts has an id that begins with {prefix}"))
            .hint("ids are shown by: git qms log; what does not count by: git qms verify")),
        (Some(_), Some(_)) => {
            Err(Error::new(format!("{prefix} is the beginning of several record ids")).hint("give more digits"))
        }
    }
}
