//! The dossier of a release: everything an auditor reads about it, composed from what was verified.

use crate::envelope::Fingerprint;
use crate::policy::exception::Asked;
use crate::record::kind::gate::GateDetail;
use crate::record::{Claim, FileRef, MemberId, Record, RecordId, TagName, UtcTime};
use crate::release::rollback::Deployment;
use crate::release::{Manifest, Notes};
use crate::verify::{Ledger, Verified};

pub use super::checked::Check;
use super::story::Story;
use super::timing::Deadlines;

mod page;
mod tables;

/// Everything about one release.
pub struct Dossier<'a> {
    /// Its tag.
    pub tag: &'a TagName,
    /// What its manifest says.
    pub manifest: &'a Manifest,
    /// What its tag says to people.
    pub notes: &'a Notes,
    /// The key that signed the tag.
    pub tag_key: Option<Fingerprint>,
    /// The released commit.
    pub source: Source,
    /// Its records by stage.
    pub story: Story<'a>,
    /// The verified ledger.
    pub ledger: &'a Ledger,
    /// When something is late.
    pub deadlines: &'a Deadlines,
    /// The exceptions it went out with, as they stand now.
    pub exceptions: Vec<&'a Asked<'a>>,
    /// Deployments that took it back.
    pub taken_back: Vec<Deployment<'a>>,
    /// The files that its records name.
    pub files: Vec<Evidence<'a>>,
    /// How it was verified.
    pub check: Check<'a>,
    /// As of when it is told.
    pub at: UtcTime,
}

/// The commit, by the word of who made it.
pub struct Source {
    /// The first line of its message.
    pub subject: String,
    /// Who wrote it, with the address.
    pub author: String,
    /// When.
    pub authored: UtcTime,
    /// Who made the commit.
    pub committer: String,
}

/// A file that records name.
pub struct Evidence<'a> {
    /// As the record names it.
    pub file: &'a FileRef,
    /// `verified`, `mismatched`, `missing` or `unavailable`.
    pub state: &'static str,
    /// The records.
    pub records: Vec<RecordId>,
    /// Its bytes, held against the digest; none where they are not here or too many for a page.
    pub bytes: Option<Vec<u8>>,
}

/// One signature, as 21 CFR 11.50 asks for it: printed name, time, meaning.
pub struct Signature<'a> {
    /// What was signed.
    pub record: &'a Verified<Record>,
    /// The role it was given in.
    pub role: Option<String>,
    /// What it means.
    pub meaning: String,
}

impl<'a> Dossier<'a> {
    /// As a page of HTML.
    pub fn page(&self) -> String {
        page::write(self)
    }

    /// The recorded outcome of each control.
    pub fn decision(&self) -> Option<&'a GateDetail> {
        self.ledger.record(self.manifest.gate.record)?.header.gate.as_ref()
    }

    /// What is not there yet, each a sentence.
    pub fn pending(&self) -> Vec<String> {
        let reviews = self.exceptions.iter().filter_map(|one| {
            let how = if one.overdue { "overdue since" } else { "due by" };
            let by = one.review_due()?;
            Some(format!(
                "review of emergency exception {} from {}: {how} {by}",
                one.record.id.short(),
                one.claim.control
            ))
        });
        self.story.pending.iter().cloned().chain(reviews).collect()
    }

    /// The acts of people and of the release itself, in the order of the ledger.
    pub fn signatures(&self) -> Vec<Signature<'a>> {
        let parts = self.story.stages.iter().flat_map(|(_, parts)| parts).map(|part| part.record);
        let decided = self.exceptions.iter().flat_map(|one| one.records());
        let mut told: Vec<RecordId> = parts.chain(decided).map(|record| record.id).collect();
        told.sort_unstable();
        told.dedup();
        let told = self.ledger.select(|record| told.binary_search(&record.id).is_ok());
        told.filter_map(|record| self.signature(record)).collect()
    }

    /// The printed name of a member, by any trust version.
    fn name(&self, id: &MemberId) -> String {
        let mut links = self.ledger.chain().links().iter().rev();
        links.find_map(|link| link.version.member(id)).map_or_else(|| id.to_string(), |member| member.name.clone())
    }

    fn signature(&self, record: &'a Verified<Record>) -> Option<Signature<'a>> {
        let (role, meaning) = match &record.claim {
            Claim::Approval(approval) => (Some(approval.role.to_string()), approval.meaning.as_str().to_owned()),
            Claim::ExceptionDecision(made) => (Some(made.role.to_string()), format!("exception {}", made.decision)),
            Claim::Exception(_) => (None, "exception requested".to_owned()),
            Claim::Gate(_) => (None, "decision recorded".to_owned()),
            Claim::Release(_) => (None, "released".to_owned()),
            Claim::Plan(_) => (None, "planned".to_owned()),
            _ => return None,
        };
        Some(Signature { record, role: role.or_else(|| self.granted(record)), meaning })
    }

    /// The roles that let its signer sign it, by the trust version it was signed under.
    fn granted(&self, record: &Verified<Record>) -> Option<String> {
        let header = &record.header;
        let version = &self.ledger.chain().version(header.trust)?.version;
        let (roles, grants) = (&version.member(&header.recorder)?.roles, version.grants.get(&header.kind)?);
        let by: Vec<&str> = roles.intersection(grants).map(crate::record::Name::as_str).collect();
        (!by.is_empty()).then(|| by.join(", "))
    }
}
