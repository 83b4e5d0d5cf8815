//! What is hidden in, or cut off from, the range of a release.

use crate::forge::passed;
use crate::workshop::{Run, Workshop};

const CONTROL: &str = r#"
[[control]]
id = "RANGE-01"
title = "Only approved code"
objective = "Nothing goes out that nobody looked at"
trigger = ["release"]
enforcement = "block"
evidence = ["approval"]
require = ["range.unapproved == 0"]
owner = "qa"
retention = "1y"
frameworks = ["ISO 9001:2015 8.6"]
systems = { requirement = "git", execution = "git", evidence = "git" }
"#;

/// From now on only approved code goes out: what Ada commits, she ratifies.
fn ask_for_approved_code(workshop: &Workshop) -> String {
    let file = workshop.repo().join(".qms/policy.toml");
    let policy = std::fs::read_to_string(&file).expect("a policy") + CONTROL;
    let commit = workshop.commit(".qms/policy.toml", &policy);
    workshop.qms(&["policy", "ratify"]).ok();
    commit
}

fn gate(workshop: &Workshop, change: &str) -> Run {
    workshop.qms(&["gate", "--change", change])
}

#[test]
fn a30_a_decision_forged_after_the_release_hides_no_unapproved_commit_before_it() {
    let workshop = Workshop::new();
    let hidden = workshop.commit("file", "two\n");
    let released = workshop.commit("file", "three\n");
    workshop.evidence("CHG-2");
    workshop.qms_as("grace", &["release", "--change", "CHG-2", "--quiet"]).ok();
    ask_for_approved_code(&workshop);
    workshop.evidence("CHG-3");
    gate(&workshop, "CHG-3").exits(1).says("1 of 4 commits unapproved").says(&hidden[..7]);
    for member in ["ada", "grace"] {
        let (claim, detail) = passed(&released);
        workshop.put_record(member, &released, &claim, |header| {
            header.gate = Some(detail);
            header.service = "payments-api".parse().ok();
            header.environment = "production".parse().ok();
        });
        workshop.verify().passes();
        gate(&workshop, "CHG-3").exits(1).says("1 of 4 commits unapproved");
    }
}

#[test]
fn a30_a_release_that_passed_another_rule_hides_nothing_and_one_that_passed_this_rule_starts_the_range() {
    let workshop = Workshop::new();
    let hidden = workshop.commit("file", "two\n");
    ask_for_approved_code(&workshop);
    workshop.qms_as("grace", &["approve", &hidden, "--role", "release-manager"]).ok();
    workshop.evidence("CHG-2");
    gate(&workshop, "CHG-2").ok().says("0 of 3 commits unapproved");
    workshop.qms_as("grace", &["release", "--change", "CHG-2", "--quiet"]).ok();
    workshop.commit("file", "three\n");
    workshop.evidence("CHG-3");
    gate(&workshop, "CHG-3").ok().says("0 of 1 commits unapproved");
    let file = workshop.repo().join(".qms/policy.toml");
    let stricter = std::fs::read_to_string(&file).expect("a policy").replace("unapproved == 0", "unapproved < 1");
    workshop.commit(".qms/policy.toml", &stricter);
    workshop.qms(&["policy", "ratify"]).ok();
    workshop.evidence("CHG-4");
    gate(&workshop, "CHG-4").ok().says("0 of 5 commits unapproved");
}

#[test]
fn a30_one_commit_that_nobody_approved_is_named_wherever_it_lies_in_the_range() {
    let workshop = Workshop::new();
    let policy = ask_for_approved_code(&workshop);
    workshop.qms_as("grace", &["approve", &policy, "--role", "release-manager"]).ok();
    let hidden = workshop.commit("file", "two\n");
    let last = workshop.commit("file", "three\n");
    workshop.evidence("CHG-2");
    gate(&workshop, "CHG-2").exits(1).says(&format!("1 of 4 commits unapproved: {}", &hidden[..7]));
    workshop.qms_as("grace", &["release", "--change", "CHG-2"]).exits(1).says(&hidden[..7]);
    // The approval of a commit after it says nothing of it, nor does one that its own author gives.
    workshop.qms(&["approve", &hidden, "--role", "developer", "--change", "CHG-2"]).ok();
    gate(&workshop, "CHG-2").exits(1).says(&hidden[..7]);
    workshop.qms_as("grace", &["approve", &hidden, "--role", "release-manager", "--change", "CHG-2"]).ok();
    gate(&workshop, "CHG-2").ok().says("0 of 4 commits unapproved");
    assert_ne!(hidden, last);
}

