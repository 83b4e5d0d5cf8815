//! Who may approve, and whose word counts.

use git_qms::policy::CommitFacts;
use git_qms::record::kind::approval::Meaning;
use git_qms::verify::Outcome;

use crate::claims::approval;
use crate::memory::{commit_id, person};
use crate::project::{Project, assert_line, catalog, change, facts, shown, supersede};

#[test]
fn g06_who_had_a_hand_in_it_does_not_approve_it() {
    type Edit = fn(&mut CommitFacts);
    let author: Edit = |head| head.author_email = "GRACE@example.com".into();
    let committer: Edit = |head| head.committer_email = "grace@example.com".into();
    let co_author: Edit = |head| head.co_author_emails.push("grace@example.com".into());
    let merged: Edit = |head| {
        let mut deeper = facts("deeper", "deeper", "lin");
        deeper.merged.push(facts("deepest", "deepest", "grace"));
        head.merged.push(deeper);
    };
    for edit in [author, committer, co_author, merged] {
        let mut project = Project::full();
        assert_eq!(project.verdict().result, Outcome::Pass);
        edit(&mut project.range[0]);
        project.head = project.range[0].clone();
        assert_eq!(project.verdict().result, Outcome::Fail);
    }
}

/// Whatever its fields say, which are claims.
#[test]
fn a13_who_signed_a_commit_had_a_hand_in_it() {
    let mut project = Project::full();
    let key = |project: &Project, who: &str| {
        let ledger = project.memory.ledger();
        let member = ledger.chain().newest().version.member(&who.parse().expect("an id")).expect("a member").clone();
        Some(member.keys[0].fingerprint().to_string())
    };
    for (signer, outcome) in [("ada", Outcome::Pass), ("lin", Outcome::Pass), ("grace", Outcome::Fail)] {
        project.head.signed_by = key(&project, signer);
        project.range = vec![project.head.clone()];
        assert_eq!(project.verdict().result, outcome, "{signer}");
    }
    // A key that is nobody's says nothing.
    project.head.signed_by = Some("SHA256:nobody".into());
    project.range = vec![project.head.clone()];
    assert_eq!(project.verdict().result, Outcome::Pass);
}

#[test]
fn a13_an_approval_by_an_author_of_the_range_is_told() {
    let mut project = Project::full();
    project.range.insert(0, facts("before", "before", "grace"));
    insta::assert_snapshot!(shown(&project.verdict()));
}

#[test]
fn g06_the_heads_authors_are_judged_though_the_range_is_empty() {
    let mut project = Project::full();
    project.range.clear();
    assert_eq!(project.verdict().result, Outcome::Pass);
    project.head.author_email = "grace@example.com".into();
    assert_eq!(project.verdict().result, Outcome::Fail);
}

#[test]
fn a13_an_address_of_an_earlier_trust_version_still_names_its_member() {
    let mut members = vec![person("ada", &["root"]), person("grace", &["qa"])];
    members[1].emails.push("grace@home.example.com".into());
    let mut project = Project::of(members);
    project.memory.change_trust(|version| version.members[1].emails.truncate(1));
    project.catalog = Project::with(&["approvals >= 1"]).catalog;
    project.head.author_email = "grace@home.example.com".into();
    project.range = vec![project.head.clone()];
    project.approve("grace", "qa");
    assert_line(
        &project,
        "fail",
        &format!("0 of 1 approvals; grace had a hand in commit {}", commit_id("head").short()),
    );
}

#[test]
fn g06_an_unknown_author_fails_approvals_and_is_named() {
    let mut project = Project::full();
    project.range.insert(0, facts("before", "before", "mallory"));
    insta::assert_snapshot!(shown(&project.verdict()));
    project.catalog =
        project.catalog.replace("outside-contributors = []", "outside-contributors = [\"Mallory@example.com\"]");
    assert_eq!(project.verdict().result, Outcome::Pass);
}

#[test]
fn g06_bots_never_count_and_people_count_once() {
    let mut project = Project::with(&["approvals >= 2"]);
    project.approve("ci", "qa");
    project.approve("grace", "qa");
    project.approve("grace", "release-manager");
    assert_line(&project, "fail", "1 of 2 approvals; ci is a bot");
    project.approve("lin", "qa");
    assert_line(&project, "pass", "2 of 2 approvals; ci is a bot");
}

