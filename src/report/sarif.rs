//! A verdict as SARIF 2.1.0: a rule for each control, a result for each that is not ok.
//!
//! Source: OASIS, Static Analysis Results Interchange Format 2.1.0. What cannot be told is an error, not of kind
//! `open`, whose level has to be `none`: a reader of levels would take it for nothing.

use serde_json::{Map, Value, json};

use super::escape::{escape, escape_json};
use super::facts::{answer, is_ok, line_in_tree, lines, place, subject};
use super::gitlab::fingerprint;
use super::paint::Paint;
use crate::policy::catalog::Enforcement;
use crate::policy::{ControlVerdict, Judgement, PATH, Verdict};
use crate::verify::Outcome;

/// Where the schema is published.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

pub(super) fn write(verdict: &Verdict, _: Paint) -> String {
    let results = verdict.controls.iter().enumerate().filter(|(_, control)| !is_ok(control));
    let results: Vec<_> = results.map(|(at, control)| result(verdict, at, control)).collect();
    let sarif = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "git-qms",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": verdict.controls.iter().map(rule).collect::<Vec<_>>(),
            } },
            "automationDetails": {
                "id": format!("git-qms/gate/{}/", place(verdict)),
                "description": text(&format!("{}  {}", answer(verdict), subject(verdict))),
            },
            "invocations": [{
                "executionSuccessful": verdict.result != Outcome::Incomplete,
                "endTimeUtc": verdict.at.to_string(),
            }],
            "results": results,
        }],
    });
    let json = serde_json::to_string_pretty(&sarif).expect("strings and lists always have a JSON form");
    format!("{}\n", escape_json(&json))
}

fn rule(control: &ControlVerdict) -> Value {
    let mut help = vec![format!("required: {}", control.required)];
    help.extend(control.owner.as_ref().map(|role| format!("owner: {role}")));
    help.extend(control.escalation.as_ref().map(|role| format!("escalation: {role}")));
    if !control.frameworks.is_empty() {
        help.push(format!("supports compliance with: {}", control.frameworks.join("; ")));
    }
    let help: Vec<_> = help.iter().map(|line| escape(line)).collect();
    json!({
        "id": control.id.as_str(),
        "shortDescription": text(&escape(&control.title)),
        "fullDescription": text(&escape(control.objective.as_ref().unwrap_or(&control.title))),
        "help": text(&help.join("\n")),
        "defaultConfiguration": { "level": level_of(control.enforcement) },
        "properties": { "frameworks": control.frameworks },
    })
}

fn result(verdict: &Verdict, index: usize, control: &ControlVerdict) -> Value {
    let level = match control.outcome {
        Judgement::Fail | Judgement::Incomplete => "error",
        Judgement::Warn => "warning",
        Judgement::Excepted | Judgement::Pass | Judgement::NotApplicable => "note",
    };
    let records: Vec<_> = control.records.iter().map(|proof| proof.record.to_string()).collect();
    let properties = [
        ("outcome", Some(json!(control.outcome.as_str()))),
        ("required", Some(json!(control.required))),
        ("found", Some(json!(control.found))),
        ("records", Some(json!(records))),
        ("exception", control.exception.as_ref().map(|exception| json!(exception.record.to_string()))),
        ("owner", control.owner.as_ref().map(|role| json!(role.as_str()))),
        ("escalation", control.escalation.as_ref().map(|role| json!(role.as_str()))),
        ("nextStep", control.hint.as_ref().map(|hint| json!(hint))),
    ];
    let properties: Map<_, _> =
        properties.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    let mut result = json!({
        "ruleId": control.id.as_str(),
        "ruleIndex": index,
        "level": level,
        "message": text(&format!("{}: {}\n{}", escape(&control.title), control.outcome.as_str(), lines(control))),
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": PATH },
            "region": { "startLine": line_in_tree(verdict, control) },
        } }],
        "partialFingerprints": { "control/v1": fingerprint(verdict, control) },
        "properties": properties,
    });
    if let Some(exception) = &control.exception {
        // A plain string (§3.35.4), so that a reader of levels alone hears of it too.
        let why = escape(&exception.sentence()).into_owned();
        result["suppressions"] = json!([{ "kind": "external", "status": "accepted", "justification": why }]);
    }
    result
}

fn level_of(enforcement: Enforcement) -> &'static str {
    match enforcement {
        Enforcement::Block => "error",
        Enforcement::Warn => "warning",
    }
}

/// A message in plain text, in which brackets would be a link (§3.11.6) and braces a placeholder (§3.11.5).
fn text(escaped: &str) -> Value {
    let mut out = String::with_capacity(escaped.len());
    for c in escaped.chars() {
        match c {
            '\\' | '[' | ']' => out.extend(['\\', c]),
            '{' | '}' => out.extend([c, c]),
            c => out.push(c),
        }
    }
    json!({ "text": out })
}