#[test]
fn a30_the_approval_of_a_merge_covers_what_it_merges_and_no_more() {
    let workshop = Workshop::new();
    let policy = ask_for_approved_code(&workshop);
    workshop.qms_as("grace", &["approve", &policy, "--role", "release-manager"]).ok();
    workshop.git(&["switch", "-q", "-c", "branch"]);
    workshop.commit("file", "two\n");
    workshop.commit("file", "three\n");
    workshop.git(&["switch", "-q", "main"]);
    let beside = workshop.commit("other", "straight to main\n");
    workshop.git(&["merge", "-q", "--no-ff", "-m", "Merge", "branch"]);
    workshop.evidence("CHG-2");
    gate(&workshop, "CHG-2").exits(1).says(&format!("commits unapproved: {}", &beside[..7]));
    workshop.qms_as("grace", &["approve", &beside, "--role", "release-manager", "--change", "CHG-2"]).ok();
    gate(&workshop, "CHG-2").ok();
}

#[test]
fn a30_a_range_hidden_behind_an_excepted_release_is_still_judged() {
    let workshop = Workshop::new();
    let hidden = workshop.commit("file", "two\n");
    ask_for_approved_code(&workshop);
    workshop.evidence("CHG-2");
    gate(&workshop, "CHG-2").exits(1).says(&hidden[..7]);
    let notes = workshop.path("notes.txt").display().to_string();
    std::fs::write(&notes, "looked at it in a call\n").expect("a file");
    let words =
        ["exception", "request", "RANGE-01", "--reason", "a hurry", "--compensating", "a call", "--expires", "5d"];
    workshop.qms(&[&words[..], &["--attach", &notes]].concat()).ok();
    workshop.qms_as("grace", &["exception", "approve", "RANGE-01"]).ok();
    gate(&workshop, "CHG-2").ok().says("exc ");
    workshop.qms_as("grace", &["release", "--change", "CHG-2", "--quiet"]).ok();
    workshop.commit("file", "three\n");
    workshop.evidence("CHG-3");
    // The release that was let go starts no range, and the exception was for its commit alone.
    gate(&workshop, "CHG-3").exits(1).says("1 of 4 commits unapproved").says(&hidden[..7]);
}

/// Where a range begins: after the baseline, after a release of the very service, and nowhere else.
#[test]
fn a30_a_range_starts_after_the_baseline_or_a_release_of_the_service_itself() {
    let workshop = Workshop::new();
    let places = "version = 1\n[[service]]\nname = \"payments-api\"\n[[service]]\nname = \"ledger\"\n\
                  [[environment]]\nname = \"production\"\nproduction = true\n";
    let catalog = format!("{places}{}", CONTROL.replace("1y", "7y"));
    workshop.commit(".qms/policy.toml", &catalog);
    workshop.qms(&["policy", "ratify"]).ok();
    let count = || workshop.git(&["rev-list", "--count", "--first-parent", "HEAD"]);
    let asked = |service: &str, change: &str, said: &str| {
        workshop
            .qms(&["gate", "--service", service, "--change", change])
            .says(&format!(" of {said} commits unapproved"));
    };
    // Without either it is all of history.
    asked("ledger", "CHG-2", &count());
    // A release of one service is none of the other.
    let plan =
        ["record", "plan", "--service", "ledger", "--change", "CHG-2", "--reason", "More", "--rollback", "restore"];
    workshop.qms(&plan).ok();
    let report = workshop.path("junit.xml").display().to_string();
    workshop.qms_as("ci", &["record", "test", "--service", "ledger", "--change", "CHG-2", "--from", &report]).ok();
    for commit in workshop.git(&["rev-list", "--first-parent", "HEAD"]).lines() {
        let approve = ["approve", commit, "--service", "ledger", "--change", "CHG-2", "--role", "release-manager"];
        workshop.qms_as("grace", &approve).ok();
    }
    workshop.qms_as("grace", &["release", "--service", "ledger", "--change", "CHG-2", "--quiet"]).ok();
    workshop.commit("file", "three\n");
    asked("ledger", "CHG-3", "1");
    asked("payments-api", "CHG-3", &count());
    // The baseline came before, and what it contains.
    let baseline = workshop.git(&["rev-parse", "HEAD"]);
    workshop.commit(".qms/policy.toml", &format!("baseline = \"{baseline}\"\n{catalog}"));
    workshop.qms(&["policy", "ratify"]).ok();
    asked("payments-api", "CHG-3", "1");
    asked("ledger", "CHG-3", "1");
}
