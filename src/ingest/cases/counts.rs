//! How many cases there were of each outcome, as they are counted one by one.

use crate::ingest::TestCase;
use crate::record::kind::test::CaseOutcome;

/// How many cases there were of each outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CaseCounts {
    /// Those that passed, flaky ones and unexpected passes included.
    pub passed: u64,
    /// Those that failed or broke.
    pub failed: u64,
    /// Those that proved nothing: skipped, disabled, failed as expected.
    pub skipped: u64,
    /// Of those passed: failed first.
    pub flaky: u64,
    /// Of those skipped: switched off or yet to be written.
    pub disabled: u64,
    /// Of those skipped: ran, and failed as expected.
    pub expected_failures: u64,
    /// Of those passed or failed: expected to fail, but passed.
    pub unexpected_passes: u64,
}

impl CaseCounts {
    /// All cases.
    pub fn total(&self) -> u64 {
        self.passed.saturating_add(self.failed).saturating_add(self.skipped)
    }

    pub(super) fn add(&mut self, case: &TestCase) {
        let (sum, part) = match case.outcome {
            CaseOutcome::Passed => (&mut self.passed, None),
            CaseOutcome::Failed => (&mut self.failed, None),
            CaseOutcome::Skipped => (&mut self.skipped, None),
            CaseOutcome::Flaky => (&mut self.passed, Some(&mut self.flaky)),
            CaseOutcome::Disabled => (&mut self.skipped, Some(&mut self.disabled)),
            CaseOutcome::ExpectedFailure => (&mut self.skipped, Some(&mut self.expected_failures)),
            CaseOutcome::UnexpectedPass => (&mut self.passed, Some(&mut self.unexpected_passes)),
        };
        *sum += 1;
        if let Some(part) = part {
            *part += 1;
        } else if case.is_unexpected_pass() {
            self.unexpected_passes += 1;
        }
    }
}
