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
    // What comes before a record depends on what it was signed over alone: one of each is asked.
    let mut signed_over: Vec<&'a Verified<Record>> = Vec::new();
    for record in records {
        if signed_over.iter().any(|other| ledger.is_before(record, other)) {
            continue;
        }
        if signed_over.iter().all(|other| !is_signed_alike(record, other)) {
            last.retain(|other| !ledger.is_before(other, record));
            signed_over.retain(|other| !ledger.is_before(other, record));
            signed_over.push(record);
        }
        last.push(record);
    }
    last
}

/// Whether the same records come before both: they are signed over one head, and both after it, or both where it is lost.
fn is_signed_alike(one: &Verified<Record>, other: &Verified<Record>) -> bool {
    let is_own = |record: &Verified<Record>| {
        let seal = record.seal();
        seal.head.is_some_and(|head| seal.introduced.contains(&head))
    };
    one.seal().head == other.seal().head && is_own(one) == is_own(other)
}
