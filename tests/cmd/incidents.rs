//! Incidents and defects: said again with the same id, a record tells what is new.

use crate::project::Project;
use crate::recording::refused;

fn deployed() -> (Project, String) {
    let (project, tag) = Project::released();
    let at = ["--release", &tag, "--environment", "production"];
    project.by("ci", &[&["record", "deploy", "--outcome", "success"][..], &at[..]].concat()).ok();
    project.by("ci", &[&["record", "monitor", "--smoke", "pass"][..], &at[..]].concat()).ok();
    (project, tag)
}

#[test]
fn e10_an_incident_is_told_from_its_detection_to_its_end() {
    let (project, tag) = deployed();
    let deploy = project.qms(&["log", "--ids", "--kind", "deploy"]).ok().id();
    let commit = project.git(&["rev-parse", "HEAD"]);
    // Work goes on; the record lies on the released commit all the same.
    project.commit("app.txt", "two\n");
    let told = [
        &["record", "incident", "--quiet", "--id", "INC-7", "--severity", "high", "--title", "Refunds twice"][..],
        &["--detected", "2026-04-13T10:00:00Z", "--deployment", &deploy[..12], "--introduced-by", &commit[..10]],
        &["--missed-by", "regression"],
    ];
    let first = project.by("ada", &told.concat()).ok().id();
    let shown = project.qms(&["show", &first, "--json"]).ok().json();
    assert_eq!(shown["predicate"]["deployment"], deploy.as_str());
    assert_eq!(shown["predicate"]["introducedBy"], commit.as_str());
    assert_eq!((&shown["header"]["stage"], &shown["record"]["commit"]), (&"monitor".into(), &commit.as_str().into()));
    assert_eq!(
        (&shown["header"]["release"], &shown["header"]["environment"]),
        (&tag.as_str().into(), &"production".into())
    );

    let open = "incident INC-7 high, open: Refunds twice";
    project.qms(&["show", &tag]).ok().says(&format!("pending    {open}")).never_says("complete  ");
    project.qms(&["status"]).says(&format!("open     {open}"));
    project.qms(&["status", &tag]).says(open).says("git qms record incident --id INC-7 --restored");

    project.by("ci", &["record", "incident", "--id", "inc-7", "--restored", "2026-04-13T10:45:00Z"]).ok();
    project.qms(&["show", &tag]).ok().says("incident INC-7 high, restored: Refunds twice");
    let closing = ["record", "incident", "--id", "INC-7", "--quiet", "--closed"];
    refused(&project, "ada", &closing, 2, &["closed needs restored and remediation", "hint:", "--remediation"]);
    let closed = project.by("ada", &[&closing[..], &["--remediation", "idempotency key"]].concat()).ok().id();
    let shown = project.qms(&["show", &closed, "--json"]).ok().json();
    let predicate = &shown["predicate"];
    assert_eq!(predicate["id"], "INC-7");
    assert_eq!((&predicate["severity"], &predicate["restored"]), (&"high".into(), &"2026-04-13T10:45:00Z".into()));
    assert_eq!((&predicate["missedBy"], &predicate["remediation"]), (&"regression".into(), &"idempotency key".into()));
    assert_eq!(shown["record"]["commit"], commit.as_str());
    let whole = project.qms(&["show", &tag, "--json"]).ok().json();
    assert_eq!(whole["pending"], serde_json::json!([]));
    let case = &whole["cases"][0];
    assert_eq!((&case["kind"], &case["id"], &case["state"]), (&"incident".into(), &"INC-7".into(), &"closed".into()));
    assert_eq!(case["records"].as_array().map(Vec::len), Some(3));
    assert_eq!(case["last"], closed.as_str());
    project.qms(&["show", &tag]).ok().says("complete");
    project.qms(&["status"]).never_says("INC-7");
    // All three stay, and none corrects another.
    let log = project.qms(&["log", "--kind", "incident"]).ok();
    log.says("INC-7 high, open").says("INC-7 high, restored").says("INC-7 high, closed").never_says("superseded");
    project.by("ada", &["record", "incident", "--id", "INC-7", "--reopen"]).ok().says("INC-7 high, open");
    project.qms(&["status"]).says("INC-7 high, open");
}

