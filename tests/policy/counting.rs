//! Which records count for a commit.

use git_qms::policy::evidence::Standing;
use git_qms::record::kind::approval::Meaning;
use git_qms::record::{Header, UtcTime};
use git_qms::verify::Outcome;

use crate::claims::approval;
use crate::memory::commit_id;
use crate::project::{Project, assert_line, change, facts, supersede};

#[test]
fn a30_dirty_evidence_is_shown_and_satisfies_nothing() {
    let mut project = Project::with(&["test.failed == 0"]);
    let id = project.test_on("head", 10, 0, |header| header.dirty = true);
    assert_line(&project, "fail", &format!("no test that counts; {} is from a dirty working tree", id.short()));
}

#[test]
fn a35_evidence_of_another_tree_is_none() {
    let mut project = Project::with(&["test.failed == 0"]);
    project.change = Some("CHG-1");
    project.memory.commit("branch", "other");
    project.test_on("branch", 10, 0, change("CHG-1"));
    assert_line(&project, "fail", "no test");
}

#[test]
fn s04_evidence_follows_an_identical_tree_of_the_same_change_even_when_its_commit_is_gone() {
    let mut project = Project::with(&["test.failed == 0"]);
    let branch = project.memory.commit("branch", "head");
    let id = project.test_on("branch", 10, 0, change("chg-1"));
    project.memory.orphan(branch);
    let missed = format!("no test that counts; {} is on another commit and not of the same change", id.short());
    assert_line(&project, "fail", &missed);
    project.change = Some("CHG-2");
    assert_line(&project, "fail", &missed);
    project.change = Some("CHG-1");
    assert_line(&project, "pass", "0 of 10 failed (by tree)");
}

#[test]
fn a35_a_reverted_tree_revives_no_approval_that_names_no_change() {
    let mut project = Project::with(&["approvals >= 1"]);
    project.memory.commit("before", "head");
    project.twins.push(facts("before", "head", "ada"));
    project.memory.record("grace", commit_id("before"), approval("qa", Meaning::Approved, &[]), |_| ());
    for asked in [None, Some("CHG-1")] {
        project.change = asked;
        assert_eq!(project.verdict().result, Outcome::Fail, "{asked:?}");
    }
}

#[test]
fn evidence_for_another_service_or_environment_does_not_count() {
    for (edit, why) in [
        (
            (|header: &mut Header| header.service = Some("ledger".parse().expect("a name"))) as fn(&mut Header),
            "is not for this service",
        ),
        (|header| header.environment = Some("staging".parse().expect("a name")), "is for another environment"),
    ] {
        let mut project = Project::with(&["test.failed == 0"]);
        let id = project.test_on("head", 10, 0, edit);
        assert_line(&project, "fail", &format!("no test that counts; {} {why}", id.short()));
    }
    let mut project = Project::with(&["test.failed == 0"]);
    project.test_on("head", 10, 0, |header| {
        header.service = Some("payments".parse().expect("a name"));
        header.environment = Some("production".parse().expect("a name"));
    });
    assert_line(&project, "pass", "0 of 10 failed");
}

#[test]
fn of_several_services_a_record_without_one_is_for_none() {
    let mut project = Project::with(&["test.failed == 0"]);
    project.catalog += "[[service]]\nname = \"ledger\"\n";
    let id = project.test(10, 0);
    assert_line(&project, "fail", &format!("no test that counts; {} is not for this service", id.short()));
}

#[test]
fn g09_what_was_recorded_later_is_left_out() {
    let mut project = Project::with(&["test.failed == 0"]);
    project.test(9, 1);
    let then = project.memory.now();
    let first = project.test_on("head", 10, 0, |header| header.recorded = UtcTime::from_seconds(then.seconds() + 1));
    project.at = Some(then);
    assert_line(&project, "fail", "1 of 10 failed");
    project.at = Some(UtcTime::from_seconds(then.seconds() + 1));
    assert_line(&project, "pass", "0 of 10 failed");
    // Nor does a later correction change what stood then.
    project.test_on("head", 8, 2, supersede(first));
    assert_line(&project, "pass", "0 of 10 failed");
    project.at = None;
    assert_line(&project, "fail", "2 of 10 failed");
}

#[test]
fn the_last_word_does_not_depend_on_how_records_are_listed() {
    let mut project = Project::new();
    let ids = [project.test(1, 0), project.test(2, 0), project.test(3, 0)];
    let ledger = project.memory.ledger();
    let (evidence, catalog) = (project.evidence(&ledger, Vec::new()), project.policy());
    let standing = Standing::of(&evidence, &catalog, project.memory.now());
    let records = ids.map(|id| ledger.record(id).expect("it counts"));
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let last = standing.last_of(order.map(|at| records[at]));
        assert_eq!(last.iter().map(|record| record.id).collect::<Vec<_>>(), [ids[2]], "{order:?}");
    }
}
