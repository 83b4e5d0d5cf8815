//! The catalog for teams that are audited, from `init` to the gate of a deployment.

use git_qms::policy;

use crate::project::{Project, TRIVY};

fn preset() -> String {
    policy::regulated(None, &"payments".parse().expect("a name"))
}

/// A project under the regulated catalog, with Sam of security and Quinn of quality besides.
fn regulated() -> Project {
    let project = Project::bare_of_evidence();
    project
        .by("ada", &["init", "--name", "payments", "--member", "ada", "--preset", "regulated"])
        .ok()
        .says("ROLLBACK-01");
    project.git(&["add", ".qms"]);
    project.git(&["commit", "-q", "-m", "Quality policy"]);
    for (who, roles) in [("grace", &["release-manager"][..]), ("sam", &["security"]), ("quinn", &["qa"])] {
        let key = project.key(who);
        if !std::path::Path::new(&key).exists() {
            project.run_in(project.outside(), &["key", "new", &key], &[]).ok();
        }
        let (key, email) = (project.key(&format!("{who}.pub")), format!("{who}@example.com"));
        let mut add = vec!["trust", "add", who, "--name", who, "--email", &email, "--public-key", &key];
        add.extend(roles.iter().flat_map(|role| ["--role", role]));
        project.by("ada", &add).ok();
    }
    let ci = project.key("ci.pub");
    project.by("ada", &["trust", "add", "ci", "--bot", "--name", "CI", "--public-key", &ci, "--role", "ci"]).ok();
    project.by("ada", &["policy", "ratify"]).ok();
    project
}

const SBOM: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library","name":"left","version":"1.0.0","purl":"pkg:cargo/left@1.0.0"}]}"#;

/// A report whose one case is linked to a requirement.
fn linked() -> String {
    "<testsuites><testsuite name=\"refunds\" tests=\"1\" failures=\"0\"><testcase classname=\"refunds\" name=\"limit\">\
     <properties><property name=\"requirement\" value=\"REQ-7\"/></properties></testcase></testsuite></testsuites>"
        .to_owned()
}

/// What the pipeline records of a commit.
fn pipeline(project: &Project, change: &str) {
    project.write("../payments.tar.gz", "artifact");
    let whole = project.report("integration.xml", &linked());
    let (unit, sbom, trivy) =
        (project.report("unit.xml", &linked()), project.report("sbom.json", SBOM), project.report("trivy.json", TRIVY));
    // The sample is of April; this pipeline ran just now.
    let now = project.git(&["log", "-1", "--date=format-local:%Y-%m-%dT%H:%M:%SZ", "--format=%cd"]);
    let scanned = trivy_at(&trivy, &now);
    let about = ["--change", change];
    let build = ["record", "build", "--build-id", "77", "--artifact", "../payments.tar.gz", "--from", &sbom];
    project.by("ci", &[&build[..], &about].concat()).ok();
    project
        .by(
            "ci",
            &[&["record", "test", "--from", &unit, "--suite", "integration", "--from", &whole][..], &about].concat(),
        )
        .ok();
    project.by("ci", &[&["record", "scan", "--from", &scanned][..], &about].concat()).ok();
}

fn trivy_at(file: &str, now: &str) -> String {
    let text = std::fs::read_to_string(file).expect("a report").replace("2026-04-13T09:01:00Z", now);
    std::fs::write(file, text).expect("a file");
    file.to_owned()
}

fn plan(project: &Project, change: &str, more: &[&str]) {
    let plan = ["record", "plan", "--change", change, "--reason", "Refund limits", "--requirement", "REQ-7"];
    let rollback = ["--rollback", "errors over 1 %: deploy the release before"];
    project.by("ada", &[&plan[..], &rollback, more].concat()).ok();
}

#[test]
fn the_regulated_catalog_is_sound_and_every_line_of_a_control_is_explained_once() {
    let text = preset();
    let catalog = policy::parse(&text, policy::PATH).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(catalog.controls.len(), 12);
    assert_eq!(catalog.tiers.all.iter().map(|tier| tier.name.as_str()).collect::<Vec<_>>(), ["low", "medium", "high"]);
    assert!(text.lines().all(|line| line.len() <= 120));
    assert!(catalog.controls.iter().all(|control| !control.frameworks.is_empty()));
    // Nobody is made compliant by a file.
    let claims = ["ensures compliance", "is compliant", "guarantees"];
    assert!(claims.iter().all(|claim| !text.contains(claim)) && text.contains("supports compliance with"));
    let keys: std::collections::BTreeSet<&str> = text
        .lines()
        .filter(|line| line.contains(" = ") && !line.starts_with('#'))
        .filter_map(|line| line.split(" = ").next())
        .collect();
    for key in keys {
        let explained = text.lines().zip(text.lines().skip(1)).any(|(above, line)| {
            line.starts_with(&format!("{key} = "))
                && (line.contains('#') || above.starts_with('#') || above.trim_start().starts_with('#'))
        });
        let of_itself = ["id", "title", "objective", "version", "name", "frameworks", "paths"].contains(&key);
        assert!(explained || of_itself, "{key} is explained nowhere");
    }
}

