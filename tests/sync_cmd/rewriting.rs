//! Squash, rebase, amend, cherry-pick: evidence follows an identical tree, and git's copies of notes are void.

use crate::workshop::Workshop;

impl Workshop {
    /// A branch of two commits with its evidence on the last, as a pull request has it.
    fn pull_request(&self) -> String {
        self.git(&["switch", "-q", "-c", "feature"]);
        self.commit("file", "half\n");
        let head = self.commit("file", "whole\n");
        self.evidence_of("CHG-2");
        head
    }

    /// Evidence that names its change, so that it follows the tree.
    fn evidence_of(&self, change: &str) {
        let plan = ["record", "plan", "--service", "payments-api", "--change", change, "--reason", "More"];
        self.qms(&[&plan[..], &["--rollback", "restore previous"]].concat()).ok();
        let report = |name: &str| self.path(name).display().to_string();
        let test = ["record", "test", "--suite", "unit", "--change", change, "--from", &report("junit.xml")];
        self.qms_as("ci", &test).ok();
        self.qms_as("ci", &["record", "scan", "--change", change, "--from", &report("trivy.json")]).ok();
        let approve = ["approve", "--role", "release-manager", "--meaning", "approved", "--change", change];
        self.qms_as("grace", &approve).ok();
    }

    /// As a forge squashes it: one new commit on main, by its own hand; then the branch goes.
    fn squash(&self) -> String {
        self.git(&["switch", "-q", "main"]);
        self.git(&["merge", "-q", "--squash", "feature"]);
        self.git(&["commit", "-q", "-m", "Whole (#7)"]);
        self.git(&["branch", "-q", "-D", "feature"]);
        self.git(&["rev-parse", "HEAD"])
    }

    fn passes_gate(&self) -> bool {
        let run = self.qms(&["gate", "--environment", "production", "--change", "CHG-2"]);
        assert!(run.code < 2, "{}{}", run.out, run.err);
        if run.code != 0 {
            eprintln!("{}", run.out);
        }
        run.code == 0
    }
}

#[test]
fn s04_a_squash_of_the_same_tree_goes_out_on_the_evidence_of_the_branch() {
    let workshop = Workshop::new();
    let head = workshop.pull_request();
    let squashed = workshop.squash();
    assert_ne!(head, squashed);
    assert!(workshop.passes_gate());
    workshop.qms(&["show", "HEAD"]).ok().says("by tree");
    // What was never merged stays, and is called what it is.
    workshop.verify().passes_with("info", "orphaned", &head);
    let tag = workshop.qms_as("grace", &["release", "--change", "CHG-2", "--quiet"]).ok().text();
    workshop.git(&["push", "-q", "origin", "main"]);
    workshop.qms(&["sync"]).ok();
    // A clone that never saw the branch has the release and its evidence.
    let clone = workshop.clone_of_origin("clone");
    assert_ne!(workshop.git_in(&clone, &["cat-file", "-e", &head]).code, 0);
    workshop.verify_in(&clone).passes_with("info", "unverifiable", &head);
    workshop.qms_in(&clone, &["show", &tag]).ok();
    // The index remembers it as it is.
    workshop.verify_in(&clone).passes_with("info", "unverifiable", &head);
}

#[test]
fn s04_a_clone_that_never_saw_the_branch_decides_as_the_one_that_did() {
    let workshop = Workshop::new();
    let head = workshop.pull_request();
    // Where a forge keeps the head of a pull request, when its branch is gone.
    workshop.git(&["push", "-q", "origin", "feature:refs/pull/7/head"]);
    workshop.squash();
    workshop.git(&["push", "-q", "origin", "main"]);
    workshop.qms(&["sync"]).ok();
    let clone = workshop.clone_of_origin("clone");
    assert_ne!(workshop.git_in(&clone, &["cat-file", "-e", &head]).code, 0);
    workshop.qms_in(&clone, &["show", "HEAD"]).ok().says("by tree");
    // Tests and scans count by their tree. Whether the approver made what they approved is told by that commit alone.
    let gate = ["gate", "--environment", "production", "--change", "CHG-2"];
    workshop.qms_in(&clone, &gate).exits(1).says("0 of 1 failed (by tree)").says("whose authors are not known");
    workshop.git_in(&clone, &["fetch", "-q", "origin", "refs/pull/*/head:refs/remotes/origin/pull/*"]).ok();
    workshop.qms_in(&clone, &gate).ok();
    // Of another tree it says nothing.
    std::fs::write(clone.join("file"), "another\n").expect("a file");
    workshop.git_in(&clone, &["commit", "-q", "-a", "-m", "Another"]).ok();
    workshop.qms_in(&clone, &gate).exits(1);
}

