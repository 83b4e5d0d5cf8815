//! The run that a report tells, element by element.

use super::case::RawCase;
use super::clock::Clock;
use super::suite::OpenSuite;
use crate::ingest::discrepancy::Totals;
use crate::ingest::xml::Element;
use crate::record::kind::test::Tool;
use crate::record::name::RequirementId;

/// The property names that link a case, or all cases of a suite, to requirements. The value lists
/// ids, separated by commas, semicolons or white space. No other property is ever copied.
const REQUIREMENT_PROPERTIES: [&str; 4] = ["requirement", "requirements", "requirement-id", "req"];

/// How many cases one report may have: ten times the largest that is known.
const MAX_CASES: usize = 1_000_000;

/// How many links from cases to requirements one report may have: a suite links all its cases.
const MAX_LINKS: usize = 1_000_000;

/// What has been read so far.
pub(super) struct Run {
    /// In the order in which they end.
    pub(super) cases: Vec<RawCase>,
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
    links: usize,
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
    pub(super) fn of(file: &str) -> Self {
        Self {
            cases: Vec::new(),
            totals: Totals::of(file),
            clock: Clock::default(),
            tool: None,
            root: None,
            open: Vec::new(),
            suites: 0,
            links: 0,
        }
    }

    /// Begins an element.
    pub(super) fn open(&mut self, element: &Element) -> Result<(), String> {
        let open = match element.name.as_str() {
            "testsuites" | "testsuite" => {
                self.clock.widen(element);
                self.tool = self.tool.take().or_else(|| tool_of(element));
                self.suites += 1;
                Open::Suite(OpenSuite::of(element, self.suites, self.cases.len()))
            }
            "testcase" => {
                self.clock.widen(element);
                self.clock.case(element);
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
            sign => {
                self.sign(sign);
                Open::Other
            }
        };
        self.open.push(open);
        Ok(())
    }

    /// Links the case or suite around a property to the requirements that it names.
    fn property(&mut self, element: &Element) -> Result<(), String> {
        let name = element.text("name").unwrap_or_default();
        if !REQUIREMENT_PROPERTIES.iter().any(|known| name.eq_ignore_ascii_case(known)) {
            return Ok(());
        }
        let owner = self.open.iter_mut().rev().find(|open| !matches!(open, Open::Properties));
        let requirements = match owner {
            Some(Open::Case(case)) => &mut case.requirements,
            Some(Open::Suite(suite)) => &mut suite.requirements,
            _ => return Ok(()),
        };
        let value = element.text("value").unwrap_or_default();
        for id in value.split(|char: char| char.is_whitespace() || matches!(char, ',' | ';')) {
            if !id.is_empty() {
                let id = id.parse::<RequirementId>().map_err(|error| format!("property {name}: {error}"))?;
                requirements.insert(id);
            }
        }
        Ok(())
    }

    /// Takes note of what an element directly inside a case says, or an error directly inside a suite.
    fn sign(&mut self, element: &str) {
        match self.open.last_mut() {
            Some(Open::Case(case)) => case.signs.note(element),
            Some(Open::Suite(suite)) if matches!(element, "failure" | "error") => {
                suite.count_broken();
                self.cases.push(RawCase::broken_suite(suite.number, &suite.name, element));
            }
            _ => {}
        }
    }

    /// Ends the innermost open element.
    pub(super) fn close(&mut self) -> Result<(), String> {
        match self.open.pop() {
            Some(Open::Case(case)) => {
                if let Some(suite) = self.innermost_suite() {
                    suite.count(case.signs);
                }
                self.link(case.requirements.len())?;
                self.cases.push(case);
                if self.cases.len() > MAX_CASES {
                    return Err(format!("more than {MAX_CASES} cases: split it"));
                }
            }
            Some(Open::Suite(suite)) => {
                let inside = self.cases.len().saturating_sub(suite.first_case);
                self.link(inside.saturating_mul(suite.requirements.len()))?;
                for case in self.cases.iter_mut().skip(suite.first_case) {
                    case.requirements.extend(suite.requirements.iter().cloned());
                }
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
        Ok(())
    }

    fn link(&mut self, links: usize) -> Result<(), String> {
        self.links = self.links.saturating_add(links);
        let good = self.links <= MAX_LINKS;
        if good { Ok(()) } else { Err(format!("more than {MAX_LINKS} links to requirements: split it")) }
    }

    fn innermost_suite(&mut self) -> Option<&mut OpenSuite> {
        self.open.iter_mut().rev().find_map(|open| match open {
            Open::Suite(suite) => Some(suite),
            _ => None,
        })
    }
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
