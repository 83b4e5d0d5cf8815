//! What a release manager meets: stories that take several commands, of which each test is one. The guide tells them, too.

use crate::project::{Project, junit};
use serde_json::json;

/// A release that is a canary in production.
fn canary() -> (Project, String, String) {
    let (project, good) = Project::released();
    let to = |tag: &str, outcome: &str| {
        let deploy = ["record", "deploy", "--environment", "production", "--release", tag, "--outcome", outcome];
        project.by("ci", &deploy).ok();
    };
    to(&good, "success");
    project.by("ci", &["record", "monitor", "--release", &good, "--environment", "production", "--smoke", "pass"]).ok();
    project.commit("app.txt", "rounding\n");
    let plan = ["record", "plan", "--change", "CHG-4", "--reason", "Rounding", "--rollback", "restore previous"];
    project.by("ada", &[&plan[..], &["--rollout", "canary 5 %", "--monitoring", "sums, an hour"]].concat()).ok();
    project.prove();
    let tag = project.by("grace", &["release", "--quiet", "--change", "CHG-4"]).ok().id();
    to(&tag, "partial");
    (project, good, tag)
}

/// R11, E08, E09: the canary is seen to fail, halted, and what was there before is put back; both releases say so.
#[test]
fn g03_a_canary_is_halted_and_taken_back() {
    let (project, good, tag) = canary();
    project.qms(&["status", &tag]).says("no monitoring of production recorded since its deployment");
    let monitor = ["record", "monitor", "--release", &tag, "--environment", "production"];
    let failed = ["--smoke", "fail", "--rollback", "completed", "--note", "sums differ by a cent"];
    project.by("ci", &[&monitor[..], &failed].concat()).ok().says("smoke test fail, rollback completed");
    let way = project.qms(&["rollback", &tag, "--environment", "production", "--json"]).json();
    assert_eq!(way["restore"]["release"], good.as_str(), "{way}");
    let back = ["record", "deploy", "--environment", "production", "--release", &good, "--outcome", "success"];
    project.by("ci", &[&back[..], &["--unplanned", "--rollback-of", &tag]].concat()).ok().says("rolls back");
    project.qms(&["show", &tag]).says("taken back").says(&good).says("smoke test fail, rollback completed");
    project.qms(&["show", &good]).says(&tag);
    project.qms(&["rollback", &tag, "--environment", "production"]).exit(1).says("is taken back already");
    // It counts as a failed change, and neither tag moved.
    let measured = project.qms(&["measure", "--json"]).ok().out;
    assert!(measured.contains("change-fail-rate"), "{measured}");
    project.qms(&["verify"]).ok();
}

/// E12, E10: a defect that somebody knew of for days says when it was noticed and when it was written down, wherever it is told.
#[test]
fn e12_a_defect_that_was_recorded_late_says_so_wherever_it_is_told() {
    let (project, tag) = Project::released();
    let defect = ["record", "defect", "--quiet", "--id", "BUG-12", "--severity", "low", "--release", &tag];
    let known = ["--title", "Rounding", "--detected", "2026-04-02T08:00:00Z", "--missed-by", "unit"];
    let id = project.by("ada", &[&defect[..], &known].concat()).ok().id();
    for args in [&["log", "--kind", "defect"][..], &["show", &id], &["status", &tag]] {
        project.qms(args).says("BUG-12 low, open: Rounding").says("late: recorded ");
    }
    let shown = project.qms(&["show", &id, "--json"]).ok().json();
    assert_eq!(
        (&shown["record"]["timing"], &shown["predicate"]["detected"]),
        (&json!("late"), &json!("2026-04-02T08:00:00Z"))
    );
    // Told at once, it is not.
    let fresh =
        ["record", "defect", "--quiet", "--id", "BUG-13", "--severity", "low", "--title", "x", "--release", &tag];
    let id = project.by("ada", &fresh).ok().id();
    project.qms(&["show", &id]).ok().never_says("late: recorded");
}

/// G02, G03: a change of infrastructure is of the highest tier by its files alone and by its plan alone.
#[test]
fn g03_a_change_of_infrastructure_is_asked_more_by_its_files_or_by_its_plan() {
    let project = Project::founded();
    let file = project.path().join(".qms/policy.toml");
    let catalog = std::fs::read_to_string(file).expect("a catalog");
    let tiers = "\n[[tier]]\nname = \"low\"\npaths = [\"**\"]\n\n[[tier]]\nname = \"high\"\npaths = [\"**/*.tf\"]\n\
                 change-types = [\"infrastructure\"]\n";
    let catalog = catalog.replace("id = \"SCAN-01\"", "id = \"SCAN-01\"\ntiers = [\"high\"]") + tiers;
    project.commit(".qms/policy.toml", &catalog);
    project.by("ada", &["policy", "ratify"]).ok();
    project.plan("CHG-1");
    let test = |change: &str| {
        let report = project.report("junit.xml", &junit(2, 0, 0));
        project.by("ci", &["record", "test", "--change", change, "--from", &report]).ok();
        project.by("grace", &["approve", "--role", "release-manager", "--change", change]).ok();
    };
    test("CHG-1");
    project.qms(&["gate"]).ok().says("tier low");
    project.commit("infra/main.tf", "resource \"queue\" \"refunds\" {}\n");
    project.plan("CHG-2");
    test("CHG-2");
    let said = project.qms(&["gate", "--change", "CHG-2", "--explain"]).exit(1);
    said.says("**/*.tf: infra/main.tf").says("MISS  SCAN-01");
    // Taken back, and called what it is.
    project.git(&["revert", "--no-edit", "HEAD"]);
    let plan = ["record", "plan", "--change", "CHG-3", "--type", "infrastructure", "--reason", "Peaks"];
    project.by("ada", &[&plan[..], &["--rollback", "restore previous"]].concat()).ok();
    test("CHG-3");
    let said = project.qms(&["gate", "--change", "CHG-3", "--explain"]).exit(1);
    said.says("change type infrastructure").says("MISS  SCAN-01");
}
