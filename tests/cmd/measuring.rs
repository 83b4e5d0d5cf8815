//! Measures, as their users ask for them: in a real repository, with deployments that went well and one that did not.

use serde_json::Value;

use crate::project::Project;

/// Two releases of one service in production; the second is rolled back, and blamed by an incident.
fn deployed() -> (Project, String, String) {
    let (project, first) = Project::released();
    let deploy = ["record", "deploy", "--environment", "production", "--outcome"];
    project.by("ci", &[&deploy[..], &["success", "--release", &first]].concat()).ok();
    project.commit("app.txt", "two\n");
    project.commit("app.txt", "three\n");
    project.plan("CHG-2");
    // Asked too early: it says no, and that is on record.
    project.by("ci", &["gate", "--record"]).exit(1);
    project.prove();
    let second = project.by("grace", &["release", "--quiet"]).ok().id();
    project.by("ci", &[&deploy[..], &["success", "--release", &second]].concat()).ok();
    project.by("ci", &[&deploy[..], &["success", "--release", &first, "--rollback-of", &second]].concat()).ok();
    let incident = ["record", "incident", "--id", "INC-7", "--severity", "high", "--environment", "production"];
    project.by("ada", &[&incident[..], &["--release", &second]].concat()).ok();
    (project, first, second)
}

fn measure<'a>(board: &'a Value, name: &str) -> &'a Value {
    let all = board["groups"][0]["measures"].as_array().expect("measures");
    all.iter().find(|measure| measure["name"] == name).unwrap_or_else(|| panic!("no {name} in {board}"))
}

#[test]
fn k01_numbers_come_from_signed_records_and_from_git() {
    let (project, first, second) = deployed();
    let board = project.by("ada", &["measure", "--json"]).ok().json();
    assert_eq!((&board["schema"], &board["window"]), (&"git-qms/measure/v1".into(), &"month".into()));
    let group = &board["groups"][0];
    assert_eq!((&group["service"], &group["environment"]), (&"payments".into(), &"production".into()));
    for (name, value, n) in [
        ("change-fail-rate", 0.5, 2),
        ("missing-approvals", 0.0, 2),
        ("incident-weight", 2.5, 2),
        ("rework-rate", 0.0, 2),
        ("flaky-rate", 0.0, 2),
        ("exceptions-overdue", 0.0, 0),
    ] {
        let told = measure(&board, name);
        assert_eq!((told["value"].as_f64(), told["n"].as_u64()), (Some(value), Some(n)), "{name}: {told}");
    }
    // The second release brought two commits in one file, with one line out and one in.
    let size = |name: &str| (measure(&board, name)["value"].as_u64(), measure(&board, name)["n"].as_u64());
    assert_eq!(size("release-commits"), (Some(2), Some(1)));
    assert_eq!(size("release-files"), (Some(1), Some(1)));
    assert_eq!(size("release-lines"), (Some(2), Some(1)));
    // Both of its commits, and whatever the first brought since the catalog's baseline.
    assert!(measure(&board, "lead-time")["n"].as_u64() >= Some(3), "{board}");
    // CHG-2 took two decisions, CHG-1842 one.
    assert_eq!(measure(&board, "gate-runs")["value"].as_f64(), Some(1.5));
    assert_eq!(measure(&board, "time-to-restore")["state"], "not-applicable", "INC-7 is open");
    assert_eq!(measure(&board, "audit-preparation")["state"], "unknown");
    assert!(measure(&board, "review-pickup")["needs"].as_str().is_some_and(|text| text.contains("merge request")));
    let releases: Vec<_> = group["releases"].as_array().expect("releases").iter().map(|row| &row["name"]).collect();
    assert_eq!(releases, [&Value::from(first), &Value::from(second)]);
    assert_eq!(group["releases"][1]["failed"], serde_json::json!(["rolled back", "incident"]));
    assert_eq!(group["releases"][1]["incident"], "high");
    assert!(group["releases"][1]["vulnerabilities"].is_object());
}

