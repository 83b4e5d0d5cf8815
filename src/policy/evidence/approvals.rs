//! Approvals: the last word of each person in each role, and whether it is an independent one.

use std::collections::BTreeMap;
use std::fmt;

use super::people::{Authors, Unknown};
use super::standing::{Entry, Place, Standing};
use super::{CommitFacts, Proof};
use crate::record::kind::approval::{Approval, Meaning};
use crate::record::{Claim, CommitId, MemberId, Name, RecordId, TreeId};
use crate::verify::last_of;

/// What one member last said in one role.
#[derive(Debug, Clone)]
pub struct Vote<'a> {
    /// The record.
    pub record: Proof<'a>,
    /// Who.
    pub member: &'a MemberId,
    /// As what.
    pub role: &'a Name,
    /// `approved`, `released` or `rejected`.
    pub meaning: Meaning,
    /// Why an approval does not count, if so.
    pub objection: Option<Objection>,
}

/// Why an approval does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Objection {
    /// Bots are no people.
    Bot,
    /// Had a hand in a commit that is judged.
    Author(CommitId),
    /// Asked for the change in this plan.
    Requester(RecordId),
    /// Has not seen this plan.
    Plan(RecordId),
    /// Lies on a commit of which it cannot be told who made it.
    AuthorsUnknown(CommitId),
}

impl fmt::Display for Objection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bot => f.write_str("is a bot"),
            Self::Author(commit) => write!(f, "had a hand in commit {}", commit.short()),
            Self::Requester(plan) => write!(f, "asked for it in plan {}", plan.short()),
            Self::Plan(plan) => write!(f, "has not seen plan {}", plan.short()),
            Self::AuthorsUnknown(commit) => {
                write!(f, "approved commit {}, whose authors are not known", commit.short())
            }
        }
    }
}

impl Vote<'_> {
    /// Whether it lets the commit pass, and may.
    pub fn counts(&self) -> bool {
        self.meaning != Meaning::Rejected && self.objection.is_none()
    }
}

impl<'a> Standing<'a> {
    /// The votes on the subject. Independence is judged on the whole range, and on the plans.
    pub fn votes(&self) -> &[Vote<'a>] {
        self.votes.get_or_init(|| self.votes_of_subject())
    }

    fn votes_of_subject(&self) -> Vec<Vote<'a>> {
        let mut votes = self.votes_on(self.subject.commit, self.subject.tree, self.authors());
        for vote in &mut votes {
            let plans = self.plans().current();
            let asked = plans.iter().find(|plan| plan.header.recorder == *vote.member);
            let Claim::Approval(approval) = &vote.record.claim else { continue };
            let unseen = plans.iter().find(|plan| !approval.plans.contains(&plan.id));
            let objection = asked.map(|plan| Objection::Requester(plan.id));
            let objection = objection.or(unseen.map(|plan| Objection::Plan(plan.id)));
            vote.objection = vote.objection.take().or(objection);
        }
        votes
    }

    /// Addresses in the judged commits that nobody knows.
    pub fn unknown_authors(&self) -> &[Unknown] {
        &self.authors().unknown
    }

    /// How many people the trust has now.
    pub fn people_now(&self) -> usize {
        self.identities.people_now()
    }

    /// Whether a member wrote, committed or co-wrote any of what goes out.
    pub(in crate::policy) fn had_a_hand(&self, member: &MemberId) -> bool {
        self.authors().members.contains_key(member)
    }

    fn authors(&self) -> &Authors {
        let all = || [&self.lineage.head].into_iter().chain(&self.lineage.range);
        self.authors.get_or_init(|| self.identities.authors(all(), self.policy))
    }

    /// The commits of the range that no independent person has approved. Here independence is judged commit
    /// by commit: two people may approve each other's.
    pub fn unapproved(&self) -> Vec<CommitId> {
        let approved = |commit: &&CommitFacts| {
            let authors = self.identities.authors([*commit], self.policy);
            let votes = self.votes_on(commit.id, commit.tree, &authors);
            authors.unknown.is_empty()
                && votes.iter().any(Vote::counts)
                && votes.iter().all(|vote| vote.meaning != Meaning::Rejected)
        };
        self.lineage.range.iter().filter(|commit| !approved(commit)).map(|commit| commit.id).collect()
    }

    fn votes_on(&self, commit: CommitId, tree: TreeId, authors: &Authors) -> Vec<Vote<'a>> {
        let mut words: BTreeMap<_, Vec<(Proof<'a>, Place, Meaning)>> = BTreeMap::new();
        for entry in self.entries(commit, tree) {
            let Claim::Approval(Approval { role, meaning, .. }) = &entry.record.claim else { continue };
            let heard = match meaning {
                Meaning::Approved | Meaning::Released => entry.miss.is_none(),
                Meaning::Rejected => self.is_heard(&entry),
                Meaning::Authored | Meaning::Reviewed => false,
            };
            if heard {
                let whose = (&entry.record.header.recorder, role);
                words.entry(whose).or_default().push((entry.record, entry.place, *meaning));
            }
        }
        let last = words.into_iter().filter_map(|((member, role), words)| {
            let last = last_of(self.ledger, words.iter().map(|(record, ..)| *record));
            let mut last: Vec<_> =
                words.into_iter().filter(|(record, ..)| last.iter().any(|other| other.id == record.id)).collect();
            // Of concurrent words the rejection counts, then the smaller id, so that two clones agree.
            last.sort_by_key(|(record, _, meaning)| (*meaning != Meaning::Rejected, record.id));
            let (record, place, meaning) = last.into_iter().next()?;
            let objection = self.objection(member, record, place, authors);
            Some(Vote { record, member, role, meaning, objection })
        });
        last.collect()
    }

    /// A rejection is heard wherever its tree turns up, clean or not, unless it is about something else.
    fn is_heard(&self, entry: &Entry<'_>) -> bool {
        let header = &entry.record.header;
        self.view.sees(entry.record)
            && !self.view.is_superseded(entry.record)
            && header.service.as_ref().is_none_or(|service| Some(service) == self.subject.service.as_ref())
            && self.is_for_environment(header.environment.as_ref())
    }

    fn objection(&self, member: &MemberId, record: Proof<'_>, place: Place, authors: &Authors) -> Option<Objection> {
        if self.identities.is_bot(member) {
            return Some(Objection::Bot);
        }
        if let Some(commit) = authors.members.get(member) {
            return Some(Objection::Author(*commit));
        }
        if place == Place::OnCommit {
            return None;
        }
        // A squash must not launder the approval of one's own work.
        let lineage = self.lineage;
        let judged = [&lineage.head].into_iter().chain(&lineage.range).flat_map(CommitFacts::with_merged);
        let Some(twin) = judged.chain(&lineage.twins).find(|facts| facts.id == record.commit) else {
            return Some(Objection::AuthorsUnknown(record.commit));
        };
        let made_it = self.identities.authors([twin], self.policy);
        match made_it.members.get(member) {
            Some(commit) => Some(Objection::Author(*commit)),
            None if made_it.unknown.is_empty() => None,
            None => Some(Objection::AuthorsUnknown(record.commit)),
        }
    }
}
