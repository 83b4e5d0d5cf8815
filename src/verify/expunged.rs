//! Tombstones: which attached files two people took out of the repository.
//!
//! Spec: `docs/spec/files.md`, 5.

use std::collections::{BTreeMap, BTreeSet};

use super::ledger::Ledger;
use super::verified::Verified;
use crate::record::ids::FileDigest;
use crate::record::kind::tombstone::Tombstone;
use crate::record::kind::{Claim, Kind};
use crate::record::name::MemberId;
use crate::record::statement::Record;
use crate::trust::MemberType;

/// So many people have to sign.
const PEOPLE: usize = 2;

/// The tombstones of one file, in the order of the ledger.
#[derive(Debug, Default)]
pub struct Tombstones<'l> {
    /// Each with what it says.
    pub records: Vec<(&'l Verified<Record>, &'l Tombstone)>,
}

impl<'l> Tombstones<'l> {
    /// The people who signed.
    pub fn people(&self) -> BTreeSet<&'l MemberId> {
        self.records.iter().map(|(record, _)| &record.header.recorder).collect()
    }

    /// Whether enough people signed: the file has to be gone.
    pub fn is_in_force(&self) -> bool {
        self.people().len() >= PEOPLE
    }

    /// The first, whose reason and legal basis are told.
    pub fn first(&self) -> Option<(&'l Verified<Record>, &'l Tombstone)> {
        self.records.first().copied()
    }

    /// `expunged by ada and grace: request of the person (GDPR Art. 17)`. Not escaped.
    pub fn told(&self) -> String {
        let people: Vec<_> = self.people().into_iter().map(MemberId::as_str).collect();
        let why = self.first().map(|(_, said)| format!(": {} ({})", said.reason, said.legal_basis));
        format!("expunged by {}{}", people.join(" and "), why.unwrap_or_default())
    }
}

/// The tombstones that count, by file. Those of bots do not.
pub fn tombstones(ledger: &Ledger) -> BTreeMap<FileDigest, Tombstones<'_>> {
    let mut found: BTreeMap<FileDigest, Tombstones<'_>> = BTreeMap::new();
    let links = ledger.chain().links();
    for record in ledger.of_kind(Kind::Tombstone) {
        let Claim::Tombstone(tombstone) = &record.claim else { continue };
        let signer = links.iter().rev().find_map(|link| link.version.member(&record.header.recorder));
        if signer.is_some_and(|member| member.kind == MemberType::Person) {
            found.entry(tombstone.file).or_default().records.push((record, tombstone));
        }
    }
    found
}

/// The files that two people took out.
pub fn expunged(ledger: &Ledger) -> BTreeSet<FileDigest> {
    tombstones(ledger).into_iter().filter(|(_, of)| of.is_in_force()).map(|(file, _)| file).collect()
}
