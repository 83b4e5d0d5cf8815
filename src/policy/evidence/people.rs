//! Who had a hand in commits: members by their addresses and the keys they sign commits with, of today and of before.

use std::collections::{BTreeMap, BTreeSet};

use super::CommitFacts;
use crate::policy::catalog::Policy;
use crate::record::{CommitId, MemberId, TrustDigest};
use crate::trust::{Chain, MemberType};

/// Which members an address ever belonged to, and who was ever what.
#[derive(Debug, Clone, Default)]
pub(super) struct Identities {
    by_email: BTreeMap<String, BTreeSet<MemberId>>,
    by_key: BTreeMap<String, MemberId>,
    bots: BTreeSet<MemberId>,
    people_now: usize,
}

/// An address that belongs to no member and is not listed as an outside contributor's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unknown {
    /// The address; not escaped.
    pub email: String,
    /// A commit it stands in.
    pub commit: CommitId,
}

/// The people behind commits.
#[derive(Debug, Clone, Default)]
pub(super) struct Authors {
    /// Members, each with one of their commits.
    pub(super) members: BTreeMap<MemberId, CommitId>,
    pub(super) unknown: Vec<Unknown>,
}

impl Identities {
    /// By the trust up to one of its versions, or by all of it.
    pub(super) fn of(chain: &Chain, up_to: Option<TrustDigest>) -> Self {
        let mut identities = Self::default();
        let last = up_to.and_then(|digest| chain.links().iter().position(|link| link.digest == digest));
        let links = &chain.links()[..last.map_or(chain.links().len(), |at| at + 1)];
        for member in links.iter().flat_map(|link| &link.version.members) {
            for email in &member.emails {
                identities.by_email.entry(email.to_ascii_lowercase()).or_default().insert(member.id.clone());
            }
            for key in &member.keys {
                identities.by_key.insert(key.fingerprint().to_string(), member.id.clone());
            }
            if member.kind == MemberType::Bot {
                identities.bots.insert(member.id.clone());
            }
        }
        let now = links.last().map(|link| &link.version.members[..]).unwrap_or_default();
        identities.people_now = now.iter().filter(|member| member.kind == MemberType::Person).count();
        identities
    }

    /// Whether this member is, or ever was, a bot.
    pub(super) fn is_bot(&self, member: &MemberId) -> bool {
        self.bots.contains(member)
    }

    /// How many people there are now.
    pub(super) fn people_now(&self) -> usize {
        self.people_now
    }

    /// Everybody who wrote, committed, co-wrote or signed these commits or what they merge.
    pub(super) fn authors<'f>(&self, commits: impl IntoIterator<Item = &'f CommitFacts>, policy: &Policy) -> Authors {
        let mut authors = Authors::default();
        let mut strangers = BTreeMap::new();
        for commit in commits.into_iter().flat_map(CommitFacts::with_merged) {
            if let Some(member) = commit.signed_by.as_ref().and_then(|key| self.by_key.get(key)) {
                authors.members.entry(member.clone()).or_insert(commit.id);
            }
            for email in commit.emails() {
                let members = self.by_email.get(&email.to_ascii_lowercase());
                for member in members.into_iter().flatten() {
                    authors.members.entry(member.clone()).or_insert(commit.id);
                }
                if members.is_none() && !policy.is_outside_contributor(email) {
                    strangers.entry(email.to_ascii_lowercase()).or_insert(commit.id);
                }
            }
        }
        authors.unknown = strangers.into_iter().map(|(email, commit)| Unknown { email, commit }).collect();
        authors
    }
}
