//! What came since the last audit: whoever audited signed for the ledger as they saw it, so no clock is asked.

use std::collections::BTreeMap;

use crate::record::kind::checkpoint::Occasion;
use crate::record::{Claim, Kind, Record, UtcTime};
use crate::verify::{Ledger, Verified};

/// The last audit on record, and what the ledger holds that it had not seen.
#[derive(Debug, Clone)]
pub struct LastAudit<'a> {
    /// The checkpoint that was written when it ended.
    pub record: &'a Verified<Record>,
    /// How many records came since, by kind; the checkpoint itself is none of them.
    pub since: BTreeMap<Kind, u64>,
    /// How many trust versions came since.
    pub trust: usize,
}

/// The last audit that was recorded by a moment: the last checkpoint of that occasion, in the order of the ledger.
pub fn last_audit(ledger: &Ledger, at: UtcTime) -> Option<LastAudit<'_>> {
    let is_one = |record: &&Verified<Record>| {
        record.header.recorded <= at
            && matches!(&record.claim, Claim::Checkpoint(one) if one.occasion == Occasion::Audit)
    };
    let record = ledger.of_kind(Kind::Checkpoint).rfind(is_one)?;
    let head = record.header.ledger?;
    let mut since: BTreeMap<Kind, u64> = BTreeMap::new();
    for other in ledger.outlines().filter(|other| other.recorded <= at && other.id != record.id) {
        if !ledger.head_contains_outlined(head, &other) {
            *since.entry(other.kind).or_default() += 1;
        }
    }
    let links = ledger.chain().links();
    let known = links.iter().position(|link| link.digest == record.header.trust).unwrap_or(0);
    let trust = links[known + 1..].iter().filter(|link| link.version.created <= at).count();
    Some(LastAudit { record, since, trust })
}
