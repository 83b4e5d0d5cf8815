//! Evidence from a dirty work tree says so, and satisfies no control unless the catalog lets it.

use serde_json::json;

use crate::project::{Project, TRIVY, junit};

/// Everything a release takes, the tests from a dirty tree.
fn proven_dirty(project: &Project) {
    project.plan("CHG-1842");
    let (junit, trivy) = (project.report("junit.xml", &junit(5, 0, 1)), project.report("trivy.json", TRIVY));
    project.by("ci", &["record", "scan", "--from", &trivy]).ok();
    project.by("grace", &["approve", "--role", "release-manager"]).ok();
    project.write("app.txt", "not committed\n");
    project.by("ci", &["record", "test", "--from", &junit]).ok().says("app.txt differs").says("satisfies no control");
    project.git(&["checkout", "-q", "--", "app.txt"]);
}

#[test]
fn e18_a_control_refuses_dirty_evidence_unless_it_says_otherwise() {
    let project = Project::founded();
    proven_dirty(&project);
    project.qms(&["gate"]).exit(1).says("no test that counts").says("is from a dirty working tree");
    project.by("grace", &["release"]).exit(1);

    let project = Project::founded();
    let catalog = std::fs::read_to_string(project.path().join(".qms/policy.toml")).expect("a catalog");
    let lenient = catalog.replacen("id = \"TEST-01\"\n", "id = \"TEST-01\"\nallow-dirty = true\n", 1);
    project.commit(".qms/policy.toml", &lenient);
    project.by("ada", &["policy", "ratify"]).ok();
    proven_dirty(&project);
    project.qms(&["gate"]).ok().says("0 of 5 failed (dirty, which the control allows)");
    let tag = project.by("grace", &["release", "--quiet"]).ok().id();
    let shown = project.qms(&["show", &tag, "--json"]).ok().json();
    let test = project.qms(&["log", "--ids", "--kind", "test"]).ok().id();
    assert_eq!(shown["manifest"]["tests"][0]["passed"], 5);
    let records = shown["manifest"]["records"].as_array().expect("records");
    assert!(records.contains(&json!(test)), "what it relies on is named");
    project.qms(&["verify"]).ok();
}

#[test]
fn e18_the_knob_is_for_one_control() {
    let project = Project::founded();
    let catalog = std::fs::read_to_string(project.path().join(".qms/policy.toml")).expect("a catalog");
    let lenient = catalog.replacen("id = \"SCAN-01\"\n", "id = \"SCAN-01\"\nallow-dirty = true\n", 1);
    project.commit(".qms/policy.toml", &lenient);
    project.by("ada", &["policy", "ratify"]).ok();
    proven_dirty(&project);
    project.qms(&["gate"]).exit(1).says("is from a dirty working tree");
}

#[test]
fn e18_words_about_a_commit_are_never_dirty() {
    let project = Project::founded();
    project.write("app.txt", "not committed\n");
    project.plan("CHG-1");
    project.by("grace", &["approve", "--role", "release-manager"]).ok();
    for kind in ["plan", "approval"] {
        let id = project.qms(&["log", "--ids", "--kind", kind]).ok().id();
        assert_eq!(project.qms(&["show", &id, "--json"]).ok().json()["header"]["dirty"], false, "{kind}");
    }
}

#[test]
fn e18_in_a_bare_repository_nobody_can_tell_what_was_tested() {
    let project = Project::founded();
    let bare = project.outside().join("bare.git");
    let bare_name = bare.display().to_string();
    project.git_in(project.outside(), &["clone", "-q", "--mirror", "payments", &bare_name]);
    let report = project.report("junit.xml", &junit(2, 0, 0));
    let key = project.key("ci");
    let args = ["record", "test", "--quiet", "--from", &report];
    let ran = project.run_in(&bare, &args, &[("QMS_SIGNING_KEY", &key)]).ok();
    let id = ran.id();
    ran.says("there is no work tree");
    let shown = project.run_in(&bare, &["show", &id, "--json"], &[]).ok().json();
    assert_eq!(shown["header"]["dirty"], true);
}

#[test]
fn e18_standard_input_is_no_way_round() {
    let project = Project::founded();
    project.write("app.txt", "not committed\n");
    let object = json!({"detail": {"suites": [{"type": "unit", "passed": 3, "failed": 0, "skipped": 0, "flaky": 0}]}});
    let ran = project.fed("ci", &["record", "test", "-", "--quiet"], object.to_string().as_bytes()).ok();
    assert_eq!(project.qms(&["show", &ran.id(), "--json"]).ok().json()["header"]["dirty"], true);
}
