//! `policy log`, `policy show RELEASE`, `control` and `policy gaps`: which rules there were, and what became of them.

use crate::project::{Project, junit};
use crate::recording::refused;

const CATALOG: &str = ".qms/policy.toml";

fn catalog(project: &Project) -> String {
    std::fs::read_to_string(project.path().join(CATALOG)).expect("a catalog")
}

/// Replaces text of the catalog, and has it ratified.
fn ratified(project: &Project, from: &str, to: &str) {
    let text = catalog(project);
    assert!(text.contains(from));
    project.commit(CATALOG, &text.replacen(from, to, 1));
    project.by("ada", &["policy", "ratify"]).ok();
}

#[test]
fn g11_every_ratification_is_told_with_what_changed_by_it() {
    let project = Project::founded();
    ratified(&project, "approvals >= 1", "approvals >= 2");
    ratified(&project, "id = \"SCAN-01\"", "id = \"SCAN-02\"");
    let said = project.unchanged(|| project.qms(&["policy", "log"]).ok());
    assert_eq!((said.out.matches("ratified").count(), said.out.matches(", in force").count()), (3, 1), "{}", said.out);
    let said = said.says("by ada on").says("~ control APPROVE-01").says("- control SCAN-01").says("+ control SCAN-02");
    said.says("require  [\"approvals >= 1\"] → [\"approvals >= 2\"]");
    let json = project.qms(&["policy", "log", "--json"]).ok().json();
    let all = json["ratifications"].as_array().expect("a list");
    assert_eq!(all[1]["replaces"], all[0]["digest"]);
    assert_eq!(all[1]["changes"][0]["name"], "APPROVE-01");
    assert_eq!(all[1]["changes"][0]["keys"][0]["key"], "require");
    assert_eq!((&all[2]["inForce"], &all[0]["inForce"]), (&true.into(), &false.into()));
}

#[test]
fn g11_without_a_ratification_the_log_says_so() {
    let project = Project::bare_of_evidence();
    project.by("ada", &["init"]).ok();
    project.qms(&["policy", "log"]).exit(1).says("no catalog was ratified");
}

#[test]
fn g11_the_rules_of_a_release_are_shown_after_they_changed() {
    let (project, tag) = Project::released();
    let before = project.qms(&["policy", "show", "--quiet"]).ok().id();
    ratified(&project, "approvals >= 1", "approvals >= 2");
    let said = project.qms(&["policy", "show", &tag]).ok().says(&format!("when {tag} was decided"));
    said.says("approvals >= 1").never_says("approvals >= 2");
    assert_eq!(project.qms(&["policy", "show", &tag, "--quiet"]).ok().id(), before);
    project.qms(&["policy", "show"]).ok().says("approvals >= 2");
    let decision = project.qms(&["log", "--ids", "--kind", "gate"]).ok().id();
    assert_eq!(project.qms(&["policy", "show", &decision, "--quiet"]).ok().id(), before);
    let test = project.qms(&["log", "--ids", "--kind", "test"]).ok().id();
    refused(&project, "ada", &["policy", "show", &test], 2, &["is no decision and no ratification"]);
    let root = project.git(&["rev-list", "--max-parents=0", "HEAD"]);
    project.qms(&["policy", "show", &root, "--at", "2026-01-01"]);
}

#[test]
fn g15_controls_are_listed_with_what_decisions_said_of_them() {
    let (project, _) = Project::released();
    let failing = project.report("failing.xml", &junit(4, 1, 0));
    project.by("ci", &["record", "test", "--from", &failing]).ok();
    project.by("ci", &["gate", "--record"]).exit(1);
    let said = project.unchanged(|| project.qms(&["control", "list"]).ok());
    let line = said.out.lines().find(|line| line.starts_with("TEST-01")).expect("a line").to_owned();
    assert!(line.contains(" 2 ") && line.contains("fail"), "{line}");
    let shown = project.qms(&["control", "show", "TEST-01"]).ok().says("requires    test.failed == 0");
    shown.says("decisions   1 fail, 1 pass").says("owner       qa");
    let json = project.qms(&["control", "list", "--json"]).ok().json();
    let test = json["controls"].as_array().expect("a list").iter().find(|one| one["id"] == "TEST-01").expect("there");
    assert_eq!(test["decisions"], serde_json::json!({"fail": 1, "pass": 1}));
    assert_eq!((&test["last"]["outcome"], &test["gaps"]), (&"fail".into(), &serde_json::json!([])));
    refused(&project, "ada", &["control", "show", "NO-01"], 1, &["no control NO-01", "APPROVE-01"]);
}

#[test]
fn g15_controls_that_say_nothing_are_gaps() {
    let project = Project::founded();
    let gaps = project.qms(&["control", "gaps"]).exit(1).says("TEST-01  never-triggered");
    gaps.says("APPROVE-01  not-automated").never_says("TEST-01  not-automated");
    project.plan("CHG-1842");
    project.by("ci", &["gate", "--record"]).exit(1);
    project.qms(&["policy", "gaps"]).exit(1).says("TEST-01  no-evidence").never_says("never-triggered");
    project.prove();
    project.by("ci", &["gate", "--record"]).ok();
    let json = project.qms(&["control", "gaps", "--json"]).exit(1).json();
    let ids: Vec<_> = json["controls"].as_array().expect("a list").iter().map(|one| one["id"].clone()).collect();
    assert_eq!(ids, ["APPROVE-01"]);
    let (fresh, _) = Project::released();
    fresh.qms(&["control", "gaps"]).exit(1).says("TEST-01  never-failed").says("git qms policy test");
}
