//! Which records count for a commit, by a catalog, at a moment; and why the others do not.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::approvals::Vote;
use super::people::{Authors, Identities};
use super::plans::Plans;
use super::{Evidence, Lineage, Proof, Subject, Traced};
use crate::policy::catalog::Policy;
use crate::policy::view::View;
use crate::record::{ChangeRef, CommitId, Kind, MemberId, Name, TreeId, UtcTime};
use crate::verify::{Ledger, last_of};

/// Evidence as it stands at one moment.
#[derive(Debug, Clone)]
pub struct Standing<'a> {
    pub(in crate::policy) ledger: &'a Ledger,
    pub(in crate::policy) subject: &'a Subject,
    pub(in crate::policy) lineage: &'a Lineage,
    pub(in crate::policy) policy: &'a Policy,
    pub(in crate::policy) traced: &'a Traced,
    pub(in crate::policy) view: View<'a>,
    /// The change's reference, folded.
    pub(super) change: Option<String>,
    pub(super) identities: Identities,
    plans: Plans<'a>,
    entries: BTreeMap<Kind, Vec<Entry<'a>>>,
    /// Asked by many rules.
    pub(super) votes: OnceCell<Vec<Vote<'a>>>,
    pub(super) authors: OnceCell<Authors>,
}

/// A record of the subject's tree.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The record.
    pub record: Proof<'a>,
    /// Where it stands.
    pub place: Place,
    /// Why it does not count, if so.
    pub miss: Option<Miss>,
}

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On the commit itself.
    OnCommit,
    /// On another commit with the same tree, perhaps gone by now.
    ByTree,
}

/// Why a record of the tree does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Miss {
    /// Its evidence may come from something else than the commit.
    Dirty,
    /// Another record corrects it.
    Superseded,
    /// On another commit, and not of the same change.
    OtherChange,
    /// For another service, or for none where there are several.
    OtherService,
    /// For another environment.
    OtherEnvironment,
    /// Recorded after the moment asked about.
    Later,
}

impl fmt::Display for Miss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dirty => "is from a dirty working tree",
            Self::Superseded => "is superseded",
            Self::OtherChange => "is on another commit and not of the same change",
            Self::OtherService => "is not for this service",
            Self::OtherEnvironment => "is for another environment",
            Self::Later => "was recorded later",
        })
    }
}

impl<'a> Standing<'a> {
    /// What counts by `policy` at `at`. Whatever was recorded later is left out.
    pub fn of(evidence: &'a Evidence<'a>, policy: &'a Policy, at: UtcTime) -> Self {
        let Evidence { ledger, subject, lineage, .. } = evidence;
        let identities = Identities::of(ledger.chain(), evidence.seen_by.map(|decision| decision.header.trust));
        let mut standing = Self {
            ledger,
            subject,
            lineage,
            policy,
            traced: &evidence.traced,
            view: evidence.view(at),
            change: None,
            identities,
            plans: Plans::default(),
            entries: BTreeMap::new(),
            votes: OnceCell::new(),
            authors: OnceCell::new(),
        };
        standing.change = standing.change_of_subject();
        standing.plans = Plans::of(&standing);
        for entry in standing.entries(subject.commit, subject.tree) {
            standing.entries.entry(entry.record.header.kind).or_default().push(entry);
        }
        standing
    }

    /// Whether a key in hardware signed it, so that somebody was there.
    pub fn is_by_hardware(&self, record: Proof<'_>) -> bool {
        self.ledger.chain().holder(record.seal().key).is_some_and(|(key, _)| key.is_hardware())
    }

    /// The same for a control that takes evidence from a dirty working tree, too.
    #[must_use]
    pub fn allowing_dirty(&self) -> Self {
        let mut lenient = self.clone();
        for entry in lenient.entries.values_mut().flatten().filter(|entry| entry.miss == Some(Miss::Dirty)) {
            entry.miss = None;
        }
        lenient
    }

    /// The change asked about, else the one that all plans on the commit name.
    fn change_of_subject(&self) -> Option<String> {
        if let Some(change) = &self.subject.change {
            return Some(change.folded());
        }
        let plans = self.ledger.on(self.subject.commit).filter(|record| record.header.kind == Kind::Plan);
        let current = plans.filter(|record| self.applies(record).is_none());
        let changes: BTreeSet<_> = current
            .filter_map(|plan| plan.header.change.as_ref())
            .map(crate::record::name::ChangeRef::folded)
            .collect();
        if changes.len() == 1 { changes.into_iter().next() } else { None }
    }

