//! What a trust version that is not in force yet would void.

use super::Ledger;
use crate::envelope::Fingerprint;
use crate::record::ids::CommitId;
use crate::record::statement::Record;
use crate::trust::TrustVersion;
use crate::verify::line::permits;
use crate::verify::verified::Verified;

impl Ledger {
    /// The records that came after the ledger head which `version` names, and whose signers it does not permit them.
    pub fn ended_by<'a>(&'a self, version: &'a TrustVersion) -> impl Iterator<Item = &'a Verified<Record>> {
        let later =
            move |record: &&Verified<Record>| version.ledger.is_none_or(|head| !self.head_contains(head, record));
        let ended = move |record: &&Verified<Record>| {
            let key = self.chain.holder(record.seal().key);
            key.is_none_or(|(key, _)| permits(version, record, key).is_err())
        };
        self.records().iter().filter(later).filter(ended)
    }

    /// The records of a key that `head` does not contain: void, if the key counts up to there only.
    pub fn beyond(&self, key: Fingerprint, head: CommitId) -> impl Iterator<Item = &Verified<Record>> {
        let of_key = move |record: &&Verified<Record>| record.seal().key == key;
        self.records().iter().filter(of_key).filter(move |record| !self.head_contains(head, record))
    }
}