#[test]
fn approvals_by_role_count_that_role() {
    let mut project = Project::with(&["approvals.release-manager >= 1"]);
    project.approve("lin", "qa");
    assert_line(&project, "fail", "0 of 1 approvals as release-manager");
    project.approve("grace", "release-manager");
    assert_line(&project, "pass", "1 of 1 approvals as release-manager");
}

#[test]
fn only_approved_and_released_let_it_pass() {
    for (meaning, outcome) in [
        (Meaning::Approved, "pass"),
        (Meaning::Released, "pass"),
        (Meaning::Reviewed, "fail"),
        (Meaning::Authored, "fail"),
        (Meaning::Rejected, "fail"),
    ] {
        let mut project = Project::with(&["approvals >= 1"]);
        project.memory.record("grace", commit_id("head"), approval("qa", meaning, &[]), |_| ());
        let verdict = project.verdict();
        assert_eq!(verdict.controls.last().expect("a control").outcome.as_str(), outcome, "{meaning}");
    }
}

#[test]
fn a_rejection_blocks_until_its_author_takes_it_back() {
    let mut project = Project::full();
    project.memory.record("lin", commit_id("head"), approval("qa", Meaning::Rejected, &[]), |_| ());
    insta::assert_snapshot!(shown(&project.verdict()));
    project.approve("grace", "qa");
    assert_eq!(project.verdict().result, Outcome::Fail, "another's approval does not outvote it");
    project.memory.record("lin", commit_id("head"), approval("developer", Meaning::Approved, &[]), |_| ());
    assert_eq!(project.verdict().result, Outcome::Fail, "nor does one in another role");
    project.approve("lin", "qa");
    assert_eq!(project.verdict().result, Outcome::Pass);
    project.catalog = catalog("[\"approval\"]", &["approvals.rejected == 0"]);
    assert_line(&project, "pass", "0 rejections");
}

#[test]
fn a_rejection_follows_its_tree_also_dirty_and_of_another_change() {
    let mut project = Project::full();
    let branch = project.memory.commit("branch", "head");
    project.memory.orphan(branch);
    project.memory.record("lin", branch, approval("qa", Meaning::Rejected, &[]), |header| header.dirty = true);
    assert_eq!(project.verdict().result, Outcome::Fail);
    let mut project = Project::full();
    project.memory.record("lin", commit_id("head"), approval("qa", Meaning::Rejected, &[]), |header| {
        header.service = Some("ledger".parse().expect("a name"));
    });
    assert_eq!(project.verdict().result, Outcome::Pass, "one about another service does not");
}

#[test]
fn of_a_persons_concurrent_words_the_rejection_counts() {
    let mut project = Project::full();
    let fork = project.memory.head();
    project.approve("lin", "qa");
    let other = project.memory.head();
    project.memory.checkout(fork);
    project.memory.record("lin", commit_id("head"), approval("qa", Meaning::Rejected, &[]), |_| ());
    project.memory.merge(other);
    assert_eq!(project.verdict().result, Outcome::Fail);
}

#[test]
fn a13_a_squash_does_not_launder_the_approval_of_ones_own_work() {
    let mut project = Project::with(&["approvals >= 1"]);
    project.change = Some("CHG-1");
    project.memory.commit("branch", "head");
    project.memory.record("grace", commit_id("branch"), approval("qa", Meaning::Approved, &[]), change("CHG-1"));
    let branch = commit_id("branch").short();
    assert_line(
        &project,
        "fail",
        &format!("0 of 1 approvals; grace approved commit {branch}, whose authors are not known"),
    );
    project.twins = vec![facts("branch", "head", "grace")];
    assert_line(&project, "fail", &format!("0 of 1 approvals; grace had a hand in commit {branch}"));
    project.twins = vec![facts("branch", "head", "second-mail")];
    assert_line(
        &project,
        "fail",
        &format!("0 of 1 approvals; grace approved commit {branch}, whose authors are not known"),
    );
    project.twins = vec![facts("branch", "head", "ada")];
    assert_line(&project, "pass", "1 of 1 approvals (by tree)");
}

#[test]
fn a_rejection_that_its_author_supersedes_blocks_no_more() {
    let mut project = Project::full();
    let mistaken = project.memory.record("lin", commit_id("head"), approval("qa", Meaning::Rejected, &[]), |_| ());
    assert_eq!(project.verdict().result, Outcome::Fail);
    project.memory.record("lin", commit_id("head"), approval("qa", Meaning::Reviewed, &[]), supersede(mistaken));
    assert_eq!(project.verdict().result, Outcome::Pass);
}
