//! Why a link is suspect. A suspect link does not cover.

use std::fmt;

use super::link::Past;
use crate::ingest::requirement::{Parent, Requirement, Review, Stamp};
use crate::record::CommitId;

/// Why a link is suspect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// It names, or was made for, another revision.
    Revision {
        /// The revision linked, if any.
        linked: Option<String>,
        /// The revision now, if any.
        now: Option<String>,
    },
    /// The text was another one at the commit.
    Changed(CommitId),
    /// The requirement was not there at the commit.
    Absent(CommitId),
    /// The requirements at the commit cannot be read.
    Unread(CommitId, String),
    /// Nobody has reviewed the requirement.
    NotReviewed,
    /// It was changed since it was reviewed.
    ReviewOutdated,
    /// Whether it was changed since it was reviewed cannot be told.
    ReviewUnknown,
    /// The link carries no fingerprint of the text.
    NoStamp,
    /// The link carries the fingerprint of another text.
    StampOutdated,
    /// The record names only some of its failed cases, so that this requirement's may be among the others.
    CasesOmitted(u64),
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = |revision: &Option<String>| revision.clone().unwrap_or_else(|| "none".into());
        match self {
            Self::Revision { linked, now } => write!(f, "for revision {}, it is now {}", named(linked), named(now)),
            Self::Changed(at) => write!(f, "the text has changed since {}", at.short()),
            Self::Absent(at) => write!(f, "not yet there at {}", at.short()),
            Self::Unread(at, reason) => write!(f, "the requirements at {} cannot be read: {reason}", at.short()),
            Self::NotReviewed => f.write_str("the requirement was never reviewed"),
            Self::ReviewOutdated => f.write_str("the requirement has changed since it was reviewed"),
            Self::ReviewUnknown => {
                f.write_str("whether the requirement has changed since it was reviewed cannot be told")
            }
            Self::NoStamp => f.write_str("the link was never checked against the text"),
            Self::StampOutdated => f.write_str("the text has changed since the link was checked"),
            Self::CasesOmitted(count) => write!(f, "{count} failed cases are not named in the record"),
        }
    }
}

impl Doubt {
    /// What is wrong with a link that names this revision, or none, whatever it comes from.
    pub fn of_link(requirement: &Requirement, linked: Option<&str>) -> Option<Self> {
        Self::of_revision(requirement, linked).or_else(|| Self::of_review(requirement))
    }

    /// What is wrong with any link to a requirement.
    pub(super) fn of_review(requirement: &Requirement) -> Option<Self> {
        match requirement.review {
            Review::NotKept | Review::Reviewed => None,
            Review::Missing => Some(Self::NotReviewed),
            Review::Outdated => Some(Self::ReviewOutdated),
            Review::Unknown => Some(Self::ReviewUnknown),
        }
    }

    /// What is wrong with a link that names this revision, or none.
    pub(super) fn of_revision(requirement: &Requirement, linked: Option<&str>) -> Option<Self> {
        let differs = linked.is_some_and(|linked| requirement.revision.as_deref() != Some(linked));
        let revision = || Self::Revision { linked: linked.map(str::to_owned), now: requirement.revision.clone() };
        differs.then(revision)
    }

    /// What is wrong with a link that was made at a commit.
    pub(super) fn since(requirement: &Requirement, commit: CommitId, past: &dyn Past) -> Option<Self> {
        let then = match past.requirements_at(commit) {
            Ok(then) => then,
            Err(reason) => return Some(Self::Unread(commit, reason)),
        };
        let Some(then) = then.get(&requirement.id) else { return Some(Self::Absent(commit)) };
        if then.digest != requirement.digest {
            Some(Self::Changed(commit))
        } else if then.revision != requirement.revision {
            Some(Self::Revision { linked: then.revision.clone(), now: requirement.revision.clone() })
        } else {
            None
        }
    }

    /// What is wrong with the link from a requirement that is derived from this one.
    pub(super) fn of_stamp(requirement: &Requirement, parent: &Parent) -> Option<Self> {
        match (&parent.stamp, &requirement.stamp) {
            (Stamp::NotKept, _) => None,
            (Stamp::Missing, _) => Some(Self::NoStamp),
            (Stamp::Of(_), None) => Some(Self::ReviewUnknown),
            (Stamp::Of(carried), Some(now)) => (carried != now).then_some(Self::StampOutdated),
        }
    }
}
