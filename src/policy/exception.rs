//! Exceptions: what was asked for, what was decided about it, and whether it holds.

use std::fmt;

use super::catalog::Policy;
use super::evidence::{Proof, Subject};
use crate::record::kind::exception::{Decided, Exception, ExceptionDecision, Reach};
use crate::record::{Claim, CommitId, Kind, MemberId, Name, RecordId, TreeId, UtcTime};
use crate::trust::MemberType;
use crate::verify::{Ledger, last_of};

/// One request, with all that was decided about it by a moment.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// The request.
    pub record: Proof<'a>,
    /// What it asks for.
    pub claim: &'a Exception,
    /// The decisions that count, in the order of the ledger.
    pub decisions: Vec<(Proof<'a>, &'a ExceptionDecision)>,
    /// The first second at which it does not hold any more, renewals included.
    pub expires: UtcTime,
    /// How it stands.
    pub state: ExceptionState,
}

/// How an exception stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExceptionState {
    /// Nobody decided yet.
    Open,
    /// It holds.
    InForce,
    /// It was an emergency, and nobody reviewed it in time.
    Overdue,
    /// Its time is over.
    Expired,
    /// Somebody does not let it hold.
    Rejected,
    /// It is not needed any more.
    Closed,
    /// Another request corrects it.
    Superseded,
    /// The catalog allows no exception for so long.
    TooLong,
}

impl ExceptionState {
    /// The word for people and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InForce => "in-force",
            Self::Overdue => "overdue",
            Self::Expired => "expired",
            Self::Rejected => "rejected",
            Self::Closed => "closed",
            Self::Superseded => "superseded",
            Self::TooLong => "too-long",
        }
    }

    /// Whether nothing can be decided about it any more.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Rejected | Self::Closed | Self::Superseded)
    }
}

impl fmt::Display for ExceptionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
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
    /// The catalog has no such control.
    NoControl,
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
            Self::NoControl => f.write_str("the catalog has no such control"),
        }
    }
}

/// Every exception as of a moment; what was recorded later is left out. In the order of the ledger.
pub fn exceptions<'a>(ledger: &'a Ledger, policy: &Policy, at: UtcTime) -> Vec<Asked<'a>> {
    let known = ledger.records().iter().filter(|record| record.header.recorded <= at && !record.header.dirty);
    known
        .filter_map(|record| match &record.claim {
            Claim::Exception(claim) => Some(Asked::of(ledger, policy, record, claim, at)),
            _ => None,
        })
        .collect()
}

/// The roles that may decide about an exception from a control: the one it escalates to, and its owner.
pub fn deciders(policy: &Policy, control: &Name) -> Vec<Name> {
    let found = policy.controls.iter().find(|one| one.id == *control);
    found.into_iter().flat_map(|control| control.escalation.iter().chain([&control.owner])).cloned().collect()
}

/// Why somebody may not decide about a request in a role, if so. `holds` says whether they hold it.
pub fn unfit(
    ledger: &Ledger,
    policy: &Policy,
    request: Proof<'_>,
    control: &Name,
    by: (&MemberId, &Name, bool),
) -> Option<Unfit> {
    let (member, role, holds) = by;
    let mut members = ledger.chain().links().iter().flat_map(|link| &link.version.members);
    let roles = deciders(policy, control);
    if members.any(|one| one.id == *member && one.kind == MemberType::Bot) {
        Some(Unfit::Bot)
    } else if *member == request.header.recorder {
        Some(Unfit::Requester)
    } else if !holds {
        Some(Unfit::RoleNotHeld(role.clone()))
    } else if roles.is_empty() {
        Some(Unfit::NoControl)
    } else if !roles.contains(role) {
        Some(Unfit::OtherRole(roles))
    } else {
        None
    }
}

impl<'a> Asked<'a> {
    fn of(ledger: &'a Ledger, policy: &Policy, record: Proof<'a>, claim: &'a Exception, at: UtcTime) -> Self {
        let about = ledger.records().iter().filter(|other| other.header.recorded <= at);
        let about = about.filter(|other| other.header.kind == Kind::ExceptionDecision);
        let decisions: Vec<_> = about
            .filter_map(|other| match &other.claim {
                Claim::ExceptionDecision(decision) if decision.exception == record.id => Some((other, decision)),
                _ => None,
            })
            .filter(|(other, decision)| {
                ledger.is_before(record, other) && counts(ledger, policy, record, claim, other, decision)
            })
            .collect();
        let mut asked = Self { record, claim, decisions, expires: claim.expires, state: ExceptionState::Open };
        let renewed = asked.made(Decided::Renewed).map(|(record, _)| record);
        // Of concurrent renewals the shorter one counts.
        let last = last_of(ledger, renewed);
        let until = asked.decisions.iter().filter(|(record, _)| last.iter().any(|one| one.id == record.id));
        if let Some((expires, from)) =
            until.filter_map(|(record, claim)| Some((claim.expires?, record.header.recorded))).min()
        {
            asked.expires = expires;
            asked.state = asked.settle(ledger, policy, from, at);
        } else {
            asked.state = asked.settle(ledger, policy, record.header.recorded, at);
        }
        asked
    }

