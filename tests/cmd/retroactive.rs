//! `release --retroactive`: what is in production already is tagged only by an approved exception.

use crate::project::Project;
use crate::recording::refused;

const DEPLOY: [&str; 6] = ["record", "deploy", "--environment", "production", "--outcome", "success"];

/// Everything that a release takes, and deployed before it.
fn deployed() -> Project {
    let project = Project::proven();
    project.by("ci", &[&DEPLOY[..], &["--unreleased"]].concat()).ok().says("git qms release --retroactive");
    project.report("notes.txt", "who decided it at night, and why\n");
    project
}

fn excepted(project: &Project) {
    let words = ["exception", "request", "RETROACTIVE", "--reason", "patched at night", "--compensating", "watched"];
    let more = ["--expires", "7d", "--attach", "../notes.txt"];
    project.by("ada", &[&words[..], &more].concat()).ok().says("another release-manager");
}

#[test]
fn r07_what_was_deployed_to_production_is_not_tagged_without_saying_so_and_an_approved_exception() {
    let project = deployed();
    let words =
        ["was deployed to production before it had a release", "exception request RETROACTIVE", "--retroactive"];
    refused(&project, "grace", &["release"], 1, &words);
    refused(
        &project,
        "grace",
        &["release", "--retroactive"],
        1,
        &["RETROACTIVE", "deployed to production without a release"],
    );
    excepted(&project);
    refused(&project, "grace", &["release", "--retroactive"], 1, &["RETROACTIVE", "is open"]);
    refused(&project, "ada", &["exception", "approve", "RETROACTIVE"], 2, &["ada asked for it"]);
    project.by("grace", &["exception", "approve", "RETROACTIVE"]).ok();
    // Who has the exception still has to say it.
    refused(&project, "grace", &["release"], 1, &["--retroactive"]);
    let tag = project.by("grace", &["release", "--retroactive", "--quiet"]).ok().id();
    let message = project.git(&["cat-file", "tag", &tag]);
    assert!(message.contains("- RETROACTIVE: exception ") && message.contains("patched at night"), "{message}");
    project.qms(&["show", &tag]).ok().says("RETROACTIVE in-force, until ");
    project.qms(&["verify"]).ok();
    assert_eq!(project.by("grace", &["release", "--quiet"]).ok().id(), tag, "said again it is the same");
    // The hook judges the tag anew.
    project.git(&["init", "-q", "--bare", "../origin.git"]);
    project.git(&["remote", "add", "origin", "../origin.git"]);
    project.git(&["push", "-q", "origin", "main"]);
    project.by("ada", &["sync"]).ok();
}

#[test]
fn r07_nothing_else_is_retroactive() {
    let project = Project::proven();
    refused(&project, "grace", &["release", "--retroactive"], 2, &["was not deployed", "leave --retroactive out"]);
    let elsewhere = ["record", "deploy", "--environment", "production", "--outcome", "failure", "--unreleased"];
    project.by("ci", &elsewhere).ok();
    let tag = project.by("grace", &["release", "--quiet"]).ok().id();
    project.by("ci", &[&DEPLOY[..], &["--release", &tag]].concat()).ok();
    project.plan("CHG-2");
    let words = ["approve", "--role", "release-manager", "--change", "CHG-2"];
    project.by("grace", &words).ok();
    // That deployment came after its release.
    project.by("grace", &["release", "--change", "CHG-2"]).ok();
}

#[test]
fn r08_a_deployment_without_release_says_so() {
    let project = Project::proven();
    refused(&project, "ci", &DEPLOY, 2, &["needs the release", "--unreleased"]);
    let both = [&DEPLOY[..], &["--unreleased", "--release", "a@1+b"]].concat();
    refused(&project, "ci", &both, 2, &["cannot be used with"]);
}
