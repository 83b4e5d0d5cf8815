//! A verdict as a code quality report of GitLab: an entry for each control that is not ok.
//!
//! Source: GitLab Docs, "Code Quality", section "Code Quality report format".

use serde::Serialize;

use super::escape::escape_json;
use super::facts::{is_ok, line_in_tree, lines, place};
use super::paint::Paint;
use crate::policy::{ControlVerdict, Judgement, PATH, Verdict};
use crate::record::FileDigest;

#[derive(Serialize)]
struct Entry {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: &'static str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
}

pub(super) fn write(verdict: &Verdict, _: Paint) -> String {
    let entries = verdict.controls.iter().filter(|control| !is_ok(control)).map(|control| Entry {
        description: format!(
            "{}: {}; {}",
            super::escape(&control.title),
            control.outcome.as_str(),
            lines(control).replace('\n', "; ")
        ),
        check_name: control.id.to_string(),
        fingerprint: fingerprint(verdict, control),
        severity: match control.outcome {
            Judgement::Fail => "blocker",
            Judgement::Incomplete => "critical",
            Judgement::Warn => "minor",
            Judgement::Excepted | Judgement::Pass | Judgement::NotApplicable => "info",
        },
        location: Location { path: PATH, lines: Lines { begin: line_in_tree(verdict, control) } },
    });
    let json = serde_json::to_string_pretty(&entries.collect::<Vec<_>>()).expect("strings always have a JSON form");
    format!("{}\n", escape_json(&json))
}

/// The same control of the same service, on its way to the same environment: two pipelines tell the same of it.
pub(super) fn fingerprint(verdict: &Verdict, control: &ControlVerdict) -> String {
    FileDigest::of(format!("git-qms/gate/v1 {} {}", place(verdict), control.id).as_bytes()).to_string()
}
