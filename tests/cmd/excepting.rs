//! `exception`: one person asks, another decides, and everybody sees it.

use git_qms::record::UtcTime;
use serde_json::Value;

use crate::project::{Project, junit};
use crate::recording::refused;

/// All that a release takes, but one test fails.
fn failing() -> Project {
    let project = Project::proven();
    let report = project.report("failing.xml", &junit(4, 1, 0));
    project.by("ci", &["record", "test", "--from", &report]).ok();
    project.report("notes.txt", "the module goes in June\n");
    project
}

fn ask<'a>(control: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let words = ["exception", "request", control, "--reason", "legacy module", "--compensating", "manual run"];
    [&words[..], more].concat()
}

/// Ada asks, with evidence; the id.
fn asked(project: &Project, more: &[&str]) -> String {
    let words = ["--expires", "30d", "--attach", "../notes.txt", "--quiet"];
    project.by("ada", &ask("TEST-01", &[&words[..], more].concat())).ok().id()
}

fn approved(project: &Project, more: &[&str]) -> String {
    let id = asked(project, more);
    project.by("grace", &["exception", "approve", &id[..12]]).ok().says("approved as qa");
    id
}

/// So many seconds from when an exception expires, as `--at` takes it.
fn from_end(project: &Project, id: &str, seconds: i64) -> String {
    let shown = project.qms(&["exception", "show", &id[..12], "--json"]).ok().json();
    let expires: UtcTime = shown["exception"]["expires"].as_str().expect("a time").parse().expect("a time");
    UtcTime::from_seconds(expires.seconds() + seconds).to_string()
}

fn control<'a>(json: &'a Value, id: &str) -> &'a Value {
    json["controls"].as_array().expect("controls").iter().find(|one| one["id"] == id).expect("the control")
}

#[test]
fn g12_asked_by_one_and_approved_by_another_it_lets_the_release_go_and_is_told_everywhere() {
    let project = failing();
    project.qms(&["gate"]).exit(1).says("or: git qms exception request TEST-01");
    let words = ["--expires", "30d", "--attach", "../notes.txt"];
    project.by("ada", &ask("TEST-01", &words)).ok().says("exception from TEST-01 until").says("another qa decides");
    project.qms(&["gate"]).exit(1).says("is open").says("git qms exception approve");
    project.qms(&["status"]).ok().says("waits for a decision");
    project.by("grace", &["exception", "approve", "TEST-01"]).ok().says("next    git qms gate");
    let gate = project.qms(&["gate", "--json"]).ok().json();
    let line = control(&gate, "TEST-01");
    assert_eq!((&gate["result"], &line["outcome"]), (&"pass".into(), &"excepted".into()));
    let told = &line["exception"];
    let expected = ["legacy module", "manual run", "ada", "grace"];
    for (member, expected) in ["reason", "compensating", "requester", "approver"].into_iter().zip(expected) {
        assert_eq!(told[member], expected);
    }
    let id = told["id"].as_str().expect("an id").to_owned();
    for format in ["text", "sarif", "junit", "github", "gitlab"] {
        project.qms(&["gate", "--format", format]).ok().says("legacy module").says("manual run").says(&id[..12]);
    }
    project.qms(&["status"]).ok().says("exc ").says("legacy module").says("holds until");
    let tag = project.by("grace", &["release", "--quiet"]).ok().id();
    let message = project.git(&["cat-file", "tag", &tag]);
    let (notes, manifest) = message.split_once("-----BEGIN QMS MANIFEST-----").expect("a manifest");
    assert!(notes.contains("Exceptions:\n- TEST-01: exception ") && notes.contains("by grace until"), "{notes}");
    assert!(notes.contains("legacy module; instead: manual run"), "{notes}");
    assert!(manifest.contains(&id), "{manifest}");
    project
        .qms(&["show", &tag, "--full"])
        .ok()
        .says("exceptions\n")
        .says("(in-force)")
        .says("instead: manual run")
        .says("approved by Grace Hopper");
    let shown = project.qms(&["show", &tag, "--json"]).ok().json();
    assert_eq!((&shown["exceptions"][0]["id"], &shown["exceptions"][0]["state"]), (&id.into(), &"in-force".into()));
    project.qms(&["verify"]).ok();
}

