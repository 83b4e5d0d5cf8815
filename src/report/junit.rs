//! A verdict as JUnit XML: a case for each control. What only warns, is excepted or not asked for is skipped, for it
//! neither passed nor failed.

use quick_xml::escape::escape as escape_xml;

use super::escape::escape;
use super::facts::{lines, place, subject};
use super::paint::Paint;
use crate::policy::{ControlVerdict, Judgement, Verdict};

pub(super) fn write(verdict: &Verdict, _: Paint) -> String {
    let count = |outcomes: &[Judgement]| verdict.controls.iter().filter(|one| outcomes.contains(&one.outcome)).count();
    let counts = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"",
        verdict.controls.len(),
        count(&[Judgement::Fail]),
        count(&[Judgement::Incomplete]),
        count(&[Judgement::Warn, Judgement::Excepted, Judgement::NotApplicable]),
    );
    let name = xml(&format!("git qms gate: {}", subject(verdict)));
    let at = verdict.at.to_string();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"git qms gate\" {counts}>\n  \
         <testsuite name=\"{name}\" {counts} time=\"0\" timestamp=\"{}\">\n",
        at.trim_end_matches('Z'),
    );
    for control in &verdict.controls {
        text += &case(verdict, control);
    }
    text + "  </testsuite>\n</testsuites>\n"
}

fn case(verdict: &Verdict, control: &ControlVerdict) -> String {
    let word = control.outcome.as_str();
    let name = xml(&format!("{} {}", control.id, control.title));
    let message = xml(&format!("{word}: {}", control.found));
    let body = xml_lines(&lines(control));
    let inner = match control.outcome {
        Judgement::Pass => format!("<system-out>{body}</system-out>"),
        Judgement::Fail => format!("<failure type=\"{word}\" message=\"{message}\">{body}</failure>"),
        Judgement::Incomplete => format!("<error type=\"{word}\" message=\"{message}\">{body}</error>"),
        Judgement::Warn | Judgement::Excepted | Judgement::NotApplicable => {
            format!("<skipped message=\"{message}\"/>\n      <system-out>{body}</system-out>")
        }
    };
    let class = xml(&format!("git-qms.gate.{}", place(verdict)));
    format!("    <testcase classname=\"{class}\" name=\"{name}\" time=\"0\">\n      {inner}\n    </testcase>\n")
}

fn xml(text: &str) -> String {
    xml_lines(&escape(text))
}

/// Text that is escaped already, within XML 1.0, which has no place for two more characters.
fn xml_lines(text: &str) -> String {
    escape_xml(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}
