//! What each kind of record was told, it says again; and a release says everything it stands on.

use git_qms::release::{Manifest, Notes, TagObject};
use serde_json::{Value, json};

use crate::project::Project;

fn shown(project: &Project, kind: &str) -> Value {
    let id = project.qms(&["log", "--ids", "--kind", kind]).ok().out.lines().last().expect("a record").to_owned();
    project.qms(&["show", &id, "--json"]).ok().json()
}

#[test]
fn e03_a_plan_says_everything_it_was_told() {
    let project = Project::founded();
    let args = [
        ["--change", "CHG-9"],
        ["--reason", "Refund limits"],
        ["--requirement", "REQ-7"],
        ["--requirement", "REQ-8"],
        ["--type", "normal"],
        ["--risk", "high"],
        ["--known-risk", "touches the ledger"],
        ["--rollout", "canary"],
        ["--monitoring", "error rate for 30 min"],
        ["--rollback", "restore previous"],
    ];
    project.by("ada", &[&["record", "plan"][..], args.as_flattened()].concat()).ok();
    let shown = shown(&project, "plan");
    assert_eq!(shown["header"]["change"], "CHG-9");
    let said = json!({
        "reason": "Refund limits", "requirements": ["REQ-7", "REQ-8"], "changeType": "normal", "riskTier": "high",
        "knownRisks": ["touches the ledger"], "rolloutStrategy": "canary",
        "monitoringPlan": "error rate for 30 min", "rollbackCriteria": "restore previous",
    });
    assert_eq!(shown["predicate"], said);
}

#[test]
fn e04_an_artifact_is_found_by_its_bytes_and_one_changed_byte_is_not() {
    let project = Project::proven();
    let inventory = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library","name":"a","purl":"pkg:cargo/a@1.0.0"}]}"#;
    let sbom = project.report("sbom.cdx.json", inventory);
    let build = ["record", "build", "--build-id", "78", "--artifact", "../payments.tar.gz", "--from", &sbom];
    let more =
        ["--infra-revision", "4f2c", "--log", "https://ci.example.com/78", "--builder", "https://ci.example.com"];
    project.by("ci", &[&build[..], &more].concat()).ok();
    let build = shown(&project, "build");
    assert_eq!(build["artifacts"][0]["name"], "payments.tar.gz");
    let detail = &build["header"]["urn:git-qms:build:v1"];
    assert_eq!((&detail["artifactSizes"], &detail["infrastructureRevision"]), (&json!([8]), &json!("4f2c")));
    assert_eq!(detail["inventory"]["components"], 1);
    assert_eq!(build["predicate"]["runDetails"]["builder"]["id"], "https://ci.example.com");
    assert_eq!(build["predicate"]["buildDefinition"]["resolvedDependencies"][1]["uri"], "pkg:cargo/a@1.0.0");
    let found = project.qms(&["verify", "--artifact", "../payments.tar.gz", "--json"]).ok().json();
    assert_eq!(found["artifact"]["records"].as_array().map(Vec::len), Some(2));
    project.write("../payments.tar.gz", "artifacT");
    project.qms(&["verify", "--artifact", "../payments.tar.gz"]).exit(1).says("no record that counts names");
}

#[test]
fn e07_an_approval_says_who_in_which_role_with_which_meaning_and_what_they_saw() {
    let project = Project::proven();
    let args = ["approve", "--role", "qa", "--meaning", "reviewed", "--comment", "read it twice", "--order", "1"];
    project.by("grace", &args).ok();
    let shown = shown(&project, "approval");
    let plan = project.qms(&["log", "--ids", "--kind", "plan"]).ok().id();
    assert_eq!(shown["header"]["recorder"], "grace");
    let said = json!({"role": "qa", "meaning": "reviewed", "comment": "read it twice", "order": 1, "plans": [plan]});
    assert_eq!(shown["predicate"], said);
    assert_eq!(shown["header"]["tree"], project.git(&["rev-parse", "HEAD^{tree}"]));
}

#[test]
fn e08_a_deployment_says_what_went_where_and_what_it_takes_back() {
    let (project, tag) = Project::released();
    let args = [
        ["--release", tag.as_str()],
        ["--environment", "production"],
        ["--outcome", "rolled-back"],
        ["--infra-revision", "4f2c"],
        ["--migration", "0042_refunds"],
        ["--migration", "0043_limits"],
        ["--actor", "deployer"],
        ["--rollback-of", tag.as_str()],
        ["--start", "2026-04-13T10:00:00Z"],
        ["--end", "2026-04-13T10:05:00Z"],
    ];
    project.by("ci", &[&["record", "deploy", "--unplanned"][..], args.as_flattened()].concat()).ok();
    let shown = shown(&project, "deploy");
    let said = json!({
        "outcome": "rolled-back", "planned": false, "infrastructureRevision": "4f2c",
        "migrations": ["0042_refunds", "0043_limits"], "actor": "deployer", "rollbackOf": tag,
    });
    assert_eq!(shown["predicate"], said);
    let header = &shown["header"];
    assert_eq!((&header["environment"], &header["change"]), (&json!("production"), &json!("CHG-1842")));
    assert_eq!(header["occurred"], json!({"start": "2026-04-13T10:00:00Z", "end": "2026-04-13T10:05:00Z"}));
    assert_eq!(shown["artifacts"][0]["name"], "payments.tar.gz");
}

