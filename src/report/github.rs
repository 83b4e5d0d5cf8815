//! A verdict in the log of GitHub Actions: an annotation for each control that is not ok, and one for the whole.
//!
//! Source: GitHub Docs, "Workflow commands for GitHub Actions"; values are escaped as `@actions/core` does.

use super::escape::escape;
use super::facts::{answer, is_ok, line_in_tree, lines, subject};
use super::paint::Paint;
use crate::policy::{ControlVerdict, Judgement, PATH, Verdict};
use crate::verify::Outcome;

pub(super) fn write(verdict: &Verdict, _: Paint) -> String {
    let notable = verdict.controls.iter().filter(|control| !is_ok(control));
    let mut lines: Vec<_> = notable.map(|control| annotation(verdict, control)).collect();
    let command = if verdict.result == Outcome::Pass { "notice" } else { "error" };
    let whole = data(&format!("{}  {}", answer(verdict), subject(verdict)));
    lines.push(format!("::{command} title=git qms gate::{whole}\n"));
    lines.concat()
}

fn annotation(verdict: &Verdict, control: &ControlVerdict) -> String {
    let command = match control.outcome {
        Judgement::Fail | Judgement::Incomplete => "error",
        Judgement::Warn => "warning",
        Judgement::Excepted | Judgement::Pass | Judgement::NotApplicable => "notice",
    };
    let title = property(&escape(&format!("{} {}: {}", control.id, control.title, control.outcome.as_str())));
    let line = line_in_tree(verdict, control);
    format!("::{command} file={PATH},line={line},title={title}::{}\n", data(&lines(control)))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