    /// The decisions of one kind.
    pub fn made(&self, what: Decided) -> impl Iterator<Item = (Proof<'a>, &'a ExceptionDecision)> {
        self.decisions.iter().copied().filter(move |(_, decision)| decision.decision == what)
    }

    /// Who approved it, and in which record.
    pub fn approval(&self) -> Option<Proof<'a>> {
        self.made(Decided::Approved).last().map(|(record, _)| record)
    }

    fn settle(&self, ledger: &Ledger, policy: &Policy, from: UtcTime, at: UtcTime) -> ExceptionState {
        let superseded = ledger.superseded_by(self.record.id).and_then(|by| ledger.record(by));
        let has = |what| self.made(what).next().is_some();
        let reviewed = self.made(Decided::Reviewed).chain(self.made(Decided::Renewed)).next().is_some();
        if superseded.is_some_and(|by| by.header.recorded <= at) {
            ExceptionState::Superseded
        } else if has(Decided::Closed) {
            ExceptionState::Closed
        } else if has(Decided::Rejected) {
            ExceptionState::Rejected
        } else if self.expires.seconds().saturating_sub(from.seconds()) > policy.max_exception.seconds() {
            ExceptionState::TooLong
        } else if at >= self.expires {
            ExceptionState::Expired
        } else if !has(Decided::Approved) {
            ExceptionState::Open
        } else if self.claim.review_by.is_some_and(|by| at >= by) && !reviewed {
            ExceptionState::Overdue
        } else {
            ExceptionState::InForce
        }
    }

    /// Whether its scope is this control and subject: exactly so, where absent is absent.
    pub fn covers(&self, control: &Name, subject: &Subject) -> bool {
        let header = &self.record.header;
        let here = |commit: CommitId, tree: TreeId| self.record.commit == commit || header.tree == tree;
        let reaches = match self.claim.reach {
            Reach::Commit => here(subject.commit, subject.tree),
            // What names no place at all is for none.
            Reach::Service => header.service.is_some(),
        };
        // Only a change is narrower when named: a service goes out with many.
        let changes = header
            .change
            .as_ref()
            .is_none_or(|change| subject.change.as_ref().is_some_and(|asked| asked.folded() == change.folded()));
        self.claim.control == *control
            && reaches
            && header.service == subject.service
            && header.environment == subject.environment
            && header.release.is_none()
            && changes
    }

    /// The request and the decisions that let it hold.
    pub fn records(&self) -> Vec<Proof<'a>> {
        std::iter::once(self.record).chain(self.decisions.iter().map(|(record, _)| *record)).collect()
    }
}

/// A rejection or an end is heard from whoever may decide or asked; all else only from another person with the role.
fn counts(
    ledger: &Ledger,
    policy: &Policy,
    request: Proof<'_>,
    claim: &Exception,
    record: Proof<'_>,
    decision: &ExceptionDecision,
) -> bool {
    let member = &record.header.recorder;
    let then = ledger.chain().version(record.header.trust);
    let holds = then.and_then(|link| link.version.member(member)).is_some_and(|one| one.holds(decision.role.as_str()));
    let fault = unfit(ledger, policy, request, &claim.control, (member, &decision.role, holds));
    let takes_back = matches!(decision.decision, Decided::Closed | Decided::Rejected);
    fault.is_none() || (takes_back && fault == Some(Unfit::Requester))
}

/// The exception that lets a control go unsatisfied, as a verdict tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excepted {
    /// The request.
    pub record: RecordId,
    /// Why. Text of the repository, as the next.
    pub reason: String,
    /// What is done instead.
    pub compensating: String,
    /// Until when.
    pub expires: UtcTime,
    /// Who approved it.
    pub approver: MemberId,
}

impl Excepted {
    /// Which it is, by whom, and until when.
    pub fn holds(&self) -> String {
        format!("{} by {} until {}", self.record.short(), self.approver, self.expires)
    }

    /// In a sentence, for who reads the verdict.
    pub fn sentence(&self) -> String {
        format!("exception {}: {}; instead: {}", self.holds(), self.reason, self.compensating)
    }
}