#[test]
fn g12_every_field_is_mandatory_and_what_is_wrong_is_said() {
    let project = failing();
    let refused = |args: &[&str], words: &[&str]| refused(&project, "ada", args, 2, words);
    let all = ["--expires", "30d", "--attach", "../notes.txt"];
    refused(&ask("TEST-01", &["--attach", "../notes.txt"]), &["--expires"]);
    refused(&ask("TEST-01", &["--expires", "30d"]), &["needs evidence", "--attach FILE"]);
    refused(
        &["exception", "request", "TEST-01", "--reason", "R", "--expires", "30d", "--attach", "../notes.txt"],
        &["--compensating"],
    );
    refused(
        &["exception", "request", "TEST-01", "--compensating", "C", "--expires", "30d", "--attach", "../notes.txt"],
        &["--reason"],
    );
    let empty = ["exception", "request", "TEST-01", "--reason", " ", "--compensating", "C"];
    refused(&[&empty[..], &all].concat(), &["reason is empty"]);
    for (expires, word) in [("never", "expected 12h"), ("2020-01-01", "not later than now"), ("91d", "at most 90d")] {
        refused(&ask("TEST-01", &["--expires", expires, "--attach", "../notes.txt"]), &[word]);
    }
    refused(&ask("LEDGER", &all), &["a line of the gate's own"]);
    let with = |more: &[&'static str]| ask("TEST-01", &[&all[..], more].concat());
    refused(&with(&["--environment", "moon"]), &["no environment moon", "production"]);
    refused(&with(&["--service", "moon"]), &["no service moon"]);
    refused(&with(&["--range", "HEAD"]), &["no range of commits"]);
    refused(&with(&["--range", "HEAD..HEAD"]), &["0 commits"]);
    refused(&with(&["--path", "a[b"]), &["path pattern"]);
    refused(&with(&["--review-within", "1h"]), &["--emergency"]);
}

#[test]
fn g12_bots_ask_for_nothing_and_decide_about_nothing() {
    let project = failing();
    let id = asked(&project, &[]);
    let words = ["--expires", "30d", "--attach", "../notes.txt"];
    refused(&project, "ci", &ask("TEST-01", &words), 2, &["is a bot"]);
    refused(&project, "ci", &["exception", "approve", &id[..12]], 2, &["is a bot"]);
}

#[test]
fn g12_nobody_decides_about_what_they_asked_for() {
    let project = failing();
    let id = asked(&project, &[]);
    for decision in ["approve", "review", "renew"] {
        let mut words = vec!["exception", decision, &id[..12], "--comment", "I say so"];
        words.extend(if decision == "renew" { &["--expires", "30d"][..] } else { &[] });
        let ran = project.unchanged(|| project.by("ada", &words));
        assert_ne!(ran.code, 0, "{decision}");
    }
    refused(
        &project,
        "ada",
        &["exception", "approve", &id[..12]],
        2,
        &["ada asked for it: another person decides", "qa"],
    );
    refused(
        &project,
        "grace",
        &["exception", "approve", &id[..12], "--role", "release-manager"],
        2,
        &["answered for by qa"],
    );
    refused(
        &project,
        "grace",
        &["exception", "approve", &id[..12], "--role", "security"],
        2,
        &["does not hold the role security"],
    );
    refused(&project, "grace", &["exception", "reject", &id[..12]], 2, &["needs a comment", "--comment"]);
    project.by("ada", &["exception", "close", &id[..12], "--comment", "not needed"]).ok();
    refused(&project, "grace", &["exception", "approve", &id[..12]], 1, &["it is closed"]);
}

#[test]
fn g13_the_gate_fails_again_at_the_second_it_expires() {
    let project = failing();
    let id = approved(&project, &[]);
    project.qms(&["gate", "--at", &from_end(&project, &id, -1)]).ok().says("exc ");
    project.qms(&["gate", "--at", &from_end(&project, &id, 0)]).exit(1).says("is expired").says("exception renew");
    let at = from_end(&project, &id, 0);
    project.qms(&["exception", "show", "TEST-01", "--at", &at]).ok().says("expired");
    project.by("grace", &["exception", "renew", "TEST-01", "--expires", "60d", "--comment", "June it is"]).ok();
    project.qms(&["gate", "--at", &at]).ok();
    project.qms(&["exception", "list", "--recurring"]).ok().says("(2 times)").says("1 recurring");
}

#[test]
fn g12_rejected_or_closed_it_lets_nothing_go() {
    for (who, decision) in [("grace", "reject"), ("grace", "close"), ("ada", "close")] {
        let project = failing();
        let id = approved(&project, &[]);
        project.qms(&["gate"]).ok();
        project.by(who, &["exception", decision, &id[..12], "--comment", "no more"]).ok();
        project.qms(&["gate"]).exit(1);
    }
}

#[test]
fn g13_what_is_named_on_the_command_line_narrows() {
    let project = failing();
    approved(&project, &["--release", "payments@9.9+chg-1842"]);
    project.qms(&["gate"]).exit(1);
    project.qms(&["gate", "--release", "payments@9.9+chg-1842"]).ok();
    project.by("grace", &["release"]).exit(1);
    project.by("grace", &["release", "--version", "9.9", "--quiet"]).ok().says("payments@9.9+chg-1842");
    let project = failing();
    approved(&project, &["--change", "CHG-9"]);
    project.qms(&["gate"]).exit(1);
    project.qms(&["gate", "--change", "CHG-9"]).ok().says("exc ");
}

#[test]
fn g13_paths_and_ranges_are_held_against_what_goes_out() {
    let project = failing();
    let first = project.git(&["rev-parse", "HEAD"]);
    let again = |project: &Project| {
        let report = project.report("failing.xml", &junit(4, 1, 0));
        project.prove();
        project.by("ci", &["record", "test", "--from", &report]).ok();
    };
    project.commit("legacy/a.py", "a = 1\n");
    again(&project);
    let range = format!("{first}..HEAD");
    // The range of the release begins with the policy, which the exception does not name.
    approved(&project, &["--range", &range]);
    project.qms(&["gate", "--change", "CHG-1842"]).exit(1).says("exception request TEST-01");
    approved(&project, &["--path", "legacy/**"]);
    project.qms(&["gate", "--change", "CHG-1842"]).exit(1);
    approved(&project, &["--path", "legacy/**", "--path", ".qms/**"]);
    project.qms(&["gate", "--change", "CHG-1842"]).ok().says("exc ");
    let base = project.git(&["rev-list", "--max-parents=0", "HEAD"]);
    project.commit("legacy/b.py", "b = 1\n");
    again(&project);
    project.qms(&["gate", "--change", "CHG-1842"]).exit(1);
    approved(&project, &["--range", &format!("{base}..HEAD")]);
    project.qms(&["gate", "--change", "CHG-1842"]).ok().says("exc ");
}

#[test]
fn g14_an_emergency_goes_out_and_its_review_is_demanded() {
    let project = failing();
    let words = ["--expires", "30d", "--emergency", "--review-within", "72h", "--quiet"];
    let id = project.by("ada", &ask("TEST-01", &words)).ok().id();
    project.qms(&["gate"]).exit(1);
    project.by("grace", &["exception", "approve", &id[..12]]).ok();
    project.qms(&["gate"]).ok().says("review due by");
    let tag = project.by("grace", &["release", "--quiet"]).ok().id();
    project.qms(&["show", &tag]).ok().says("review of emergency exception").says("due by");
    let late = from_end(&project, &id, -26 * 24 * 3600);
    project.qms(&["exception", "list", "--overdue"]).exit(1);
    project.qms(&["exception", "list", "--overdue", "--at", &late]).ok().says("overdue").says(&id[..12]);
    project.qms(&["gate", "--at", &late]).exit(1).says("is overdue").says("git qms exception review");
    project.qms(&["status", "--at", &late]).says("overdue for review");
    refused(
        &project,
        "grace",
        &["exception", "review", &id[..12], "--comment", "right"],
        2,
        &["has to bring it", "--attach"],
    );
    project.by("grace", &["exception", "review", &id[..12], "--comment", "right", "--attach", "../notes.txt"]).ok();
    project.qms(&["gate", "--at", &late]).ok();
    project.qms(&["exception", "list", "--overdue", "--at", &late]).exit(1);
}

#[test]
fn g14_the_catalog_can_let_an_emergency_hold_before_its_approval() {
    let project = failing();
    let text = std::fs::read_to_string(project.path().join(".qms/policy.toml")).expect("a catalog");
    project.commit(".qms/policy.toml", &text.replacen("version = 1", "version = 1\nemergency-approval = \"12h\"", 1));
    project.by("ada", &["policy", "ratify"]).ok();
    project.plan("CHG-2");
    project.prove();
    let report = project.report("failing.xml", &junit(4, 1, 0));
    project.by("ci", &["record", "test", "--from", &report]).ok();
    let words = ["--expires", "2d", "--emergency", "--review-within", "1d", "--quiet"];
    // Ada does not answer for the control, Grace does.
    project.by("ada", &ask("TEST-01", &words)).ok();
    project.qms(&["gate", "--change", "CHG-2"]).exit(1);
    let id = project.by("grace", &ask("TEST-01", &words)).ok().id();
    project.qms(&["gate", "--change", "CHG-2"]).ok().says("of grace, not approved yet,");
    let at = from_end(&project, &id, -36 * 3600);
    project.qms(&["gate", "--change", "CHG-2", "--at", &at]).exit(1).says("is overdue");
    project.qms(&["exception", "list", "--open"]).ok().says("provisional");
}

#[test]
fn g14_the_list_tells_open_expiring_overdue_and_recurring() {
    let project = failing();
    project.qms(&["exception", "list"]).exit(1).says("no exception was requested, as of ");
    let none = project.qms(&["exception", "list", "--control", "COV-01", "--open", "--expiring", "14d"]).exit(1);
    none.says("no exception from COV-01 is open or expires within 14d, as of ");
    let none = project.qms(&["exception", "list", "--overdue", "--recurring", "--service", "payments"]).exit(1);
    none.says("no exception for payments is overdue for review or recurs, as of ");
    let first = approved(&project, &[]);
    let second = asked(&project, &["--any-commit"]);
    let list = |more: &[&str]| project.qms(&[&["exception", "list", "--json"], more].concat()).ok().json();
    let all = list(&[]);
    assert_eq!(all["schema"], "git-qms/exception-list/v1");
    let counts = |json: &Value| {
        ["open", "inForce", "expiring", "overdue", "recurring"]
            .map(|name| json["counts"][name].as_u64().expect("a count"))
    };
    assert_eq!(counts(&all), [1, 1, 0, 0, 0]);
    assert_eq!(list(&["--open"])["exceptions"][0]["id"], *second);
    assert_eq!(list(&["--expiring", "31d"])["exceptions"][0]["id"], *first);
    project.qms(&["exception", "list", "--expiring"]).exit(1);
    project.by("grace", &["exception", "approve", &second[..12]]).ok();
    let recurring = list(&["--recurring"]);
    assert_eq!((counts(&recurring), &recurring["exceptions"][0]["occurrence"]), ([0, 1, 0, 0, 1], &2.into()));
    let at = from_end(&project, &first, -3600);
    assert_eq!(counts(&list(&["--at", &at])), [0, 2, 2, 0, 1]);
    project.qms(&["exception", "list", "--control", "SCAN-01"]).exit(1);
}

#[test]
fn a_control_that_the_catalog_does_not_have_is_a_slip_unless_the_tree_proposes_it() {
    let project = failing();
    let words = ["--expires", "30d", "--attach", "../notes.txt"];
    let lists = "it has: TEST-01, APPROVE-01, SCAN-01";
    refused(&project, "ada", &ask("TSET-01", &words), 2, &["no control TSET-01", "did you mean TEST-01?", lists]);
    refused(&project, "ada", &ask("COV-01", &words), 2, &["no control COV-01", lists]);
    let file = project.path().join(".qms/policy.toml");
    let catalog = std::fs::read_to_string(file).expect("a catalog");
    project.commit(".qms/policy.toml", &catalog.replace("SCAN-01", "COV-01"));
    project.by("ada", &ask("COV-01", &words)).ok().says("COV-01 is proposed and not in force");
    project.by("grace", &["exception", "approve", "COV-01"]).ok();
    project.qms(&["exception", "show", "COV-01"]).ok().says("no-control");
    project.qms(&["gate"]).exit(1);
}

#[test]
fn a22_hostile_texts_reach_no_terminal() {
    let project = failing();
    let words =
        ["exception", "request", "TEST-01", "--reason", "\u{1b}[2Jx", "--compensating", "y\u{202e}", "--expires", "3d"];
    let ran = project.by("ada", &[&words[..], &["--attach", "../notes.txt"]].concat());
    assert!(!ran.out.contains('\u{1b}') && !ran.err.contains('\u{1b}'));
    project.by("grace", &["exception", "approve", "TEST-01"]).ok();
    for args in [
        &["exception", "list"][..],
        &["exception", "show", "TEST-01"],
        &["gate"],
        &["gate", "--explain"],
        &["status"],
        &["log"],
    ] {
        let ran = project.qms(args);
        assert!(!ran.out.contains(['\u{1b}', '\u{202e}']), "{args:?}: {:?}", ran.out);
    }
}
