//! Removing, rewriting, rolling back, uniting.

use crate::forge::plan;
use crate::workshop::Workshop;

#[test]
fn a01_a_line_deleted_by_a_new_notes_commit_is_named() {
    let workshop = Workshop::new();
    let (commit, test) = (&workshop.made.commit, &workshop.made.test);
    workshop.drop_record(commit, test);
    workshop.verify().rejects("line-removed", test).rejects("manifest-record", &tag_ref(&workshop));
    workshop.qms(&["gate"]).exits(1);
}

#[test]
fn a01_a_note_deleted_whole_names_every_record() {
    let workshop = Workshop::new();
    let made = &workshop.made;
    workshop.git(&["notes", "--ref=qms", "remove", &made.commit]);
    let verdict = workshop.verify();
    for record in [&made.plan, &made.test, &made.scan, &made.approval, &made.deploy] {
        verdict.rejects("line-removed", record);
    }
}

#[test]
fn a01_a_line_deleted_and_put_back_is_a_warning() {
    let workshop = Workshop::new();
    let (commit, test) = (&workshop.made.commit, &workshop.made.test);
    let line = workshop.line_of(commit, test);
    workshop.drop_record(commit, test);
    workshop.put_line(commit, &line);
    workshop.verify().passes_with("warning", "line-restored", test);
}

/// Makes every ledger commit anew without one line.
fn rewritten_without(workshop: &Workshop, commit: &str, record: &str) {
    let line = workshop.line_of(commit, record);
    let history = workshop.git(&["rev-list", "--reverse", "--topo-order", "refs/notes/qms"]);
    let mut parent: Option<String> = None;
    for old in history.lines() {
        workshop.git(&["update-ref", "refs/notes/scratch", old]);
        let note = workshop.git_in(&workshop.repo(), &["notes", "--ref=scratch", "show", commit]);
        if note.code == 0 && note.out.contains(&line) {
            let rest: Vec<&str> = note.out.lines().filter(|other| *other != line).collect();
            let rest = rest.join("\n") + "\n";
            let blob = workshop.git_with(&["hash-object", "-w", "--stdin"], rest.as_bytes());
            if rest == "\n" {
                workshop.git(&["notes", "--ref=scratch", "remove", commit]);
            } else {
                workshop.git(&["notes", "--ref=scratch", "add", "-f", "-C", &blob, commit]);
            }
        }
        let tree = workshop.git(&["rev-parse", "refs/notes/scratch^{tree}"]);
        let mut args = vec!["commit-tree", &tree, "-m", "rewritten"];
        args.extend(parent.as_deref().map(|parent| ["-p", parent]).into_iter().flatten());
        let new = workshop.git(&args);
        parent = Some(new);
    }
    workshop.git(&["update-ref", "refs/notes/qms", &parent.expect("a history")]);
    workshop.git(&["update-ref", "-d", "refs/notes/scratch"]);
}

#[test]
fn a02_a_history_rewritten_without_a_pinned_record_is_rejected() {
    let workshop = Workshop::new();
    let made = &workshop.made;
    rewritten_without(&workshop, &made.commit, &made.test);
    let verdict = workshop.verify();
    verdict.rejects("head-gone", &made.approval).rejects("head-gone", &made.deploy);
    workshop.qms(&["gate"]).exits(1);
}

#[test]
fn a03_a_ledger_rolled_back_behind_a_release_names_the_tag() {
    let workshop = Workshop::new();
    workshop.git(&["update-ref", "refs/notes/qms", &workshop.made.before_release]);
    workshop.verify().rejects("tag-unrecorded", &tag_ref(&workshop));
    workshop.qms(&["gate"]).exits(1);
}

#[test]
fn a03_a_ledger_replaced_by_one_that_keeps_the_release_record_names_the_tag() {
    let workshop = Workshop::new();
    let made = &workshop.made;
    // The records of the release alone, put on the ledger as it was before: their heads are gone, and so is the tag's.
    let lines = workshop.lines_on(&made.commit);
    let parent = workshop.git(&["rev-parse", &format!("{}~3", made.before_release)]);
    workshop.git(&["update-ref", "refs/notes/qms", &parent]);
    workshop.set_lines(&made.commit, lines);
    let verdict = workshop.verify();
    verdict.rejects("head-gone", &made.deploy).rejects("tag-unrecorded", &tag_ref(&workshop));
}

#[test]
fn a03_a_ledger_that_is_deleted_is_no_pass() {
    let workshop = Workshop::new();
    workshop.git(&["update-ref", "-d", "refs/notes/qms"]);
    workshop.verify().rejects("ledger-missing", "refs/notes/qms").rejects("tag-unrecorded", &tag_ref(&workshop));
    workshop.qms(&["gate"]).exits(1);
}

#[test]
fn a28_a_record_introduced_in_a_branch_without_its_head_is_rejected() {
    let workshop = Workshop::new();
    let on = workshop.made.commit.clone();
    let fork = workshop.git(&["rev-parse", "refs/notes/qms"]);
    workshop.put_record("ada", &on, &plan("on one branch"), |_| ());
    let one = workshop.git(&["rev-parse", "refs/notes/qms"]);
    let (id, line) = workshop.line("ada", "ada", &on, &plan("signed over that branch"), |_| ());
    workshop.git(&["update-ref", "refs/notes/qms", &fork]);
    workshop.put_line(&on, &line);
    workshop.git(&["update-ref", "refs/notes/one", &one]);
    workshop.git(&["notes", "--ref=qms", "merge", "-q", "-s", "cat_sort_uniq", "refs/notes/one"]);
    assert!(workshop.lines_on(&on).contains(&line));
    workshop.verify().rejects("head-not-before", &id);
}

