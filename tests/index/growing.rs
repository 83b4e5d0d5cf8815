//! What is verified on top of what was verified before, and what makes the whole be verified again.

use crate::project::{Project, TRIVY, junit};
use crate::{chunks, file, indexed, same_answers, without};

#[test]
fn new_records_are_verified_on_top_of_the_old_ones() {
    let project = indexed(Project::founded());
    project.qms(&["verify"]).ok();
    let (whole, grown) = chunks(&project);
    assert_eq!(grown, 0);
    project.plan("CHG-1842");
    project.prove();
    project.qms(&["verify"]).ok();
    let (all, grown) = chunks(&project);
    assert!(grown > 0, "nothing was verified on top");
    assert_eq!(all, whole + grown, "the whole was not verified again");
    same_answers(&project, "after records");
    project.by("grace", &["release"]).ok();
    let release = project.git(&["tag", "--list"]);
    project.qms(&["verify"]).ok().says("1 release");
    assert!(chunks(&project).1 > grown, "by growth too");
    let (_, grown) = chunks(&project);
    for args in [&["show", &release][..], &["gate", &release], &["verify", "--json", &release]] {
        assert_eq!(without(&project, args).out, project.qms(args).out, "{args:?}");
    }
    same_answers(&project, "after a release");
    // What is on a new commit of the branch is here.
    project.commit("app.txt", "two\n");
    project.plan("CHG-1843");
    project.qms(&["verify"]).ok();
    assert!(chunks(&project).1 > grown);
    same_answers(&project, "after a commit");
}

#[test]
fn a_correction_and_a_change_of_trust_make_the_whole_be_verified() {
    let project = indexed(Project::proven());
    project.qms(&["verify"]).ok();
    project.plan("CHG-1843");
    project.qms(&["verify"]).ok();
    assert_eq!(chunks(&project).1, 1);
    let mallory = project.key("mallory.pub");
    let add = ["trust", "add", "mallory", "--name", "Mallory", "--email", "m@example.com", "--public-key", &mallory];
    project.by("ada", &[&add[..], &["--role", "developer"]].concat()).ok();
    project.qms(&["verify"]).ok();
    assert_eq!(chunks(&project).1, 0, "another trust");
    same_answers(&project, "after a change of trust");
    let (junit, trivy) = (project.report("junit.xml", &junit(5, 0, 0)), project.report("trivy.json", TRIVY));
    let wrong = project.by("ci", &["record", "test", "--from", &junit, "--quiet"]).ok().id();
    project.by("ci", &["record", "scan", "--from", &trivy]).ok();
    project.qms(&["verify"]).ok();
    assert_eq!(chunks(&project).1, 1);
    let correct = ["record", "test", "--from", &junit, "--supersedes", &wrong, "--because", "wrong suite"];
    let corrected = project.by("ci", &correct);
    if corrected.code == 0 {
        project.qms(&["verify"]).ok();
        same_answers(&project, "after a correction");
    }
}

#[test]
fn what_was_removed_from_the_ledger_is_found_however_warm_the_index() {
    let project = indexed(Project::proven());
    project.qms(&["verify"]).ok();
    let note = project.git(&["notes", "--ref=qms", "show", "HEAD"]);
    let rest: Vec<&str> = note.lines().skip(1).collect();
    let blob = project.git_with(&["hash-object", "-w", "--stdin"], (rest.join("\n") + "\n").as_bytes());
    project.git(&["notes", "--ref=qms", "add", "-f", "-C", &blob, "HEAD"]);
    project.qms(&["verify"]).exit(1).says("line-removed");
    same_answers(&project, "after a removal");
    // And it stays found.
    project.plan("CHG-1843");
    project.qms(&["verify"]).exit(1).says("line-removed");
    same_answers(&project, "after a record on top of a removal");
}

#[test]
fn an_object_that_was_damaged_since_is_found() {
    let project = indexed(Project::proven());
    project.qms(&["verify"]).ok();
    let tree = project.git(&["ls-tree", "-r", "refs/notes/qms"]);
    let note = tree.lines().last().and_then(|line| line.split_whitespace().nth(2)).expect("a note").to_owned();
    let loose = project.path().join(".git/objects").join(&note[..2]).join(&note[2..]);
    std::fs::remove_file(&loose).expect("a loose object");
    project.qms(&["verify"]).exit(2).says("object-missing");
    same_answers(&project, "after a loss");
}

#[test]
fn a_branch_that_goes_orphans_its_records() {
    let project = indexed(Project::founded());
    project.git(&["checkout", "-q", "-b", "side"]);
    project.commit("side.txt", "one\n");
    project.plan("CHG-1842");
    project.git(&["checkout", "-q", "main"]);
    project.qms(&["verify"]).ok().never_says("orphaned");
    project.git(&["branch", "-q", "-D", "side"]);
    project.qms(&["verify"]).ok().says("1 orphaned");
    same_answers(&project, "after a branch was deleted");
    let gone = project.git(&["log", "-g", "--format=%H", "-1", "HEAD@{1}"]);
    project.git(&["branch", "again", &gone]);
    project.qms(&["verify"]).ok().never_says("orphaned");
    same_answers(&project, "after it was made again");
    // One that held no evidence may go without ado.
    project.git(&["checkout", "-q", "-b", "empty"]);
    project.commit("empty.txt", "one\n");
    project.git(&["checkout", "-q", "main"]);
    project.qms(&["verify"]).ok();
    let before = chunks(&project);
    project.plan("CHG-1844");
    project.git(&["branch", "-q", "-D", "empty"]);
    project.qms(&["verify"]).ok();
    assert_eq!(chunks(&project), (before.0 + 1, before.1 + 1));
}

#[test]
fn small_ledgers_keep_none_and_false_means_none() {
    let project = Project::proven();
    project.qms(&["verify"]).ok();
    assert!(!file(&project).exists());
    project.git(&["config", "qms.index", "false"]);
    project.qms(&["verify"]).ok();
    assert!(!file(&project).exists());
}
