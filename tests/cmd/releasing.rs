//! `release`: one tag, once, or nothing; and what a crash leaves is finished.

use crate::project::{Project, junit};
use crate::recording::refused;

#[test]
fn r01_a_failing_gate_names_control_finding_and_remedy_and_makes_nothing() {
    let project = Project::proven();
    let failing = project.report("failing.xml", &junit(4, 1, 0));
    project.by("ci", &["record", "test", "--from", &failing]).ok();
    let words = ["does not pass", "TEST-01", "1 of 5 failed", "test.failed == 0", "hint: mend it"];
    refused(&project, "grace", &["release"], 1, &words);
    assert_eq!(project.git(&["tag", "--list"]), "");
    project.qms(&["log", "--kind", "gate"]).exit(1);
}

#[test]
fn r01_said_twice_it_gives_the_same_tag_and_writes_nothing() {
    let (project, tag) = Project::released();
    let again = project.unchanged(|| project.by("grace", &["release", "--quiet"]).ok().id());
    assert_eq!(again, tag);
}

#[test]
fn r01_a_crash_before_the_reference_is_told_and_finished() {
    let (project, tag) = Project::released();
    let reference = format!("refs/tags/{tag}");
    let object = project.git(&["rev-parse", &reference]);
    project.git(&["update-ref", "-d", &reference]);
    project.qms(&["verify"]).exit(1).says("tag-missing").says(&tag).says("git qms release");
    assert_eq!(project.by("grace", &["release", "--quiet"]).ok().id(), tag);
    assert_eq!(project.git(&["rev-parse", &reference]), object);
    project.qms(&["verify"]).ok();
}

#[test]
fn a_crash_between_trust_and_its_checkpoint_is_told_and_mended_by_the_next_write_of_a_root_person() {
    let project = Project::founded();
    let mallory = project.key("mallory.pub");
    let add = ["trust", "add", "eve", "--name", "Eve", "--email", "eve@example.com", "--role", "qa"];
    project.by("ada", &[&add[..], &["--public-key", &mallory]].concat()).ok();
    project.git(&["update-ref", "refs/notes/qms", "refs/notes/qms~1"]);
    project.qms(&["verify"]).exit(1).says("trust-checkpoint-missing");
    project.plan("CHG-1");
    project.qms(&["verify"]).ok();
}

#[test]
fn r04_a_release_without_a_plan_is_refused() {
    let project = Project::founded();
    project.prove();
    refused(&project, "grace", &["release"], 2, &["needs the change it brings", "git qms record plan"]);
    let words = ["the change has no plan", "git qms record plan"];
    refused(&project, "grace", &["release", "--change", "CHG-9"], 1, &words);
}

#[test]
fn r04_a_release_without_a_way_back_is_refused() {
    let project = Project::founded();
    project.by("ada", &["record", "plan", "--change", "CHG-1", "--reason", "Refund limits"]).ok();
    project.prove();
    refused(&project, "grace", &["release"], 2, &["\"Rollback\"", "git qms record plan --change C --rollback"]);
}

#[test]
fn r06_a_version_is_used_once() {
    let project = Project::proven();
    let tag = project.by("grace", &["release", "--quiet", "--version", "1.0.0"]).ok().id();
    assert_eq!(tag, "payments@1.0.0+chg-1842");
    project.commit("app.txt", "two\n");
    project.prove();
    project.by("grace", &["approve", "--role", "release-manager", "--change", "CHG-1842"]).ok();
    let again = ["release", "--version", "1.0.0", "--change", "CHG-1842"];
    refused(&project, "grace", &again, 1, &["payments@1.0.0+chg-1842 is there already", "--version"]);
}

#[test]
fn r06_a_tag_that_somebody_else_made_is_not_taken_over() {
    let project = Project::proven();
    project.git(&["tag", "payments@1.0.0+chg-1842"]);
    refused(&project, "grace", &["release", "--version", "1.0.0"], 1, &["is there already"]);
}

#[test]
fn r02_a_second_release_of_a_day_gets_a_number() {
    let (project, tag) = Project::released();
    project.commit("app.txt", "two\n");
    project.plan("CHG-1842");
    project.prove();
    let second = project.by("grace", &["release", "--quiet", "--change", "CHG-1842"]);
    // A second plan of the same change by the same member stands beside the first.
    let second = second.ok().id();
    assert_ne!(second, tag);
    assert!(second.starts_with("payments@"), "{second}");
}

#[test]
fn a_plan_that_was_released_is_not_taken_for_the_next_commit() {
    let (project, _) = Project::released();
    project.commit("app.txt", "two\n");
    project.prove();
    refused(&project, "grace", &["release"], 2, &["needs the change it brings"]);
}

#[test]
fn r05_stock_git_verifies_the_tag_and_refuses_a_changed_byte() {
    let (project, tag) = Project::released();
    project.git(&["verify-tag", &tag]);
    let raw = project.git(&["cat-file", "tag", &tag]);
    let forged = project.git_with(
        &["hash-object", "-t", "tag", "-w", "--stdin"],
        format!("{}\n", raw.replace("Refund limits", "Refund limit5")).as_bytes(),
    );
    project.git(&["update-ref", &format!("refs/tags/{tag}"), &forged]);
    let mut git = project.command("git", project.path());
    assert!(!git.args(["verify-tag", &tag]).output().expect("git runs").status.success());
    project.qms(&["verify"]).exit(1).says(&tag);
}