#[test]
fn a31_a_stock_union_that_carries_a_deletion_names_the_lost_line() {
    let workshop = Workshop::new();
    let made = &workshop.made;
    workshop.git(&["update-ref", "refs/notes/theirs", "refs/notes/qms"]);
    // They delete; we add elsewhere; stock git unites the two without a conflict.
    workshop.drop_record(&made.commit, &made.approval);
    let theirs = workshop.git(&["rev-parse", "refs/notes/qms"]);
    workshop.git(&["update-ref", "refs/notes/qms", "refs/notes/theirs"]);
    workshop.git(&["update-ref", "refs/notes/theirs", &theirs]);
    let other = workshop.git(&["rev-parse", &format!("{}~1", made.commit)]);
    workshop.put_record("ada", &other, &plan("meanwhile"), |_| ());
    workshop.git(&["notes", "--ref=qms", "merge", "-q", "-s", "cat_sort_uniq", "refs/notes/theirs"]);
    workshop.verify().rejects("line-removed", &made.approval);
}

#[test]
fn a31_a_union_cut_at_a_nul_names_the_lost_lines() {
    let workshop = Workshop::new();
    let made = &workshop.made;
    let lines = workshop.lines_on(&made.commit);
    let cut = format!("{}\n\0", lines[0]);
    workshop.set_note(&made.commit, cut.as_bytes());
    let verdict = workshop.verify();
    let lost = [&made.plan, &made.test, &made.scan, &made.approval, &made.deploy];
    let named = lost.iter().filter(|record| verdict.has("error", "line-removed", record)).count();
    assert!(verdict.code == 1 && named >= lost.len() - 1, "{:#}", verdict.json);
    verdict.rejects("envelope-form", &made.commit);
}

#[test]
fn a37_a_record_that_a_checkpoint_pins_is_not_lost_unseen() {
    let workshop = Workshop::new();
    let on = workshop.made.commit.clone();
    let fork = workshop.git(&["rev-parse", "refs/notes/qms"]);
    // Two records signed over one head, united by stock git.
    let (one, line) = workshop.line("ada", "ada", &on, &plan("on one side"), |_| ());
    let (_, other) = workshop.line("ada", "ada", &on, &plan("on the other"), |_| ());
    workshop.put_line(&on, &line);
    workshop.git(&["update-ref", "refs/notes/one", "refs/notes/qms"]);
    workshop.git(&["update-ref", "refs/notes/qms", &fork]);
    workshop.put_line(&on, &other);
    let dropped = workshop.git(&["rev-parse", "refs/notes/qms"]);
    // One side alone: nothing pins the other, and nothing is seen. That is the limit which the threat model names.
    workshop.verify().passes();
    workshop.git(&["notes", "--ref=qms", "merge", "-q", "-s", "cat_sort_uniq", "refs/notes/one"]);
    workshop.verify().passes();
    assert!(workshop.lines_on(&on).contains(&line));
    workshop.qms(&["checkpoint"]).ok();
    workshop.verify().passes();
    // Now a checkpoint pins both. It is put on the side without the record.
    let pinned = workshop.lines_on(&on).into_iter().filter(|kept| *kept != line).collect();
    workshop.git(&["update-ref", "refs/notes/qms", &dropped]);
    workshop.set_lines(&on, pinned);
    let verdict = workshop.verify();
    assert!(verdict.json.to_string().contains("head-gone") && !one.is_empty());
    verdict.rejects("head-gone", "");
}

/// Order is what signed heads say, and no place in a file: another one changes nothing, and is told.
#[test]
fn t07_lines_in_another_order_are_told() {
    let workshop = Workshop::new();
    let on = workshop.made.commit.clone();
    let mut lines = workshop.lines_on(&on);
    lines.reverse();
    let before = workshop.verify().count("valid");
    workshop.set_note(&on, (lines.join("\n") + "\n").as_bytes());
    let verdict = workshop.verify();
    assert_eq!(verdict.passes_with("warning", "note-disordered", &on).count("valid"), before);
}

/// The commits of the ledger in another order: what each record signed is not before it any more.
#[test]
fn t07_commits_of_the_ledger_in_another_order_are_rejected() {
    let workshop = Workshop::new();
    let history = workshop.git(&["rev-list", "refs/notes/qms"]);
    let commits: Vec<&str> = history.lines().collect();
    let (last, before) = (commits[0], commits[1]);
    let mut parent = commits[2].to_owned();
    for commit in [last, before, last] {
        let tree = workshop.git(&["rev-parse", &format!("{commit}^{{tree}}")]);
        parent = workshop.git(&["commit-tree", &tree, "-p", &parent, "-m", "reordered"]);
    }
    workshop.git(&["update-ref", "refs/notes/qms", &parent]);
    workshop.verify().rejects("head-gone", &workshop.made.deploy);
}

fn tag_ref(workshop: &Workshop) -> String {
    format!("refs/tags/{}", workshop.made.tag)
}
