//! What looks like a secret is not written, and not shown.

use crate::project::{Project, Ran, TRIVY, junit};

/// Joined, so that no form stands in this file.
fn token() -> String {
    ["gh", "p_", "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17"].concat()
}

fn address() -> String {
    ["https://ada:", "hunter2", "@example.com/x"].concat()
}

/// It has to be refused, with nothing written, not even an object, and nothing secret said.
#[track_caller]
fn refused(project: &Project, who: &str, args: &[&str], place: &str, pattern: &str) -> Ran {
    let objects = || project.git(&["count-objects", "-v"]);
    let before = objects();
    let run = project.unchanged(|| project.by(who, args)).exit(2);
    assert_eq!(objects(), before, "objects were written");
    run.says("; nothing was written")
        .says(&format!("{place}: {pattern}"))
        .says("hint: take it out")
        .never_says(&token()[4..])
        .never_says("hunter2")
}

#[test]
fn e15_a_secret_in_any_field_of_a_record_is_refused() {
    let project = Project::founded();
    let (token, address) = (token(), address());
    let plan = ["record", "plan", "--change", "CHG-1"];
    let with = |more: &[&str]| [&plan[..], more].concat().iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>();
    let digest = "7".repeat(64);
    let elsewhere = ["--attach-uri", address.as_str(), "--sha256", &digest, "--size", "1", "--reason", "R"];
    let named = project.report(&format!("{token}.txt"), "R");
    for (args, place, pattern) in [
        (with(&["--reason", &token]), "reason", "github-token, ghp_…"),
        (
            with(&["--reason", "R", "--known-risk", "none", "--known-risk", &address]),
            "knownRisks[1]",
            "password-in-url",
        ),
        (with(&["--reason", "R", "--rollback", &token]), "rollbackCriteria", "github-token"),
        (with(&["--reason", "R", "--monitoring", &token]), "monitoringPlan", "github-token"),
        (with(&elsewhere), "files[0].uri", "password-in-url"),
        (with(&["--reason", "R", "--attach", &named]), "files[0].name", "github-token"),
    ] {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        refused(&project, "ada", &args, place, pattern);
    }
    refused(&project, "grace", &["approve", "--role", "qa", "--comment", &token], "comment", "github-token");
    project.write("app.bin", "a");
    let build = ["record", "build", "--build-id", "7", "--artifact", "app.bin", "--log", &address];
    refused(&project, "ci", &build, "urn:git-qms:build:v1.log", "password-in-url");
    let artifact = format!("{token}.bin");
    project.write(&artifact, "a");
    refused(
        &project,
        "ci",
        &["record", "build", "--build-id", "7", "--artifact", &artifact],
        "artifact",
        "github-token",
    );
}

#[test]
fn e15_a_secret_in_an_attached_text_is_refused_with_its_line() {
    let project = Project::founded();
    let log = project.report("build.log", &format!("start\nexport GITHUB_TOKEN={}\nend\n", token()));
    let plan = ["record", "plan", "--change", "CHG-1", "--reason", "R", "--attach", &log];
    refused(&project, "ada", &plan, "build.log, line 2", "github-token, ghp_…").never_says("--no-attach");
    let key = std::fs::read_to_string(project.key("ada")).expect("a key");
    let key = project.report("key.txt", &format!("a key:\n{key}"));
    let plan = ["record", "plan", "--change", "CHG-1", "--reason", "R", "--attach", &key];
    refused(&project, "ada", &plan, "key.txt, line 2", "private-key, -----BEGIN…");
}

#[test]
fn e15_a_report_with_a_secret_is_refused_and_may_be_recorded_by_its_digest() {
    let project = Project::founded();
    let property = format!("<properties><property name=\"API_TOKEN\" value=\"{}\"/></properties><testcase", token());
    let report = project.report("junit.xml", &junit(2, 0, 0).replacen("<testcase", &property, 1));
    let test = ["record", "test", "--from", &report];
    refused(&project, "ci", &test, "junit.xml, line 3", "github-token").says("--no-attach");
    project.by("ci", &[&test[..], &["--no-attach"]].concat()).ok();
    assert!(!project.git(&["for-each-ref"]).contains("refs/qms/files"));
}

