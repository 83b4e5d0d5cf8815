//! What somebody meets who does the unexpected first: no commit, no catalog, a word that does not exist.

use crate::project::Project;

#[test]
fn e01_an_unknown_kind_is_answered_with_those_that_exist() {
    let project = Project::bare_of_evidence();
    let said = project.qms(&["record", "frob"]).exit(2);
    said.says("git qms record knows no \"frob\"").says("it knows plan, build, test, ");
    project.qms(&["record", "approval"]).exit(2).says("approval records are written by: git qms approve");
    project.qms(&["frob"]).exit(2).says("git qms knows no \"frob\"").says("init, record, approve, status");
    project.qms(&["trust", "frob"]).exit(2).says("git qms trust knows no \"frob\"").says("show");
    let told = project.qms(&["record", "frob", "--json"]).exit(2).json();
    let known = told["details"][0].as_str().expect("a list").strip_prefix("it knows ").expect("a list");
    let known: Vec<&str> = known.split(", ").collect();
    let recorded = git_qms::record::input::RECORDED;
    assert!(recorded.iter().all(|kind| known.contains(&kind.as_str())), "{known:?}");
    assert_eq!(known.len(), recorded.len(), "what is recorded by options is read from standard input, too");
}

#[test]
fn without_a_commit_every_command_says_so() {
    let project = Project::bare_of_evidence();
    project.git(&["checkout", "-q", "--orphan", "begun"]);
    project.by("ada", &["init"]).ok().says("next    git add .qms && git commit");
    let junit = project.report("junit.xml", &crate::project::junit(1, 0, 0));
    let plan = ["record", "plan", "--change", "C-1", "--reason", "x", "--rollback", "y"];
    let test = ["record", "test", "--from", &junit];
    for args in
        [&plan[..], &test, &["gate"], &["status"], &["show"], &["approve"], &["policy", "ratify"], &["gate", "HEAD"]]
    {
        let said = project.unchanged(|| project.by("ada", args).exit(2));
        said.says("there is no commit on begun yet").says("hint:");
    }
    project.by("ada", &["verify"]).ok().says("next    git qms log");
}

#[test]
fn u01_the_key_that_init_was_given_is_remembered_wherever_commands_are_run() {
    let project = Project::bare_of_evidence();
    let (repo, key) = (project.path().to_owned(), project.key("ada"));
    let named = key.rsplit_once('/').expect("a path").1;
    project.qms(&["init", "--key", &format!("../keys/{named}")]).ok().says("signing key");
    let kept = project.git(&["config", "qms.signingKey"]);
    assert!(kept.starts_with('/') && kept.ends_with(&format!("/keys/{named}")), "{kept}");
    let plan = ["record", "plan", "--change", "C-1", "--reason", "x"];
    std::fs::create_dir(repo.join("below")).expect("a folder");
    project.run_in(&repo.join("below"), &plan, &[]).ok();
    // What was configured is somebody's choice.
    project.git(&["config", "qms.signingKey", "/elsewhere"]);
    assert!(!project.qms(&["init", "--key", &key]).ok().out.contains("signing key"));
    assert_eq!(project.git(&["config", "qms.signingKey"]), "/elsewhere");
}

#[test]
fn without_a_catalog_checking_it_says_how_to_get_one() {
    let project = Project::bare_of_evidence();
    project.qms(&["policy", "check"]).exit(2).says("there is no catalog").says("git qms init writes a first one");
}

#[test]
fn a_clone_of_a_founded_project_founds_no_second_trust() {
    let project = Project::founded();
    let at = project.outside().to_owned();
    project.git_in(&at, &["init", "-q", "--bare", "-b", "main", "payments.git"]);
    project.git(&["remote", "add", "origin", "../payments.git"]);
    project.git(&["push", "-q", "origin", "main"]);
    project.by("ada", &["sync", "origin"]).ok();
    project.git_in(&at, &["clone", "-q", "payments.git", "clone"]);
    let clone = at.join("clone");
    let grace = project.key("grace");
    let said = project.run_in(&clone, &["init"], &[("QMS_SIGNING_KEY", &grace)]).exit(2);
    said.says("the remote origin has a trust root already").says("git qms sync --fetch-only");
    project.run_in(&clone, &["sync", "--fetch-only"], &[]).ok();
    project.run_in(&clone, &["init"], &[("QMS_SIGNING_KEY", &grace)]).ok().says("you     grace");
}

#[test]
fn a_bare_repository_says_why_its_evidence_does_not_count() {
    let project = Project::founded();
    project.git_in(project.outside(), &["clone", "-q", "--mirror", "payments", "mirror.git"]);
    let git_dir = project.outside().join("mirror.git");
    let junit = project.report("junit.xml", &crate::project::junit(1, 0, 0));
    let ada = project.key("ada");
    let said = project.run_in(&git_dir, &["record", "test", "--from", &junit], &[("QMS_SIGNING_KEY", &ada)]).ok();
    said.says("there is no work tree");
}

#[test]
fn a_plan_on_the_commit_goes_before_one_on_its_tree() {
    let project = Project::proven();
    project.by("grace", &["release"]).ok();
    project.git(&["commit", "-q", "--allow-empty", "-m", "The same tree again"]);
    project.plan("CHG-2");
    project.prove();
    project.by("grace", &["release"]).ok().says("+chg-2");
}

#[test]
fn several_planned_changes_are_asked_about_by_name() {
    let project = Project::founded();
    project.plan("CHG-1");
    project.plan("CHG-2");
    for args in [&["approve", "--role", "qa"][..], &["release"]] {
        let said = project.unchanged(|| project.by("grace", args).exit(2));
        said.says("several are planned here: CHG-1, CHG-2").says("--change CHG-1");
    }
}

#[test]
fn a_release_is_not_made_again_as_another_version() {
    let project = Project::proven();
    let tag = project.by("grace", &["release", "--version", "2.0.0", "--quiet"]).ok().id();
    assert_eq!(tag, "payments@2.0.0+chg-1842");
    project.by("grace", &["release", "--version", "2.0.0"]).ok().says("released already").says(&tag);
    project.by("grace", &["release"]).ok().says(&tag);
    let said = project.unchanged(|| project.by("grace", &["release", "--version", "3.0.0"]).exit(1));
    said.says(&tag).says("not released again as 3.0.0").says("hint:");
}

#[test]
fn an_environment_that_the_catalog_lacks_is_warned_about() {
    let (project, tag) = Project::released();
    let to = |environment| {
        let args = ["record", "deploy", "--release", &tag, "--environment", environment, "--outcome", "success"];
        project.by("ci", &args).ok()
    };
    to("prod").says("the catalog has no environment prod; it has production");
    to("production").never_says("the catalog has no");
}
