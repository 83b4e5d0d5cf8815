//! How a tool's run ended, by its report. Only a complete one says what is not there.

use super::room::cut;
use crate::record::kind::findings::{Run, RunOutcome};

/// How many reasons a record lists.
const MAX_REASONS: usize = 20;

/// How much of a reason is copied, in characters.
const MAX_REASON: usize = 300;

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// It looked at everything.
    Complete,
    /// It left something out, and why.
    Partial(Vec<String>),
    /// It broke off, and why.
    Failed(Vec<String>),
}

impl Ended {
    /// It left something out.
    pub(super) fn fell_short(&mut self, reason: impl Into<String>) {
        match self {
            Self::Complete => *self = Self::Partial(vec![reason.into()]),
            Self::Partial(reasons) | Self::Failed(reasons) => reasons.push(reason.into()),
        }
    }

    /// It broke off.
    pub(super) fn failed(&mut self, reason: impl Into<String>) {
        let mut reasons = match std::mem::replace(self, Self::Complete) {
            Self::Complete => Vec::new(),
            Self::Partial(reasons) | Self::Failed(reasons) => reasons,
        };
        reasons.push(reason.into());
        *self = Self::Failed(reasons);
    }

    /// Two runs that count as one are as good as the worse.
    pub(super) fn and(&mut self, other: &Self) {
        match other {
            Self::Complete => {}
            Self::Partial(reasons) => reasons.iter().for_each(|reason| self.fell_short(reason)),
            Self::Failed(reasons) => reasons.iter().for_each(|reason| self.failed(reason)),
        }
    }

    /// As a record says it. `runs` is how many runs count as one.
    pub(super) fn as_run(&self, runs: u64) -> Run {
        let (outcome, reasons) = match self {
            Self::Complete => (RunOutcome::Complete, &[][..]),
            Self::Partial(reasons) => (RunOutcome::Partial, reasons.as_slice()),
            Self::Failed(reasons) => (RunOutcome::Failed, reasons.as_slice()),
        };
        let said = |reason: &String| match cut(reason.trim(), MAX_REASON) {
            text if text.is_empty() => "it does not say why".to_owned(),
            text => text.into_owned(),
        };
        let mut copied: Vec<String> = reasons.iter().take(MAX_REASONS).map(said).collect();
        if let Some(more @ 1..) = reasons.len().checked_sub(MAX_REASONS) {
            copied.push(format!("and {more} more reasons"));
        }
        Run { outcome, reasons: copied, merged: (runs > 1).then_some(runs) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worse_end_counts_and_every_reason_stays() {
        let mut ended = Ended::Complete;
        ended.fell_short("a");
        ended.failed("b");
        ended.fell_short("");
        ended.and(&Ended::Complete);
        let run = ended.as_run(2);
        assert_eq!((run.outcome, run.merged), (RunOutcome::Failed, Some(2)));
        assert_eq!(run.reasons, ["a", "b", "it does not say why"]);
    }

    #[test]
    fn reasons_without_end_are_cut() {
        let run = Ended::Failed(vec!["x".repeat(5_000); 10_000]).as_run(1);
        assert_eq!(run.reasons.len(), MAX_REASONS + 1);
        assert!(serde_json::to_vec(&run).expect("JSON").len() < 8 << 10);
    }
}
