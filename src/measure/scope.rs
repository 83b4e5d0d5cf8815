//! One service in one environment.

use super::facts::Facts;
use super::history::History;
use super::rollout::{Rollout, rollouts};
use crate::record::{Kind, Name, Record, UtcTime};

/// One service in one environment, with all that is known of it.
#[derive(Debug, Clone)]
pub struct Scope<'a> {
    pub(super) history: &'a History<'a>,
    pub(super) facts: &'a Facts,
    /// The service.
    pub service: &'a Name,
    /// The environment.
    pub environment: &'a Name,
    pub(super) rollouts: Vec<Rollout<'a>>,
}

impl<'a> Scope<'a> {
    /// Of a service in an environment.
    pub fn of(history: &'a History<'a>, facts: &'a Facts, service: &'a Name, environment: &'a Name) -> Self {
        let mut scope = Self { history, facts, service, environment, rollouts: Vec::new() };
        scope.rollouts = rollouts(&scope);
        scope
    }

    /// What was rolled out, in the order of time.
    pub fn rollouts(&self) -> &[Rollout<'a>] {
        &self.rollouts
    }

    pub(super) fn at(&self) -> UtcTime {
        self.history.at()
    }

    /// A record without a service is for the only one there is, and for none of several.
    pub(super) fn is_for_service(&self, service: Option<&Name>) -> bool {
        service.map_or(self.facts.services <= 1, |service| service == self.service)
    }

    /// A record without an environment speaks about the commit, wherever it goes.
    pub(super) fn is_for_environment(&self, environment: Option<&Name>) -> bool {
        environment.is_none_or(|environment| environment == self.environment)
    }

    /// Whether a record is about this service and this environment, or any.
    pub(super) fn concerns(&self, record: &Record) -> bool {
        self.is_for_service(record.header.service.as_ref())
            && self.is_for_environment(record.header.environment.as_ref())
    }

    /// The records of a kind that are.
    pub(super) fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &'a Record> {
        self.history.of_kind(kind).filter(|record| self.concerns(record))
    }
}
