//! Whether a requirement is met, as far as the tests of the tree tell.

use super::link::{From, Link};
use crate::ingest::requirement::Requirement;
use crate::record::kind::test::CaseOutcome;

/// Whether a requirement is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// A linked test failed on the tree, whatever others did.
    Failing,
    /// Linked tests passed on the tree, and each of these links is suspect.
    Suspect,
    /// No linked test passed on the tree: none is there, or it was skipped or flaky.
    NotCovered,
    /// A soundly linked test passed on the tree.
    Covered,
    /// The requirement is not in force.
    Inactive,
}

impl Standing {
    /// By the links of a requirement.
    pub fn of(requirement: &Requirement, links: &[Link]) -> Self {
        let here = links.iter().filter_map(|link| match &link.from {
            From::Test { outcome, is_here: true, .. } => Some((*outcome, link.doubt.is_none())),
            _ => None,
        });
        let outcomes: Vec<(CaseOutcome, bool)> = here.collect();
        let passed = || outcomes.iter().filter(|(outcome, _)| *outcome == CaseOutcome::Passed);
        if !requirement.active {
            Self::Inactive
        } else if outcomes.iter().any(|(outcome, _)| *outcome == CaseOutcome::Failed) {
            Self::Failing
        } else if passed().any(|(_, is_sound)| *is_sound) {
            Self::Covered
        } else if passed().next().is_some() {
            Self::Suspect
        } else {
            Self::NotCovered
        }
    }

    /// The word in JSON and on a terminal.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Failing => "failing",
            Self::Suspect => "suspect",
            Self::NotCovered => "not-covered",
            Self::Covered => "covered",
            Self::Inactive => "inactive",
        }
    }
}

/// How many requirements are what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// In force.
    pub active: u64,
    /// Of these: covered.
    pub covered: u64,
    /// Failing.
    pub failing: u64,
    /// Suspect.
    pub suspect: u64,
    /// Not covered.
    pub not_covered: u64,
    /// Not in force.
    pub inactive: u64,
}

impl Counts {
    /// Adds them up.
    pub fn of(all: impl IntoIterator<Item = Standing>) -> Self {
        let mut counts = Self::default();
        for standing in all {
            counts.active += u64::from(standing != Standing::Inactive);
            *match standing {
                Standing::Failing => &mut counts.failing,
                Standing::Suspect => &mut counts.suspect,
                Standing::NotCovered => &mut counts.not_covered,
                Standing::Covered => &mut counts.covered,
                Standing::Inactive => &mut counts.inactive,
            } += 1;
        }
        counts
    }
}
