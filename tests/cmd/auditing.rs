//! `git qms audit`: the population, what is missing from it, a sample, and what makes it a no.

use std::process::Command;

use serde_json::{Value, json};

use crate::project::Project;
use crate::recording::refused;

fn deploy(project: &Project, tag: &str, more: &[&str]) -> String {
    let args = ["record", "deploy", "--quiet", "--release", tag, "--environment", "production"];
    project.by("ci", &[&args[..], more].concat()).ok().id()
}

fn watch(project: &Project, tag: &str) {
    let args = ["record", "monitor", "--smoke", "pass", "--environment", "production", "--release", tag];
    project.by("ci", &args).ok();
}

fn ids(rows: &Value) -> Vec<String> {
    rows.as_array().expect("a list").iter().map(|row| row["record"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn f04_an_audit_of_a_project_in_order_says_yes_and_runs_every_check() {
    let (project, tag) = Project::released();
    let id = deploy(&project, &tag, &["--outcome", "success"]);
    watch(&project, &tag);
    let mut said = project.qms(&["audit"]).ok();
    for part in [
        "population  1 change",
        "not released  ",
        "changed without a release  0",
        "changed without an approval  0",
        "not watched  0",
        "policy  1 ratification",
        "trust  ",
        "exceptions  0 open",
        "retention  1 release to be kept",
        "times  ",
        "controls  ",
        "last audit  none on record",
        "in order: ",
        "approved by grace; watched",
    ] {
        said = said.says(part);
    }
    let json = project.qms(&["audit", "--json"]).ok().json();
    assert_eq!(
        (&json["schema"], &json["result"], &json["faults"]),
        (&json!("git-qms/audit/v1"), &json!("pass"), &json!([]))
    );
    let row = &json["population"][0];
    assert_eq!(row["record"], json!(id));
    for (key, value) in [
        ("release", json!(tag)),
        ("service", json!("payments")),
        ("environment", json!("production")),
        ("outcome", json!("success")),
        ("planned", json!(true)),
        ("released", json!("before")),
        ("approved", json!("before")),
        ("approvers", json!(["grace"])),
        ("watched", json!("done")),
        ("verification", json!("verified")),
    ] {
        assert_eq!(row[key], value, "{key}: {row}");
    }
    assert!(row["author"].as_str().is_some_and(|author| author.contains('@')) && row["decision"].is_string(), "{row}");
    for part in [
        "counts",
        "findings",
        "trust",
        "ledger",
        "files",
        "completeness",
        "policies",
        "exceptions",
        "retention",
        "controls",
    ] {
        assert!(!json[part].is_null(), "{part}");
    }
    assert_eq!(project.qms(&["audit", "--quiet"]).ok().out, "pass\n");
}

#[test]
fn f03_the_population_is_every_change_of_production_in_the_period() {
    let (project, tag) = Project::released();
    let at = |day: &'static str| ["--outcome", "success", "--start", day, "--end", day];
    let first = deploy(&project, &tag, &at("2026-01-31"));
    let second = deploy(&project, &tag, &["--outcome", "failure", "--start", "2026-02-01", "--end", "2026-02-01"]);
    let elsewhere = ["record", "deploy", "--release", &tag, "--environment", "staging", "--outcome", "success"];
    project.by("ci", &elsewhere).exit(0);
    let population = |args: &[&str]| ids(&project.qms(&[&["audit", "--json"][..], args].concat()).json()["population"]);
    let all = population(&[]);
    // Staging is not known to the catalog: nothing says that users are not served from it.
    assert_eq!((all.len(), &all[..2]), (3, &[first.clone(), second.clone()][..]));
    assert_eq!(population(&["--period", "2026-01"]), std::slice::from_ref(&first));
    assert_eq!(population(&["--since", "2026-02-01", "--until", "2026-02"]), [second]);
    assert_eq!(population(&["--period", "2026-01", "--service", "payments"]), [first]);
    assert!(population(&["--period", "2025"]).is_empty());
}

#[test]
fn f03_what_went_out_without_release_approval_or_monitoring_is_a_no() {
    let project = Project::founded();
    let args = ["record", "deploy", "--quiet", "--unreleased", "--environment", "production"];
    let day = ["--outcome", "success", "--start", "2026-01-02", "--end", "2026-01-02"];
    let id = project.by("ci", &[&args[..], &day].concat()).exit(0).id();
    let mut said = project.qms(&["audit", "--completeness"]).exit(1);
    for fault in [
        "1 change of production went out before it was released",
        "1 change of production went out before a person approved it",
        "not in order",
    ] {
        said = said.says(fault);
    }
    said.never_says("population");
    // An approval that comes afterwards is late, and no approval.
    let approval = project.by("grace", &["approve", "--quiet", "--role", "release-manager"]).exit(0).id();
    let json = project.qms(&["audit", "--json"]).exit(1).json();
    let gaps = &json["completeness"];
    for part in ["withoutRelease", "withoutApproval"] {
        assert_eq!(ids(&gaps[part]), std::slice::from_ref(&id), "{part}");
    }
    assert_eq!(gaps["withoutApproval"][0]["state"], "late");
    assert_eq!(gaps["withoutApproval"][0]["late"], json!([approval]));
    // What happened in another year is no fault of this one.
    let json = project.qms(&["audit", "--json", "--period", "2025"]).ok().json();
    assert_eq!(json["faults"], json!([]));
}

#[test]
fn e09_a_release_that_nobody_watched_is_told_and_a_fault_when_it_is_overdue() {
    let (project, tag) = Project::released();
    let id = deploy(&project, &tag, &["--outcome", "success"]);
    let told = |json: &Value| json["completeness"]["withoutMonitoring"][0].clone();
    let json = project.qms(&["audit", "--json"]).ok().json();
    assert_eq!((&told(&json)["record"], &told(&json)["state"]), (&json!(id), &json!("due")));
    let json = project.qms(&["audit", "--json", "--at", "2199-01-01"]).exit(1).json();
    assert_eq!(told(&json)["state"], "overdue");
    assert_eq!(json["faults"], json!(["monitoring of 1 change of production is overdue"]));
    project.qms(&["audit"]).ok().says("not watched  1 change").says(" due by ");
    watch(&project, &tag);
    assert_eq!(told(&project.qms(&["audit", "--json", "--at", "2199-01-01"]).ok().json()), json!(null));
}

#[test]
fn f03_commits_of_the_release_branch_without_a_release_are_told_and_are_no_fault() {
    let (project, tag) = Project::released();
    let open = |args: &[&str]| {
        let json = project.qms(&[&["audit", "--json"][..], args].concat()).ok().json();
        json["completeness"]["commitsWithoutRelease"].clone()
    };
    assert_eq!(open(&[]), json!([]));
    project.commit("app.txt", "two\n");
    let head = project.git(&["rev-parse", "HEAD"]).trim().to_owned();
    let told = open(&[]);
    assert_eq!((told.as_array().map(Vec::len), &told[0]["commit"]), (Some(1), &json!(head)), "{told}");
    assert!(told[0]["author"].as_str().is_some_and(|author| author.contains('@')));
    assert_eq!(open(&["--branch", &tag]), json!([]));
    assert_eq!(open(&["--period", "2025"]), json!([]));
    project.qms(&["audit", "--completeness"]).ok().says(&format!("not released  1 commit\n  {}", &head[..7]));
}

#[test]
fn f03_a_seeded_sample_is_drawn_again_by_sha256sum_and_told_in_full() {
    let (project, tag) = Project::released();
    for _ in 0..6 {
        deploy(&project, &tag, &["--outcome", "success"]);
    }
    watch(&project, &tag);
    let sample = |args: &[&str]| project.qms(&[&["audit", "--json"][..], args].concat()).ok().json();
    for wrong in ["x", "0"] {
        project.qms(&["audit", "--sample", wrong]).exit(2).says("expected a whole number, from 1");
    }
    let json = sample(&["--sample", "3", "--seed", "2026-Q1"]);
    let drawn: Vec<String> = json["sample"]["drawn"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| one["change"]["record"].as_str().expect("an id").to_owned())
        .collect();
    // As an auditor does it again.
    let script = r#"while read id; do echo "$(printf '%s\n' "$SEED" "$id" | sha256sum | cut -c 1-64) $id"; done | sort | head -n 3 | cut -d ' ' -f 2"#;
    let list = project.path().join("population");
    std::fs::write(&list, ids(&json["population"]).join("\n") + "\n").expect("a file");
    let input = std::fs::File::open(&list).expect("a file");
    let again = Command::new("sh").args(["-c", script]).env("SEED", "2026-Q1").stdin(input).output().expect("a shell");
    assert_eq!(String::from_utf8_lossy(&again.stdout).lines().collect::<Vec<_>>(), drawn);
    assert_eq!(sample(&["--sample", "3", "--seed", "2026-Q1"])["sample"], json["sample"]);
    let stages = &json["sample"]["drawn"][0]["stages"];
    for stage in ["plan", "build", "test", "approve", "deploy", "monitor"] {
        assert!(stages[stage].as_array().is_some_and(|records| !records.is_empty()), "{stage}");
    }
    let mut said = project.qms(&["audit", "--sample", "1", "--seed", "x"]).ok().says("sample  1 of 6, seed \"x\"");
    for kind in ["  plan  ", "  build  ", "  test  ", "  approval  ", "  gate  ", "  deploy  ", "  monitor  "] {
        said = said.says(kind);
    }
    // Without a seed it is the ledger's tip, and told.
    let json = sample(&["--sample", "1"]);
    assert_eq!(json["sample"]["seed"], json["ledger"]);
    refused(&project, "ada", &["audit", "--seed", "x"], 2, &["--sample"]);
}

#[test]
fn f04_what_changed_since_the_last_audit_is_told_by_the_ledger() {
    let (project, tag) = Project::released();
    refused(&project, "ada", &["audit", "--since", "last audit"], 1, &["no audit is on record", "--record"]);
    let recorded = project.by("ada", &["audit", "--record", "--json"]).ok().json()["recorded"].clone();
    let said = project.qms(&["audit"]).ok();
    said.says("since then: nothing");
    deploy(&project, &tag, &["--outcome", "success"]);
    let json = project.qms(&["audit", "--json", "--since", "last audit"]).ok().json();
    let last = &json["sinceLastAudit"];
    assert_eq!(
        (&last["audit"], &last["recorder"], &last["records"]),
        (&recorded, &json!("ada"), &json!({"deploy": 1}))
    );
    assert_eq!(json["period"]["since"], last["recorded"]);
    project.qms(&["show", recorded.as_str().expect("an id")]).ok().says("audited up to here");
    project.qms(&["verify"]).ok();
}

#[test]
fn f04_what_does_not_verify_is_no_audit_anybody_signs() {
    let (project, _) = Project::released();
    project.git(&["notes", "--ref=qms", "remove", "HEAD"]);
    project.qms(&["audit"]).exit(1).says("line-removed").says("not in order");
    refused(&project, "ada", &["audit", "--record"], 1, &["nobody signs that it was audited"]);
}

#[test]
fn e11_an_audit_tells_files_verified_mismatched_and_unavailable_apart() {
    let (project, _) = Project::released();
    let file = project.report("runbook.md", "how to\n");
    let far = ["--attach-uri", "https://example.com/a.log", "--sha256", &"a".repeat(64), "--size", "7"];
    let plan = ["record", "plan", "--change", "CHG-7", "--reason", "why", "--attach", &file];
    project.by("ada", &[&plan[..], &far].concat()).exit(0);
    let json = project.qms(&["audit", "--json"]).ok().json();
    assert_eq!(json["files"]["unavailable"], 1);
    assert_eq!(json["unavailable"][0]["uri"], "https://example.com/a.log");
    assert!(json["files"]["verified"].as_u64() > Some(0) && json["files"]["mismatched"] == 0, "{}", json["files"]);
    project.qms(&["audit"]).ok().says("1 unavailable");
}

#[test]
fn f07_a_catalog_that_shortens_retention_is_refused_and_a_release_past_its_day_is_told() {
    let (project, tag) = Project::released();
    let catalog = std::fs::read_to_string(project.path().join(".qms/policy.toml")).expect("a catalog");
    assert!(catalog.contains("retention = \"7y\""));
    project.commit(".qms/policy.toml", &catalog.replacen("retention = \"7y\"", "retention = \"6y\"", 1));
    refused(&project, "ada", &["policy", "ratify"], 1, &["would shorten the retention", "6y instead of 7y", "hint: "]);
    project.commit(".qms/policy.toml", &catalog.replacen("retention = \"7y\"", "retention = \"84m\"", 1));
    project.by("ada", &["policy", "ratify"]).ok();
    let retention = |args: &[&str]| project.qms(&[&["audit", "--json"][..], args].concat()).json()["retention"].clone();
    let now = retention(&[]);
    assert_eq!(
        (&now[0]["release"], &now[0]["due"], now.as_array().map(Vec::len)),
        (&json!(tag), &json!(false), Some(1))
    );
    let year: i32 = now[0]["until"].as_str().and_then(|day| day.get(..4)?.parse().ok()).expect("a day");
    let later = format!("{}-12-31", year + 1);
    assert_eq!(retention(&["--at", &later])[0]["due"], true);
    project.qms(&["audit", "--at", &later]).says("1 past their day").says(&format!("{tag}  until {year}"));
}

#[test]
fn f04_the_page_of_an_audit_is_written_whole_or_not_at_all_and_before_the_audit_is_signed() {
    let project = Project::founded();
    let before = project.qms(&["log", "--ids"]).ok().out;
    let file = project.outside().join("gone/audit.html").display().to_string();
    project.qms(&["audit", "--html", &file, "--record"]).exit(2).says("name a file in a folder that is there");
    assert_eq!(project.qms(&["log", "--ids"]).ok().out, before, "nobody signed that it was made");
    project.qms(&["audit", "--html", "x.html", "--completeness"]).exit(2).says("cannot be used with");
    let file = project.outside().join("audit.html").display().to_string();
    // As JSON, the answer is the same with a page as without.
    let at = ["--at", "2199-01-01", "--json"];
    let plain = project.qms(&[&["audit"][..], &at].concat()).ok().out;
    assert_eq!(project.qms(&[&["audit", "--html", &file][..], &at].concat()).ok().out, plain);
    let page = std::fs::read_to_string(&file).expect("a page");
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("no change of production in the period"));
}
