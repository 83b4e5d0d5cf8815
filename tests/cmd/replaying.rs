//! `gate --replay`: a recorded decision comes out the same wherever and whenever it is evaluated again.

use std::path::PathBuf;

use crate::project::{Project, junit};
use crate::recording::refused;

/// The decisions of a project, the oldest first.
fn decisions(project: &Project) -> Vec<String> {
    let said = project.qms(&["log", "--ids", "--kind", "gate"]).ok();
    said.out.lines().map(str::to_owned).collect()
}

/// A fresh clone, with the evidence and nothing else.
fn cloned(project: &Project, name: &str) -> PathBuf {
    let url = format!("file://{}", project.path().display());
    project.git_in(project.outside(), &["clone", "-q", &url, name]);
    let clone = project.outside().join(name);
    project.run_in(&clone, &["sync", "--fetch-only"], &[]).ok();
    clone
}

fn failing_test(project: &Project) {
    let failing = project.report("failing.xml", &junit(4, 1, 0));
    project.by("ci", &["record", "test", "--from", &failing]).ok();
}

/// A release, and after it a decision that fails.
fn decided() -> Project {
    let (project, _) = Project::released();
    failing_test(&project);
    project.by("ci", &["gate", "--record"]).exit(1);
    project
}

#[test]
fn g08_a_decision_comes_out_the_same_in_a_fresh_clone_elsewhere_after_other_records_and_merges() {
    let project = decided();
    let [passed, failed] = &decisions(&project)[..] else { panic!("two decisions") };
    project.git(&["switch", "-q", "-c", "feature"]);
    project.commit("feature.txt", "one\n");
    project.plan("CHG-2000");
    project.prove();
    project.git(&["switch", "-q", "main"]);
    project.commit("app.txt", "three\n");
    project.git(&["merge", "-q", "--no-ff", "-m", "Merge", "feature"]);
    project.prove();
    // On the very commit that was judged, and superseding what was relied on.
    project.git(&["switch", "-q", "--detach", "HEAD~2"]);
    let mallory = project.key("mallory.pub");
    let add = ["trust", "add", "eve", "--name", "Eve", "--email", "ada@example.org", "--role", "qa"];
    project.by("ada", &[&add[..], &["--public-key", &mallory]].concat()).ok();
    project.by("grace", &["approve", "--role", "release-manager", "--meaning", "rejected"]).exit(0);
    project.git(&["switch", "-q", "main"]);
    let clone = cloned(&project, "auditor");
    for (decision, result) in [(passed, "gate passed"), (failed, "gate failed")] {
        let said = project.unchanged(|| project.qms(&["gate", "--replay", decision]).ok());
        let said = said.says("same").says(result).never_says("since then");
        let zone = [("TZ", "Pacific/Auckland"), ("LC_ALL", "C")];
        assert_eq!(project.run_in(&clone, &["gate", "--replay", &decision[..12]], &zone).ok().out, said.out);
        let json = project.run_in(&clone, &["gate", "--replay", decision, "--json"], &zone).ok().json();
        assert_eq!(json["same"], true);
        assert_eq!(json["recorded"].to_string(), json["replayed"].to_string(), "the very bytes");
        let shown = project.qms(&["show", decision, "--json"]).ok().json();
        assert_eq!(json["replayed"]["predicate"], shown["predicate"]);
        assert_eq!(json["replayed"]["detail"], shown["header"]["urn:git-qms:gate:v1"]);
    }
}

#[test]
fn g08_a_release_stands_for_its_decision_also_when_its_tag_came_after() {
    let (project, tag) = Project::released();
    project.qms(&["gate", "--replay", &tag]).ok().says("same").says("gate passed");
}

/// What it was asked for is part of the decision: each comes out the same, and says other things.
#[test]
fn g08_a_decision_says_what_it_was_asked_for_and_is_replayed_as_that() {
    let (project, tag) = Project::released();
    project.by("ci", &["gate", "--record"]).ok();
    project.by("ci", &["gate", "--deploy", "--record"]).ok();
    project.by("ci", &["gate", &tag, "--record"]).ok();
    let all = decisions(&project);
    let said: Vec<_> = all
        .iter()
        .map(|id| {
            project.qms(&["gate", "--replay", id]).ok().says("same");
            let shown = project.qms(&["show", id, "--json"]).ok().json();
            let detail = &shown["header"]["urn:git-qms:gate:v1"];
            (detail["purpose"].as_str().expect("a purpose").to_owned(), detail["release"].as_str().map(str::to_owned))
        })
        .collect();
    let expected = [("tag", None), ("gate", None), ("deploy", None), ("gate", Some(tag))];
    assert_eq!(said, expected.map(|(purpose, release)| (purpose.to_owned(), release)));
}

