//! The last word: of several records the one that no other comes after, or all that are concurrent.

use super::ledger::Ledger;
use super::verified::Verified;
use crate::record::statement::Record;

/// The records that none of the others comes after, by the ledger's signed order.
pub fn last_of<'a>(
    ledger: &Ledger,
    records: impl IntoIterator<Item = &'a Verified<Record>>,
) -> Vec<&'a Verified<Record>> {
    let mut last: Vec<&'a Verified<Record>> = Vec::new();
    for record in records {
        if last.iter().any(|other| ledger.is_before(record, other)) {
            continue;
        }
        last.retain(|other| !ledger.is_before(other, record));
        last.push(record);
    }
    last
}
