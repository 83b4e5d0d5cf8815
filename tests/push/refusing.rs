//! What the hook refuses, and what it lets pass.

use crate::forge::plan;
use crate::workshop::Workshop;

const FORGED: &str = "payments-api@1+c";

#[test]
fn s02_ordinary_branches_and_tags_pass_without_a_look_at_the_ledger() {
    let workshop = Workshop::new();
    let head = workshop.commit("file", "two\n");
    workshop.git(&["tag", "v1"]);
    workshop.git(&["tag", "-a", "-m", "two", "v2"]);
    workshop.push(&["v1", "v2"]).ok();
    workshop.push(&["-f", "HEAD:refs/tags/v2"]).ok();
    workshop.push(&["--delete", "v1"]).ok();
    // Even where there is no ledger to be read.
    workshop.git(&["update-ref", "-d", "refs/notes/qms"]);
    workshop.push(&["main", "main:refs/heads/other"]).ok();
    workshop.push(&["--delete", "other"]).ok();
    assert!(workshop.remote().contains(&format!("{head} commit\trefs/heads/main")));
}

#[test]
fn s02_evidence_and_release_pass_together() {
    let workshop = Workshop::new();
    workshop.commit("file", "two\n");
    workshop.evidence("CHG-2");
    let tag = workshop.qms_as("grace", &["release", "--change", "CHG-2", "--quiet"]).ok().text();
    workshop.push(&["main", "refs/notes/qms", &format!("refs/tags/{tag}")]).ok();
    assert!(workshop.remote().contains(&tag));
}

#[test]
fn s02_a_release_whose_records_the_remote_would_not_have_is_refused() {
    let workshop = Workshop::new();
    workshop.commit("file", "two\n");
    workshop.evidence("CHG-2");
    let tag = workshop.qms_as("grace", &["release", "--change", "CHG-2", "--quiet"]).ok().text();
    let tag = format!("refs/tags/{tag}");
    workshop.refuses(&[&tag], "relies on records that origin would not have");
    workshop.push(&["refs/notes/qms"]).ok();
    workshop.qms(&["sync"]).ok();
    assert!(workshop.remote().contains(&tag));
}

#[test]
fn e11_a_release_whose_files_the_remote_would_not_have_is_refused() {
    let workshop = Workshop::new();
    workshop.commit("file", "two\n");
    std::fs::write(workshop.path("notes.txt"), "what was watched\n").expect("a file");
    let notes = workshop.path("notes.txt").display().to_string();
    let plan = ["record", "plan", "--service", "payments-api", "--change", "CHG-2", "--reason", "More"];
    workshop.qms(&[&plan[..], &["--rollback", "restore previous", "--attach", &notes]].concat()).ok();
    crate::workshop::tests(&workshop).ok();
    crate::workshop::scan(&workshop).ok();
    workshop.qms_as("grace", &["approve", "--role", "release-manager", "--meaning", "approved"]).ok();
    let tag = workshop.qms_as("grace", &["release", "--change", "CHG-2", "--quiet"]).ok().text();
    let tag = format!("refs/tags/{tag}");
    workshop.push(&["refs/notes/qms"]).ok();
    workshop.refuses(&[&tag], "(notes.txt) that origin would not have");
    workshop.push(&["-f", "refs/qms/files", &tag]).ok();
    assert!(workshop.remote().contains(&tag));
}

#[test]
fn e11_files_are_neither_dropped_nor_deleted_by_a_push() {
    let workshop = Workshop::new();
    let empty = workshop.git_with(&["mktree"], b"");
    let dropped = workshop.git(&["commit-tree", "-m", "none", &empty]);
    workshop.refuses(&["-f", &format!("{dropped}:refs/qms/files")], "refs/qms/files would lose file ");
    workshop.refuses(&["--delete", "refs/qms/files"], "would be deleted: it holds the files");
}

#[test]
fn s02_a_release_tag_by_an_unknown_key_is_refused() {
    let workshop = Workshop::new();
    let head = workshop.commit("file", "two\n");
    workshop.forge_release("grace", "mallory", &head, FORGED);
    workshop.refuses(&[FORGED], "no release record that counts names it");
    workshop.refuses(&["refs/notes/qms"], "key-unknown");
}

#[test]
fn s02_a_release_whose_gate_is_not_met_is_refused() {
    let workshop = Workshop::new();
    let head = workshop.commit("file", "two\n");
    workshop.forge_release("grace", "grace", &head, FORGED);
    assert!(!workshop.verify().has("error", "tag-signature", ""), "she may, and the tag is well made");
    workshop.refuses(&["refs/notes/qms", FORGED], "does not pass its gate: ");
}

#[test]
fn a10_a_moved_release_is_refused() {
    let workshop = Workshop::new();
    let tag = workshop.made.tag.clone();
    workshop.commit("file", "two\n");
    workshop.git(&["tag", "-f", "-a", "-m", "moved", &tag]);
    workshop.refuses(&["-f", &tag], "would be moved");
    workshop.refuses(&["-f", &format!("HEAD:refs/tags/{tag}")], "would be moved");
}

#[test]
fn a10_a_release_name_with_another_object_is_refused_where_it_is_new() {
    let workshop = Workshop::new();
    let tag = workshop.made.tag.clone();
    workshop.git(&["init", "-q", "--bare", "../second.git"]);
    workshop.git(&["remote", "add", "second", "../second.git"]);
    workshop.commit("file", "two\n");
    let second = |what: &str| {
        let spec = format!("{what}:refs/tags/{tag}");
        let evidence = ["refs/notes/qms", "refs/qms/trust", "refs/qms/files", &spec];
        workshop.git_in(&workshop.repo(), &[&["push", "-q", "second"][..], &evidence].concat())
    };
    for other in ["HEAD", "HEAD^{tree}"] {
        let run = second(other);
        assert_ne!(run.code, 0, "{other}");
        run.says("tag-moved");
    }
    second(&format!("refs/tags/{tag}")).ok();
}

