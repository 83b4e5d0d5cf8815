//! The evidence for one commit: what is judged, the commits it is judged with, and the ledger.
//!
//! Which records count is written in `docs/guide/policy.md` and done in [`Standing`].

use crate::policy::tiering::Changes;
use crate::policy::view::View;
use crate::record::{ChangeRef, CommitId, FileDigest, MemberId, Name, RecordId, TagName, TreeId, UtcTime};
use crate::verify::{Finding, Ledger, Verified};

mod approvals;
mod people;
mod plans;
mod standing;
mod traced;

pub use approvals::{Objection, Vote};
pub use people::Unknown;
pub use plans::Plans;
pub use standing::{Entry, Miss, Place, Standing};
pub use traced::{Linked, Traced};

/// What is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The commit.
    pub commit: CommitId,
    /// Its tree.
    pub tree: TreeId,
    /// The service that would go out.
    pub service: Option<Name>,
    /// Where it would go.
    pub environment: Option<Name>,
    /// The change it is part of; where absent, that of the plan on the commit.
    pub change: Option<ChangeRef>,
    /// The tag of its release, where it has one or is about to.
    pub release: Option<TagName>,
    /// The files that its range changes, where an exception asks.
    pub changed: Option<Vec<String>>,
    /// SHA-256 of `.qms/policy.toml` in its own tree, where there is one.
    pub own_policy: Option<FileDigest>,
}

/// What git says about a commit. Addresses are claims of whoever made the commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitFacts {
    /// Its id.
    pub id: CommitId,
    /// Its tree.
    pub tree: TreeId,
    /// Its parents.
    pub parents: Vec<CommitId>,
    /// The author's address.
    pub author_email: String,
    /// The committer's address.
    pub committer_email: String,
    /// The addresses of its `Co-authored-by` trailers.
    pub co_author_emails: Vec<String>,
    /// The fingerprint of the SSH key that signed it, where the signature is good: that is no claim.
    pub signed_by: Option<String>,
    /// What its further parents bring in: every commit that its first parent does not contain.
    pub merged: Vec<CommitFacts>,
}

impl CommitFacts {
    /// The commit and all that it merges.
    pub(super) fn with_merged(&self) -> Vec<&Self> {
        let mut all = vec![self];
        let mut at = 0;
        while let Some(next) = all.get(at).copied() {
            all.extend(&next.merged);
            at += 1;
        }
        all
    }

    /// Every address that had a hand in it.
    pub(super) fn emails(&self) -> impl Iterator<Item = &str> {
        [&self.author_email, &self.committer_email].into_iter().chain(&self.co_author_emails).map(String::as_str)
    }
}

/// The commits that the subject is judged with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lineage {
    /// The subject's own commit.
    pub head: CommitFacts,
    /// The first-parent commits up to the subject's, the oldest first. They start after the newest ancestor
    /// release of the service that passed `range.unapproved == 0` without an exception, or after the
    /// catalog's `baseline`: a release that was let through by exception hides nothing.
    pub range: Vec<CommitFacts>,
    /// Other commits whose records count by tree: those that [`Evidence::twins`] names, where git still has them.
    pub twins: Vec<CommitFacts>,
}

/// What the gate is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Purpose {
    /// Whether it may go out.
    #[default]
    Gate,
    /// Whether the tag of a release may be made: what is in production already has none.
    Tag,
    /// Whether it may be deployed now: what is no release yet is only a candidate.
    Deploy {
        /// Who would; nobody where that is not known.
        by: Option<MemberId>,
    },
}

/// What there is to judge by. Which of it counts depends on the catalog and the moment.
#[derive(Debug, Clone)]
pub struct Evidence<'a> {
    pub(super) ledger: &'a Ledger,
    pub(super) subject: Subject,
    pub(super) lineage: Lineage,
    pub(super) findings: Vec<Finding>,
    pub(super) seen_by: Option<Proof<'a>>,
    pub(super) changes: Changes,
    pub(super) purpose: Purpose,
    pub(super) traced: Traced,
}

impl<'a> Evidence<'a> {
    /// Gathers it. `findings` are those of the clone, the trust pin and the tags; the ledger's own are added.
    pub fn gather(ledger: &'a Ledger, subject: Subject, lineage: Lineage, findings: Vec<Finding>) -> Self {
        let findings = findings.into_iter().chain(ledger.findings().iter().cloned()).collect();
        let changes = Changes::Unknown("nobody looked".into());
        let (purpose, traced) = (Purpose::default(), Traced::default());
        Self { ledger, subject, lineage, findings, seen_by: None, changes, purpose, traced }
    }

    /// Leaves out what a decision was not signed over: records that the ledger does not prove to be before it, and later trust.
    #[must_use]
    pub fn as_seen_by(mut self, decision: Proof<'a>) -> Self {
        self.seen_by = Some(decision);
        self
    }

    /// Says what is asked for.
    #[must_use]
    pub fn asked_for(mut self, purpose: Purpose) -> Self {
        self.purpose = purpose;
        self
    }

    /// Says what the range changes; where a catalog has tiers and nobody says, nothing passes.
    #[must_use]
    pub fn changing(mut self, changes: Changes) -> Self {
        self.changes = changes;
        self
    }

    /// Says what the requirements of the commit say about links to them.
    #[must_use]
    pub fn tracing(mut self, traced: Traced) -> Self {
        self.traced = traced;
        self
    }

    /// The commits, other than `commits` themselves, that hold an approval of one of their trees. Whoever
    /// gathers evidence has to tell who made them.
    pub fn twins(ledger: &Ledger, commits: &[(CommitId, TreeId)]) -> Vec<CommitId> {
        let mut twins: Vec<_> = commits
            .iter()
            .flat_map(|(_, tree)| ledger.by_tree(*tree))
            .map(|record| record.commit)
            .filter(|twin| commits.iter().all(|(commit, _)| commit != twin))
            .collect();
        twins.sort_unstable();
        twins.dedup();
        twins
    }

    /// What of the ledger counts at a moment.
    pub(in crate::policy) fn view(&self, at: UtcTime) -> View<'a> {
        View::of(self.ledger, at).seen_by(self.seen_by)
    }

    /// What is judged.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// The verified ledger.
    pub fn ledger(&self) -> &'a Ledger {
        self.ledger
    }

    /// What is asked for.
    pub fn purpose(&self) -> &Purpose {
        &self.purpose
    }

    /// What the range changes.
    pub fn changes(&self) -> &Changes {
        &self.changes
    }

    /// Everything that verification found.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

/// A verified record, as evidence refers to it.
pub type Proof<'a> = &'a Verified<crate::record::Record>;

/// Short ids in a row, for people.
pub(super) fn short_ids(ids: impl IntoIterator<Item = RecordId>) -> String {
    ids.into_iter().map(|id| id.short()).collect::<Vec<_>>().join(", ")
}
