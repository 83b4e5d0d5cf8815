//! `approve`: who cannot, and why.

use crate::project::Project;
use crate::recording::refused;

#[test]
fn e07_a_bot_does_not_approve() {
    let project = Project::founded();
    refused(&project, "ci", &["approve"], 2, &["ci is a bot: approving is for people", "hint:"]);
}

#[test]
fn e07_a_role_that_is_not_held_is_refused_with_those_that_are() {
    let project = Project::founded();
    let words = ["grace does not hold the role security", "qa, release-manager"];
    refused(&project, "grace", &["approve", "--role", "security"], 2, &words);
}

#[test]
fn e07_several_roles_have_to_be_chosen_from() {
    let project = Project::founded();
    refused(&project, "grace", &["approve"], 2, &["several roles: qa, release-manager", "--role"]);
}

#[test]
fn a_record_is_not_approved() {
    let project = Project::founded();
    let id = project.by("ada", &["log", "--ids"]).ok().id();
    refused(&project, "grace", &["approve", &id, "--role", "qa"], 2, &["a record is not approved"]);
}

#[test]
fn g06_an_author_is_warned_that_their_approval_does_not_count() {
    let project = Project::founded();
    project.plan("CHG-1");
    project.by("ada", &["approve"]).ok().says("warning: you are an author of this commit");
    project.by("ada", &["gate"]).exit(1).says("0 of 1 approvals");
}

#[test]
fn e07_an_unknown_meaning_is_refused_with_those_that_exist() {
    let project = Project::founded();
    refused(&project, "grace", &["approve", "--role", "qa", "--meaning", "fine"], 2, &["fine", "approved", "rejected"]);
}

#[test]
fn t03_the_last_root_person_cannot_leave() {
    let project = Project::founded();
    refused(&project, "ada", &["trust", "remove", "ada"], 2, &["1 root people", "add another root person first"]);
    refused(&project, "ada", &["trust", "remove", "eve"], 2, &["no member eve", "members are ada, grace, ci"]);
}
