//! `git qms status`.

use super::desk::Desk;

const REPORTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/cli/command/demo/reports");

#[test]
fn e02_status_names_each_stage_without_a_record() {
    let desk = Desk::founded();
    let said = desk.qms(&["status"]).exit(0);
    for stage in ["plan", "build", "test", "approve", "deploy", "monitor"] {
        assert!(said.out.contains(&format!("{stage:<9}no record")), "{stage}: {}", said.out);
    }
    let json = desk.qms(&["status", "--json"]).exit(0).json();
    assert_eq!(json["schema"], "git-qms/status/v1");
    assert_eq!(json["stages"]["plan"]["there"], false);
    assert_eq!(json["pending"].as_array().expect("a list").len(), 6);
    assert_eq!(json["gate"]["result"], "fail");
}

#[test]
fn e09_following_the_next_step_leads_to_a_complete_file() {
    let desk = Desk::founded();
    let follow = |expected: &str, command: &str| {
        let json = desk.say("status --json").exit(0).json();
        let next = json["next"].as_str().unwrap_or_default();
        assert!(next.contains(expected), "{next} instead of {expected}");
        let command = command.replace("REPORTS", REPORTS);
        desk.qms(&command.split('|').collect::<Vec<_>>()).exit(0).out
    };
    follow(
        "git qms record plan",
        "record|plan|--change|CHG-1|--reason|Refund limits|--rollback|restore previous|--monitoring|errors",
    );
    follow("git qms record test", "record|test|--key|../keys/ci|--from|REPORTS/junit.xml");
    follow("git qms approve", "approve|--key|../keys/grace|--role|release-manager");
    follow("git qms record scan", "record|scan|--key|../keys/ci|--from|REPORTS/trivy.json");
    let tag = follow("git qms release", "release|--quiet|--key|../keys/grace").trim().to_owned();
    let step = format!("git qms record deploy --release {tag} --environment production --outcome success");
    follow(
        &step,
        &format!("record|deploy|--key|../keys/ci|--release|{tag}|--environment|production|--outcome|success"),
    );
    let duty = desk.qms(&["status", &tag]).exit(0).out;
    assert!(duty.contains("no monitoring of production recorded since its deployment"), "{duty}");
    let step = format!("git qms record monitor --release {tag} --environment production --smoke pass");
    follow(&step, &format!("record|monitor|--key|../keys/ci|--release|{tag}|--environment|production|--smoke|pass"));
    // No build was recorded, and nothing of the policy asks for one.
    let json = desk.say("status --json").exit(0).json();
    assert_eq!((json["next"].as_str(), json["release"].as_str()), (None, Some(&*tag)), "{json}");
    assert_eq!(json["pending"], serde_json::json!(["no build record"]));
}

#[test]
fn e12_late_records_and_clock_faults_are_told() {
    let desk = Desk::founded();
    let report = format!("{REPORTS}/trivy.json");
    let late = ["record", "scan", "--from", &report, "--start", "2026-01-01", "--end", "2026-01-02"];
    desk.qms(&[&late[..], &["--key", "../keys/ci"]].concat()).exit(0);
    let early = ["record", "scan", "--from", &report, "--end", "2999-01-01", "--quiet"];
    let early = desk.qms(&[&early[..], &["--key", "../keys/ci"]].concat()).exit(0).out;
    for command in [&["status"][..], &["show", "HEAD", "--stage", "test"]] {
        let said = desk.qms(command).exit(0).out;
        assert!(said.contains("late: recorded ") && said.contains("clock fault: recorded "), "{said}");
    }
    let one = desk.qms(&["show", early.trim(), "--json"]).exit(0).json();
    assert_eq!(one["record"]["timing"], "clock-fault");
}

#[test]
fn evidence_that_was_taken_away_makes_status_say_no() {
    let desk = Desk::founded();
    desk.git(&["notes", "--ref=qms", "remove", "HEAD"]);
    let said = desk.qms(&["status"]).exit(1);
    assert!(said.out.contains("line-removed"), "{}", said.out);
    assert_eq!(desk.say("status --json").exit(1).json()["verification"]["result"], "fail");
}

#[test]
fn t08_in_a_shallow_clone_status_cannot_tell() {
    let desk = Desk::founded();
    desk.git(&["push", "-q", "-u", "origin", "main"]);
    desk.say("sync").exit(0);
    let from = format!("file://{}", desk.path("payments.git").display());
    desk.git(&["clone", "-q", "--depth", "1", &from, "../shallow"]);
    desk.qms_in("shallow", &["sync", "--fetch-only"]).exit(2);
    let said = desk.qms_in("shallow", &["status"]).exit(2);
    assert!(said.out.contains("git fetch --unshallow"), "{}", said.out);
}

#[test]
fn without_a_catalog_status_still_shows_the_stages_and_says_what_to_do() {
    let desk = Desk::with_keys();
    desk.say("init").exit(0);
    std::fs::remove_file(desk.path("payments/.qms/policy.toml")).expect("it was there");
    let said = desk.qms(&["status"]).exit(2);
    assert!(said.out.contains("gate     no verdict  there is no control catalog"), "{}", said.out);
}

#[test]
fn e18_status_says_that_the_work_tree_is_not_the_commit() {
    let desk = Desk::founded();
    let clean = desk.qms(&["status"]).exit(0).out;
    assert!(!clean.contains("work tree"), "{clean}");
    let tracked = desk.git(&["ls-files"]).lines().next().expect("a file").to_owned();
    std::fs::write(desk.path("payments").join(&tracked), "changed").expect("written");
    let said = desk.qms(&["status"]).out;
    assert!(said.contains(&format!("work tree  {tracked} differs: evidence taken now is marked dirty")), "{said}");
    let json = desk.qms(&["status", "--json"]).json();
    assert_eq!(json["dirty"], serde_json::json!([format!("{tracked} differs")]));
    // Of another commit it says nothing.
    let json = desk.qms(&["status", "HEAD", "--json"]).json();
    assert_eq!(json["dirty"], serde_json::Value::Null);
    // A detached HEAD is a commit like any other.
    desk.git(&["checkout", "-q", "-f", "--detach", "HEAD"]);
    assert_eq!(desk.qms(&["status"]).exit(0).out, clean);
}

#[test]
fn status_stays_on_one_screen_whatever_is_wrong() {
    let desk = Desk::founded();
    let ledger = desk.git(&["rev-list", "--max-parents=0", "refs/notes/qms"]);
    desk.git(&["update-ref", "refs/notes/qms", ledger.trim()]);
    let said = desk.qms(&["status"]).out;
    let findings = said.lines().filter(|line| line.starts_with("error[") || line.starts_with("warning[")).count();
    assert!(findings <= 3, "{said}");
    assert!(said.lines().count() <= 24, "{said}");
    assert!(said.lines().last().is_some_and(|line| line.starts_with("next ")), "{said}");
}
