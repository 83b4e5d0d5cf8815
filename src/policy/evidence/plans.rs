//! The plans of a change. They are found by its reference, on whatever commit they lie.

use std::collections::BTreeSet;

use super::standing::{Miss, Standing};
use super::{Proof, short_ids};
use crate::record::{Kind, MemberId};

/// The plans of the subject's change that no other supersedes.
#[derive(Debug, Clone, Default)]
pub struct Plans<'a> {
    current: Vec<Proof<'a>>,
}

impl<'a> Plans<'a> {
    pub(super) fn of(standing: &Standing<'a>) -> Self {
        let subject = standing.subject;
        let is_current = |plan: &Proof<'a>| {
            let named = plan.header.change.as_ref().map(crate::record::name::ChangeRef::folded);
            // What nothing reaches any more counts only by tree.
            let reached = !plan.seal().orphaned || plan.header.tree == subject.tree;
            let of_change = standing.change.is_some() && named == standing.change && reached;
            // A plan on the commit is about it, unless it names another change than was asked about.
            let on_commit = plan.commit == subject.commit && (named.is_none() || standing.change.is_none());
            (of_change || on_commit) && standing.applies(plan).is_none()
        };
        let mut current: Vec<_> = standing.ledger.of_kind(Kind::Plan).filter(is_current).collect();
        // Where the ledger has them depends on who united what first.
        current.sort_by_key(|plan| (plan.header.recorded, plan.id));
        Self { current }
    }

    /// All of them, dirty ones included: whoever approves has to have seen each.
    pub fn current(&self) -> &[Proof<'a>] {
        &self.current
    }

    /// Those that satisfy something.
    pub fn counted(&self) -> impl Iterator<Item = Proof<'a>> {
        self.current.iter().copied().filter(|plan| !plan.header.dirty)
    }

    /// Who asked for the change.
    pub fn requesters(&self) -> BTreeSet<&'a MemberId> {
        self.current.iter().map(|plan| &plan.header.recorder).collect()
    }

    /// In words, if plans of two members stand side by side, or plans of two changes on one commit.
    pub fn conflict(&self) -> Option<String> {
        let changes: BTreeSet<_> = self
            .current
            .iter()
            .map(|plan| plan.header.change.as_ref().map(crate::record::name::ChangeRef::folded))
            .collect();
        let whose = self.requesters();
        if whose.len() < 2 && changes.len() < 2 {
            return None;
        }
        let whose = whose.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
        Some(format!("{} plans of {whose}: {}", self.current.len(), short_ids(self.current.iter().map(|plan| plan.id))))
    }

    /// Why none satisfies anything.
    pub fn why_none(&self) -> Option<String> {
        self.current.first().map(|plan| format!("{} {}", plan.id.short(), Miss::Dirty))
    }
}
