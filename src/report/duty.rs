//! The duty to watch a deployment: open until it is recorded how it did, overdue past the catalog's deadline.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::timing::Deadlines;
use crate::record::kind::deploy::DeployOutcome;
use crate::record::{Claim, Kind, Name, Record, RecordId, TagName, UtcTime};
use crate::verify::{Ledger, Verified};

/// A deployment of which it is not recorded how it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Duty {
    /// The service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<Name>,
    /// What was deployed.
    pub release: TagName,
    /// Where.
    pub environment: Name,
    /// The deploy record.
    pub deployment: RecordId,
    /// Until when it is to be recorded.
    pub due: UtcTime,
    /// Whether that has passed.
    pub overdue: bool,
}

impl fmt::Display for Duty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = if self.overdue { "overdue since" } else { "due by" };
        write!(f, "no monitoring of {} recorded since its deployment: {by} {}", self.environment, self.due)
    }
}

/// The duties that are open in the whole ledger: of the last deployment of each service to each environment.
pub fn open_duties(ledger: &Ledger, deadlines: &Deadlines) -> Vec<Duty> {
    let mut last = BTreeMap::new();
    let counted = ledger.of_kind(Kind::Deploy).filter(|record| ledger.superseded_by(record.id).is_none());
    for record in reaching_users(counted) {
        last.insert((record.header.service.as_ref(), record.header.environment.as_ref()), record);
    }
    let open = last.into_values().filter(|record| !is_watched(ledger, record));
    open.filter_map(|record| deadlines.duty(record)).collect()
}

/// Of these records the deployments that succeeded.
pub(super) fn deployments<'a>(
    records: impl Iterator<Item = &'a Verified<Record>>,
) -> impl Iterator<Item = &'a Verified<Record>> {
    let succeeded = |claim: &Claim| matches!(claim, Claim::Deploy(deploy) if deploy.outcome == DeployOutcome::Success);
    records.filter(move |record| succeeded(&record.claim))
}

/// Those that users were served from: a part of them, as from a canary, has to be watched like the whole.
pub(super) fn reaching_users<'a>(
    records: impl Iterator<Item = &'a Verified<Record>>,
) -> impl Iterator<Item = &'a Verified<Record>> {
    records.filter(|record| {
        let Claim::Deploy(deploy) = &record.claim else { return false };
        matches!(deploy.outcome, DeployOutcome::Success | DeployOutcome::Partial)
    })
}

/// Whether it was recorded how a deployment did, in signed order after it.
pub(super) fn is_watched(ledger: &Ledger, deployment: &Verified<Record>) -> bool {
    let of = &deployment.header;
    ledger.of_kind(Kind::Monitor).any(|record| {
        let header = &record.header;
        header.environment == of.environment
            && header.release == of.release
            && ledger.superseded_by(record.id).is_none()
            && ledger.is_before(deployment, record)
    })
}
