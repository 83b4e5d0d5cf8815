//! A control that would block, and the exception that lets it pass.

use super::{Asked, ExceptionState};
use crate::policy::catalog::{Control, ExceptionsFrom};
use crate::policy::evidence::{Proof, Standing};
use crate::policy::rules;
use crate::policy::verdict::{ControlVerdict, Judgement, ProvingRecord, Shortfall};
use crate::record::kind::exception::Reach;
use crate::record::{MemberId, Name, RecordId, UtcTime};

/// The exception that lets a control go unsatisfied, as a verdict tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excepted {
    /// The request.
    pub record: RecordId,
    /// Why. Text of the repository, as the next.
    pub reason: String,
    /// What is done instead.
    pub compensating: String,
    /// The first second at which it does not hold any more.
    pub expires: UtcTime,
    /// Who asked for it.
    pub requester: MemberId,
    /// Who approved it; nobody yet, where the catalog lets an emergency hold before.
    pub approver: Option<MemberId>,
    /// Of an emergency that is still to be reviewed: until when.
    pub review_by: Option<UtcTime>,
}

impl Excepted {
    fn of(asked: &Asked<'_>, approval: Option<Proof<'_>>) -> Self {
        Self {
            record: asked.record.id,
            reason: asked.claim.reason.clone(),
            compensating: asked.claim.compensating.clone(),
            expires: asked.expires,
            requester: asked.record.header.recorder.clone(),
            approver: approval.map(|record| record.header.recorder.clone()),
            review_by: asked.review_due(),
        }
    }

    /// Which it is, by whom, and until when.
    pub fn holds(&self) -> String {
        let by = match &self.approver {
            Some(approver) => format!("by {approver}"),
            None => format!("of {}, not approved yet,", self.requester),
        };
        let review = self.review_by.map_or(String::new(), |by| format!(", review due by {by}"));
        format!("{} {by} until {}{review}", self.record.short(), self.expires)
    }

    /// In a sentence, for who reads the verdict.
    pub fn sentence(&self) -> String {
        format!("exception {}: {}; instead: {}", self.holds(), self.reason, self.compensating)
    }
}

/// The line as it stands with the exceptions from it, for what is judged, at this moment.
pub(in crate::policy) fn excepted(
    mut line: ControlVerdict,
    control: Option<&Control>,
    all: &[Asked<'_>],
    standing: &Standing<'_>,
) -> ControlVerdict {
    if line.outcome != Judgement::Fail {
        return line;
    }
    let for_it: Vec<_> = all.iter().filter(|one| one.covers(&line.id, standing)).collect();
    let approved = |one: &&Asked<'_>| one.state == ExceptionState::Provisional || approval(one, standing).is_some();
    let holding = for_it.iter().copied().filter(|one| one.state.holds()).filter(approved);
    // Of several the one that somebody approved and that holds longest, then the smaller id, so that two clones agree.
    let key = |one: &&Asked<'_>| (approval(one, standing).is_some(), one.expires, std::cmp::Reverse(one.record.id));
    if let Some(one) = holding.max_by_key(key) {
        line.outcome = Judgement::Excepted;
        line.hint = None;
        line.exception = Some(Excepted::of(one, approval(one, standing)));
        let proofs = one.records().into_iter();
        let proofs = proofs.map(|record| ProvingRecord { record: record.id, recorder: record.header.recorder.clone() });
        line.records.extend(proofs);
        return line;
    }
    match for_it.last() {
        Some(last) => {
            let id = last.record.id.short();
            let why = match last.approvals().last().filter(|_| last.state.holds()) {
                Some(own) => format!("approved by {}, who had a hand in it", own.header.recorder),
                None => last.state.to_string(),
            };
            line.found = format!("{} (exception {id} is {why})", line.found);
            line.hint = Some(next_step(last, &line));
        }
        None => {
            let allowed = control.is_none_or(|control| control.exceptions == ExceptionsFrom::Allowed);
            // What is missing is to be recorded; what does not suffice may be let go.
            if allowed && line.shortfall == Some(Shortfall::Breach) {
                let ask = request(&line.id);
                line.hint = Some(line.hint.map_or_else(|| ask.clone(), |hint| format!("{hint}; or: {ask}")));
            }
        }
    }
    line
}

/// The last approval by somebody who may approve it for what is judged. Of commits that it names one by one, nobody who
/// had a hand in them.
fn approval<'a>(asked: &Asked<'a>, standing: &Standing<'_>) -> Option<Proof<'a>> {
    let independent =
        |record: &Proof<'_>| asked.claim.reach == Reach::Service || !standing.had_a_hand(&record.header.recorder);
    rules::distinct(asked.approvals()).into_iter().rfind(independent)
}

/// How to ask for one.
pub(super) fn request(control: &Name) -> String {
    format!("git qms exception request {control} --reason TEXT --compensating TEXT --expires 30d --attach FILE")
}

fn next_step(asked: &Asked<'_>, line: &ControlVerdict) -> String {
    let id = asked.record.id.short();
    match asked.state {
        ExceptionState::Open | ExceptionState::InForce | ExceptionState::Provisional => {
            format!("another person decides about it: git qms exception approve {id}")
        }
        ExceptionState::Overdue => {
            format!("another person reviews it: git qms exception review {id} --comment TEXT --attach FILE")
        }
        ExceptionState::Expired => {
            format!("another person renews it: git qms exception renew {id} --expires 30d --comment TEXT")
        }
        _ => {
            let hint = line.hint.as_deref().map_or(String::new(), |hint| format!("{hint}; or: "));
            format!("{hint}{}", request(&line.id))
        }
    }
}
