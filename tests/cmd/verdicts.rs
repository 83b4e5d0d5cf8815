//! One answer, for people and for scripts, side by side.

use crate::project::{Project, junit};

/// What differs from run to run, taken out.
pub(crate) fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"recorded \d+ (s|min|h|days) after", "recorded [gap] after");
    settings.add_filter(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "[time]");
    settings.add_filter(r"\b\d{4}-\d\d-\d\d\b", "[date]");
    settings.add_filter(r"\b\d{4}\.\d\d\.\d\d\b", "[day]");
    settings.add_filter(r"SHA256:[A-Za-z0-9+/]{43}", "[key]");
    settings.add_filter(r"\b[0-9a-f]{64}\b", "[digest]");
    settings.add_filter(r"\b[0-9a-f]{40}\b", "[object]");
    settings.add_filter(r"\b[0-9a-f]{12}\b", "[record]");
    settings.add_filter(r"\b[0-9a-f]{7,8}\b", "[short]");
    settings.set_prepend_module_to_snapshot(false);
    settings
}

/// Text and JSON of one command, and how each ended.
fn both(project: &Project, args: &[&str]) -> String {
    let (text, json) = (project.qms(args), project.qms(&[args, &["--json"]].concat()));
    assert_eq!(text.code, json.code, "text and JSON end alike");
    assert!(json.json()["schema"].as_str().is_some_and(|schema| schema.starts_with("git-qms/")));
    format!("exit {}\n\n{}\n{}", text.code, text.out, json.out)
}

#[test]
fn u03_a_gate_that_passes() {
    let project = Project::proven();
    settings().bind(|| insta::assert_snapshot!("gate_passes", both(&project, &["gate"])));
}

#[test]
fn u03_a_gate_that_fails() {
    let project = Project::founded();
    project.plan("CHG-1842");
    let failing = project.report("failing.xml", &junit(4, 1, 0));
    project.by("ci", &["record", "test", "--from", &failing]).ok();
    settings().bind(|| insta::assert_snapshot!("gate_fails", both(&project, &["gate"])));
}

#[test]
fn u03_a_release_shown() {
    let (project, tag) = Project::released();
    let deploy = ["record", "deploy", "--release", &tag, "--environment", "production", "--outcome", "success"];
    project.by("ci", &deploy).ok();
    settings().bind(|| insta::assert_snapshot!("show_release", both(&project, &["show", &tag])));
}

#[test]
fn u03_a_record_shown() {
    let project = Project::proven();
    let id = project.qms(&["log", "--ids", "--kind", "test"]).ok().id();
    settings().bind(|| insta::assert_snapshot!("show_record", both(&project, &["show", &id])));
}

#[test]
fn u03_a_ledger_verified() {
    let (project, _) = Project::released();
    settings().bind(|| insta::assert_snapshot!("verify_passes", both(&project, &["verify"])));
}

#[test]
fn u03_a_ledger_rejected() {
    let (project, tag) = Project::released();
    project.git(&["update-ref", "-d", &format!("refs/tags/{tag}")]);
    settings().bind(|| insta::assert_snapshot!("verify_rejects", both(&project, &["verify"])));
}
