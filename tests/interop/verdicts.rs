//! What the gate says, read by the tools that it is said to.

use super::project::Project;
use super::{has_python, json, python};

/// A release, and a commit after it of which little is there, with an exception whose reason is markup.
fn reported(format: &str) -> (Project, [String; 2]) {
    let (project, tag) = Project::released();
    let file = |name: &str| project.outside().join(name).display().to_string();
    let files = [file("passes"), file("fails")];
    project.qms(&["gate", &tag, "--report", &format!("{format}={}", files[0])]).ok();
    project.commit("app.txt", "two\n");
    std::fs::write(project.outside().join("notes.txt"), "so it was").expect("is written");
    let reason = "</failure>]]> & \"quotes\"\n<script>\u{202e}";
    let words = ["--reason", reason, "--compensating", "by hand", "--expires", "3d", "--attach", "../notes.txt"];
    project.by("ada", &[&["exception", "request", "TEST-01"][..], &words].concat()).ok();
    project.by("grace", &["exception", "approve", "TEST-01"]).ok();
    project.qms(&["gate", "--report", &format!("{format}={}", files[1])]).exit(1);
    (project, files)
}

#[test]
fn interop_pydantic_sarif_reads_verdicts_as_the_schema_of_oasis_has_them() {
    if !has_python("pydantic_sarif") {
        return;
    }
    let (project, files) = reported("sarif");
    let [passes, fails] = files.map(|file| json(&python(&project, "check_verdicts.py", &["sarif", &file])));
    assert_eq!((&passes["result"], &fails["result"]), (&"pass".into(), &"pass".into()), "{passes} {fails}");
    assert_eq!(
        (&fails["results"]["APPROVE-01"], &fails["results"]["TEST-01"]),
        (&"error".into(), &"note".into()),
        "{fails}"
    );
    assert_eq!(passes["results"], serde_json::json!({}), "{passes}");
}

#[test]
fn interop_junitparser_counts_verdicts_as_they_say_of_themselves() {
    if !has_python("junitparser") {
        return;
    }
    let (project, files) = reported("junit");
    let [passes, fails] = files.map(|file| json(&python(&project, "check_verdicts.py", &["junit", &file])));
    assert_eq!((&passes["result"], &fails["result"]), (&"pass".into(), &"pass".into()), "{passes} {fails}");
    assert_eq!((&passes["told"]["failures"], &fails["told"]["errors"]), (&0.into(), &0.into()), "{passes} {fails}");
    assert!(fails["told"]["failures"].as_u64().is_some_and(|failures| failures > 0), "{fails}");
}
