//! Every commit since the last release.

use git_qms::record::kind::approval::Meaning;
use git_qms::verify::Outcome;

use crate::claims::approval;
use crate::memory::commit_id;
use crate::project::{Project, assert_line, change, facts};

#[test]
fn a30_one_unapproved_commit_in_the_range_fails_and_is_named() {
    let mut project = Project::with(&["range.unapproved == 0"]);
    project.memory.commit("before", "before");
    project.range.insert(0, facts("before", "before", "grace"));
    project.approve("grace", "qa");
    let before = commit_id("before").short();
    assert_line(&project, "fail", &format!("1 of 2 commits unapproved: {before}"));
    project.memory.record("grace", commit_id("before"), approval("qa", Meaning::Approved, &[]), |_| ());
    assert_line(&project, "fail", &format!("1 of 2 commits unapproved: {before}"));
    // Two people may approve each other's commits.
    project.memory.record("ada", commit_id("before"), approval("qa", Meaning::Approved, &[]), |_| ());
    assert_line(&project, "pass", "0 of 2 commits unapproved");
    project.memory.record("lin", commit_id("before"), approval("qa", Meaning::Rejected, &[]), |_| ());
    assert_line(&project, "fail", &format!("1 of 2 commits unapproved: {before}"));
}

#[test]
fn approving_a_merge_covers_what_it_merges_but_not_ones_own() {
    let mut project = Project::with(&["range.unapproved == 0"]);
    project.range[0].merged.push(facts("merged", "merged", "lin"));
    project.approve("lin", "qa");
    assert_eq!(project.verdict().result, Outcome::Fail);
    project.approve("grace", "qa");
    assert_line(&project, "pass", "0 of 1 commits unapproved");
    project.range[0].merged.push(facts("foreign", "foreign", "mallory"));
    assert_eq!(project.verdict().result, Outcome::Fail, "an unknown author could be the approver");
}

#[test]
fn an_identical_tree_covers_a_commit_of_the_range_for_the_same_change_alone() {
    let mut project = Project::with(&["range.unapproved == 0"]);
    project.change = Some("CHG-2");
    project.memory.commit("squash", "one");
    project.memory.commit("branch", "one");
    project.range.insert(0, facts("squash", "one", "ada"));
    project.twins = vec![facts("branch", "one", "ada")];
    project.approve("grace", "qa");
    let open = format!("1 of 2 commits unapproved: {}", commit_id("squash").short());
    assert_line(&project, "fail", &open);
    // A tree that another change was approved with may be one that somebody went back to.
    project.memory.record("grace", commit_id("branch"), approval("qa", Meaning::Approved, &[]), change("CHG-1"));
    assert_line(&project, "fail", &open);
    project.memory.record("ada", commit_id("branch"), approval("qa", Meaning::Approved, &[]), change("CHG-2"));
    assert_line(&project, "fail", &open);
    project.memory.record("grace", commit_id("branch"), approval("qa", Meaning::Approved, &[]), change("chg-2"));
    assert_line(&project, "pass", "0 of 2 commits unapproved");
}

#[test]
fn a_commit_of_an_address_that_nobody_has_is_not_covered_and_one_of_an_outside_contributor_is() {
    let mut project = Project::with(&["range.unapproved == 0"]);
    project.head = facts("head", "head", "guest");
    project.range = vec![project.head.clone()];
    project.approve("grace", "qa");
    assert_line(&project, "fail", &format!("1 of 1 commits unapproved: {}", commit_id("head").short()));
    project.catalog =
        project.catalog.replace("version = 1", "version = 1\noutside-contributors = [\"Guest@example.com\"]");
    assert_line(&project, "pass", "0 of 1 commits unapproved");
}