    /// Every record of a tree, as it stands for a commit of that tree.
    pub(super) fn entries(&self, commit: CommitId, tree: TreeId) -> Vec<Entry<'a>> {
        let entry = |record: Proof<'a>| {
            let on_commit = is_on(record, commit);
            let place = if on_commit { Place::OnCommit } else { Place::ByTree };
            let change = record.header.change.as_ref().map(crate::record::name::ChangeRef::folded);
            // Two records that name no change may be of two: a reverted tree revives nothing.
            let other_change = !on_commit && (change.is_none() || change != self.change);
            let miss = self.applies(record).or(match () {
                () if other_change => Some(Miss::OtherChange),
                () if record.header.dirty => Some(Miss::Dirty),
                () => None,
            });
            Entry { record, place, miss }
        };
        self.ledger.by_tree(tree).filter(|record| self.view.is_before_decision(record)).map(entry).collect()
    }

    /// Why a record is not about the subject at this moment, wherever it lies.
    pub(super) fn applies(&self, record: Proof<'_>) -> Option<Miss> {
        let header = &record.header;
        if !self.view.sees(record) {
            Some(Miss::Later)
        } else if !self.is_for_service(header.service.as_ref()) {
            Some(Miss::OtherService)
        } else if !self.is_for_environment(header.environment.as_ref()) {
            Some(Miss::OtherEnvironment)
        } else if self.view.is_superseded(record) {
            Some(Miss::Superseded)
        } else {
            None
        }
    }

    /// Whether a record is about the service and the environment that are judged, wherever it lies.
    pub(in crate::policy) fn is_about(&self, record: &crate::record::Record) -> bool {
        let header = &record.header;
        self.is_for_service(header.service.as_ref()) && self.is_for_environment(header.environment.as_ref())
    }

    /// A record without a service is for the only one there is, and for none of several.
    fn is_for_service(&self, service: Option<&Name>) -> bool {
        match service {
            Some(service) => Some(service) == self.subject.service.as_ref(),
            None => self.policy.services.len() <= 1,
        }
    }

    /// A record without an environment speaks about the commit, wherever it goes.
    pub(super) fn is_for_environment(&self, environment: Option<&Name>) -> bool {
        environment.is_none_or(|environment| Some(environment) == self.subject.environment.as_ref())
    }

    /// The records of a kind that count.
    pub fn counted(&self, kind: Kind) -> impl Iterator<Item = Proof<'a>> {
        self.of_kind(kind).filter(|entry| entry.miss.is_none()).map(|entry| entry.record)
    }

    /// The records of a kind on the tree, whether they count or not.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Entry<'a>> {
        self.entries.get(&kind).into_iter().flatten()
    }

    /// Of these, the last ones in signed order: one, or several that are concurrent.
    pub fn last_of(&self, records: impl IntoIterator<Item = Proof<'a>>) -> Vec<Proof<'a>> {
        last_of(self.ledger, records)
    }

    /// Whether a record counts by tree alone.
    pub fn is_by_tree(&self, record: Proof<'_>) -> bool {
        record.header.tree == self.subject.tree && !is_on(record, self.subject.commit)
    }

    /// Why there is no record of a kind, as far as records that do not count tell.
    pub fn why_none(&self, kind: Kind) -> Option<String> {
        let mut missed: Vec<_> = self.of_kind(kind).filter_map(|entry| Some((entry.miss?, entry.record))).collect();
        // What was superseded has its correction among the others.
        missed.sort_by_key(|(miss, record)| (*miss == Miss::Superseded, *miss, record.id));
        let (miss, record) = missed.first()?;
        let more = missed.len() - 1;
        let more = if more == 0 { String::new() } else { format!(", and {more} more") };
        Some(format!("{} {miss}{more}", record.id.short()))
    }

    /// The moment asked about.
    pub fn at(&self) -> UtcTime {
        self.view.at
    }

    /// Whether a member is, or ever was, a bot.
    pub fn is_bot(&self, member: &MemberId) -> bool {
        self.identities.is_bot(member)
    }

    /// Whether a change is the one that is judged.
    pub(in crate::policy) fn is_change(&self, change: &ChangeRef) -> bool {
        self.change.as_ref() == Some(&change.folded())
    }

    /// The plans of the change.
    pub fn plans(&self) -> &Plans<'a> {
        &self.plans
    }
}

/// Whether a record is about this very commit.
fn is_on(record: Proof<'_>, commit: CommitId) -> bool {
    record.commit == commit && !record.seal().orphaned
}
