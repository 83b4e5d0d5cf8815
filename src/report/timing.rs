//! What is late, by the catalog: records after what they tell of, and monitoring after a deployment.

use std::collections::BTreeMap;

use super::duty::Duty;
use crate::policy::{Interval, Policy};
use crate::record::{Name, Record, UtcTime};
use crate::verify::{Outline, Verified};

/// When something is late. Without a catalog a day is given for everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deadlines {
    /// For a record, after what it tells of.
    pub late_after: Interval,
    /// For monitoring, after a deployment, by environment.
    pub monitor_within: BTreeMap<Name, Interval>,
    /// The moment asked about; without one nothing is overdue.
    pub at: Option<UtcTime>,
}

impl Deadlines {
    /// Those of a catalog, at a moment.
    pub fn of(policy: &Policy, at: UtcTime) -> Self {
        let environments = policy.environments.iter();
        let monitor_within = environments.map(|one| (one.name.clone(), one.monitor_within)).collect();
        Self { late_after: policy.late_after, monitor_within, at: Some(at) }
    }

    /// What has to be recorded after a deployment, and until when.
    pub(super) fn duty(&self, deployment: &Verified<Record>) -> Option<Duty> {
        let header = &deployment.header;
        let environment = header.environment.clone()?;
        let within = self.monitor_within.get(&environment).copied().unwrap_or_default();
        let due = within.after(header.occurred.end);
        Some(Duty {
            service: header.service.clone(),
            release: header.release.clone()?,
            environment,
            deployment: deployment.id,
            due,
            overdue: self.at.is_some_and(|at| due < at),
        })
    }
}

/// What the times of a record say against each other. Both are claims of whoever signed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    /// Written longer after what it tells of than the catalog lets; so many seconds.
    Late(i64),
    /// Written before what it tells of had ended: a clock was wrong, by at least so many seconds.
    ClockFault(i64),
}

impl Timing {
    /// What is odd about the times of a record; `None` when nothing is.
    pub fn of(record: &Record, deadlines: &Deadlines) -> Option<Self> {
        Self::between(record.header.occurred.end, record.header.recorded, deadlines.late_after)
    }

    /// The same, of a record in outline.
    pub fn of_outline(record: &Outline<'_>, deadlines: &Deadlines) -> Option<Self> {
        Self::between(record.ended, record.recorded, deadlines.late_after)
    }

    fn between(ended: UtcTime, recorded: UtcTime, late_after: Interval) -> Option<Self> {
        let gap = recorded.seconds() - ended.seconds();
        match gap {
            ..0 => Some(Self::ClockFault(-gap)),
            _ if gap > late_after.seconds() => Some(Self::Late(gap)),
            _ => None,
        }
    }

    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Late(_) => "late",
            Self::ClockFault(_) => "clock-fault",
        }
    }
}

impl std::fmt::Display for Timing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let for_people = |seconds: i64| match seconds {
            ..120 => format!("{seconds} s"),
            120..7200 => format!("{} min", seconds / 60),
            7200..172_800 => format!("{} h", seconds / 3600),
            _ => format!("{} days", seconds / 86_400),
        };
        match self {
            Self::Late(gap) => write!(f, "late: recorded {} after it ended", for_people(*gap)),
            Self::ClockFault(gap) => write!(f, "clock fault: recorded {} before it ended", for_people(*gap)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e12_a_record_is_late_after_a_day_and_a_negative_gap_is_a_clock_fault() {
        let moment = |gap: i64| UtcTime::from_seconds(1_000_000 + gap);
        let timing = |gap: i64| Timing::between(moment(0), moment(gap), Interval::DAY);
        assert_eq!(timing(0), None);
        assert_eq!(timing(86_400), None);
        assert_eq!(timing(86_401), Some(Timing::Late(86_401)));
        assert_eq!(timing(-1), Some(Timing::ClockFault(1)));
        assert_eq!(
            timing(3 * 86_400).map(|odd| odd.to_string()).as_deref(),
            Some("late: recorded 3 days after it ended")
        );
        assert_eq!(
            timing(-90).map(|odd| odd.to_string()).as_deref(),
            Some("clock fault: recorded 90 s before it ended")
        );
        let strict = |gap: i64| Timing::between(moment(0), moment(gap), "1h".parse().expect("an hour"));
        assert_eq!((strict(3600), strict(3601)), (None, Some(Timing::Late(3601))));
    }
}
