//! JaCoCo XML, as its Maven and Gradle plugins, its Ant task and its command line write it.
//!
//! Source: <https://www.jacoco.org/jacoco/trunk/coverage/report.dtd>, which is never fetched. Lines and branches are
//! those of `sourcefile`, functions the methods of `class`. A line is reached when an instruction of it was.

use std::collections::BTreeMap;

use super::{Glance, Source};
use crate::ingest::Report;
use crate::ingest::coverage::{Arms, Base, CoverageReport, Dimension, Doubts, Reach, SourceFile, Stated, sums};
use crate::ingest::error::IngestError;
use crate::ingest::xml::{Document, Element, Node};
use crate::record::kind::test::Ratio;

/// How much of a file is looked at to tell this `report` from that of another tool.
const LOOKED_AT: usize = 4 << 10;

/// The most arms that one line can have.
const MAX_ARMS: u64 = 1 << 32;

pub(super) fn sniff(glance: &Glance) -> bool {
    let start = String::from_utf8_lossy(&glance.body[..glance.body.len().min(LOOKED_AT)]);
    let is_own =
        ["jacoco", "<sessioninfo", "<package", "<group"].iter().any(|sign| start.to_lowercase().contains(sign));
    glance.root.as_deref() == Some("report") && is_own
}

pub(super) fn read(source: &Source) -> Result<Report, IngestError> {
    let text = source.xml()?;
    let mut document = Document::new(&text);
    let mut reading = Reading::default();
    while let Some(node) = document.next().map_err(|reason| source.malformed(reason))? {
        match node {
            Node::Open(element) => reading.open(&element).map_err(|reason| source.malformed(reason))?,
            Node::Close => reading.close(),
        }
    }
    if reading.files.values().all(|file| file.lines.is_empty()) {
        return Err(source.nothing("lists no line"));
    }
    let discrepancies = reading.discrepancies(source.file);
    let Reading { files, .. } = reading;
    Ok(Report::Coverage(CoverageReport { origin: source.origin(), files, base: Base::Package, discrepancies }))
}

/// Missed and covered of a counter, as written.
type Counter = (String, String);

#[derive(Default)]
struct Reading {
    files: BTreeMap<String, SourceFile>,
    /// The open elements.
    path: Vec<String>,
    groups: Vec<String>,
    package: String,
    /// The file of the open `sourcefile` or `class`.
    file: Option<String>,
    /// The open class and its open method.
    class: String,
    method: Option<String>,
    /// The counters of files and of the whole report, by [`Dimension::ALL`].
    of_files: BTreeMap<String, [Option<Counter>; 3]>,
    of_report: [Option<Counter>; 3],
}

impl Reading {
    fn open(&mut self, element: &Element) -> Result<(), String> {
        let name = |what: &str| element.text("name").map(str::to_owned).ok_or_else(|| format!("a {what} has no name"));
        match element.name.as_str() {
            "group" => self.groups.push(name("group")?),
            // The package without a name is that of no package.
            "package" => element.attribute("name").ok_or("a package has no name")?.clone_into(&mut self.package),
            "sourcefile" => {
                let file = self.file_name(&name("sourcefile")?);
                self.files.entry(file.clone()).or_default();
                self.file = Some(file);
            }
            "class" => {
                self.class = name("class")?;
                // Compiled without debug information there is no file, and there are no lines.
                self.file = element.text("sourcefilename").map(|file| self.file_name(file));
            }
            "method" => {
                let [name, desc] = [name("method")?, element.attribute("desc").unwrap_or_default().to_owned()];
                self.method = Some(format!("{}.{name}{desc}", self.class));
            }
            "line" => self.line(element)?,
            "counter" => self.counter(element)?,
            _ => {}
        }
        self.path.push(element.name.clone());
        Ok(())
    }

    fn close(&mut self) {
        match self.path.pop().as_deref() {
            Some("group") => drop(self.groups.pop()),
            Some("sourcefile" | "class") => self.file = None,
            Some("method") => self.method = None,
            _ => {}
        }
    }

