//! How much an incident or a defect weighs, by how grave it is.

use crate::record::kind::incident::Severity;

/// The weight of each severity; the catalog may give others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weights {
    /// Of a critical one.
    pub critical: u64,
    /// Of a high one.
    pub high: u64,
    /// Of a medium one.
    pub medium: u64,
    /// Of a low one.
    pub low: u64,
}

impl Default for Weights {
    fn default() -> Self {
        Self { critical: 10, high: 5, medium: 2, low: 1 }
    }
}

impl Weights {
    /// The weight of one.
    pub(super) fn of(&self, severity: Severity) -> u64 {
        match severity {
            Severity::Critical => self.critical,
            Severity::High => self.high,
            Severity::Medium => self.medium,
            Severity::Low => self.low,
        }
    }
}
