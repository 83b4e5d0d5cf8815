//! Whose word on an exception counts.

use std::fmt;

use super::{Asked, RETROACTIVE, Register};
use crate::policy::evidence::Proof;
use crate::record::kind::exception::{Decided, Exception, ExceptionDecision};
use crate::record::{Kind, MemberId, Name};
use crate::trust::MemberType;

/// Who would decide, and as what.
#[derive(Debug, Clone, Copy)]
pub struct Decider<'a> {
    /// The member.
    pub member: &'a MemberId,
    /// The role they decide in.
    pub role: &'a Name,
    /// Whether they hold it.
    pub holds: bool,
}

/// Why a decision about an exception does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// Bots are no people.
    Bot,
    /// Nobody decides about what they asked for.
    Requester,
    /// The decider did not hold the role.
    RoleNotHeld(Name),
    /// The role does not answer for the control.
    OtherRole(Vec<Name>),
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bot => f.write_str("a bot cannot decide about an exception"),
            Self::Requester => f.write_str("who asked for an exception cannot decide about it"),
            Self::RoleNotHeld(role) => write!(f, "the decider does not hold the role {role}"),
            Self::OtherRole(roles) => {
                let roles = roles.iter().map(Name::as_str).collect::<Vec<_>>().join(" or ");
                write!(f, "the control is answered for by {roles}")
            }
        }
    }
}

impl Register<'_> {
    /// The roles that may decide about an exception from a control: the one it escalates to, and its owner. For releasing
    /// after the fact: the roles that sign releases, and those that ratify the catalog. None for a control that there is not.
    pub fn deciders(self, control: &Name) -> Vec<Name> {
        let mut roles: Vec<Name> = if control.as_str() == RETROACTIVE {
            let grants = &self.view.ledger.chain().newest().version.grants;
            [Kind::Release, Kind::Policy].iter().filter_map(|kind| grants.get(kind)).flatten().cloned().collect()
        } else {
            let found = self.control(control).into_iter();
            found.flat_map(|control| control.escalation.iter().chain([&control.owner])).cloned().collect()
        };
        let mut seen = std::collections::BTreeSet::new();
        roles.retain(|role| seen.insert(role.clone()));
        roles
    }

    /// Why somebody may not decide about a request, if so.
    pub fn unfit(self, request: Proof<'_>, control: &Name, by: Decider<'_>) -> Option<Unfit> {
        if by.member == &request.header.recorder { Some(Unfit::Requester) } else { self.unfit_for(control, by) }
    }

    /// Why somebody may not decide about any exception from a control.
    fn unfit_for(self, control: &Name, by: Decider<'_>) -> Option<Unfit> {
        let mut members = self.view.ledger.chain().links().iter().flat_map(|link| &link.version.members);
        let roles = self.deciders(control);
        if members.any(|one| one.id == *by.member && one.kind == MemberType::Bot) {
            Some(Unfit::Bot)
        } else if !by.holds {
            Some(Unfit::RoleNotHeld(by.role.clone()))
        } else if !roles.is_empty() && !roles.contains(by.role) {
            // Where the catalog has no such control, nothing comes of it.
            Some(Unfit::OtherRole(roles))
        } else {
            None
        }
    }

    /// Whether the recorder of a record held a role by the trust version that it names.
    fn held(self, record: Proof<'_>, role: &Name) -> bool {
        let then = self.view.ledger.chain().version(record.header.trust);
        let member = then.and_then(|link| link.version.member(&record.header.recorder));
        member.is_some_and(|one| one.holds(role.as_str()))
    }
}

/// A rejection or an end is heard from whoever may decide or asked; all else only from another person with the role.
pub(super) fn counts(
    register: Register<'_>,
    request: Proof<'_>,
    claim: &Exception,
    record: Proof<'_>,
    decision: &ExceptionDecision,
) -> bool {
    let holds = register.held(record, &decision.role);
    let by = Decider { member: &record.header.recorder, role: &decision.role, holds };
    let fault = register.unfit(request, &claim.control, by);
    let takes_back = matches!(decision.decision, Decided::Closed | Decided::Rejected);
    fault.is_none() || (takes_back && fault == Some(Unfit::Requester))
}

/// Whether who asked could have decided, had another asked: whoever is on duty may declare an emergency.
pub(super) fn answers_for(register: Register<'_>, asked: &Asked<'_>) -> bool {
    let control = &asked.claim.control;
    let fit = |role: &Name| {
        let by = Decider { member: &asked.record.header.recorder, role, holds: register.held(asked.record, role) };
        register.unfit_for(control, by).is_none()
    };
    register.deciders(control).iter().any(fit)
}
