//! `policy backtest`: a changed catalog over every past release, each as its decision saw it.

use crate::project::Project;
use crate::recording::refused;

const CATALOG: &str = ".qms/policy.toml";

fn catalog(project: &Project) -> String {
    std::fs::read_to_string(project.path().join(CATALOG)).expect("a catalog")
}

/// Two releases of two commits.
fn released_twice() -> (Project, [String; 2]) {
    released_again(Project::founded())
}

fn released_again(project: Project) -> (Project, [String; 2]) {
    project.plan("CHG-1842");
    project.prove();
    let first = project.by("grace", &["release", "--quiet"]).ok().id();
    project.commit("app.txt", "two\n");
    project.plan("CHG-2");
    project.prove();
    let second = project.by("grace", &["release", "--quiet", "--change", "CHG-2"]).ok().id();
    (project, [first, second])
}

#[test]
fn g10_a_catalog_that_changes_no_verdict_says_so() {
    let (project, _) = released_twice();
    let said = project.unchanged(|| project.qms(&["policy", "backtest"]).ok());
    said.says("0 of 2 verdicts changed");
    // A weaker one lets nothing go that was not let go.
    let weaker = project.report("weaker.toml", &catalog(&project).replace("approvals >= 1", "approvals >= 0"));
    project.qms(&["policy", "backtest", &weaker]).ok().says("0 of 2 verdicts changed");
    project.qms(&["policy", "backtest", "HEAD"]).ok();
}

#[test]
fn g10_each_verdict_that_changes_is_told_control_by_control() {
    let (project, [first, second]) = released_twice();
    let stricter =
        catalog(&project).replace("approvals >= 1", "approvals >= 2").replace("test.failed == 0", "test.total >= 1");
    let file = project.report("stricter.toml", &stricter);
    // What was recorded after the decisions is not seen: neither evidence, nor people, nor corrections.
    let eve = project.key("mallory.pub");
    let add = ["trust", "add", "eve", "--name", "Eve", "--email", "eve@example.com", "--role", "release-manager"];
    project.by("ada", &[&add[..], &["--public-key", &eve]].concat()).ok();
    project.by("mallory", &["approve", "--role", "release-manager", "--change", "CHG-2"]).ok();
    let said = project.unchanged(|| project.qms(&["policy", "backtest", &file]).exit(1));
    let said = said.says("2 of 2 verdicts changed").says(&format!("{first}  pass → fail")).says(&second);
    let said = said.says("APPROVE-01  pass → fail: 1 of 2 approvals");
    assert!(!said.out.contains("TEST-01"), "{}", said.out);
    let json = project.qms(&["policy", "backtest", &file, "--json"]).exit(1).json();
    assert_eq!((&json["releases"], &json["changed"][1]["release"]), (&2.into(), &second.as_str().into()));
    let control = &json["changed"][0]["controls"][0];
    assert_eq!((&control["id"], &control["after"]), (&"APPROVE-01".into(), &"fail".into()), "{json:#}");
    assert_eq!(project.qms(&["policy", "backtest", &file, "--quiet"]).exit(1).out, format!("{first}\n{second}\n"));
    // By a revision, too.
    project.commit(CATALOG, &stricter);
    project.qms(&["policy", "backtest", "HEAD"]).exit(1).says("2 of 2 verdicts changed");
    project.qms(&["policy", "backtest", "HEAD~1"]).ok();
}

#[test]
fn g10_a_new_rule_about_the_range_starts_where_an_earlier_release_would_have_passed_it() {
    let with_range = |project: &Project| {
        let text = catalog(project).replace("approvals >= 1\"]", "approvals >= 1\", \"range.unapproved == 0\"]");
        project.report("range.toml", &text)
    };
    let (project, _) = released_twice();
    project.qms(&["policy", "backtest", &with_range(&project)]).ok().says("0 of 2 verdicts changed");
    // Commits that nobody approved, before both releases: the first would not have passed, and so begins no range.
    let project = Project::founded();
    project.commit("app.txt", "hidden\n");
    project.commit("app.txt", "seen\n");
    let (project, [first, second]) = released_again(project);
    let said = project.qms(&["policy", "backtest", &with_range(&project)]).exit(1);
    let said = said.says(&format!("{first}  pass → fail")).says("2 of 3 commits unapproved");
    said.says(&format!("{second}  pass → fail")).says("2 of 4 commits unapproved");
}

#[test]
fn g10_a_catalog_that_cannot_be_read_or_does_not_know_the_service_is_told() {
    let (project, [first, _]) = released_twice();
    let bad = project.report("bad.toml", &catalog(&project).replace("owner = ", "onwer = "));
    refused(&project, "ada", &["policy", "backtest", &bad], 2, &["bad.toml:", "owner", "^"]);
    refused(&project, "ada", &["policy", "backtest", "no-such"], 2, &["\"no-such\" is no file and no revision"]);
    let other = catalog(&project).replace("name = \"payments\"", "name = \"refunds\"");
    let file = project.report("other.toml", &other);
    let said = project.qms(&["policy", "backtest", &file]).exit(1).says(&format!("{first}  pass → fail"));
    said.says("SUBJECT").says("no service payments");
}

#[test]
fn g10_where_nothing_was_released_nothing_changes() {
    Project::founded().qms(&["policy", "backtest"]).ok().says("0 of 0 verdicts changed");
}
