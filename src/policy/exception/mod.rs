//! Exceptions: what was asked for, what was decided about it, and whether it holds.
//!
//! [`Register`] reads them from the ledger as of a moment; [`Asked::covers`] says what one is for; the gate lets a
//! control go by [`Excepted`].

use std::collections::HashMap;

use super::catalog::{Control, ExceptionsFrom, Policy};
use super::evidence::Proof;
use super::view::View;
use crate::record::kind::exception::{Decided, Exception, ExceptionDecision};
use crate::record::{Claim, Kind, Name, RecordId, UtcTime};
use crate::verify::{Ledger, last_of};

mod apply;
mod decide;
mod retroactive;
mod scope;
mod state;

pub use apply::Excepted;
pub(super) use apply::excepted;
pub use decide::{Decider, Unfit};
pub use retroactive::{RETROACTIVE, untagged_deployment, with_deployment};
pub use state::ExceptionState;

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
    /// Whether it was an emergency that held and that nobody reviewed in time, however it stands.
    pub overdue: bool,
    /// How often the control was let go for this service and environment, this one and its renewals included; 0 for what
    /// never held.
    pub occurrence: usize,
}

/// Every exception of a ledger, by a catalog, as of a moment.
#[derive(Debug, Clone, Copy)]
pub struct Register<'a> {
    pub(super) view: View<'a>,
    pub(super) policy: &'a Policy,
}

impl<'a> Register<'a> {
    /// As of `at`: what was recorded later is left out.
    pub fn of(ledger: &'a Ledger, policy: &'a Policy, at: UtcTime) -> Self {
        Self::in_view(View::of(ledger, at), policy)
    }

    /// Of what is there.
    pub(super) fn in_view(view: View<'a>, policy: &'a Policy) -> Self {
        Self { view, policy }
    }

    /// All of them, in the order of the ledger.
    pub fn all(self) -> Vec<Asked<'a>> {
        let mut decisions: HashMap<RecordId, Vec<_>> = HashMap::new();
        for record in self.view.of_kind(Kind::ExceptionDecision) {
            if let Claim::ExceptionDecision(claim) = &record.claim {
                decisions.entry(claim.exception).or_default().push((record, claim));
            }
        }
        let requests = self.view.of_kind(Kind::Exception).filter_map(|record| match &record.claim {
            Claim::Exception(claim) => Some((record, claim)),
            _ => None,
        });
        let asked = |(record, claim): (Proof<'a>, _)| {
            self.asked(record, claim, decisions.remove(&record.id).unwrap_or_default())
        };
        let mut all: Vec<Asked<'a>> = requests.map(asked).collect();
        count_occurrences(&mut all);
        all
    }

    /// The control of the catalog, unless it is the reserved one or there is none.
    pub(super) fn control(self, name: &Name) -> Option<&'a Control> {
        self.policy.controls.iter().find(|control| control.id == *name)
    }

    fn asked(
        self,
        record: Proof<'a>,
        claim: &'a Exception,
        mut decisions: Vec<(Proof<'a>, &'a ExceptionDecision)>,
    ) -> Asked<'a> {
        decisions.retain(|(by, decision)| {
            self.view.ledger.is_before(record, by) && decide::counts(self, record, claim, by, decision)
        });
        let (expires, state) = (claim.expires, ExceptionState::Open);
        let mut asked = Asked { record, claim, decisions, expires, state, overdue: false, occurrence: 0 };
        // Of concurrent renewals the shorter one counts.
        let last = last_of(self.view.ledger, asked.made(Decided::Renewed).map(|(record, _)| record));
        let renewed = asked.made(Decided::Renewed).filter(|(record, _)| last.iter().any(|one| one.id == record.id));
        let renewed = renewed.filter_map(|(record, claim)| Some((claim.expires?, record.header.recorded))).min();
        let (expires, from) = renewed.unwrap_or((claim.expires, record.header.recorded));
        asked.expires = expires;
        asked.state = self.state_of(&asked, from);
        asked.overdue = self.is_overdue(&asked);
        asked
    }

    fn state_of(self, asked: &Asked<'_>, from: UtcTime) -> ExceptionState {
        let (at, claim) = (self.view.at, asked.claim);
        let has = |what| asked.made(what).next().is_some();
        let control = self.control(&claim.control);
        let days = asked.expires.seconds().saturating_sub(from.seconds());
        if self.view.is_superseded(asked.record) {
            ExceptionState::Superseded
        } else if has(Decided::Closed) {
            ExceptionState::Closed
        } else if has(Decided::Rejected) {
            ExceptionState::Rejected
        } else if control.is_none() && claim.control.as_str() != RETROACTIVE {
            ExceptionState::NoControl
        } else if control.is_some_and(|control| control.exceptions == ExceptionsFrom::Refused) {
            ExceptionState::NotAllowed
        } else if claim.review_by.is_none() && asked.record.header.files.is_empty() {
            ExceptionState::NoEvidence
        } else if days > self.policy.max_exception.seconds() {
            ExceptionState::TooLong
        } else if self.is_overdue(asked) {
            ExceptionState::Overdue
        } else if at >= asked.expires {
            ExceptionState::Expired
        } else if asked.approval().is_some() {
            ExceptionState::InForce
        } else if self.provisional_until(asked).is_some() {
            ExceptionState::Provisional
        } else {
            ExceptionState::Open
        }
    }

    /// Of an emergency that held: whether the review, or before it the approval, did not come in time.
    fn is_overdue(self, asked: &Asked<'_>) -> bool {
        let late = |by: UtcTime| self.view.at >= by;
        match asked.approval() {
            Some(_) => asked.review_due().is_some_and(late),
            None => asked.review_due().is_some() && self.provisional_until(asked).is_some_and(late),
        }
    }

    /// Until when an emergency holds that nobody approved yet: only where the catalog says for how long, and where who
    /// asked for it answers for the control.
    fn provisional_until(self, asked: &Asked<'_>) -> Option<UtcTime> {
        let review_by = asked.claim.review_by?;
        let within = self.policy.emergency_approval?;
        decide::answers_for(self, asked).then(|| within.after(asked.record.header.recorded).min(review_by))
    }
}