#[test]
fn e15_a_reason_lets_it_pass_and_the_record_says_so() {
    let project = Project::founded();
    let plan = ["record", "plan", "--change", "CHG-1", "--reason", &address()].map(str::to_owned);
    let plan: Vec<&str> = plan.iter().map(String::as_str).collect();
    let with = |more: &[&'static str]| [plan.clone(), more.to_vec()].concat();
    for empty in ["", " \t"] {
        let run = project.unchanged(|| project.by("ada", &[&plan[..], &["--allow-secret", empty]].concat()));
        run.exit(2).says("--allow-secret needs a reason");
    }
    let log = project.report("log.txt", &token());
    let args = [with(&["--allow-secret", "made up for the manual", "--attach"]), vec![&log]].concat();
    let id = project.by("ada", &[args, vec!["--quiet"]].concat()).ok().id();
    let header = project.qms(&["show", &id, "--json"]).ok().json()["header"].clone();
    assert_eq!(
        header["allowedSecrets"],
        serde_json::json!({ "reason": "made up for the manual", "patterns": ["github-token", "password-in-url"] })
    );
    let told = "let pass as github-token, password-in-url: made up for the manual";
    project.qms(&["show", &id]).ok().says(told);
    project.qms(&["show", "--full"]).ok().says("lets pass what looks like a secret");
    project.qms(&["verify"]).ok();
    // Where nothing looks like one, the record does not speak of it.
    let plain = ["record", "plan", "--change", "CHG-1", "--reason", "R", "--allow-secret", "none there", "--quiet"];
    let id = project.by("ada", &plain).ok().id();
    assert_eq!(project.qms(&["show", &id, "--json"]).ok().json()["header"].get("allowedSecrets"), None);
}

#[test]
fn e15_what_reports_say_of_people_and_machines_is_never_copied() {
    let project = Project::founded();
    let planted = "PLANTED-VALUE";
    let suite = format!(
        "<testsuite name=\"u\" hostname=\"{planted}\"><properties><property name=\"user\" value=\"{planted}\"/></properties>\
         <testcase classname=\"a\" name=\"b\"><failure message=\"{planted}\">{planted}</failure>\
         <system-out>{planted}</system-out><system-err>{planted}</system-err></testcase>\
         <system-out>{planted}</system-out><system-err>{planted}</system-err></testsuite>"
    );
    let cobertura = format!(
        "<coverage line-rate=\"1\" lines-valid=\"1\" lines-covered=\"1\" version=\"7\" timestamp=\"1\"><sources><source>/home/{planted}\
         </source></sources><packages><package name=\"p\"><classes><class name=\"c\" filename=\"c.py\"><lines>\
         <line number=\"1\" hits=\"1\"/></lines></class></classes></package></packages></coverage>"
    );
    let lcov = format!("TN:{planted}\nSF:src/a.rs\nDA:1,1\nLF:1\nLH:1\nend_of_record\n");
    let trivy = TRIVY.replacen(
        '{',
        &format!("{{\"Metadata\":{{\"ImageConfig\":{{\"author\":\"{planted}\",\"env\":[\"A={planted}\"]}}}},"),
        1,
    );
    let cyclonedx = format!(
        "{{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"metadata\":{{\"authors\":[{{\"name\":\"{planted}\"}}],\
         \"properties\":[{{\"name\":\"env\",\"value\":\"{planted}\"}}]}},\"components\":[{{\"type\":\"library\",\"name\":\"left\",\
         \"version\":\"1.0.0\",\"purl\":\"pkg:npm/left@1.0.0\",\"properties\":[{{\"name\":\"p\",\"value\":\"{planted}\"}}]}}]}}"
    );
    let report = |name: &str, content: &str| project.report(name, content);
    let (suite, cobertura, lcov) = (report("u.xml", &suite), report("c.xml", &cobertura), report("l.info", &lcov));
    let (trivy, cyclonedx) = (report("t.json", &trivy), report("b.json", &cyclonedx));
    project.write("app.bin", "a");
    let build = ["record", "build", "--build-id", "7", "--artifact", "app.bin", "--from", &cyclonedx];
    for args in [
        &["record", "test", "--from", &suite][..],
        &["record", "test", "--from", &cobertura],
        &["record", "test", "--from", &lcov],
        &["record", "scan", "--from", &trivy],
        &build,
    ] {
        let id = project.by("ci", &[args, &["--quiet"]].concat()).ok().id();
        project.qms(&["show", &id, "--json"]).ok().never_says(planted);
    }
}
