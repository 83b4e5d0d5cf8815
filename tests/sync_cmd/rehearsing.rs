//! A rehearsal tells what would be done, and does nothing of it.

use crate::workshop::Workshop;

#[test]
fn s01_a_rehearsal_tells_what_would_come_and_go_and_moves_nothing() {
    let workshop = Workshop::new();
    let grace = workshop.clone_of_origin("grace");
    workshop.plan_in(&grace, "CHG-3");
    workshop.qms_in(&grace, &["sync"]).ok();
    workshop.plan_in(&workshop.repo(), "CHG-2");
    workshop.plan_in(&workshop.repo(), "CHG-4");
    let ours = || {
        let refs = ["for-each-ref", "refs/notes", "refs/qms/trust", "refs/qms/files", "refs/tags", "refs/heads"];
        let origin = workshop.git_in(&workshop.path("origin.git"), &["for-each-ref"]).ok().text();
        (workshop.git(&refs), origin, std::fs::read_to_string(workshop.repo().join(".git/config")).expect("a file"))
    };
    let before = ours();
    let told = workshop.qms(&["sync", "--dry-run"]).ok().says("came    1 plan by ada").says("went    2 plan by ada");
    told.says("nothing was changed");
    let json = workshop.qms(&["sync", "--dry-run", "--json"]).ok().json();
    assert_eq!((&json["dryRun"], &json["came"][0]["records"]), (&true.into(), &1.into()));
    assert_eq!(ours(), before);
    workshop.qms(&["sync"]).ok().says("came    1 plan by ada").says("went    2 plan by ada");
    workshop.qms(&["sync", "--dry-run"]).ok().says("came    nothing new").says("went    nothing new");
}

#[test]
fn s01_a_rehearsal_works_in_a_fresh_clone_and_tells_of_its_releases() {
    let workshop = Workshop::new();
    let url = format!("file://{}", workshop.path("origin.git").display());
    workshop.git_in(workshop.dir.path(), &["clone", "-q", "--no-tags", &url, "fresh"]).ok();
    let fresh = workshop.path("fresh");
    workshop.qms_in(&fresh, &["sync", "--dry-run", "--fetch-only"]).ok().says("1 plan by ada").says(&workshop.made.tag);
    assert_eq!(workshop.git_in(&fresh, &["for-each-ref", "refs/notes", "refs/qms/trust"]).ok().text(), "");
}

#[test]
fn a24_a_rehearsal_refuses_a_remote_that_went_back_too() {
    let workshop = Workshop::new();
    workshop.at_origin(&["update-ref", "refs/notes/qms", &workshop.made.before_release]);
    workshop.qms(&["sync", "--dry-run"]).exits(1).says("records were taken away there");
}

#[test]
fn s01_a_refspec_that_would_replace_the_ledger_is_told() {
    let workshop = Workshop::new();
    workshop.qms(&["sync"]).ok();
    workshop.git(&["config", "--add", "remote.origin.fetch", "+refs/notes/*:refs/notes/*"]);
    let run = workshop.qms(&["sync"]).ok().says("lets every git fetch replace the ledger here");
    assert!(run.err.contains("+refs/notes/*:refs/notes/*"), "{}", run.err);
    workshop.qms(&["doctor"]).says("+refs/notes/*:refs/notes/*");
    // The way out that it names.
    let unset = ["config", "--unset-all", "--fixed-value", "remote.origin.fetch", "+refs/notes/*:refs/notes/*"];
    workshop.git(&unset);
    assert!(!workshop.qms(&["sync"]).ok().err.contains("lets every git fetch"));
}
