//! Every commit since the last release.

use git_qms::record::kind::approval::Meaning;
use git_qms::verify::Outcome;

use crate::claims::approval;
use crate::memory::commit_id;
use crate::project::{Project, assert_line, facts};

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
