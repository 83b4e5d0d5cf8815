//! `git qms log`: what is asked for, and nothing else.

use crate::project::Project;
use crate::recording::refused;

fn ids(project: &Project, args: &[&str]) -> Vec<String> {
    let said = project.qms(&[&["log", "--ids"][..], args].concat());
    said.out.lines().map(str::to_owned).collect()
}

/// The kinds of what is found.
fn kinds(project: &Project, args: &[&str]) -> Vec<String> {
    let json = project.qms(&[&["log", "--json"][..], args].concat()).json();
    let records = json["records"].as_array().expect("a list");
    records.iter().map(|record| record["kind"].as_str().expect("a kind").to_owned()).collect()
}

#[test]
fn f01_every_filter_of_the_command_finds_what_it_names() {
    let (project, tag) = Project::released();
    let all = ids(&project, &[]);
    assert_eq!(kinds(&project, &["--approver", "grace"]), ["approval"]);
    assert!(kinds(&project, &["--person", "ci"]).iter().all(|kind| ["build", "test", "scan"].contains(&&**kind)));
    // What was recorded before there was a release is the release's all the same.
    let of_release = kinds(&project, &["--release", &tag]);
    for kind in ["plan", "test", "scan", "approval", "gate", "release"] {
        assert!(of_release.iter().any(|found| found == kind), "{kind}: {of_release:?}");
    }
    assert_eq!(ids(&project, &["--release", "payments"]), ids(&project, &["--release", &tag]));
    let control = kinds(&project, &["--control", "TEST-01"]);
    assert!(control.contains(&"test".into()) && control.contains(&"gate".into()), "{control:?}");
    assert!(!control.contains(&"scan".into()), "{control:?}");
    assert_eq!(kinds(&project, &["--artifact", "../payments.tar.gz"]), ["build"]);
    let build = project.qms(&["show", &ids(&project, &["--kind", "build"])[0], "--json"]).ok().json();
    let digest = build["artifacts"][0]["sha256"].as_str().expect("a digest").to_owned();
    for digest in [&digest[..12], &digest, &format!("sha256:{digest}")] {
        assert_eq!(ids(&project, &["--artifact", digest]).len(), 1, "{digest}");
    }
    for everything in [["--period", "last 2 days"], ["--since", "yesterday"], ["--until", "today"]] {
        assert_eq!(ids(&project, &everything), all, "{everything:?}");
    }
    project.qms(&["log", "--until", "1 day ago"]).exit(1);
    project.qms(&["log", "--period", "2020-Q1"]).exit(1);
    // As it was said then.
    assert_eq!(ids(&project, &["--at", "2020-05-01", "--since", "last quarter"]), all);
    assert_eq!(
        ids(&project, &["--stage", "test", "--person", "ci", "--kind", "scan", "--since", "yesterday"]).len(),
        1
    );
    project.qms(&["log", "--stage", "test", "--kind", "plan"]).exit(1);
}

#[test]
fn f01_what_cannot_be_asked_for_is_refused_with_what_can() {
    let project = Project::founded();
    refused(&project, "ada", &["log", "--since", "soon"], 2, &["soon", "2026-Q1", "last 30 days"]);
    refused(&project, "ada", &["log", "--person", "mallory"], 2, &["--person mallory", "ada, ci, grace"]);
    refused(&project, "ada", &["log", "--since", "today", "--until", "yesterday"], 2, &["no time lies between"]);
    refused(&project, "ada", &["log", "--artifact", "no-such-file"], 2, &["no-such-file"]);
    refused(&project, "ada", &["log", "--artifact", &"0".repeat(12)], 1, &["000000000000"]);
    let said = project.qms(&["log", "--release", "payments@2020.01.01+none"]).exit(1);
    said.says("cannot be read here");
}