    fn file_name(&self, name: &str) -> String {
        let package = if self.package.is_empty() { String::new() } else { format!("{}/", self.package) };
        let groups = if self.groups.is_empty() { String::new() } else { format!("{}:", self.groups.join("/")) };
        format!("{groups}{package}{name}")
    }

    fn line(&mut self, element: &Element) -> Result<(), String> {
        let file = self.file.as_ref().filter(|_| self.path.last().is_some_and(|open| open == "sourcefile"));
        let file = file.ok_or("a line stands outside any sourcefile")?;
        let number = element.text("nr").ok_or_else(|| format!("{file}: a line has no nr"))?;
        let number: u64 = number.parse().map_err(|_| format!("{file}: line nr {number:?} is not a number"))?;
        let count = |name: &str| match element.text(name) {
            Some(text) => {
                text.parse::<u64>().map_err(|_| format!("{file}, line {number}: {name} {text:?} is not a number"))
            }
            None if matches!(name, "mb" | "cb") => Ok(0),
            // gcovr leaves them out, and then nobody can tell which line was reached.
            None => Err(format!("{file}, line {number}: has no {name}: nothing says whether it was reached")),
        };
        let [missed, covered, missed_arms, covered_arms] = [count("mi")?, count("ci")?, count("mb")?, count("cb")?];
        let entry = self.files.entry(file.clone()).or_default();
        if missed > 0 || covered > 0 {
            entry.line(number, Reach::reached_if(covered > 0));
        }
        let total = missed_arms
            .checked_add(covered_arms)
            .filter(|total| *total <= MAX_ARMS)
            .ok_or_else(|| format!("{file}, line {number}: too many branches"))?;
        if total > 0 {
            entry.branch(number, &Arms::Counted(Ratio { covered: covered_arms, total }));
        }
        Ok(())
    }

    fn counter(&mut self, element: &Element) -> Result<(), String> {
        let say = |name: &str| element.text(name).unwrap_or_default().to_owned();
        let (kind, counter) = (say("type"), (say("missed"), say("covered")));
        let of = match kind.as_str() {
            "LINE" => Dimension::Line,
            "BRANCH" => Dimension::Branch,
            "METHOD" => Dimension::Function,
            _ => return Ok(()),
        };
        match (self.path.last().map(String::as_str), &self.method, &self.file) {
            (Some("method"), Some(method), Some(file)) if of == Dimension::Function => {
                let covered = counter
                    .1
                    .parse::<u64>()
                    .map_err(|_| format!("{method}: covered {:?} is not a number", counter.1))?;
                self.files.entry(file.clone()).or_default().function(method, Reach::reached_if(covered > 0));
            }
            (Some("sourcefile"), _, Some(file)) => {
                self.of_files.entry(file.clone()).or_default()[of as usize] = Some(counter);
            }
            (Some("report"), ..) => self.of_report[of as usize] = Some(counter),
            _ => {}
        }
        Ok(())
    }

    /// Compares the counters with the count.
    fn discrepancies(&self, report: &str) -> Vec<crate::record::kind::test::Discrepancy> {
        let mut doubts = Doubts::of(report);
        let counted = sums(self.files.values());
        for of in Dimension::ALL {
            let (covered, total) = said(self.of_report[of as usize].as_ref());
            let stated = Stated { covered: covered.as_deref(), total: total.as_deref() };
            doubts.whole(of, stated, &[counted[of as usize]]);
            for (path, counters) in &self.of_files {
                let (covered, total) = said(counters[of as usize].as_ref());
                let stated = Stated { covered: covered.as_deref(), total: total.as_deref() };
                let counted = self.files.get(path).map(SourceFile::ratios).unwrap_or_default();
                doubts.file(of, path, stated, &[counted[of as usize]]);
            }
        }
        doubts.finish()
    }
}

/// Missed and covered as covered and total. What is no number stays as it is written.
fn said(counter: Option<&Counter>) -> (Option<String>, Option<String>) {
    let Some((missed, covered)) = counter else { return (None, None) };
    let total = missed.parse::<u64>().ok().zip(covered.parse::<u64>().ok());
    let total = total.and_then(|(missed, covered)| missed.checked_add(covered));
    (Some(covered.clone()), Some(total.map_or_else(|| format!("{missed} + {covered}"), |total| total.to_string())))
}