#[test]
fn s04_a_tree_that_a_commit_has_not_is_void_where_the_commit_is_and_the_signers_word_elsewhere() {
    let workshop = Workshop::new();
    workshop.git(&["switch", "-q", "-c", "feature"]);
    let head = workshop.commit("file", "unreviewed\n");
    let tree = workshop.git(&["rev-parse", "main^{tree}"]);
    let forged = workshop.put_record("grace", &head, &crate::forge::plan("lent"), |header| {
        header.tree = tree.parse().expect("a tree");
    });
    workshop.verify().rejects("tree-differs", &head);
    workshop.git(&["push", "-q", "--no-verify", "origin", "refs/notes/qms"]);
    // Whoever has not the commit has the word of a member who may sign this kind; whoever fetches it finds them out.
    let clone = workshop.clone_of_origin("clone");
    workshop.verify_in(&clone).passes_with("info", "unverifiable", &forged);
    workshop.git(&["push", "-q", "--no-verify", "origin", "feature"]);
    workshop.git_in(&clone, &["fetch", "-q"]).ok();
    workshop.verify_in(&clone).rejects("tree-differs", &head);
}

#[test]
fn s04_a_squash_onto_a_moved_base_needs_new_evidence() {
    let workshop = Workshop::new();
    workshop.pull_request();
    workshop.git(&["switch", "-q", "main"]);
    workshop.commit("other", "meanwhile\n");
    workshop.squash();
    assert!(!workshop.passes_gate(), "another tree");
    workshop.evidence_of("CHG-2");
    let range = workshop.qms(&["gate", "--environment", "production", "--change", "CHG-2", "--json"]).json();
    let unmet: Vec<_> =
        range["controls"].as_array().into_iter().flatten().filter(|one| one["outcome"] == "fail").collect();
    // What came in meanwhile has to be approved as well, where the catalog asks for it; nothing else is open.
    assert!(unmet.iter().all(|one| one["found"].as_str().is_some_and(|found| found.contains("approv"))), "{unmet:#?}");
}

#[test]
fn s04_amend_and_cherry_pick_of_the_same_tree_keep_it_and_a_rebase_onto_another_does_not() {
    let workshop = Workshop::new();
    let head = workshop.pull_request();
    workshop.git(&["commit", "-q", "--amend", "-m", "Said better"]);
    assert_ne!(workshop.git(&["rev-parse", "HEAD"]), head);
    assert!(workshop.passes_gate());
    workshop.git(&["switch", "-q", "-c", "picked", "main"]);
    workshop.git(&["cherry-pick", "main..feature"]);
    assert!(workshop.passes_gate());
    workshop.git(&["switch", "-q", "main"]);
    workshop.commit("other", "meanwhile\n");
    workshop.git(&["switch", "-q", "feature"]);
    workshop.git(&["rebase", "-q", "main"]);
    assert!(!workshop.passes_gate());
}

#[test]
fn s04_notes_that_git_copies_along_are_void_and_the_hint_says_why() {
    let workshop = Workshop::new();
    workshop.git(&["config", "notes.rewriteRef", "refs/notes/qms"]);
    workshop.git(&["config", "notes.rewriteMode", "concatenate"]);
    workshop.pull_request();
    std::fs::write(workshop.repo().join("file"), "another\n").expect("a file");
    workshop.git(&["commit", "-q", "-a", "--amend", "-m", "Another tree"]);
    let copied = workshop.git(&["rev-parse", "HEAD"]);
    assert!(!workshop.lines_on(&copied).is_empty(), "git copied them");
    workshop.verify().rejects("subject-differs", &copied);
    let run = workshop.qms(&["verify"]).exits(1).says("notes.rewriteRef");
    assert!(run.out.contains("git copied it"), "{}", run.out);
    assert!(!workshop.passes_gate());
    workshop.qms(&["doctor"]).says("git copies evidence along");
}