#[test]
fn k01_a_number_opens_to_the_records_behind_it() {
    let (project, _, second) = deployed();
    let board = project.by("ada", &["measure", "change-fail-rate", "--records", "--json"]).ok().json();
    let items = board["groups"][0]["measures"][0]["items"].as_array().expect("items").clone();
    assert_eq!(items.len(), 2);
    let failed = items.iter().find(|item| item["part"] == 1).expect("one that failed");
    assert_eq!((&failed["what"], &failed["flag"]), (&Value::from(second), &"rolled back, incident".into()));
    for id in failed["records"].as_array().expect("records") {
        project.qms(&["show", id.as_str().expect("an id")]).ok();
    }
    let said = project.by("ada", &["measure", "change-fail-rate", "--records"]).ok();
    said.says("50.0 %").says("rolled back, incident").says("COUNTS").says("may still turn out to fail");
}

#[test]
fn k02_leading_and_lagging_stand_side_by_side_before_and_after() {
    let (project, ..) = deployed();
    let said = project.by("ada", &["measure"]).ok();
    said.says("LEADING").says("LAGGING").says("payments → production").says("BY MONTH").says("n/a").says("unknown");
    project.by("ada", &["measure", "--split-at", "NONE-01"]).exit(1).says("no ratified catalog has a control NONE-01");
    project.by("ada", &["measure", "--split-at", "2001-01-01"]).exit(2).says("is not within the period");
    project.by("ada", &["measure", "--split-at", "not a time"]).exit(2).says("neither a time nor a control");
    let split = project.by("ada", &["measure", "change-fail-rate", "--split-at", "TEST-01", "--json"]).ok().json();
    assert_eq!(split["split"]["control"], "TEST-01");
    let told = measure(&split, "change-fail-rate");
    assert_eq!((&told["before"]["state"], &told["after"]["value"]), (&"not-applicable".into(), &0.5.into()));
    project.by("ada", &["measure", "change-fail-rate", "--split-at", "TEST-01"]).ok().says("BEFORE").says("AFTER");
}

#[test]
fn k02_what_each_control_stopped_is_told() {
    let (project, ..) = deployed();
    let said = project.by("ada", &["measure", "--controls"]).ok();
    said.says("BLOCKED").says("TEST-01").says("APPROVE-01");
    let board = project.by("ada", &["measure", "--json"]).ok().json();
    let controls = board["groups"][0]["controls"].as_array().expect("controls");
    let test = controls.iter().find(|control| control["id"] == "TEST-01").expect("TEST-01");
    assert_eq!(
        (test["asked"].as_u64(), test["passed"].as_u64(), test["blocked"].as_u64()),
        (Some(3), Some(2), Some(1))
    );
}

#[test]
fn k03_the_same_numbers_as_csv() {
    let (project, ..) = deployed();
    let said = project.by("ada", &["measure", "--csv", "--window", "quarter"]).ok().out;
    let mut rows = csv::Reader::from_reader(said.as_bytes());
    let rows: Vec<csv::StringRecord> = rows.records().map(|row| row.expect("a row")).collect();
    let period = rows.iter().find(|row| &row[2] == "change-fail-rate" && &row[5] == "period").expect("the period");
    assert_eq!((&period[0], &period[1], &period[9], &period[10]), ("payments", "production", "0.5", "2"));
    let windows = rows.iter().filter(|row| &row[2] == "change-fail-rate" && &row[5] == "window").count();
    assert!((4..=5).contains(&windows), "quarters of twelve months: {windows}");
}

#[test]
fn k01_what_is_asked_wrongly_is_told_with_what_there_is() {
    let project = Project::founded();
    project.by("ada", &["measure", "velocity"]).exit(2).says("measures are: deployment-frequency");
    project.by("ada", &["measure", "--service", "billing"]).exit(2).says("no service billing").says("payments");
    project.by("ada", &["measure", "--environment", "moon"]).exit(2).says("no environment moon").says("production");
    project.by("ada", &["measure", "--window", "year"]).exit(2).says("month, quarter, week");
    project.by("ada", &["measure", "--since", "2030-01-01"]).exit(2).says("holds nothing");
    project.by("ada", &["measure", "--records"]).exit(2);
    // Nothing was deployed, and that is no success.
    let board = project.by("ada", &["measure", "--json"]).ok().json();
    for name in ["change-fail-rate", "missing-approvals", "lead-time", "control-operating"] {
        assert_eq!(measure(&board, name)["state"], "not-applicable", "{name}");
    }
}

#[test]
fn k01_what_was_recorded_later_is_left_out() {
    let (project, ..) = deployed();
    let board = project.by("ada", &["measure", "--json", "--at", "2020-01-01"]).ok().json();
    assert_eq!(measure(&board, "change-fail-rate")["n"], 0);
}
