//! Records that counted until a trust version took away what they were signed by: ended retroactively.

use super::Ledger;
use crate::envelope::Fingerprint;
use crate::record::ids::CommitId;
use crate::record::kind::Claim;
use crate::record::kind::checkpoint::Occasion;
use crate::record::statement::Record;
use crate::trust::Link;
use crate::verify::few::Few;
use crate::verify::finding::{Code, Finding};
use crate::verify::line::permits;

/// A record that is void since its signer lost the right, or its key was called stolen.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) record: Box<Record>,
    pub(super) key: Fingerprint,
    pub(super) introduced: Few<u32>,
}

impl Ledger {
    /// Tells which of them were in the ledger already when the version that voids them came into force, and which it is.
    pub(super) fn tell_retroactive(&mut self, ended: &[Ended]) {
        if self.is_cut {
            return; // What was there when is not known.
        }
        let told: Vec<_> = ended.iter().filter_map(|one| Some((one, self.ended_when_there(one)?))).collect();
        let findings = told.into_iter().map(|(one, link)| {
            let (kind, by) = (one.record.header.kind, &one.record.header.recorder);
            let number = link.version.version;
            let text = format!(
                "the {kind} record of {by} was in the ledger when trust version {number} came into force, which voids it: ended retroactively"
            );
            Finding::new(Code::EndedRetroactively, text).at_commit(one.record.commit).at_record(one.record.id)
        });
        let findings: Vec<_> = findings.collect();
        self.findings.extend(findings);
    }

    fn ended_when_there(&self, one: &Ended) -> Option<&Link> {
        let (key, _) = self.chain.holder(one.key)?;
        self.chain.links().iter().find(|link| {
            let version = &link.version;
            let is_later = !version.ledger.is_some_and(|head| self.order().reaches(head, &one.introduced));
            let ends = permits(version, &one.record, key).is_err() && is_later;
            let limit = version.compromised.get(&one.key);
            let stolen = limit.is_some_and(|limit| !self.order().reaches(*limit, &one.introduced));
            (ends || stolen) && self.pins(link).any(|head| self.order().reaches(head, &one.introduced))
        })
    }

    /// The heads over which the checkpoints of a trust version were signed.
    fn pins(&self, link: &Link) -> impl Iterator<Item = CommitId> {
        let digest = link.digest;
        self.on(link.commit).filter_map(move |record| match &record.claim {
            Claim::Checkpoint(checkpoint) if checkpoint.occasion == Occasion::Trust => {
                record.header.ledger.filter(|_| record.header.trust == digest)
            }
            _ => None,
        })
    }
}
