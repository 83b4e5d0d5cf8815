//! Corrections: a record takes the place of another, and both stay.

use crate::project::{Project, junit};
use crate::recording::refused;

fn test_record(project: &Project, who: &str, report: &str, more: &[&str]) -> String {
    project.by(who, &[&["record", "test", "--quiet", "--from", report][..], more].concat()).ok().id()
}

#[test]
fn e16_both_stay_visible_and_the_new_one_counts() {
    let project = Project::proven();
    let failing = project.report("failing.xml", &junit(4, 1, 0));
    let passing = project.report("passing.xml", &junit(5, 0, 0));
    let wrong = test_record(&project, "ci", &failing, &[]);
    project.by("ci", &["gate"]).exit(1).says("1 of 5 failed");
    let right =
        test_record(&project, "ci", &passing, &["--supersedes", &wrong[..12], "--reason", "report of another run"]);
    project.by("ci", &["gate"]).ok().says("0 of 5 failed").says(&right[..12]);
    let log = project.qms(&["log", "--kind", "test"]).ok();
    log.says(&wrong[..12]).says(&right[..12]).says(&format!("superseded by {}", &right[..12]));
    let shown = project.qms(&["show", &right, "--json"]).ok().json();
    assert_eq!(shown["header"]["supersedes"]["record"], wrong.as_str());
    assert_eq!(shown["header"]["supersedes"]["reason"], "report of another run");
    project.qms(&["show", &wrong]).ok().says(&format!("superseded by {right}"));
}

#[test]
fn e16_a_pass_after_a_superseded_fail_stays_flaky() {
    let project = Project::founded();
    let catalog = std::fs::read_to_string(project.path().join(".qms/policy.toml")).expect("a catalog");
    project.commit(
        ".qms/policy.toml",
        &catalog.replace("\"test.failed == 0\"", "\"test.failed == 0\", \"test.flaky == 0\""),
    );
    project.by("ada", &["policy", "ratify"]).ok();
    project.plan("CHG-1842");
    let failing = project.report("failing.xml", &junit(4, 1, 0));
    let wrong = test_record(&project, "ci", &failing, &[]);
    let passing = project.report("passing.xml", &junit(5, 0, 0));
    test_record(&project, "ci", &passing, &["--supersedes", &wrong, "--reason", "again"]);
    project.by("ci", &["gate"]).exit(1).says("1 flaky");
}

#[test]
fn e16_a_correction_needs_a_reason() {
    let project = Project::proven();
    let id = project.qms(&["log", "--ids", "--kind", "test"]).ok().id();
    let report = project.report("junit.xml", &junit(5, 0, 1));
    let without = ["record", "test", "--from", &report, "--supersedes", &id];
    refused(&project, "ci", &without, 2, &["--reason"]);
    refused(&project, "ci", &[&without[..], &["--reason", " "]].concat(), 2, &["a correction needs a reason"]);
}

#[test]
fn e16_unknown_and_short_ids_are_refused() {
    let project = Project::proven();
    let report = project.report("junit.xml", &junit(5, 0, 1));
    let superseding = |id| ["record", "test", "--from", &report, "--reason", "again", "--supersedes", id];
    refused(&project, "ci", &superseding("0123456789ab"), 1, &["no record that counts", "0123456789ab", "git qms log"]);
    refused(&project, "ci", &superseding("0123"), 2, &["\"0123\" is not a record id", "12 to 64"]);
    refused(&project, "ci", &superseding("HEAD"), 2, &["\"HEAD\" is not a record id"]);
}

#[test]
fn e16_records_of_another_kind_or_commit_are_not_superseded() {
    let project = Project::proven();
    let id = project.qms(&["log", "--ids", "--kind", "approval"]).ok().id();
    let report = project.report("junit.xml", &junit(5, 0, 1));
    // Another kind.
    let other_kind = ["record", "test", "--from", &report, "--reason", "again", "--supersedes", &id];
    refused(&project, "ci", &other_kind, 2, &["cannot supersede", "is of kind approval", "hint:"]);
    // Another commit.
    let test = project.qms(&["log", "--ids", "--kind", "test"]).ok().id();
    project.commit("app.txt", "two\n");
    let other_commit = ["record", "test", "--from", &report, "--reason", "again", "--supersedes", &test];
    refused(&project, "ci", &other_commit, 2, &["cannot supersede", "on another commit", "--commit"]);
}

#[test]
fn e16_what_is_superseded_is_not_superseded_again() {
    let project = Project::proven();
    let report = project.report("passing.xml", &junit(5, 0, 0));
    let first = project.qms(&["log", "--ids", "--kind", "test"]).ok().id();
    let second = test_record(&project, "ci", &report, &["--supersedes", &first, "--reason", "again"]);
    let again = ["record", "test", "--from", &report, "--supersedes", &first, "--reason", "again"];
    let words =
        [&format!("is superseded already, by {}", &second[..12])[..], &format!("--supersedes {}", &second[..12])];
    refused(&project, "ci", &again, 2, &words);
    let third = test_record(&project, "ci", &report, &["--supersedes", &second, "--reason", "once more"]);
    project.qms(&["gate"]).ok().says(&third[..12]);
    let status = project.qms(&["status"]);
    status.says(&third[..12]).never_says(&first[..12]).never_says(&second[..12]);
}

#[test]
fn e16_an_approval_is_corrected_by_who_gave_it() {
    let project = Project::proven();
    let first = project.qms(&["log", "--ids", "--kind", "approval"]).ok().id();
    let correction = ["--supersedes", &first, "--reason", "approved the wrong commit"];
    let approve = ["approve", "--quiet", "--meaning", "reviewed"];
    let words = ["nobody can correct another's approval", "by who gave it"];
    refused(&project, "ada", &[&approve[..], &correction[..]].concat(), 2, &words);
    refused(&project, "grace", &["approve", "--reason", "why"], 2, &["--supersedes"]);
    let role = ["--role", "release-manager"];
    let second = project.by("grace", &[&approve[..], &role[..], &correction[..]].concat()).ok().id();
    project.qms(&["show", &first]).ok().says(&format!("superseded by {second}"));
    project.qms(&["gate"]).exit(1).says("APPROVE-01");
}

#[test]
fn e16_what_binds_for_ever_cannot_be_named_from_any_command() {
    let (project, tag) = Project::released();
    let report = project.report("passing.xml", &junit(5, 0, 0));
    let released = project.git(&["rev-parse", &format!("{tag}^{{commit}}")]);
    for kind in ["release", "policy", "checkpoint", "gate"] {
        let id = project.qms(&["log", "--ids", "--kind", kind]).ok().id();
        let args =
            ["record", "test", "--from", &report, "--commit", &released, "--supersedes", &id, "--reason", "undone"];
        refused(&project, "ci", &args, 2, &["cannot supersede", &format!("is of kind {kind}")]);
    }
    for command in [&["release"][..], &["gate", "--record"], &["policy", "ratify"], &["checkpoint"]] {
        let args = [command, &["--supersedes", "0123456789ab"]].concat();
        project.qms(&args).exit(2).says("unexpected argument '--supersedes'");
    }
}
