//! One `testcase` element, as it is being read.

use std::collections::BTreeSet;

use crate::ingest::room::cut;
use crate::ingest::xml::Element;
use crate::ingest::{Expectation, TestCase};
use crate::record::kind::test::CaseOutcome;
use crate::record::name::RequirementId;

/// How long the name of a case may be, in characters; the rest is cut off.
const MAX_NAME: usize = 1_000;

/// A case, as one element tells it. A retried case may have several.
pub(super) struct RawCase {
    /// Where it stands: the innermost suite and the file. Cases of one name in two places are two.
    pub(super) place: (usize, String),
    /// Class and name.
    pub(super) name: String,
    /// The requirements it is linked to.
    pub(super) requirements: BTreeSet<RequirementId>,
    /// What stands inside the element.
    pub(super) signs: Signs,
}

/// What the elements inside a case, and its status, say about how it went.
#[derive(Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one element that is there or not")]
pub(super) struct Signs {
    /// A `failure`.
    pub(super) failure: bool,
    /// An `error`.
    pub(super) error: bool,
    /// A `skipped`: also expected failures and todos, as their tools write them.
    pub(super) skipped: bool,
    /// The status says that it did not run, without an element.
    pub(super) not_run: bool,
    /// It is switched off, or yet to be written.
    disabled: bool,
    /// It failed as expected, which the tool calls skipped.
    expected_failure: bool,
    /// It passed where failing was expected, which the tool calls failed.
    unexpected_pass: bool,
    /// It failed first: `flakyFailure`, `flakyError`.
    failed_first: bool,
    /// It failed every time: `rerunFailure`, `rerunError`; or the status says that it failed.
    failed: bool,
    /// Its other runs: how many ended in a failure, how many in an error. Surefire counts each.
    pub(super) reruns: [u32; 2],
}

impl Signs {
    /// Takes note of an element inside the case.
    pub(super) fn note(&mut self, element: &Element) {
        let kind = element.text("type").unwrap_or_default();
        let message = element.text("message").unwrap_or_default();
        match element.name.as_str() {
            "failure" => {
                self.failure = true;
                self.unexpected_pass |= is_unexpected_pass(kind, message);
            }
            "error" => {
                self.error = true;
                self.unexpected_pass |= is_unexpected_pass(kind, message);
            }
            "skipped" => {
                self.skipped = true;
                // pytest and unittest-xml-reporting.
                self.expected_failure |= matches!(kind, "pytest.xfail" | "XFAIL");
                self.disabled |= ["todo", "disabled", "ignored"].iter().any(|word| kind.eq_ignore_ascii_case(word));
                // CTest.
                self.disabled |= message == "Disabled";
            }
            rerun @ ("flakyFailure" | "flakyError" | "rerunFailure" | "rerunError") => {
                self.failed_first |= rerun.starts_with("flaky");
                self.failed |= rerun.starts_with("rerun");
                let runs = &mut self.reruns[usize::from(rerun.ends_with("Error"))];
                *runs = runs.saturating_add(1);
            }
            _ => {}
        }
    }

    /// Some tools (googletest, CTest) say it by an attribute alone.
    fn note_status(&mut self, status: &str) {
        match status.to_ascii_lowercase().as_str() {
            "notrun" | "skipped" | "pending" => self.not_run = true,
            "disabled" | "suppressed" | "ignored" | "todo" => (self.not_run, self.disabled) = (true, true),
            "fail" | "failed" | "failure" | "error" | "broken" => self.failed = true,
            _ => {}
        }
    }

    /// How it went. What failed and then did not run never passed.
    pub(super) fn outcome(self) -> CaseOutcome {
        let skipped = self.skipped || self.not_run;
        if self.failure || self.error || self.failed || (skipped && self.failed_first) {
            CaseOutcome::Failed
        } else if skipped && self.expected_failure {
            CaseOutcome::ExpectedFailure
        } else if skipped && self.disabled {
            CaseOutcome::Disabled
        } else if skipped {
            CaseOutcome::Skipped
        } else if self.failed_first {
            CaseOutcome::Flaky
        } else {
            CaseOutcome::Passed
        }
    }

    fn expected(self) -> Expectation {
        if self.unexpected_pass { Expectation::Failure } else { Expectation::Pass }
    }
}

/// As pytest (strict) and unittest-xml-reporting write it.
fn is_unexpected_pass(kind: &str, message: &str) -> bool {
    message.starts_with("[XPASS(strict)]") || kind == "UnexpectedSuccess"
}