impl<'a> Asked<'a> {
    /// The decisions of one kind.
    pub fn made(&self, what: Decided) -> impl Iterator<Item = (Proof<'a>, &'a ExceptionDecision)> {
        self.decisions.iter().copied().filter(move |(_, decision)| decision.decision == what)
    }

    /// The decisions that let it hold, the last one last: approvals; of an emergency, which may be approved after the
    /// fact, its reviews, too.
    pub fn approvals(&self) -> impl Iterator<Item = Proof<'a>> {
        let emergency = self.claim.review_by.is_some();
        let lets = move |what| what == Decided::Approved || (emergency && what == Decided::Reviewed);
        self.decisions.iter().filter(move |(_, decision)| lets(decision.decision)).map(|(record, _)| *record)
    }

    /// The last decision that lets it hold.
    pub fn approval(&self) -> Option<Proof<'a>> {
        self.approvals().last()
    }

    /// Whether an emergency was looked at after the fact, with the evidence that may come late.
    pub fn is_reviewed(&self) -> bool {
        let reviews = || self.made(Decided::Reviewed).chain(self.made(Decided::Renewed)).map(|(record, _)| record);
        let proved = !self.record.header.files.is_empty() || reviews().any(|review| !review.header.files.is_empty());
        reviews().next().is_some() && proved
    }

    /// Of an emergency that is still to be reviewed: until when. Another's rejection is a review, too.
    pub fn review_due(&self) -> Option<UtcTime> {
        let own = &self.record.header.recorder;
        let rejected = self.made(Decided::Rejected).any(|(record, _)| record.header.recorder != *own);
        self.claim.review_by.filter(|_| !rejected && !self.is_reviewed())
    }

    /// How often it was renewed.
    pub fn renewals(&self) -> usize {
        self.made(Decided::Renewed).count()
    }

    /// The request and the decisions about it.
    pub fn records(&self) -> Vec<Proof<'a>> {
        std::iter::once(self.record).chain(self.decisions.iter().map(|(record, _)| *record)).collect()
    }

    /// Whether it ever let the control go.
    fn has_held(&self) -> bool {
        self.approval().is_some() || self.overdue || self.state == ExceptionState::Provisional
    }
}

fn count_occurrences(all: &mut [Asked<'_>]) {
    let mut before: HashMap<_, usize> = HashMap::new();
    for asked in all.iter_mut().filter(|asked| asked.has_held()) {
        let header = &asked.record.header;
        let count = before.entry((&asked.claim.control, &header.service, &header.environment)).or_default();
        *count += 1 + asked.made(Decided::Renewed).count();
        asked.occurrence = *count;
    }
}