#[test]
fn e09_monitoring_says_how_it_did_and_for_how_long_it_was_watched() {
    let (project, tag) = Project::released();
    let times = ["--start", "2026-04-13T10:05:00Z", "--end", "2026-04-13T10:35:00Z"];
    let args = ["record", "monitor", "--release", &tag, "--environment", "production", "--smoke", "fail"];
    project.by("ci", &[&args[..], &times, &["--rollback", "started", "--note", "errors"]].concat()).ok();
    let said = json!({
        "smokeTest": "fail", "rollback": "started", "note": "errors",
        "observation": {"start": "2026-04-13T10:05:00Z", "end": "2026-04-13T10:35:00Z"},
    });
    assert_eq!(shown(&project, "monitor")["predicate"], said);
}

#[test]
fn r03_the_manifest_holds_everything_the_release_stands_on_and_is_written_in_one_way() {
    let (project, tag) = Project::released();
    let raw = project.git(&["cat-file", "tag", &tag]) + "\n";
    let object = TagObject::parse(raw.as_bytes()).expect("a tag");
    let json = Notes::parse(&object.message).expect("notes").manifest;
    let (manifest, artifacts) = Manifest::parse(&json).expect("a manifest");
    assert_eq!(manifest.to_json(&artifacts).expect("JSON"), json, "the same inputs give the same bytes");
    let predicate = &serde_json::from_str::<Value>(&json).expect("JSON")["predicate"];
    let ids = |kind: &str| project.qms(&["log", "--ids", "--kind", kind]).ok().out;
    for kind in ["plan", "build", "test", "scan", "approval", "gate"] {
        let id = ids(kind).trim().to_owned();
        assert!(predicate["records"].as_array().expect("a list").contains(&json!(id)), "{kind} {id}");
    }
    assert_eq!(predicate["gate"]["record"], ids("gate").trim());
    assert_eq!(predicate["approvers"][0]["record"], ids("approval").trim());
    assert_eq!(predicate["commit"], project.git(&["rev-parse", "HEAD"]));
    assert_eq!(predicate["tree"], project.git(&["rev-parse", "HEAD^{tree}"]));
    assert_eq!(predicate["project"], project.qms(&["trust", "show", "--root"]).ok().out.trim());
    for (member, value) in [
        ("service", json!("payments")),
        ("tag", json!(tag)),
        ("change", json!("CHG-1842")),
        ("buildId", json!("77")),
        ("environments", json!(["production"])),
        ("requirements", json!(["REQ-7"])),
        ("tests", json!([{"type": "unit", "passed": 5, "failed": 0, "skipped": 1, "flaky": 0}])),
        ("exceptions", json!([])),
    ] {
        assert_eq!(predicate[member], value, "{member}");
    }
    for member in ["ledger", "trust", "policy", "vulnerabilities", "retainUntil"] {
        assert!(!predicate[member].is_null(), "{member}");
    }
    assert_eq!(artifacts[0].name, "payments.tar.gz");
}

#[test]
fn r09_later_evidence_is_shown_with_the_release_and_completes_its_file() {
    let (project, tag) = Project::released();
    let pending = project.qms(&["show", &tag, "--json"]).ok().json()["pending"].clone();
    assert_eq!(pending, json!(["no successful deployment to production recorded"]));
    let at = ["--release", tag.as_str(), "--environment", "production"];
    project.by("ci", &[&["record", "deploy", "--outcome", "success"][..], &at].concat()).ok();
    let pending = project.qms(&["show", &tag, "--json"]).ok().json()["pending"].clone();
    let open = pending[0].as_str().expect("one line");
    assert!(open.starts_with("no monitoring of production recorded since its deployment: due by "), "{open}");
    project.by("ci", &[&["record", "monitor", "--smoke", "pass"][..], &at].concat()).ok();
    let shown = project.qms(&["show", &tag, "--json"]).ok().json();
    assert_eq!(shown["pending"], json!([]));
    for stage in ["plan", "build", "test", "approve", "deploy", "monitor"] {
        assert!(!shown["stages"][stage]["records"].as_array().expect("a list").is_empty(), "{stage}");
    }
}

#[test]
fn r10_a_clone_alone_tells_the_release_with_who_when_what_and_how_it_was_verified() {
    let (project, tag) = Project::released();
    project.git(&["init", "-q", "--bare", "-b", "main", "../remote.git"]);
    project.git(&["remote", "add", "origin", "../remote.git"]);
    project.git(&["push", "-q", "origin", "main"]);
    project.by("ada", &["sync"]).ok();
    let root = project.qms(&["trust", "show", "--root"]).ok().out;
    project.git_in(project.outside(), &["clone", "-q", "remote.git", "clone"]);
    let clone = project.outside().join("clone");
    project.run_in(&clone, &["sync", "--fetch-only"], &[]).ok();
    let shown = project.run_in(&clone, &["show", &tag, "--json", "--trust-root", root.trim()], &[]).ok().json();
    assert_eq!(shown["verification"]["result"], "pass");
    assert_eq!(shown["verification"]["trust"]["pinned"], true);
    for (stage, who) in [("plan", "ada"), ("build", "ci"), ("test", "ci"), ("approve", "grace")] {
        let record = &shown["stages"][stage]["records"][0];
        assert_eq!((&record["recorder"], &record["verification"]), (&json!(who), &json!("verified")), "{stage}");
        for member in ["id", "recorded", "occurred", "summary"] {
            assert!(!record[member].is_null(), "{stage} {member}");
        }
    }
    // What is altered is named, and the answer is no.
    project.git_in(&clone, &["notes", "--ref=qms", "remove", "HEAD"]);
    project.run_in(&clone, &["show", &tag], &[]).exit(1).says("line-removed").says("rejected");
}
