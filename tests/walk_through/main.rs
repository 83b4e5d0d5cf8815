//! The guides of `docs/guide/`, run as written: every `console` block, in one shell, in order.

mod sandbox;
mod transcript;
mod volatile;

use sandbox::Sandbox;

/// Plays guides one after the other in one shell.
fn play(guides: &[&str]) {
    let mut sandbox = Sandbox::new();
    for guide in guides {
        sandbox.play(guide);
    }
}

#[test]
fn walk_through_first_five_minutes() {
    play(&["first-five-minutes.md"]);
}

#[test]
fn walk_through_as_written() {
    play(&["walk-through.md"]);
}

#[test]
fn walk_through_developer() {
    play(&["walk-through.md", "developer.md"]);
}

#[test]
fn walk_through_release_manager() {
    play(&["walk-through.md", "release-manager.md"]);
}

#[test]
fn walk_through_auditor() {
    play(&["walk-through.md", "auditor.md"]);
}

#[test]
fn walk_through_exports() {
    play(&["walk-through.md", "exports.md"]);
}

#[test]
fn walk_through_platform_engineer() {
    play(&["walk-through.md", "platform-engineer.md"]);
}

#[test]
fn walk_through_regulated_team() {
    play(&["regulated-team.md"]);
}

#[test]
fn walk_through_measures_and_many_repositories() {
    play(&["walk-through.md", "measures.md", "many-repositories.md"]);
}

#[test]
fn walk_through_requirements() {
    play(&["walk-through.md", "requirements.md"]);
}

#[test]
fn walk_through_exceptions() {
    play(&["walk-through.md", "exceptions.md"]);
}

#[test]
fn walk_through_stories() {
    play(&["stories.md"]);
}

#[test]
fn walk_through_policy_as_code() {
    play(&["walk-through.md", "policy-as-code.md"]);
}

#[test]
fn walk_through_doctor() {
    play(&["walk-through.md", "doctor.md"]);
}

#[test]
fn walk_through_pipelines() {
    play(&["walk-through.md", "pipelines.md"]);
}

#[test]
fn walk_through_servers() {
    play(&["walk-through.md", "servers.md"]);
}
