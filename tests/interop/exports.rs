//! Exports, read by the tools that they are for.

use super::project::Project;
use super::{has_python, json, python};

const HOSTILE: &str = "=cmd|' /C calc'!A0;\"x\",\nnext \u{202e}";

/// A release, and a plan whose reason is a formula.
fn released() -> (Project, String) {
    let (project, tag) = Project::released();
    project.by("ada", &["record", "plan", "--change", "CHG-9", "--reason", HOSTILE]).ok();
    (project, tag)
}

fn outside(project: &Project, name: &str) -> String {
    project.outside().join(name).display().to_string()
}

#[test]
fn interop_securesystemslib_and_in_toto_read_an_exported_bundle() {
    if !has_python("securesystemslib, in_toto_attestation, cryptography") {
        return;
    }
    let (project, tag) = released();
    let file = outside(&project, "release.intoto.jsonl");
    let told = project.by("ada", &["--json", "export", &tag, "--format", "in-toto", "--to", &file]).ok().json();
    let read = json(&python(&project, "check_exports.py", &["in-toto", &project.path().display().to_string(), &file]));
    assert_eq!((&read["result"], &read["statements"]), (&"pass".into(), &told["records"]), "{read}");
}

#[test]
fn interop_compliance_trestle_validates_exported_assessment_results() {
    if !has_python("trestle.oscal") {
        return;
    }
    let (project, _) = released();
    // A decision that fails, too.
    project.commit("app.txt", "two\n");
    project.by("ci", &["gate", "--record"]).exit(1);
    let file = outside(&project, "results.json");
    project.by("ada", &["export", "--format", "oscal", "--to", &file]).ok();
    let output = python(&project, "check_exports.py", &["oscal", &file]);
    let read = json(&output);
    assert_eq!(
        (&read["result"], &read["version"], &read["results"]),
        (&"pass".into(), &"1.2.0".into(), &2.into()),
        "{read}"
    );
    assert!(read["attested"].as_array().is_some_and(|all| all.contains(&"Grace Hopper".into())), "{read}");
    assert_eq!(read["states"]["TEST-01"], "not-satisfied", "the later decision: {read}");
}

#[test]
fn interop_duckdb_reads_the_same_from_csv_json_lines_and_partitions() {
    if !has_python("duckdb") {
        return;
    }
    let (project, _) = released();
    for (format, name) in [("csv", "all.csv"), ("jsonl", "all.jsonl")] {
        project.by("ada", &["export", "--format", format, "--to", &outside(&project, name)]).ok();
    }
    let told = project
        .by("ada", &["--json", "export", "--format", "jsonl", "--partition", &outside(&project, "lake")])
        .ok()
        .json();
    let read = json(&python(&project, "check_exports.py", &["duckdb", &project.outside().display().to_string()]));
    assert_eq!((&read["result"], &read["rows"]), (&"pass".into(), &told["records"]), "{read}");
    assert_eq!((&read["views"]["releases"], &read["views"]["findings"]), (&1.into(), &0.into()), "{read}");
    assert_eq!(read["passed"][1], "TIMESTAMP", "{read}");
}