#[test]
fn g03_the_regulated_catalog_releases_and_deploys_what_satisfies_it() {
    let project = regulated();
    let policy_commit = project.git(&["rev-parse", "HEAD"]);
    project.commit("src/refunds.rs", "pub const LIMIT: u32 = 500;\n");
    plan(&project, "CHG-1", &["--rollout", "canary 5 %", "--monitoring", "errors for a day"]);
    let gate = project.qms(&["gate", "--json"]).exit(1).json();
    assert_eq!(gate["tier"], "high", "the policy itself is in the range: {gate}");
    pipeline(&project, "CHG-1");
    project.by("grace", &["approve", &policy_commit, "--role", "release-manager"]).ok();
    project.by("grace", &["approve", "--role", "release-manager", "--change", "CHG-1"]).ok();
    project.qms(&["gate"]).exit(1).says("SIGNOFF-01").says("0 of 1 approvals as security");
    project.by("sam", &["approve", "--role", "security", "--change", "CHG-1"]).ok();
    project.by("quinn", &["approve", "--role", "qa", "--change", "CHG-1"]).ok();
    project.by("ci", &["gate", "--deploy"]).exit(1).says("RELEASED").says("DEPLOY-01");
    project.qms(&["gate"]).ok();
    let tag = project.by("grace", &["release", "--quiet"]).ok().id();
    let shown = project.qms(&["show", &tag, "--json"]).ok().json();
    assert_eq!(shown["manifest"]["gate"]["tier"], "high", "{shown}");
    project.by("ci", &["gate", "--deploy"]).ok().says("released as");
    project.by("sam", &["gate", "--deploy"]).exit(1).says("sam has no role that deploys to production");
}

#[test]
fn g03_documentation_alone_takes_a_test_and_one_approval() {
    let project = regulated();
    let policy_commit = project.git(&["rev-parse", "HEAD"]);
    plan(&project, "CHG-1", &[]);
    pipeline(&project, "CHG-1");
    project.by("grace", &["approve", &policy_commit, "--role", "release-manager", "--change", "CHG-1"]).ok();
    project.by("sam", &["approve", "--role", "security", "--change", "CHG-1"]).ok();
    project.by("quinn", &["approve", "--role", "qa", "--change", "CHG-1"]).ok();
    project.by("grace", &["release", "--quiet", "--change", "CHG-1"]).ok();
    project.commit("docs/guide.md", "how to\n");
    let unit = project.report("unit.xml", &linked());
    project.by("ci", &["record", "test", "--from", &unit]).ok();
    project.qms(&["gate"]).exit(1).says("tier low");
    // One command of one person.
    project.by("grace", &["approve"]).ok();
    let said = project.qms(&["gate"]).ok();
    for control in ["PLAN-01", "TEST-02", "SCAN-01", "BUILD-01", "SIGNOFF-01", "ROLLBACK-01"] {
        assert!(said.out.lines().any(|line| line.contains("n/a") && line.contains(control)), "{control}: {}", said.out);
    }
    plan(&project, "CHG-2", &["--type", "standard"]);
    // The same plan for code is no routine.
    project.commit("src/refunds.rs", "pub const LIMIT: u32 = 500;\n");
    let said = project.qms(&["gate", "--change", "CHG-2"]).exit(1);
    said.says("CHANGE-TYPE").says("says standard, which is for tier low: this change is medium");
}

#[test]
fn the_controls_of_a_framework_are_listed_by_any_of_its_names() {
    let project = regulated();
    for (framework, some, not) in [
        ("soc2", "DEPLOY-01", "BUILD-01"),
        ("SOC 2 CC8.1", "PLAN-01", "SCAN-01"),
        ("iso27001", "SCAN-01", "TEST-03"),
        ("pci-dss", "ROLLBACK-01", "ROLLOUT-01"),
        ("iec62304", "REQ-01", "SCAN-01"),
        ("21 CFR", "APPROVE-01", "TEST-01"),
        ("ssdf", "REVIEW-01", "PLAN-01"),
        ("slsa", "BUILD-01", "TEST-01"),
        ("cra", "SCAN-01", "TEST-01"),
    ] {
        let said = project.qms(&["policy", "show", "--framework", framework]).ok();
        said.says(some).says("supports compliance with").never_says(not);
    }
    project.qms(&["policy", "show", "--framework", "hipaa"]).exit(1).says("no control refers to").says("SOC 2 CC8.1");
    let shown = project.qms(&["policy", "show", "--framework", "cra", "--json"]).ok().json();
    let ids: Vec<_> = shown["controls"].as_array().expect("controls").iter().map(|control| &control["id"]).collect();
    assert_eq!(ids, ["SCAN-01", "BUILD-01"]);
    assert_eq!(shown["controls"][0]["tiers"], serde_json::json!(["medium", "high"]));
}

#[test]
fn another_preset_does_not_write_over_a_catalog() {
    let project = Project::founded();
    let before = std::fs::read_to_string(project.path().join(".qms/policy.toml")).expect("a catalog");
    project.by("ada", &["init", "--preset", "regulated"]).ok().says("stays as it is");
    assert_eq!(std::fs::read_to_string(project.path().join(".qms/policy.toml")).expect("a catalog"), before);
}
