//! Plans, and approvals that saw them.

use git_qms::record::RecordId;
use git_qms::record::kind::approval::Meaning;
use git_qms::verify::Outcome;

use crate::claims::{approval, plan};
use crate::memory::commit_id;
use crate::project::{Project, assert_line, change, shown, supersede};

#[test]
fn a36_an_approval_that_saw_another_plan_does_not_count() {
    let mut project = Project::with(&["approvals >= 1", "plan.recorded >= 1"]);
    let first = project.memory.record("ada", commit_id("head"), plan("refunds"), change("CHG-1"));
    let saw = |plans: &[RecordId]| approval("qa", Meaning::Approved, plans);
    project.memory.record("grace", commit_id("head"), saw(&[first]), |_| ());
    assert_line(&project, "pass", "1 of 1 approvals, plan for CHG-1");
    let second = project.memory.record("ada", commit_id("head"), plan("lower risk"), |header| {
        change("chg-1")(header);
        supersede(first)(header);
    });
    assert_line(&project, "fail", &format!("0 of 1 approvals; grace has not seen plan {}", second.short()));
    project.memory.record("grace", commit_id("head"), saw(&[second]), |_| ());
    assert_line(&project, "pass", "1 of 1 approvals, plan for chg-1");
}

#[test]
fn a_dirty_plan_has_to_be_seen_and_satisfies_nothing() {
    let mut project = Project::with(&["approvals >= 1", "plan.recorded >= 1"]);
    let id = project.memory.record("ada", commit_id("head"), plan("refunds"), |header| header.dirty = true);
    project.approve("grace", "qa");
    let (short, found) = (id.short(), "0 of 1 approvals; grace has not seen plan");
    assert_line(
        &project,
        "fail",
        &format!("{found} {short}; no plan that counts; {short} is from a dirty working tree"),
    );
}

#[test]
fn plans_of_two_members_for_one_change_fail() {
    let mut project = Project::full();
    project.memory.commit("elsewhere", "elsewhere");
    project.memory.record("ada", commit_id("head"), plan("refunds"), change("CHG-1"));
    project.memory.record("lin", commit_id("elsewhere"), plan("lower risk"), change("chg-1"));
    insta::assert_snapshot!(shown(&project.verdict()));
}

#[test]
fn plans_of_two_changes_on_one_commit_have_to_be_told_apart() {
    let mut project = Project::with(&["plan.recorded >= 1"]);
    let [one, two] = ["CHG-1", "CHG-2"]
        .map(|name| project.memory.record("ada", commit_id("head"), plan("refunds"), change(name)).short());
    assert_eq!(project.verdict().result, Outcome::Fail, "{one} {two}");
    project.change = Some("CHG-2");
    assert_line(&project, "pass", "plan for CHG-2");
}

#[test]
fn g06_who_asked_for_the_change_does_not_approve_it() {
    let mut project = Project::with(&["approvals >= 1"]);
    let asked = project.memory.record("grace", commit_id("head"), plan("refunds"), change("CHG-1"));
    project.memory.record("grace", commit_id("head"), approval("qa", Meaning::Approved, &[asked]), |_| ());
    assert_line(&project, "fail", &format!("0 of 1 approvals; grace asked for it in plan {}", asked.short()));
}

#[test]
fn a_plan_on_a_commit_that_is_gone_counts_only_by_tree() {
    let mut project = Project::with(&["plan.recorded >= 1"]);
    project.change = Some("CHG-1");
    let branch = project.memory.commit("branch", "other");
    project.memory.record("ada", branch, plan("refunds"), change("CHG-1"));
    assert_line(&project, "pass", "plan for CHG-1");
    project.memory.orphan(branch);
    assert_line(&project, "fail", "no plan");
}