#[test]
fn e10_a_defect_has_no_service_to_restore() {
    let (project, tag) = deployed();
    let told = ["record", "defect", "--id", "BUG-41", "--severity", "low", "--release", &tag, "--missed-by", "unit"];
    project.by("grace", &told).ok().says("BUG-41 low, open").says("--remediation TEXT --closed");
    project.qms(&["show", &tag]).ok().says("pending    defect BUG-41 low, open");
    refused(&project, "grace", &["record", "defect", "--id", "BUG-41", "--restored"], 2, &["--restored"]);
    let closing = ["record", "defect", "--id", "BUG-41", "--remediation", "decimals", "--closed"];
    project.by("grace", &closing).ok().says("BUG-41 low, closed");
    // An incident of the same id is something else.
    project.by("ada", &["record", "incident", "--id", "BUG-41", "--severity", "low"]).ok().says("open");
}

#[test]
fn e10_a_slip_is_corrected_and_the_state_before_it_counts_again() {
    let (project, tag) = deployed();
    let told = ["record", "incident", "--id", "INC-1", "--severity", "low", "--release", &tag];
    project.by("ada", &told).ok();
    let wrong = project.by("ada", &["record", "incident", "--quiet", "--id", "INC-1", "--restored"]).ok().id();
    project.qms(&["status"]).says("INC-1 low, restored");
    let correction = ["--supersedes", &wrong, "--reason", "it was another one", "--reopen"];
    project.by("ada", &[&["record", "incident", "--id", "INC-1"][..], &correction[..]].concat()).ok();
    project.qms(&["status"]).says("INC-1 low, open");
    project.qms(&["log", "--kind", "incident"]).ok().says("superseded by");
}

#[test]
fn e10_what_is_wrong_with_an_incident_is_said() {
    let (project, tag) = deployed();
    let incident = ["record", "incident", "--id", "INC-9"];
    refused(&project, "ada", &["record", "incident"], 2, &["--id"]);
    refused(&project, "ada", &incident, 2, &["INC-9 is new here", "needs a severity", "--severity"]);
    let high = [&incident[..], &["--severity", "high"]].concat();
    let with = |more: &[&'static str]| [&high[..], more].concat();
    refused(&project, "ada", &[&incident[..], &["--severity", "sev1"]].concat(), 2, &["sev1", "critical"]);
    let backwards = with(&["--detected", "2026-04-13T10:00:00Z", "--restored", "2026-04-13T09:00:00Z"]);
    refused(&project, "ada", &backwards, 2, &["restored 2026-04-13T09:00:00Z is before detected"]);
    refused(&project, "ada", &with(&["--release", "payments@1+nope"]), 2, &["payments@1+nope"]);
    refused(&project, "ada", &with(&["--deployment", "0123456789ab"]), 1, &["no record that counts"]);
    let plan = project.qms(&["log", "--ids", "--kind", "plan"]).ok().id();
    let no_deployment = [&high[..], &["--deployment", &plan]].concat();
    refused(&project, "ada", &no_deployment, 2, &["kind plan, not of a deployment", "--kind deploy"]);
    refused(&project, "ada", &with(&["--introduced-by", "nothing"]), 2, &["names no commit"]);
    refused(&project, "ada", &with(&["--title", " "]), 2, &["title is empty"]);
    project.commit("app.txt", "two\n");
    let elsewhere = [&high[..], &["--release", &tag, "--commit", "HEAD"]].concat();
    refused(&project, "ada", &elsewhere, 2, &["is on commit", "leave --commit out"]);
    // A bot tells of incidents; defects are found by people.
    project.by("ci", &high).ok();
    let defect = ["record", "defect", "--id", "B", "--severity", "low"];
    refused(&project, "ci", &defect, 2, &["ci may not sign records of kind defect"]);
}

#[test]
fn e02_an_incident_is_no_monitoring() {
    let (project, tag) = Project::released();
    let at = ["--release", &tag, "--environment", "production"];
    project.by("ci", &[&["record", "deploy", "--outcome", "success"][..], &at[..]].concat()).ok();
    project.by("ada", &[&["record", "incident", "--id", "INC-1", "--severity", "low"][..], &at[..]].concat()).ok();
    let status = project.qms(&["status", &tag, "--json"]).json();
    assert_eq!(status["stages"]["monitor"]["there"], false);
    assert_eq!(status["stages"]["monitor"]["records"].as_array().map(Vec::len), Some(1));
    project.qms(&["show", &tag]).ok().says("no monitoring of production recorded since its deployment");
}
