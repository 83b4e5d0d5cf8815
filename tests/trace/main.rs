//! `git qms trace`: requirements in real repositories, in each form that is read, and what links to them.

#[path = "../support/project.rs"]
mod project;

mod forms;
mod links;
mod refused;

use std::path::Path;

use project::Project;
use serde_json::Value;

/// A project whose ratified catalog says where requirements are written, and which holds these files.
fn with_requirements(section: &str, files: &[(&str, &str)]) -> Project {
    let project = Project::founded();
    for (path, text) in files {
        project.write(path, text);
    }
    let catalog = std::fs::read_to_string(project.path().join(".qms/policy.toml")).expect("a catalog");
    project.write(".qms/policy.toml", &format!("{catalog}\n[requirements]\n{section}\n"));
    project.git(&["add", "."]);
    project.git(&["commit", "-q", "-m", "Requirements"]);
    project.by("ada", &["policy", "ratify"]).ok();
    project
}

/// The text of a fixture.
fn fixture(path: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/requirements").join(path);
    std::fs::read_to_string(file).expect("a fixture")
}

/// A JUnit report: each case with its name, what it is linked to by a property, and `passed`, `failed`, `skipped`.
fn cases(all: &[(&str, &str, &str)]) -> String {
    let case = |(name, link, outcome): &(&str, &str, &str)| {
        let inner = match *outcome {
            "failed" => "<failure/>",
            "skipped" => "<skipped/>",
            _ => "",
        };
        let link = if link.is_empty() {
            String::new()
        } else {
            format!("<properties><property name=\"requirement\" value=\"{link}\"/></properties>")
        };
        format!("<testcase classname=\"till\" name=\"{name}\">{link}{inner}</testcase>")
    };
    format!("<testsuite name=\"till\">{}</testsuite>", all.iter().map(case).collect::<String>())
}

/// Records these cases on HEAD; the record's id.
fn record(project: &Project, all: &[(&str, &str, &str)]) -> String {
    let report = project.report("cases.xml", &cases(all));
    project.by("ci", &["record", "test", "--from", &report, "--quiet"]).ok().id()
}

/// The matrix at HEAD: id and standing of each requirement.
fn matrix(project: &Project) -> Vec<(String, String)> {
    let json = project.qms(&["trace", "--requirements", "--json"]).ok().json();
    assert_eq!(json["schema"], "git-qms/trace/v1");
    let word = |value: &Value| value.as_str().expect("text").to_owned();
    let rows = json["requirements"].as_array().expect("rows").iter();
    rows.map(|row| (word(&row["id"]), word(&row["standing"]))).collect()
}

/// The standing of one requirement at HEAD, and each of its links: kind, and why it is suspect.
fn traced(project: &Project, id: &str) -> (String, Vec<(String, Option<String>)>) {
    let json = project.qms(&["trace", id, "--json"]).ok().json();
    let one = &json["requirement"];
    let links = one["links"].as_array().expect("links").iter().map(|link| {
        let reason = link["reason"].as_str().map(str::to_owned);
        assert_eq!(link["sound"], reason.is_none());
        (link["kind"].as_str().expect("a kind").to_owned(), reason)
    });
    (one["standing"].as_str().expect("a standing").to_owned(), links.collect())
}

fn pairs(all: &[(String, String)]) -> Vec<(&str, &str)> {
    all.iter().map(|(id, standing)| (id.as_str(), standing.as_str())).collect()
}