#[test]
fn a10_the_object_of_a_release_under_another_name_is_refused() {
    let workshop = Workshop::new();
    let spec = format!("refs/tags/{}:refs/tags/other", workshop.made.tag);
    workshop.refuses(&[&spec], "no release record that counts names it");
}

#[test]
fn r06_a_release_is_not_deleted() {
    let workshop = Workshop::new();
    workshop.refuses(&["--delete", &workshop.made.tag], "would be deleted");
    // Nor where it is gone here already, record and all.
    let object = workshop.git(&["rev-parse", &format!("refs/tags/{}", workshop.made.tag)]);
    workshop.git(&["update-ref", "-d", &format!("refs/tags/{}", workshop.made.tag)]);
    workshop.git(&["update-ref", "refs/notes/qms", &workshop.made.before_release]);
    workshop.git(&["cat-file", "-e", &object]);
    workshop.refuses(&["--delete", &workshop.made.tag], "would be deleted");
}

#[test]
fn a24_a_ledger_that_is_rolled_back_is_refused() {
    let workshop = Workshop::new();
    let back = format!("{}:refs/notes/qms", workshop.made.before_release);
    workshop.refuses(&["-f", &back], "only grows");
    workshop.git(&["update-ref", "refs/notes/qms", &workshop.made.before_release]);
    workshop.refuses(&["-f", "refs/notes/qms"], "only grows");
    workshop.refuses(&["--delete", "refs/notes/qms"], "would be deleted");
}

#[test]
fn a24_a_ledger_that_is_rewritten_is_refused() {
    let workshop = Workshop::new();
    let tree = workshop.git(&["rev-parse", "refs/notes/qms^{tree}"]);
    let parent = workshop.made.before_release.clone();
    let other = workshop.git(&["commit-tree", &tree, "-p", &parent, "-m", "rewritten"]);
    workshop.refuses(&["-f", &format!("{other}:refs/notes/qms")], "only grows");
    let other = workshop.git(&["commit-tree", &tree, "-m", "without a past"]);
    workshop.refuses(&["-f", &format!("{other}:refs/notes/qms")], "only grows");
}

#[test]
fn a24_a_ledger_behind_one_that_is_not_here_is_refused() {
    let workshop = Workshop::new();
    let clone = workshop.clone_of_origin("clone");
    let plan = ["record", "plan", "--service", "payments-api", "--reason", "More", "--change"];
    workshop.qms_in(&clone, &[&plan[..], &["CHG-7"]].concat()).ok();
    workshop.qms_in(&clone, &["sync"]).ok();
    workshop.qms(&[&plan[..], &["CHG-8"]].concat()).ok();
    workshop.refuses(&["-f", "refs/notes/qms"], "first git qms sync");
}

#[test]
fn a24_trust_that_is_rolled_back_is_refused() {
    let workshop = Workshop::new();
    workshop.refuses(&["-f", "refs/qms/trust~1:refs/qms/trust"], "only grows");
    workshop.refuses(&["--delete", "refs/qms/trust"], "would be deleted");
    let tip = workshop.git(&["rev-parse", "refs/qms/trust~1"]);
    workshop.git(&["update-ref", "refs/qms/trust", &tip]);
    workshop.refuses(&["-f", "refs/qms/trust"], "only grows");
}

#[test]
fn a16_a_forged_trust_version_is_refused_whatever_the_trust_here_is() {
    let workshop = Workshop::new();
    let forged = workshop.forge_trust(&["mallory"], |_| ());
    workshop.refuses(&[&format!("{forged}:refs/qms/trust")], "trust-fault");
}

#[test]
fn a01_a_removed_line_is_refused_whatever_the_ledger_here_is() {
    let workshop = Workshop::new();
    let sound = workshop.git(&["rev-parse", "refs/notes/qms"]);
    workshop.drop_record(&workshop.made.commit, &workshop.made.test);
    let without = workshop.git(&["rev-parse", "refs/notes/qms"]);
    workshop.refuses(&["refs/notes/qms"], "line-removed");
    workshop.git(&["update-ref", "refs/notes/qms", &sound]);
    workshop.refuses(&[&format!("{without}:refs/notes/qms")], "line-removed");
}

#[test]
fn a06_a_void_line_is_refused_once_and_blocks_nobody_when_the_remote_has_it() {
    let workshop = Workshop::new();
    let commit = workshop.made.commit.clone();
    workshop.put_line(&commit, "garbage");
    workshop.refuses(&["refs/notes/qms"], "envelope-form");
    workshop.push(&["--no-verify", "refs/notes/qms"]).ok();
    workshop.put_record("ada", &commit, &plan("goes on"), |_| ());
    workshop.push(&["refs/notes/qms"]).ok();
    workshop.put_line(&commit, "more garbage");
    workshop.refuses(&["refs/notes/qms"], "envelope-form");
}

#[test]
fn a_push_to_an_address_that_is_no_remote_is_judged_as_well() {
    let workshop = Workshop::new();
    workshop.commit("file", "two\n");
    workshop.evidence("CHG-2");
    let tag = workshop.qms_as("grace", &["release", "--change", "CHG-2", "--quiet"]).ok().text();
    let reference = format!("refs/tags/{tag}");
    let push = |args: &[&str]| workshop.git_in(&workshop.repo(), &[&["push", "-q", "../origin.git"], args].concat());
    let alone = push(&[&reference]);
    assert_ne!(alone.code, 0);
    alone.says("relies on records that");
    push(&["main", "refs/notes/qms", &reference]).ok();
    assert!(workshop.remote().contains(&tag));
}
