//! `policy`: mistakes are shown where they are, and nothing goes in force unseen.

use crate::project::Project;
use crate::recording::refused;

fn catalog(project: &Project) -> String {
    std::fs::read_to_string(project.path().join(".qms/policy.toml")).expect("a catalog")
}

#[test]
fn g01_a_malformed_catalog_is_shown_with_line_column_and_caret() {
    let project = Project::founded();
    let bad = catalog(&project).replace("enforcement = \"block\"", "enforcement = \"blok\"");
    let line = bad.lines().position(|line| line.contains("blok")).expect("changed") + 1;
    project.write(".qms/policy.toml", &bad);
    let said = project.unchanged(|| project.qms(&["policy", "check"])).exit(2);
    said.says(&format!(".qms/policy.toml:{line}:")).says("^^^").says("blok").says("block");
}

#[test]
fn g01_a_malformed_catalog_is_not_ratified() {
    let project = Project::founded();
    project.commit(".qms/policy.toml", &catalog(&project).replace("owner = ", "onwer = "));
    refused(&project, "ada", &["policy", "ratify"], 2, &[".qms/policy.toml:", "owner"]);
}

#[test]
fn a_catalog_that_is_not_committed_is_not_ratified() {
    let project = Project::bare_of_evidence();
    project.by("ada", &["init"]).ok();
    refused(
        &project,
        "ada",
        &["policy", "ratify"],
        2,
        &[".qms/policy.toml is not in commit", "git add", "git qms policy ratify"],
    );
}

#[test]
fn what_is_changed_and_not_committed_is_not_ratified_unseen() {
    let project = Project::founded();
    project.write(".qms/policy.toml", &catalog(&project).replace("approvals >= 1", "approvals >= 2"));
    let words = ["is changed and not committed", "hint: git commit .qms/policy.toml"];
    refused(&project, "ada", &["policy", "ratify"], 2, &words);
}

#[test]
fn ratifying_what_is_in_force_writes_nothing() {
    let project = Project::founded();
    project.unchanged(|| project.by("ada", &["policy", "ratify"]).ok().says("in force already"));
}

#[test]
fn g11_a_changed_catalog_is_proposed_and_blocks_release() {
    let project = Project::founded();
    project.commit(".qms/policy.toml", &catalog(&project).replace("approvals >= 1", "approvals >= 0"));
    project.plan("CHG-1842");
    project.prove();
    project.qms(&["gate"]).says("proposed, not ratified");
    refused(&project, "grace", &["release"], 1, &["git qms policy ratify"]);
}
