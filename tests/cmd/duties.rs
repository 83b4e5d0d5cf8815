//! What is late: records after what they tell of, and monitoring after a deployment; both by the catalog.

use serde_json::json;

use crate::project::{Project, junit};
use crate::recording::refused;

/// Puts a line into the catalog and has it ratified.
fn ratified(project: &Project, from: &str, to: &str) {
    let catalog = std::fs::read_to_string(project.path().join(".qms/policy.toml")).expect("a catalog");
    assert!(catalog.contains(from));
    project.commit(".qms/policy.toml", &catalog.replacen(from, to, 1));
    project.by("ada", &["policy", "ratify"]).ok();
}

fn deployed_at(project: &Project, tag: &str, time: &str) -> String {
    let deploy = ["record", "deploy", "--quiet", "--outcome", "success", "--environment", "production"];
    project.by("ci", &[&deploy[..], &["--release", tag, "--start", time, "--end", time]].concat()).ok().id()
}

#[test]
fn e09_a_deployment_that_nobody_watched_is_due_and_then_overdue() {
    let (project, tag) = Project::released();
    let deploy = deployed_at(&project, &tag, "2026-04-13T09:00:00Z");
    let due = "no monitoring of production recorded since its deployment: due by 2026-04-14T09:00:00Z";
    let overdue = "no monitoring of production recorded since its deployment: overdue since 2026-04-14T09:00:00Z";
    project.qms(&["status", &tag]).says(overdue);
    project.qms(&["show", &tag]).ok().says(&format!("pending    {overdue}"));
    let status = project.qms(&["status", &tag, "--json"]).json();
    let duty = json!({"service": "payments", "release": tag, "environment": "production", "deployment": deploy,
        "due": "2026-04-14T09:00:00Z", "overdue": true});
    assert_eq!(status["duties"], json!([duty]));
    // Asked about a moment before the deadline.
    project.qms(&["show", &tag, "--at", "2026-04-14T08:59:59Z"]).says(due);
    // Whoever looks at a later commit is told, too.
    project.commit("app.txt", "two\n");
    project.qms(&["status"]).says(&format!("overdue  {tag}: {overdue}"));
    let monitor = ["record", "monitor", "--smoke", "pass", "--environment", "production", "--release", &tag];
    project.by("ci", &monitor).ok();
    project.qms(&["status"]).never_says("no monitoring");
    // The next deployment is watched anew.
    deployed_at(&project, &tag, "2026-04-15T09:00:00Z");
    project.qms(&["status"]).says("overdue since 2026-04-16T09:00:00Z");
}

#[test]
fn e09_the_deadline_of_an_environment_is_the_catalogs() {
    let project = Project::founded();
    ratified(&project, "production = true\n", "production = true\nmonitor-within = \"4h\"\n");
    project.plan("CHG-1842");
    project.prove();
    let tag = project.by("grace", &["release", "--quiet"]).ok().id();
    deployed_at(&project, &tag, "2026-04-13T09:00:00Z");
    project.qms(&["status", &tag]).says("overdue since 2026-04-13T13:00:00Z");
}

#[test]
fn e12_a_late_record_is_told_by_the_catalogs_span() {
    let project = Project::founded();
    let report = project.report("junit.xml", &junit(2, 0, 0));
    let hours_ago = |hours: i64| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
        let then = i64::try_from(now).expect("a while yet") - hours * 3600;
        git_qms::record::UtcTime::from_seconds(then).to_string()
    };
    let record = |time: &str| {
        let args = ["record", "test", "--quiet", "--from", &report, "--start", time, "--end", time];
        project.by("ci", &args).ok().id()
    };
    let (fresh, late) = (record(&hours_ago(3)), record(&hours_ago(30)));
    let odd = "late: recorded 30 h after it ended";
    for args in [&["show", &late][..], &["log"], &["status"], &["show", "--stage", "test"]] {
        project.qms(args).says(odd).never_says("recorded 3 h after");
    }
    let timing = |id: &str| project.qms(&["show", id, "--json"]).ok().json()["record"]["timing"].clone();
    assert_eq!((timing(&fresh), timing(&late)), (json!(null), json!("late")));
    ratified(&project, "version = 1\n", "version = 1\nlate-after = \"2h\"\n");
    assert_eq!(timing(&fresh), json!("late"));
    project.qms(&["log"]).ok().says("late: recorded 3 h after it ended");
}

#[test]
fn e12_a_record_from_before_what_it_tells_of_is_a_clock_fault() {
    let project = Project::founded();
    let report = project.report("junit.xml", &junit(2, 0, 0));
    let args = ["record", "test", "--quiet", "--from", &report, "--end", "2199-01-01T00:00:00Z"];
    let id = project.by("ci", &args).ok().id();
    for args in [&["show", &id][..], &["log"], &["status"]] {
        project.qms(args).says("clock fault: recorded");
    }
    assert_eq!(
        project.qms(&["log", "--json"]).ok().json()["records"].as_array().and_then(|all| all.last()).expect("one")["timing"],
        "clock-fault"
    );
}

#[test]
fn e08_every_field_of_a_deployment_has_an_option() {
    let (project, tag) = Project::released();
    let file = project.report("hotfix.bin", "hotfix");
    let args = [
        &["record", "deploy", "--release", &tag, "--environment", "production", "--outcome", "rolled-back"][..],
        &["--unplanned", "--artifact", &file, "--infra-revision", "4f2c", "--migration", "0042", "--migration", "0043"],
        &["--actor", "argo", "--rollback-of", &tag, "--change", "CHG-9", "--start", "2026-04-13T09:00:00Z"],
        &["--end", "2026-04-13T09:05:00Z", "--quiet"],
    ];
    let ran = project.by("ci", &args.concat()).ok();
    let id = ran.id();
    // What was not released is told, and recorded all the same.
    ran.says("hotfix.bin").says("is no artifact of");
    let shown = project.qms(&["show", &id, "--json"]).ok().json();
    let expected = json!({"outcome": "rolled-back", "planned": false, "infrastructureRevision": "4f2c",
        "migrations": ["0042", "0043"], "actor": "argo", "rollbackOf": tag});
    assert_eq!(shown["predicate"], expected);
    assert_eq!(shown["header"]["change"], "CHG-9");
    assert_eq!(shown["header"]["occurred"], json!({"start": "2026-04-13T09:00:00Z", "end": "2026-04-13T09:05:00Z"}));
    assert_eq!(shown["artifacts"][0]["name"], "hotfix.bin");
    let digest = project.qms(&["show", &tag, "--json"]).ok().json()["stages"]["build"]["records"][0]["id"].clone();
    let built = project.qms(&["show", digest.as_str().expect("an id"), "--json"]).ok().json()["artifacts"][0].clone();
    let named = format!("sha256:{}", built["sha256"].as_str().expect("a digest"));
    let args =
        ["record", "deploy", "--release", &tag, "--environment", "production", "--outcome", "success", "--quiet"];
    let ran = project.by("ci", &[&args[..], &["--planned", "--artifact", &named]].concat()).ok();
    let shown = project.qms(&["show", &ran.id(), "--json"]).ok().json();
    assert_eq!((&shown["artifacts"][0], &shown["predicate"]["planned"]), (&built, &json!(true)));
    refused(&project, "ci", &[&args[..], &["--artifact", "sha256:12"]].concat(), 2, &["SHA-256"]);
}
