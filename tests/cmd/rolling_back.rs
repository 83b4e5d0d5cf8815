//! `rollback`: what to restore where, or what is missing for it; and the deployment that did it names both releases.

use crate::project::{Project, TRIVY, junit};
use crate::recording::refused;
use serde_json::json;

const SBOM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/cli/command/demo/reports/sbom.cdx.json");

/// A catalog that knows staging, too.
fn with_staging() -> Project {
    let project = Project::founded();
    let file = project.path().join(".qms/policy.toml");
    let text = std::fs::read_to_string(file).expect("a catalog");
    project.commit(".qms/policy.toml", &(text + "\n[[environment]]\nname = \"staging\"\nproduction = false\n"));
    project.by("ada", &["policy", "ratify"]).ok();
    project
}

/// A release of a new commit for production, built with or without an inventory.
fn release(project: &Project, change: &str, inventory: bool) -> String {
    project.commit("app.txt", change);
    project.plan(change);
    project.write("../payments.tar.gz", change);
    let (junit, trivy) = (project.report("junit.xml", &junit(5, 0, 1)), project.report("trivy.json", TRIVY));
    let build = ["record", "build", "--build-id", change, "--artifact", "../payments.tar.gz"];
    let from: &[&str] = if inventory { &["--from", SBOM] } else { &[] };
    project.by("ci", &[&build[..], from].concat()).ok();
    project.by("ci", &["record", "test", "--from", &junit]).ok();
    project.by("ci", &["record", "scan", "--from", &trivy]).ok();
    project.by("grace", &["approve", "--role", "release-manager"]).ok();
    project.by("grace", &["release", "--quiet", "--environment", "production", "--change", change]).ok().id()
}

fn deploy(project: &Project, tag: &str, environment: &str, more: &[&str]) {
    let args = ["record", "deploy", "--release", tag, "--environment", environment];
    let outcome: &[&str] = if more.contains(&"--outcome") { &[] } else { &["--outcome", "success"] };
    project.by("ci", &[&args[..], outcome, more].concat()).ok();
}

#[test]
fn r11_what_to_restore_is_told_by_environment() {
    let project = with_staging();
    let (first, second) = (release(&project, "CHG-1", true), release(&project, "CHG-2", true));
    deploy(&project, &first, "production", &["--infra-revision", "4f2c"]);
    deploy(&project, &first, "staging", &["--infra-revision", "aaaa"]);
    deploy(&project, &second, "staging", &["--infra-revision", "bbbb", "--migration", "0042_refunds"]);
    let failed = ["--outcome", "failure", "--migration", "0042_refunds", "--migration", "0043_limits"];
    deploy(&project, &second, "production", &failed);
    let again = ["--infra-revision", "5a5a", "--migration", "0042_refunds", "--migration", "0043_limits"];
    deploy(&project, &second, "production", &again);
    let args = ["rollback", &second, "--environment", "production"];
    let said = project.unchanged(|| project.qms(&args).ok());
    let said = said.says(&format!("take back  {second} in production   (production)"));
    let said = said.says(&format!("restore    {first}")).says("payments.tar.gz  sha256:").says("CycloneDX");
    let said = said.says("infra      4f2c").says("1. restore previous").says("record incident").never_says("missing");
    said.says(&format!("--rollback-of {second} --infra-revision 4f2c"));
    let json = project.qms(&[&args[..], &["--json"]].concat()).ok().json();
    let undo: Vec<_> = json["migrations"].as_array().expect("a list").iter().map(|one| one["name"].clone()).collect();
    assert_eq!(undo, ["0043_limits", "0042_refunds"], "the last one first, each once");
    assert_eq!((&json["restore"]["release"], &json["production"]), (&json!(first), &json!(true)));
    let built = project.qms(&["show", &first, "--json"]).ok().json()["manifest"]["buildId"].clone();
    assert_eq!(built, "CHG-1");
    let staging = project.qms(&["rollback", &second, "--environment", "staging"]).ok().says("infra      aaaa");
    staging.says("(not production)").never_says("record incident").never_says("0043_limits");
}

#[test]
fn r11_what_is_missing_is_told_and_is_a_no() {
    let project = with_staging();
    let first = release(&project, "CHG-1", false);
    let args = ["rollback", &first, "--environment", "production"];
    let said = project.qms(&args).exit(1).says(&format!("no deployment of {first} to production is recorded"));
    said.says("no other release of payments was deployed to production before");
    deploy(&project, &first, "production", &[]);
    let second = release(&project, "CHG-2", false);
    deploy(&project, &second, "production", &[]);
    let said = project.qms(&["rollback", "payments", "--environment", "production"]).exit(1);
    let said = said.says(&format!("restore    {first}")).says(&format!("no inventory of {first}"));
    said.says(&format!("no infrastructure revision of {first} there"));
    let json = project.qms(&["rollback", &second, "--environment", "production", "--json"]).exit(1).json();
    assert_eq!(json["missing"].as_array().expect("a list").len(), 2, "{json:#}");
    let older = project.qms(&args).exit(1);
    older.says(&format!("{second} was deployed to production since: take that back first"));
    refused(&project, "ada", &["rollback", &second], 2, &["name the environment", "production, staging"]);
    refused(&project, "ada", &["rollback", &second, "--environment", "moon"], 2, &["no environment moon"]);
    refused(&project, "ada", &["rollback", "HEAD", "--environment", "staging"], 2, &["is no release"]);
}

#[test]
fn r11_a_release_that_was_taken_back_is_not_gone_back_to() {
    let project = with_staging();
    let tags: Vec<_> = ["CHG-1", "CHG-2", "CHG-3"].iter().map(|change| release(&project, change, true)).collect();
    let [first, second, third] = &tags[..] else { panic!("three") };
    deploy(&project, first, "production", &["--infra-revision", "1"]);
    deploy(&project, second, "production", &["--infra-revision", "2", "--migration", "0042"]);
    deploy(&project, first, "production", &["--infra-revision", "1", "--unplanned", "--rollback-of", second]);
    let said = project.qms(&["rollback", second, "--environment", "production"]).exit(1);
    said.says(&format!("{second} is taken back already: {first} is deployed to production"));
    deploy(&project, third, "production", &["--infra-revision", "3"]);
    project.qms(&["rollback", third, "--environment", "production"]).ok().says(&format!("restore    {first}"));
    // Both releases tell of it.
    project.qms(&["show", first]).ok().says(&format!("rolls back {second}"));
    project.qms(&["show", second]).ok().says("production taken back: ");
    let json = project.qms(&["show", second, "--json"]).ok().json();
    assert_eq!(
        (&json["takenBack"][0]["release"], json["takenBack"][0]["kind"].as_str()),
        (&json!(first), Some("deploy"))
    );
    let args = ["record", "deploy", "--release", first, "--environment", "production", "--outcome", "success"];
    let args = [&args[..], &["--rollback-of", "payments@1+nothing"]].concat();
    refused(&project, "ci", &args, 1, &["--rollback-of names the release", "there is no release payments@1+nothing"]);
}
