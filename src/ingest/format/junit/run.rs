//! The run that a report tells, element by element.

use std::collections::BTreeSet;

use super::case::{RawCase, broken_suite};
use super::suite::OpenSuite;
use crate::ingest::clock::{self, Clock};
use crate::ingest::discrepancy::Totals;
use crate::ingest::xml::Element;
use crate::ingest::{Cases, TestCase};
use crate::record::kind::test::{CaseOutcome, Tool};
use crate::record::name::RequirementId;

/// The property names that link a case, or all cases of a suite, to requirements. The value lists
/// ids, separated by commas, semicolons or white space. No other property is ever copied.
const REQUIREMENT_PROPERTIES: [&str; 4] = ["requirement", "requirements", "requirement-id", "req"];

/// What has been read so far.
pub(super) struct Run {
    /// The cases that have ended.
    pub(super) cases: Cases,
    /// Differences in the suites inside the report.
    pub(super) totals: Totals,
    /// When and how long.
    pub(super) clock: Clock,
    /// The tool, where it says so.
    pub(super) tool: Option<Tool>,
    /// The outermost suite, once it has ended.
    pub(super) root: Option<OpenSuite>,
    open: Vec<Open>,
    suites: usize,
}

/// An open element.
enum Open {
    Suite(OpenSuite),
    Case(RawCase),
    Properties,
    Other,
}

impl Run {
    /// Of which nothing has been read.
    pub(super) fn of(file: &str, cases: Cases) -> Self {
        Self {
            cases,
            totals: Totals::of(file),
            clock: Clock::default(),
            tool: None,
            root: None,
            open: Vec::new(),
            suites: 0,
        }
    }

    /// Begins an element.
    pub(super) fn open(&mut self, element: &Element) -> Result<(), String> {
        let open = match element.name.as_str() {
            "testsuites" | "testsuite" => {
                self.time(element);
                self.tool = self.tool.take().or_else(|| tool_of(element));
                self.suites += 1;
                Open::Suite(OpenSuite::of(element, self.suites))
            }
            "testcase" => {
                self.time(element);
                self.clock.case(element.text("time"), clock::seconds);
                let suite = self.open.iter().rev().find_map(|open| match open {
                    Open::Suite(suite) => Some((suite.number, suite.name.as_str())),
                    _ => None,
                });
                let (number, name) = suite.unwrap_or_default();
                Open::Case(RawCase::of(element, number, name))
            }
            "properties" => Open::Properties,
            "property" => {
                self.property(element)?;
                Open::Other
            }
            _ => {
                self.sign(element);
                Open::Other
            }
        };
        self.open.push(open);
        Ok(())
    }

    fn time(&mut self, element: &Element) {
        let took = element.text("time").and_then(clock::seconds);
        self.clock.widen(element.text("timestamp"), took, None);
    }

    /// Links the case or suite around a property to the requirements that it names.
    fn property(&mut self, element: &Element) -> Result<(), String> {
        let owner = self.open.iter_mut().rev().find(|open| !matches!(open, Open::Properties));
        let requirements = match owner {
            Some(Open::Case(case)) => &mut case.requirements,
            Some(Open::Suite(suite)) => &mut suite.requirements,
            _ => return Ok(()),
        };
        requirements.extend(requirements_of(element)?);
        Ok(())
    }

    /// Takes note of what an element directly inside a case says, or an error directly inside a suite.
    fn sign(&mut self, element: &Element) {
        let linked = self.suite_requirements();
        match self.open.last_mut() {
            Some(Open::Case(case)) => case.signs.note(element),
            Some(Open::Suite(suite)) if matches!(element.name.as_str(), "failure" | "error") => {
                suite.count_broken();
                let name = broken_suite(&suite.name);
                let requirements = linked.into_iter().collect();
                let case = TestCase { requirements, ..TestCase::told(name, CaseOutcome::Failed) };
                // No case of that name: another error of the suite is another case, and nothing makes it flaky.
                self.cases.add(&("a suite", suite.number), case);
            }
            _ => {}
        }
    }

    /// Ends the innermost open element.
    pub(super) fn close(&mut self) {
        match self.open.pop() {
            Some(Open::Case(mut case)) => {
                case.requirements.extend(self.suite_requirements());
                if let Some(suite) = self.innermost_suite() {
                    suite.count(case.signs);
                }
                let (place, case) = case.told();
                self.cases.add(&place, case);
            }
            Some(Open::Suite(suite)) => {
                if self.open.is_empty() {
                    self.root = Some(suite);
                } else {
                    suite.compare(&mut self.totals);
                    if let Some(outer) = self.innermost_suite() {
                        outer.count_inner(&suite);
                    }
                }
            }
            Some(Open::Properties | Open::Other) | None => {}
        }
    }

    /// What the properties of the open suites link, as far as they have been read: every tool that is known writes
    /// them before the cases.
    fn suite_requirements(&self) -> BTreeSet<RequirementId> {
        let suites = self.open.iter().filter_map(|open| match open {
            Open::Suite(suite) => Some(&suite.requirements),
            _ => None,
        });
        suites.flatten().cloned().collect()
    }

    fn innermost_suite(&mut self) -> Option<&mut OpenSuite> {
        self.open.iter_mut().rev().find_map(|open| match open {
            Open::Suite(suite) => Some(suite),
            _ => None,
        })
    }
}

/// The requirements that a property names, if it is one that does.
pub(in crate::ingest::format) fn requirements_of(property: &Element) -> Result<Vec<RequirementId>, String> {
    let name = property.text("name").unwrap_or_default();
    if !REQUIREMENT_PROPERTIES.iter().any(|known| name.eq_ignore_ascii_case(known)) {
        return Ok(Vec::new());
    }
    let value = property.text("value").unwrap_or_default();
    let ids = value.split(|char: char| char.is_whitespace() || matches!(char, ',' | ';')).filter(|id| !id.is_empty());
    ids.map(|id| id.parse::<RequirementId>().map_err(|error| format!("property {name}: {error}"))).collect()
}

/// The tool, where its report says so by the name it gives the run, or by its schema.
fn tool_of(element: &Element) -> Option<Tool> {
    let name = match element.text("name") {
        Some("pytest" | "pytest tests") => "pytest",
        Some("nextest-run") => "nextest",
        Some("jest tests") => "jest",
        Some("vitest tests") => "vitest",
        _ if element.text("xsi:noNamespaceSchemaLocation").is_some_and(|schema| schema.contains("surefire")) => {
            "surefire"
        }
        _ => return None,
    };
    Some(Tool { name: name.into(), version: None })
}
