//! A clone where people use stock git notes commands meets clones with git-qms.

use crate::forge::plan;
use crate::workshop::Workshop;

#[test]
fn s01_additions_of_stock_git_and_of_ours_both_survive() {
    let workshop = Workshop::new();
    let (stock, commit) = (workshop.clone_of_origin("stock"), workshop.made.commit.clone());
    // In her clone git alone: append a line that somebody signed, unite by git notes merge, push by git push.
    let (hers, line) = workshop.line("ada", "ada", &commit, &plan("by stock git"), |_| ());
    workshop.git_in(&stock, &["notes", "--ref=qms", "append", "-m", &line, &commit]).ok();
    let mine = workshop.plan_in(&workshop.repo(), "CHG-2");
    workshop.qms(&["sync"]).ok();
    workshop.git_in(&stock, &["fetch", "-q", "origin", "refs/notes/qms:refs/notes/theirs"]).ok();
    workshop.git_in(&stock, &["notes", "--ref=qms", "merge", "-q", "-s", "cat_sort_uniq", "refs/notes/theirs"]).ok();
    workshop.git_in(&stock, &["push", "-q", "--no-verify", "origin", "refs/notes/qms"]).ok();
    workshop.qms(&["sync"]).ok().says("came    1 plan by ada");
    let plans = workshop.plans_in(&workshop.repo());
    assert!(plans.contains(&hers) && plans.contains(&mine), "{plans:?}");
    workshop.verify().passes();
}

#[test]
fn a31_a_deletion_by_stock_git_is_told_and_mended_by_the_next_sync() {
    let workshop = Workshop::new();
    let (commit, stock) = (workshop.made.commit.clone(), workshop.clone_of_origin("stock"));
    workshop.git_in(&stock, &["notes", "--ref=qms", "remove", &commit]).ok();
    let by = workshop.tip_in(&stock, "refs/notes/qms");
    workshop.git_in(&stock, &["push", "-q", "--no-verify", "origin", "refs/notes/qms"]).ok();
    // Who only looks is told, and changes nothing.
    workshop.qms(&["sync", "--fetch-only"]).exits(1).says("line-removed");
    let json = workshop.qms(&["sync", "--json"]).ok().json();
    let restored = json["restored"].as_array().expect("an array").clone();
    assert!(restored.iter().any(|one| one["record"] == *workshop.made.test && one["removedBy"] == *by), "{json:#}");
    workshop.verify().passes_with("warning", "line-restored", &workshop.made.test);
    // Everybody has it again.
    workshop.qms_in(&stock, &["sync"]).ok();
    workshop.verify_in(&stock).passes();
    workshop.qms_in(&stock, &["gate", "--environment", "production"]).ok();
}

#[test]
fn a31_a_cut_note_is_mended_and_the_message_names_who_cut_it() {
    let workshop = Workshop::new();
    let commit = workshop.made.commit.clone();
    let lines = workshop.lines_on(&commit);
    // As `git notes merge` leaves it when a line holds a NUL: what comes after is gone.
    workshop.set_note(&commit, format!("{}\n", lines[0]).as_bytes());
    let by = workshop.git(&["rev-parse", "refs/notes/qms"]);
    workshop.git(&["push", "-q", "--no-verify", "origin", "refs/notes/qms"]);
    let run = workshop.qms(&["sync"]).ok().says("was taken out of the ledger by").says(&by[..12]);
    assert_eq!(run.err.matches("was put back").count(), lines.len() - 1, "{}", run.err);
    assert_eq!(workshop.lines_on(&commit), lines);
    workshop.verify().passes();
    assert!(!workshop.qms(&["sync"]).ok().err.contains("was put back"), "once");
}

#[test]
fn t05_a_loss_that_the_trust_accepts_is_not_undone() {
    let workshop = Workshop::new();
    let commit = workshop.made.commit.clone();
    let line = workshop.line_of(&commit, &workshop.made.deploy);
    workshop.drop_record(&commit, &workshop.made.deploy);
    let digest = git_qms::record::LineDigest::of(line.as_bytes()).to_string();
    workshop.qms(&["trust", "known", "--line", &digest]).ok();
    workshop.qms(&["sync"]).ok();
    assert!(!workshop.lines_on(&commit).contains(&line));
}
