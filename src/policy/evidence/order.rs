//! The last word: of several records the one that no other comes after, or all that are concurrent.

use super::Proof;
use crate::verify::Ledger;

/// The records that none of the others comes after, by the ledger's signed order.
pub(in crate::policy) fn last_of<'a>(ledger: &Ledger, records: impl IntoIterator<Item = Proof<'a>>) -> Vec<Proof<'a>> {
    let mut last: Vec<Proof<'a>> = Vec::new();
    for record in records {
        if last.iter().any(|other| ledger.is_before(record, other)) {
            continue;
        }
        last.retain(|other| !ledger.is_before(other, record));
        last.push(record);
    }
    last
}
