//! Where the hook goes, and what it runs beside.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::workshop::Workshop;

/// A hook that leaves a trace of what it was told, and ends with this code.
fn hook(workshop: &Workshop, folder: &Path, code: u8) {
    std::fs::create_dir_all(folder).expect("a directory");
    let trace = workshop.path("trace");
    let file = folder.join("pre-push");
    std::fs::write(&file, format!("#!/bin/sh\n(echo \"$@\"; cat) >>'{}'\nexit {code}\n", trace.display()))
        .expect("a file");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).expect("executable");
}

fn trace(workshop: &Workshop) -> String {
    std::fs::read_to_string(workshop.path("trace")).unwrap_or_default()
}

/// That ours runs: it refuses to delete the release.
fn ours_runs(workshop: &Workshop) {
    workshop.refuses(&["--delete", &workshop.made.tag], "a release stays");
}

#[test]
fn s02_an_existing_hook_runs_first_and_reads_the_same() {
    let workshop = Workshop::new();
    let hooks = workshop.repo().join(".git/hooks");
    hook(&workshop, &hooks, 0);
    workshop.qms(&["hook", "status"]).exits(1).says("somebody else's only");
    workshop.qms(&["hook", "install"]).ok().says("installed in");
    workshop.qms(&["hook", "status"]).ok().says("after the hook that was there before");
    ours_runs(&workshop);
    let told = trace(&workshop);
    assert!(told.contains("origin") && told.contains(&format!("refs/tags/{}", workshop.made.tag)), "{told}");
    // Again: nothing changes.
    workshop.qms(&["hook", "install"]).ok().says("is already in");
    let head = workshop.commit("file", "two\n");
    workshop.push(&["main"]).ok();
    assert!(trace(&workshop).contains(&head));
}

#[test]
fn s02_an_existing_hook_that_fails_still_stops_the_push() {
    let workshop = Workshop::new();
    hook(&workshop, &workshop.repo().join(".git/hooks"), 1);
    workshop.qms(&["hook", "install"]).ok();
    workshop.commit("file", "two\n");
    let before = workshop.remote();
    assert_ne!(workshop.push(&["main"]).code, 0);
    assert_eq!(workshop.remote(), before);
}

#[test]
fn s02_core_hooks_path_is_honoured_absolute_and_relative() {
    for relative in [false, true] {
        let workshop = Workshop::new();
        std::fs::remove_file(workshop.repo().join(".git/hooks/pre-push")).expect("the hook of init");
        let folder = workshop.repo().join("tools/hooks");
        hook(&workshop, &folder, 0);
        let path = if relative { "tools/hooks".to_owned() } else { folder.display().to_string() };
        workshop.git(&["config", "core.hooksPath", &path]);
        // From below, too: a relative path counts from the top.
        std::fs::create_dir_all(workshop.repo().join("deep/down")).expect("a directory");
        workshop.qms_in(&workshop.repo().join("deep/down"), &["hook", "install"]).ok();
        assert!(!workshop.repo().join(".git/hooks/pre-push").exists());
        ours_runs(&workshop);
        assert!(trace(&workshop).contains(&workshop.made.tag), "the one before runs, too");
    }
}

#[test]
fn s05_the_hook_works_from_a_linked_worktree_and_a_subdirectory() {
    let workshop = Workshop::new();
    workshop.git(&["worktree", "add", "-q", "-b", "side", "../side"]);
    let deep = workshop.repo().join("deep");
    std::fs::create_dir(&deep).expect("a directory");
    for dir in [workshop.path("side"), deep] {
        let refused = workshop.git_in(&dir, &["push", "-q", "origin", "--delete", &workshop.made.tag]);
        assert_ne!(refused.code, 0);
        refused.says("a release stays");
        workshop.git_in(&dir, &["commit", "-q", "--allow-empty", "-m", "More"]).ok();
        workshop.git_in(&dir, &["push", "-q", "origin", "HEAD"]).ok();
        let plan = ["record", "plan", "--service", "payments-api", "--change", "CHG-7", "--reason", "More"];
        workshop.qms_in(&dir, &plan).ok();
        workshop.git_in(&dir, &["push", "-q", "origin", "refs/notes/qms"]).ok();
        workshop.qms_in(&dir, &["sync"]).ok();
    }
    workshop.qms_in(&workshop.path("side"), &["hook", "status"]).ok();
}

#[test]
fn s02_sync_passes() {
    let workshop = Workshop::new();
    workshop.commit("file", "two\n");
    workshop.evidence("CHG-2");
    let tag = workshop.qms_as("grace", &["release", "--change", "CHG-2", "--quiet"]).ok().text();
    workshop.push(&["main"]).ok();
    workshop.qms(&["sync"]).ok();
    assert!(workshop.remote().contains(&tag));
}