#[test]
fn g08_what_was_relied_on_and_corrected_since_is_told_and_changes_nothing() {
    let project = decided();
    let test = project.qms(&["log", "--ids", "--kind", "test"]).ok();
    let first = test.out.lines().next().expect("a test").to_owned();
    let report = project.report("again.xml", &junit(5, 0, 0));
    let args = ["record", "test", "--from", &report, "--supersedes", &first, "--reason", "wrong report"];
    project.by("ci", &args).ok();
    let passed = &decisions(&project)[0];
    project.qms(&["gate", "--replay", passed]).ok().says("same").says("since then").says("was superseded by");
    let json = project.qms(&["gate", "--replay", passed, "--json"]).ok().json();
    assert_eq!(json["since"][0]["record"], first);
}

#[test]
fn g08_a_plan_on_a_branch_that_was_squashed_and_deleted_still_shows_it() {
    let project = Project::founded();
    project.git(&["switch", "-q", "-c", "feature"]);
    project.commit("app.txt", "draft\n");
    project.plan("CHG-7");
    project.commit("app.txt", "two\n");
    project.git(&["switch", "-q", "main"]);
    project.git(&["merge", "-q", "--squash", "feature"]);
    project.git(&["commit", "-q", "-m", "Squash"]);
    project.prove();
    project.by("grace", &["approve", "--role", "release-manager", "--change", "CHG-7"]).ok();
    project.by("ci", &["gate", "--record", "--change", "CHG-7"]).ok();
    project.git(&["branch", "-q", "-D", "feature"]);
    project.qms(&["gate", "--replay", &decisions(&project)[0]]).ok().says("same");
}

#[test]
fn g08_what_is_no_decision_is_not_replayed_and_says_so() {
    let (project, tag) = Project::released();
    let test = project.qms(&["log", "--ids", "--kind", "test"]).ok().id();
    refused(&project, "ada", &["gate", "--replay", &test], 2, &["is no decision that counts", "--kind gate"]);
    refused(&project, "ada", &["gate", "--replay", "HEAD"], 2, &["is a commit", "git qms log --kind gate"]);
    refused(&project, "ada", &["gate", "--replay", "no-such"], 2, &["names no release, record or commit"]);
    refused(&project, "ada", &["gate", "--replay", &tag, "--at", "2026-01-01"], 2, &["as of its own moment"]);
    refused(&project, "ada", &["gate", "--replay", &tag, "--record"], 2, &["cannot be used with"]);
}

#[test]
fn g08_a_preview_by_a_catalog_that_is_nowhere_cannot_be_replayed() {
    let project = Project::bare_of_evidence();
    project.by("ada", &["init", "--name", "payments", "--member", "ada"]).ok();
    let ci = project.key("ci.pub");
    project.by("ada", &["trust", "add", "ci", "--bot", "--name", "CI", "--public-key", &ci, "--role", "ci"]).ok();
    project.by("ci", &["gate", "--record"]).exit(1);
    let decision = decisions(&project).remove(0);
    project.qms(&["gate", "--replay", &decision]).ok().says("same");
    let changed = std::fs::read_to_string(project.path().join(".qms/policy.toml")).expect("a catalog") + "# more\n";
    project.write(".qms/policy.toml", &changed);
    refused(&project, "ada", &["gate", "--replay", &decision], 2, &["was not ratified and is not in the commit"]);
}

#[test]
fn g08_a_shallow_clone_cannot_tell_whether_a_decision_comes_out_the_same() {
    let project = decided();
    project.commit("app.txt", "later\n");
    let url = format!("file://{}", project.path().display());
    project.git_in(project.outside(), &["clone", "-q", "--depth", "1", &url, "shallow"]);
    let shallow = project.outside().join("shallow");
    project.run_in(&shallow, &["sync", "--fetch-only"], &[]).exit(2);
    project.run_in(&shallow, &["gate", "--replay", &decisions(&project)[0]], &[]).exit(2);
}
