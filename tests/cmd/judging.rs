//! `gate`: what it cannot judge, it says.

use crate::project::Project;
use crate::recording::refused;

#[test]
fn an_unknown_service_or_environment_is_refused_with_those_that_exist() {
    let project = Project::proven();
    refused(&project, "ada", &["gate", "--service", "refunds"], 2, &["no service refunds", "services are: payments"]);
    let words = ["no environment moon", "environments are: production"];
    refused(&project, "ada", &["gate", "--environment", "moon"], 2, &words);
}

#[test]
fn what_is_not_there_cannot_be_judged() {
    let project = Project::proven();
    refused(&project, "ada", &["gate", "no-such-thing"], 2, &["\"no-such-thing\" names no release, record or commit"]);
}

#[test]
fn t08_a_shallow_clone_is_never_a_pass() {
    let project = Project::proven();
    project.commit("app.txt", "two\n");
    project.prove();
    let url = format!("file://{}", project.path().display());
    project.git_in(project.outside(), &["clone", "-q", "--depth", "1", &url, "shallow"]);
    let shallow = project.outside().join("shallow");
    project.run_in(&shallow, &["sync", "--fetch-only"], &[]).exit(2).says("shallow");
    project.run_in(&shallow, &["verify"], &[]).exit(2).says("git fetch --unshallow");
    let said = project.run_in(&shallow, &["gate"], &[]);
    assert_ne!(said.code, 0, "{}", said.out);
}

#[test]
fn g05_without_any_evidence_every_control_is_missing() {
    let project = Project::founded();
    project.commit("app.txt", "two\n");
    let said = project.unchanged(|| project.qms(&["gate"]).exit(1));
    assert_eq!(said.out.matches("MISS").count(), 3, "{}", said.out);
}

#[test]
fn g08_a_recorded_decision_names_policy_records_and_remedy() {
    let project = Project::proven();
    let failing = project.report("failing.xml", &crate::project::junit(4, 1, 0));
    project.by("ci", &["record", "test", "--from", &failing]).ok();
    project.by("ci", &["gate", "--record"]).exit(1).says("decision recorded as");
    let id = project.qms(&["log", "--ids", "--kind", "gate"]).ok().id();
    let shown = project.qms(&["show", &id, "--json"]).ok().json();
    assert_eq!(shown["predicate"]["verificationResult"], "FAILED");
    assert!(shown["predicate"]["policy"]["digest"]["sha256"].is_string(), "{shown}");
    let controls = &shown["header"]["urn:git-qms:gate:v1"]["controls"];
    assert!(controls[0]["hint"].as_str().is_some_and(|hint| hint.contains("git qms record test")), "{controls}");
}

#[test]
fn e18_a_dirty_work_tree_satisfies_nothing() {
    let project = Project::founded();
    project.plan("CHG-1842");
    project.write("app.txt", "changed, not committed\n");
    let report = project.report("junit.xml", &crate::project::junit(5, 0, 0));
    project.by("ci", &["record", "test", "--from", &report]).ok().says("warning: the work tree is not the commit");
    project.qms(&["gate"]).exit(1).says("TEST-01").says("dirty");
}

#[test]
fn g07_one_evaluation_is_told_in_several_files() {
    let project = Project::proven();
    let failing = project.report("failing.xml", &crate::project::junit(4, 1, 0));
    project.by("ci", &["record", "test", "--from", &failing]).ok();
    let file = |name: &str| project.outside().join(name).display().to_string();
    let (sarif, junit) = (format!("sarif={}", file("gate.sarif")), format!("junit={}", file("gate.xml")));
    project.unchanged(|| project.qms(&["gate", "--report", &sarif, "--report", &junit]).exit(1).says("FAIL  TEST-01"));
    let sarif = std::fs::read(file("gate.sarif")).expect("written");
    let sarif: serde_json::Value = serde_json::from_slice(&sarif).expect("JSON");
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "TEST-01");
    assert!(std::fs::read_to_string(file("gate.xml")).expect("written").contains("<failure type=\"fail\""));
    refused(&project, "ada", &["gate", "--report", "pdf=x"], 2, &["no format \"pdf\"", "sarif"]);
    refused(&project, "ada", &["gate", "--record", "--report", "junit=/no/such/folder/x"], 2, &["writing /no/such"]);
}

#[test]
fn g07_github_gets_annotations_and_what_was_there_of_the_summary_stays() {
    let project = Project::founded();
    let summary = project.outside().join("summary.md");
    std::fs::write(&summary, "before\n").expect("a file");
    let variables = [("GITHUB_STEP_SUMMARY", summary.to_str().expect("a path"))];
    let said = project.run_in(project.path(), &["gate", "--format", "github"], &variables).exit(1);
    assert!(said.out.lines().all(|line| line.starts_with("::error ")) && said.out.contains("TEST-01"), "{}", said.out);
    let text = std::fs::read_to_string(&summary).expect("a summary");
    assert!(text.starts_with("before\n<!-- git-qms-gate payments:production -->\n"), "{text}");
    project.run_in(project.path(), &["gate"], &variables).exit(1);
    assert_eq!(std::fs::read_to_string(&summary).expect("a summary"), text);
}

#[test]
fn g15_explain_names_owner_and_next_step_of_each_control() {
    let said = Project::founded().qms(&["gate", "--explain"]).exit(1);
    for word in ["required    test.failed == 0", "owner       qa", "next step   git qms record test"] {
        assert!(said.out.contains(word), "{word}: {}", said.out);
    }
}
