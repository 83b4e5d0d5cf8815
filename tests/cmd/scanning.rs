//! Scans, static analyses, VEX and provenance of others, as a pipeline records them and a gate judges them.

use serde_json::Value;

use crate::project::{Project, TRIVY};
use crate::recording::refused;

fn fixture(name: &str) -> String {
    format!("{}/tests/fixtures/reports/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn shown(project: &Project, kind: &str) -> Value {
    let id = project.qms(&["log", "--ids", "--kind", kind]).ok().out.lines().last().expect("a record").to_owned();
    project.qms(&["show", &id, "--json"]).ok().json()
}

fn gate_line(project: &Project, control: &str) -> (String, String) {
    let gate = project.qms(&["gate", "--json"]).json();
    let controls = gate["controls"].as_array().expect("controls");
    let line = controls.iter().find(|line| line["id"] == control).expect("the control");
    let text = |name: &str| line[name].as_str().expect("a text").to_owned();
    (text("outcome"), text("found"))
}

/// E06: a scan that broke off is recorded, said to have failed, and passes no gate; a later whole one does.
#[test]
fn e06_a_failed_or_partial_scan_is_recorded_as_such_and_passes_no_gate() {
    let project = Project::founded();
    let skipped = fixture("pip-audit-skipped.json");
    let said = project.by("ci", &["record", "scan", "--from", &skipped]).ok();
    said.says("pip-audit: the run is incomplete: jinja2 was not looked up").says("satisfies no control");
    let (outcome, found) = gate_line(&project, "SCAN-01");
    assert_eq!(outcome, "fail");
    assert!(found.starts_with("unknown: pip-audit: the run is incomplete"), "{found}");
    project.qms(&["gate"]).exit(1).says("unknown: pip-audit").says("run pip-audit to its end");
    let whole = project.report("pip.json", r#"{"dependencies":[{"name":"a","version":"1","vulns":[]}],"fixes":[]}"#);
    project.by("ci", &["record", "scan", "--from", &whole]).ok().says("pip-audit: no vulnerabilities");
    assert_eq!(gate_line(&project, "SCAN-01").0, "pass");
    let detail = shown(&project, "scan")["header"]["urn:git-qms:scan:v1"].clone();
    assert_eq!(detail["run"]["outcome"], "complete");
}

/// E14: every scanner's file is read without naming the format, and what it says is in the record.
#[test]
fn e14_every_scanners_report_is_recorded_and_says_what_it_found() {
    let project = Project::founded();
    for (name, words) in [
        ("grype-image.json", "grype: 1 critical, 1 high, 1 medium, 1 low; set aside: 1 ignored, 1 not affected"),
        ("osv-scanner.json", "osv-scanner: 1 critical, 1 high, 1 medium, 1 of unknown severity"),
        ("npm-audit.json", "npm audit: 1 critical, 1 high, 1 medium"),
        ("cargo-audit.json", "cargo-audit: 1 critical"),
        ("pip-audit.json", "pip-audit: 1 of unknown severity"),
        ("trivy-mixed.json", "trivy: 1 high, 1 medium; set aside: 1 ignored, 1 not affected"),
        ("sarif-semgrep.json", "Semgrep OSS: 2 high, 1 of unknown severity"),
    ] {
        project.by("ci", &["record", "scan", "--from", &fixture(name)]).ok().says(words);
        let record = shown(&project, "scan");
        assert_eq!(record["header"]["files"][0]["name"], name);
    }
    let cargo = project.by("ci", &["record", "scan", "--from", &fixture("cargo-audit.json")]).ok();
    cargo.says("not counted: 1 unmaintained packages");
}

/// E06: what VEX sets aside is visible in the record, in what the command says and at the gate.
#[test]
fn e06_vex_sets_findings_aside_visibly() {
    let project = Project::founded();
    let (grype, vex) = (fixture("grype-image.json"), fixture("openvex.json"));
    let scan = ["record", "scan", "--from", &grype, "--vex", &vex, "--product", "pkg:oci/till"];
    let said = project.by("ci", &scan).ok();
    said.says("set aside: 1 ignored, 2 not affected, 1 fixed").says("openvex.json: 1 of 4 statements match no finding");
    let record = shown(&project, "scan");
    let detail = &record["header"]["urn:git-qms:scan:v1"];
    assert_eq!(detail["counts"]["critical"], 0);
    let files = record["header"]["files"].as_array().expect("files");
    assert_eq!(files.len(), 2);
    assert_eq!((&files[1]["name"], &files[1]["sha256"]), (&"openvex.json".into(), &detail["vex"][0]["sha256"]));
    let fixed = detail["setAside"].as_array().and_then(|all| all.iter().find(|one| one["cause"] == "fixed"));
    let fixed = &fixed.expect("one cause")["findings"][0];
    assert_eq!((&fixed["id"], &fixed["statement"]["number"]), (&"CVE-2026-1002".into(), &2.into()));
    let (outcome, found) = gate_line(&project, "SCAN-01");
    assert_eq!((outcome.as_str(), found.as_str()), ("pass", "0 critical, 4 set aside, 0 high, 4 set aside"));
}

#[test]
fn e06_vex_that_cannot_be_applied_is_refused() {
    let project = Project::founded();
    let grype = fixture("grype-image.json");
    let junit = fixture("junit-jest.xml");
    refused(
        &project,
        "ci",
        &["record", "scan", "--from", &grype, "--vex", &junit],
        2,
        &["junit-jest.xml: is JUnit XML", "--vex takes OpenVEX"],
    );
    let bare = r#"{"@context":"https://openvex.dev/ns","statements":[{"vulnerability":"C","products":["p"],"status":"not_affected"}]}"#;
    let bare = project.report("vex.json", bare);
    let words = ["vex.json", "statement 1 says not_affected with neither justification", "nothing recorded"];
    refused(&project, "ci", &["record", "scan", "--from", &grype, "--vex", &bare], 2, &words);
    let alone = ["record", "scan", "--from", &fixture("openvex.json")];
    refused(
        &project,
        "ci",
        &alone,
        2,
        &["openvex.json: says which vulnerabilities can be exploited", "--vex openvex.json"],
    );
    refused(&project, "ci", &["record", "scan", "--from", &grype, "--product", "pkg:oci/till"], 2, &["--vex"]);
}

/// E06: static analysis is a record of its own kind, and has its own rules.
#[test]
fn e06_static_analysis_is_recorded_and_judged() {
    let project = Project::founded();
    let policy = std::fs::read_to_string(project.path().join(".qms/policy.toml")).expect("the policy");
    let control =
        policy.replace("\"scan.critical == 0\"", "\"analysis.error == 0\"").replace("\"scan\"", "\"analysis\"");
    project.commit(".qms/policy.toml", &control.replace(", \"scan.high == 0\"", ""));
    project.by("ada", &["policy", "ratify"]).ok();
    let said = project.by("ci", &["record", "analysis", "--from", &fixture("sarif-eslint.json")]).ok();
    said.says("ESLint: 2 errors, 2 warnings; set aside: 1 suppressed");
    let record = shown(&project, "analysis");
    assert_eq!((&record["header"]["stage"], &record["predicate"]["counts"]["error"]), (&"test".into(), &2.into()));
    assert_eq!(gate_line(&project, "SCAN-01"), ("fail".to_owned(), "2 of level error, 1 set aside".to_owned()));
    project
        .by("ci", &["record", "analysis", "--from", &fixture("sarif-semgrep-failed.json")])
        .ok()
        .says("the run failed");
    let (_, found) = gate_line(&project, "SCAN-01");
    assert!(found.starts_with("unknown: Semgrep OSS: the run failed: SemgrepError"), "{found}");
}

#[test]
fn e06_runs_of_several_tools_are_told_apart() {
    let project = Project::founded();
    let run = |tool: &str| format!(r#"{{"tool":{{"driver":{{"name":"{tool}"}}}},"results":[{{}}]}}"#);
    let sarif = |runs: &[String]| format!(r#"{{"version":"2.1.0","runs":[{}]}}"#, runs.join(","));
    let two = project.report("two.sarif", &sarif(&[run("one"), run("other\\u001b[31m")]));
    let record = ["record", "analysis", "--from", &two];
    refused(&project, "ci", &record, 2, &["runs of several tools (1 one, 2 other", "--tool-run N"]);
    refused(&project, "ci", &[&record[..], &["--tool-run", "3"]].concat(), 2, &["has no run \"3\""]);
    for run in ["2", "one"] {
        project.by("ci", &[&record[..], &["--tool-run", run]].concat()).ok().never_says("\u{1b}[31m");
    }
    let same = project.report("same.sarif", &sarif(&[run("one"), run("one")]));
    project.by("ci", &["record", "analysis", "--from", &same]).ok().says("one: 2 runs count as one");
    let ruff = fixture("sarif-ruff.json");
    let words = ["no rule of ruff has a security-severity", "git qms record analysis --from sarif-ruff.json"];
    refused(&project, "ci", &["record", "scan", "--from", &ruff], 2, &words);
    let trivy = project.report("trivy.json", TRIVY);
    refused(&project, "ci", &["record", "analysis", "--from", &trivy], 2, &["feeds scan, not analysis"]);
}

/// E04: inventory and provenance of others, beside our own claim; provenance of other bytes is refused.
#[test]
fn e04_provenance_of_others_is_kept_and_matched_with_the_artifact() {
    let project = Project::founded();
    project.write("../till-1.4.tar.gz", "a till\n");
    let (spdx, provenance) = (fixture("spdx-npm.json"), fixture("provenance.intoto.jsonl"));
    let build = ["record", "build", "--build-id", "78", "--from", &spdx, &provenance, "--artifact"];
    let said = project.by("ci", &[&build[..], &["../till-1.4.tar.gz"]].concat()).ok();
    said.says("were not checked");
    let record = shown(&project, "build");
    let detail = &record["header"]["urn:git-qms:build:v1"];
    let noted = &detail["attestations"][0];
    assert_eq!(noted["predicateType"], "https://slsa.dev/provenance/v1");
    assert_eq!((&noted["signatures"], &noted["matches"][0]), (&1.into(), &record["artifacts"][0]["sha256"]));
    assert_eq!(detail["inventory"]["licenses"]["expressions"][0]["expression"], "MIT");
    let files = record["header"]["files"].as_array().expect("files");
    assert_eq!(files[1]["mediaType"], "application/vnd.in-toto+json");
    assert_eq!((&files[1]["sha256"], files[1]["size"].as_u64()), (&noted["sha256"], Some(whole(&provenance))));
    project.write("../other.tar.gz", "another till\n");
    let words = ["provenance.intoto.jsonl: attests other files", "other.tar.gz", "build and attest the same bytes"];
    refused(&project, "ci", &[&build[..], &["../other.tar.gz"]].concat(), 2, &words);
    let twice = ["record", "build", "--build-id", "79", "--from", &spdx, &spdx, "--artifact", "../till-1.4.tar.gz"];
    refused(&project, "ci", &twice, 2, &["is a second inventory"]);
}

fn whole(path: &str) -> u64 {
    std::fs::metadata(path).expect("the fixture").len()
}

/// A21: what a report names reaches no terminal unescaped.
#[test]
fn a21_names_in_reports_are_escaped() {
    let project = Project::founded();
    let hostile = r#"{"dependencies":[{"name":"a\u001b[31m","skip_reason":"gone\u0007\u202e"},
        {"name":"b","version":"1","vulns":[{"id":"CVE\u001b]0;x\u0007","aliases":[]}]}],"fixes":[]}"#;
    let report = project.report("hostile.json", hostile);
    let said = project.by("ci", &["record", "scan", "--from", &report]).ok();
    said.never_says("\u{1b}").never_says("\u{7}").never_says("\u{202e}");
    let id = project.qms(&["log", "--ids", "--kind", "scan"]).ok().id();
    project.qms(&["show", &id]).ok().never_says("\u{1b}").never_says("\u{7}").never_says("\u{202e}");
    project.qms(&["gate"]).exit(1).never_says("\u{1b}").never_says("\u{202e}");
}

/// G05: a release never counts what a scan that broke off did not find.
#[test]
fn g05_a_manifest_has_no_counts_of_a_scan_that_is_not_complete() {
    let project = Project::founded();
    let policy = std::fs::read_to_string(project.path().join(".qms/policy.toml")).expect("the policy");
    project.commit(".qms/policy.toml", &policy.replace("\"block\"", "\"warn\""));
    project.by("ada", &["policy", "ratify"]).ok();
    project.plan("CHG-1842");
    project.prove();
    project.by("ci", &["record", "scan", "--from", &fixture("pip-audit-skipped.json")]).ok();
    let tag = project.by("grace", &["release", "--quiet"]).ok().id();
    let shown = project.qms(&["show", &tag, "--json"]).ok().json();
    let counted = shown["manifest"]["vulnerabilities"].as_array().expect("counts");
    let tools: Vec<_> = counted.iter().map(|scan| scan["tool"].as_str().expect("a tool")).collect();
    assert_eq!(tools, ["trivy"]);
    project.qms(&["show", &tag]).ok().says("pip-audit: no vulnerabilities; the run is incomplete");
}
