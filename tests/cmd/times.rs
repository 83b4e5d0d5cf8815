//! When it happened and when it was written down are two things.

use crate::project::{Project, junit};
use crate::recording::refused;

#[test]
fn e12_the_time_of_the_report_is_kept_apart_from_that_of_the_record() {
    let project = Project::proven();
    let id = project.qms(&["log", "--ids", "--kind", "test"]).ok().id();
    let header = &project.qms(&["show", &id, "--json"]).ok().json()["header"];
    assert_eq!(header["occurred"]["start"], "2026-04-13T09:00:00Z");
    let end = header["occurred"]["end"].as_str().expect("a time");
    assert!(end.starts_with("2026-04-13T09:00:0"), "{end}");
    let recorded = header["recorded"].as_str().expect("a time");
    assert!(!recorded.starts_with("2026-04-13T09:00"), "{recorded}");
}

#[test]
fn e12_given_times_override_the_report() {
    let project = Project::founded();
    let report = project.report("junit.xml", &junit(2, 0, 0));
    let times = ["--start", "2026-04-12T08:00:00Z", "--end", "2026-04-12T08:05:00+00:00"];
    let id = project.by("ci", &[&["record", "test", "--quiet", "--from", &report][..], &times[..]].concat()).ok().id();
    let header = &project.qms(&["show", &id, "--json"]).ok().json()["header"];
    assert_eq!(header["occurred"]["start"], "2026-04-12T08:00:00Z");
    assert_eq!(header["occurred"]["end"], "2026-04-12T08:05:00Z");
}

#[test]
fn e12_an_end_before_the_start_is_refused() {
    let project = Project::founded();
    let report = project.report("junit.xml", &junit(2, 0, 0));
    let times = ["--start", "2026-04-12T08:00:00Z", "--end", "2026-04-12T07:00:00Z"];
    let args = [&["record", "test", "--from", &report][..], &times[..]].concat();
    refused(&project, "ci", &args, 2, &["before it began", "hint:"]);
    let words = ["'yesterday' for '--start <TIME>': expected a time like", "or a day like"];
    refused(&project, "ci", &["record", "test", "--from", &report, "--start", "yesterday"], 2, &words);
}

#[test]
fn g09_the_gate_judges_as_of_a_moment() {
    let project = Project::proven();
    project.qms(&["gate"]).ok();
    project.qms(&["gate", "--at", "2020-01-01"]).exit(1);
    let (one, other) = (
        project.qms(&["gate", "--at", "2100-01-01", "--json"]),
        project.qms(&["gate", "--at", "2100-01-01", "--json"]),
    );
    assert_eq!(one.out, other.out);
}
