//! `record`: what is refused says why, and writes nothing.

use crate::project::{Project, TRIVY, junit};

/// Somebody says something that has to be refused with this code and these words, without any trace.
#[track_caller]
pub(crate) fn refused(project: &Project, who: &str, args: &[&str], code: i32, words: &[&str]) {
    let said = project.unchanged(|| project.by(who, args)).exit(code);
    words.iter().fold(said, |said, word| said.says(word));
}

#[test]
fn e01_an_unknown_kind_is_refused() {
    let project = Project::founded();
    refused(&project, "ada", &["record", "tset", "--from", "junit.xml"], 2, &["tset", "test"]);
    refused(&project, "ada", &["log", "--kind", "tset"], 2, &["tset"]);
}

#[test]
fn e03_a_plan_needs_a_reason_and_a_change() {
    let project = Project::founded();
    let plan = ["record", "plan"];
    let no_reason = ["a plan needs a business reason", "hint: --reason"];
    refused(&project, "ada", &[&plan[..], &["--change", "CHG-1"]].concat(), 2, &no_reason);
    refused(&project, "ada", &[&plan[..], &["--change", "CHG-1", "--reason", " \t"]].concat(), 2, &no_reason);
    let no_change = ["a plan needs the change it is for", "hint: --change"];
    refused(&project, "ada", &[&plan[..], &["--reason", "Refund limits"]].concat(), 2, &no_change);
}

#[test]
fn e04_a_build_needs_an_artifact_that_can_be_read() {
    let project = Project::founded();
    let build = ["record", "build", "--build-id", "77"];
    refused(&project, "ci", &build, 2, &["--artifact"]);
    let absent = [&build[..], &["--artifact", "dist/absent.tar.gz"]].concat();
    refused(&project, "ci", &absent, 2, &["cannot read dist/absent.tar.gz", "hint:"]);
    let folder = [&build[..], &["--artifact", "."]].concat();
    refused(&project, "ci", &folder, 2, &["cannot read ."]);
    project.write("a.bin", "a");
    let no_id = ["record", "build", "--artifact", "a.bin"];
    refused(&project, "ci", &no_id, 2, &["a build needs an id", "hint: --build-id"]);
}

#[test]
fn e05_a_truncated_report_is_refused() {
    let project = Project::founded();
    let whole = junit(3, 0, 0);
    let cut = project.report("cut.xml", &whole[..whole.len() / 2]);
    refused(&project, "ci", &["record", "test", "--from", &cut], 2, &["cut.xml"]);
}

#[test]
fn e05_a_report_without_cases_is_refused() {
    let project = Project::founded();
    let empty = project.report("empty.xml", "<testsuites tests=\"212\"><testsuite name=\"a\"/></testsuites>");
    refused(&project, "ci", &["record", "test", "--from", &empty], 2, &["empty.xml", "no test"]);
    let nothing = project.report("nothing.xml", "");
    refused(&project, "ci", &["record", "test", "--from", &nothing], 2, &["nothing.xml"]);
}

#[test]
fn e14_a_report_of_another_kind_is_sent_where_it_belongs() {
    let project = Project::founded();
    let (junit, trivy) = (project.report("junit.xml", &junit(1, 0, 0)), project.report("trivy.json", TRIVY));
    refused(&project, "ci", &["record", "test", "--from", &trivy], 2, &["trivy.json", "git qms record scan"]);
    refused(&project, "ci", &["record", "scan", "--from", &junit], 2, &["junit.xml", "git qms record test"]);
    let prose = project.report("notes.txt", "all is well\n");
    refused(&project, "ci", &["record", "test", "--from", &prose], 2, &["notes.txt"]);
}

#[test]
fn a_missing_report_is_named() {
    let project = Project::founded();
    let words = ["cannot read absent.xml", "nothing was recorded"];
    refused(&project, "ci", &["record", "test", "--from", "absent.xml"], 2, &words);
    refused(&project, "ci", &["record", "scan", "--from", "absent.json"], 2, &["cannot read absent.json"]);
}

#[test]
fn one_bad_report_among_good_ones_records_nothing() {
    let project = Project::founded();
    let good = project.report("good.xml", &junit(1, 0, 0));
    refused(&project, "ci", &["record", "test", "--from", &good, "--from", "absent.xml"], 2, &["absent.xml"]);
}

#[test]
fn e08_a_deployment_needs_a_release_and_an_environment() {
    let (project, tag) = Project::released();
    let deploy = ["record", "deploy", "--outcome", "success"];
    let with = |more: &[&'static str]| [&deploy[..], more].concat();
    refused(&project, "ci", &with(&["--environment", "production"]), 2, &["needs the release", "hint: --release"]);
    let unknown = with(&["--environment", "production", "--release", "payments@2020.01.01+chg-1"]);
    refused(&project, "ci", &unknown, 2, &["payments@2020.01.01+chg-1"]);
    let no_environment = [&deploy[..], &["--release", &tag]].concat();
    refused(&project, "ci", &no_environment, 2, &["needs the environment", "hint: --environment"]);
    project.commit("app.txt", "two\n");
    let elsewhere = [&deploy[..], &["--environment", "production", "--release", &tag, "--commit", "HEAD"]].concat();
    refused(&project, "ci", &elsewhere, 2, &["is on commit", "leave --commit out"]);
}

#[test]
fn e09_monitoring_needs_a_release_and_an_environment() {
    let (project, tag) = Project::released();
    let monitor = ["record", "monitor", "--smoke", "pass"];
    let no_environment = [&monitor[..], &["--release", &tag]].concat();
    refused(&project, "ci", &no_environment, 2, &["needs the environment", "hint: --environment"]);
    let no_release = [&monitor[..], &["--environment", "production"]].concat();
    refused(&project, "ci", &no_release, 2, &["needs the release", "hint: --release"]);
}

#[test]
fn t04_a_member_without_the_role_is_told_the_roles_and_the_way() {
    let project = Project::founded();
    let words = ["ci may not sign records of kind plan", "ci has ci", "developer, release-manager", "hint:", "--key"];
    let plan = ["record", "plan", "--change", "CHG-1", "--reason", "R"];
    refused(&project, "ci", &plan, 2, &words);
    refused(
        &project,
        "grace",
        &["policy", "ratify"],
        2,
        &["policy-owner", "git qms trust grant grace --role policy-owner"],
    );
    refused(
        &project,
        "grace",
        &[
            "trust",
            "add",
            "eve",
            "--name",
            "E",
            "--email",
            "e@example.com",
            "--public-key",
            &project.key("mallory.pub"),
            "--role",
            "qa",
        ],
        2,
        &["role root"],
    );
}

#[test]
fn t04_a_key_of_nobody_is_named_with_the_members() {
    let project = Project::founded();
    let report = project.report("junit.xml", &junit(1, 0, 0));
    let words = ["belongs to no member", "SHA256:", "ada, grace, ci", "git qms trust add"];
    refused(&project, "mallory", &["record", "test", "--from", &report], 2, &words);
    refused(&project, "mallory", &["approve"], 2, &words);
    refused(&project, "mallory", &["release"], 2, &words);
}

#[test]
fn a_commit_that_is_not_there_is_named() {
    let project = Project::founded();
    let report = project.report("junit.xml", &junit(1, 0, 0));
    refused(
        &project,
        "ci",
        &["record", "test", "--from", &report, "--commit", "no-such-branch"],
        2,
        &["\"no-such-branch\" names no commit: git knows no such branch"],
    );
}