impl RawCase {
    /// From its element, in the suite `suite` that is named `suite_name`.
    pub(super) fn of(element: &Element, suite: usize, suite_name: &str) -> Self {
        let mut signs = Signs::default();
        ["status", "result"].iter().filter_map(|name| element.text(name)).for_each(|status| signs.note_status(status));
        Self {
            place: (suite, element.text("file").unwrap_or_default().to_owned()),
            name: name_of(element.text("classname"), element.text("name"), suite_name),
            requirements: BTreeSet::new(),
            signs,
        }
    }

    /// Where it stands, and the case.
    pub(super) fn told(self) -> ((usize, String), TestCase) {
        let (outcome, expected) = (self.signs.outcome(), self.signs.expected());
        let requirements = self.requirements.into_iter().collect();
        (self.place, TestCase { name: self.name, outcome, expected, requirements })
    }
}

/// The name of the case that stands for a suite that broke as a whole.
pub(super) fn broken_suite(suite: &str) -> String {
    name_of(None, None, suite)
}

/// `class::name`; the class alone for a class that broke as a whole; the suite where neither is said.
fn name_of(class: Option<&str>, name: Option<&str>, suite: &str) -> String {
    let full = match (class, name) {
        (Some(class), Some(name)) if !name.starts_with(class) => format!("{class}::{name}"),
        (_, Some(name)) => name.to_owned(),
        (Some(class), None) => class.to_owned(),
        (None, None) if suite.is_empty() => "(unnamed case)".to_owned(),
        (None, None) => suite.to_owned(),
    };
    cut(&full, MAX_NAME).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(elements: &[&str]) -> CaseOutcome {
        let mut signs = Signs::default();
        for element in elements {
            signs.note(&Element::named(element, &[]));
        }
        signs.outcome()
    }

    #[test]
    fn what_is_expected_to_fail_is_told_apart() {
        let of = |name: &str, kind: &str, message: &str| {
            let mut signs = Signs::default();
            signs.note(&Element::named(name, &[("type", kind), ("message", message)]));
            (signs.outcome(), signs.expected())
        };
        assert_eq!(of("skipped", "pytest.xfail", "later"), (CaseOutcome::ExpectedFailure, Expectation::Pass));
        assert_eq!(of("skipped", "pytest.skip", "xfail"), (CaseOutcome::Skipped, Expectation::Pass));
        assert_eq!(of("skipped", "todo", ""), (CaseOutcome::Disabled, Expectation::Pass));
        assert_eq!(of("failure", "", "[XPASS(strict)] later"), (CaseOutcome::Failed, Expectation::Failure));
        assert_eq!(of("failure", "AssertionError", "XPASS"), (CaseOutcome::Failed, Expectation::Pass));
    }

    #[test]
    fn the_worst_sign_decides() {
        assert_eq!(outcome(&[]), CaseOutcome::Passed);
        assert_eq!(outcome(&["system-out"]), CaseOutcome::Passed);
        assert_eq!(outcome(&["skipped"]), CaseOutcome::Skipped);
        assert_eq!(outcome(&["flakyError"]), CaseOutcome::Flaky);
        for failed in
            [&["failure", "error"][..], &["skipped", "failure"], &["rerunFailure"], &["flakyFailure", "skipped"]]
        {
            assert_eq!(outcome(failed), CaseOutcome::Failed, "{failed:?}");
        }
    }

    #[test]
    fn a_status_without_an_element_counts() {
        let of = |status: &str| {
            let mut signs = Signs::default();
            signs.note_status(status);
            signs.outcome()
        };
        assert_eq!(
            [of("run"), of("notrun"), of("suppressed"), of("Failed")],
            [CaseOutcome::Passed, CaseOutcome::Skipped, CaseOutcome::Disabled, CaseOutcome::Failed]
        );
    }

    #[test]
    fn a_name_carries_its_class_once() {
        assert_eq!(name_of(Some("till"), Some("adds"), ""), "till::adds");
        assert_eq!(name_of(Some("till"), Some("till adds"), ""), "till adds");
        assert_eq!(name_of(None, Some("adds"), "suite"), "adds");
        assert_eq!(name_of(Some("till"), None, "suite"), "till");
        assert_eq!(name_of(None, None, "suite"), "suite");
        assert_eq!(name_of(None, Some(&"é".repeat(2_000)), "").chars().count(), 1_001);
    }
}
