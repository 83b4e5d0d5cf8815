//! Exceptions, by how they stand.

use serde::Serialize;

use super::{Sources, is_within};
use crate::policy::Interval;
use crate::policy::exception::{Asked, ExceptionState, Register};
use crate::question::Filter;
use crate::record::RecordId;

/// Exceptions by how they stand: the ids of their requests.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Exceptions {
    /// Nobody decided yet.
    pub open: Vec<RecordId>,
    /// They hold.
    pub in_force: Vec<RecordId>,
    /// They hold, and end within a fortnight.
    pub expiring: Vec<RecordId>,
    /// Emergencies that nobody reviewed in time.
    pub overdue: Vec<RecordId>,
    /// Their control was let go before, for the same service and environment.
    pub recurring: Vec<RecordId>,
    /// Emergencies, whatever became of them.
    pub emergency: Vec<RecordId>,
}

pub(super) fn exceptions(sources: &Sources<'_>) -> Exceptions {
    let Some(policy) = sources.policy else { return Exceptions::default() };
    let soon = Interval::FORTNIGHT.after(sources.at);
    let all = Register::of(sources.ledger, policy, sources.at).all();
    let about = Filter { since: None, until: None, ..sources.within.clone() };
    let ids = |is: &dyn Fn(&Asked<'_>) -> bool| {
        let admitted = all.iter().filter(|one| about.service.is_none() || one.record.header.service == about.service);
        admitted.filter(|one| is(one)).map(|one| one.record.id).collect()
    };
    // What was asked for in the period, or is still to be decided, reviewed or ended.
    let asked = |one: &Asked<'_>| is_within(sources, one.record.header.recorded);
    Exceptions {
        open: ids(&|one| matches!(one.state, ExceptionState::Open | ExceptionState::Provisional)),
        in_force: ids(&|one| one.state.holds()),
        expiring: ids(&|one| one.state.holds() && one.expires <= soon),
        overdue: ids(&|one| one.overdue),
        recurring: ids(&|one| one.occurrence > 1 && asked(one)),
        emergency: ids(&|one| one.claim.review_by.is_some() && asked(one)),
    }
}
