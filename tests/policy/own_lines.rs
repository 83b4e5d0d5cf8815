//! What the gate says by itself: the ledger, the catalog in force, what it does not know.

use git_qms::policy::{self, Evidence, Lineage, Subject, evaluate};
use git_qms::record::kind::approval::Meaning;
use git_qms::record::kind::scan::Severities;
use git_qms::record::{CommitId, FileDigest, UtcTime};
use git_qms::report::{Paint, format};
use git_qms::verify::Outcome;

use crate::claims::approval;
use crate::memory::commit_id;
use crate::project::{Project, assert_line, shown};

#[test]
fn a_ledger_that_was_tampered_with_proves_nothing() {
    let mut project = Project::full();
    let scan = project.scan(Severities { critical: 1, ..Severities::default() });
    project.memory.remove(scan);
    let verdict = project.verdict();
    assert_eq!(verdict.result, Outcome::Fail);
    assert_eq!(verdict.controls[0].id.as_str(), "LEDGER");
    assert!(verdict.controls[0].found.starts_with("line-removed: "), "{}", verdict.controls[0].found);
}

#[test]
fn t08_what_cannot_be_read_whole_is_incomplete_never_pass() {
    let project = Project::full();
    let verdict = project.verdict_of(&project.memory.ledger_with_missing(vec!["tree 1234".into()]), Vec::new());
    insta::assert_snapshot!(shown(&verdict));
}

#[test]
fn a_rejection_in_a_ledger_that_is_not_whole_is_incomplete_it_may_have_been_taken_back() {
    let mut project = Project::full();
    project.memory.record("lin", commit_id("head"), approval("qa", Meaning::Rejected, &[]), |_| ());
    let verdict = project.verdict_of(&project.memory.ledger_with_missing(vec!["tree 1234".into()]), Vec::new());
    assert_eq!(verdict.result, Outcome::Incomplete);
}

#[test]
fn findings_of_the_clone_and_the_pin_are_the_gates_too() {
    use git_qms::verify::{Code, Finding};
    let project = Project::full();
    for (code, result) in [
        (Code::TrustRootDiffers, Outcome::Fail),
        (Code::CloneIncomplete, Outcome::Incomplete),
        (Code::TrustNotPinned, Outcome::Pass),
    ] {
        let verdict = project.verdict_of(&project.memory.ledger(), vec![Finding::new(code, "said")]);
        assert_eq!(verdict.result, result, "{code}");
    }
}

#[test]
fn a_void_line_is_told_and_makes_nothing_else_fail() {
    use git_qms::verify::{Code, Finding, Severity};
    let project = Project::full();
    let void = Finding::new(Code::KeyUnknown, "line 1234 is void");
    let verdict = project.verdict_of(&project.memory.ledger(), vec![void.clone()]);
    assert_eq!((verdict.result, verdict.controls[0].outcome.as_str()), (Outcome::Pass, "warn"));
    assert_eq!(verdict.controls[0].found, "key-unknown: line 1234 is void");
    // With something that matters beside it, that is what counts.
    let removed = Finding::new(Code::LineRemoved, "gone");
    let verdict = project.verdict_of(&project.memory.ledger(), vec![void.clone(), removed]);
    assert_eq!((verdict.result, verdict.controls[0].found.as_str()), (Outcome::Fail, "line-removed: gone"));
    let unread = Finding::new(Code::ObjectMissing, "unread");
    let verdict = project.verdict_of(&project.memory.ledger(), vec![void.clone(), unread]);
    assert_eq!(verdict.result, Outcome::Incomplete);
    // An accepted one says nothing.
    let known = void.weighing(Severity::Info);
    assert_eq!(project.verdict_of(&project.memory.ledger(), vec![known]).controls[0].id.as_str(), "TEST-01");
}

#[test]
fn a_void_line_alone_is_no_control_that_was_satisfied() {
    use git_qms::verify::{Code, Finding};
    let mut project = Project::with(&["test.failed == 0"]);
    project.environment = Some("staging");
    let verdict = project.verdict_of(&project.memory.ledger(), vec![Finding::new(Code::KeyUnknown, "void")]);
    assert_ne!(verdict.result, Outcome::Pass);
}

#[test]
fn a_service_that_the_catalog_does_not_have_is_not_let_through() {
    let mut project = Project::full();
    project.service = Some("ledger");
    assert_eq!(project.verdict().controls[0].id.as_str(), "SUBJECT");
}

#[test]
fn an_environment_that_nothing_guards_is_not_let_through() {
    let mut project = Project::with(&["test.failed == 0"]);
    project.environment = Some("staging");
    let verdict = project.verdict();
    assert_eq!((verdict.result, verdict.controls[0].found.as_str()), (Outcome::Fail, "no control guards staging"));
    assert_line(&project, "not-applicable", "not asked for on the way there");
    project.environment = None;
    assert_line(&project, "fail", "no test");
}

#[test]
fn a_control_that_warns_says_so_and_lets_it_pass() {
    let mut project = Project::full();
    project.catalog = project.catalog.replacen("enforcement = \"block\"", "enforcement = \"warn\"", 1);
    project.ratify();
    project.test(1, 1);
    insta::assert_snapshot!(shown(&project.verdict()));
}

#[test]
fn g11_only_the_last_ratified_catalog_is_in_force() {
    use git_qms::policy::{InForce, PolicyState, in_force};
    let mut project = Project::full();
    let ratified = project.catalog.clone();
    project.catalog = project.catalog.replace("approvals >= 1", "approvals >= 0");
    assert_eq!(project.verdict().state, PolicyState::Proposed);
    assert!(!project.verdict().allows_release());

    let fork = project.memory.head();
    project.ratify();
    assert_eq!(project.verdict().state, PolicyState::InForce);
    let other = project.memory.head();
    let weak = project.catalog.clone();
    project.catalog.clone_from(&ratified);
    assert_eq!(project.verdict().state, PolicyState::Proposed, "an older one, once ratified, is not in force");
    project.memory.checkout(fork);
    project.ratify();
    project.memory.merge(other);
    let verdict = project.verdict();
    assert_eq!((verdict.state, verdict.result), (PolicyState::Ambiguous, Outcome::Fail));
    assert_eq!(verdict.controls[0].id.as_str(), "POLICY");

    project.ratify();
    let ledger = project.memory.ledger();
    let in_force = in_force(&ledger, project.memory.now());
    assert!(matches!(in_force, InForce::Ratified { commit, .. } if commit == commit_id("head")));
    assert!(in_force.confirm(ratified.as_bytes()).is_ok());
    assert!(in_force.confirm(weak.as_bytes()).is_err());
    assert!(matches!(git_qms::policy::in_force(&ledger, UtcTime::from_seconds(0)), InForce::None));
}

#[test]
fn a15_a_tree_that_weakens_the_policy_is_judged_by_the_one_in_force_and_not_released() {
    let project = Project::full();
    let ledger = project.memory.ledger();
    let subject = Subject {
        commit: project.head.id,
        tree: project.head.tree,
        service: Some("payments".parse().expect("a name")),
        environment: Some("production".parse().expect("a name")),
        change: None,
        release: None,
        changed: None,
        own_policy: Some(FileDigest::of(b"weaker")),
    };
    let lineage = Lineage { head: project.head.clone(), range: project.range.clone(), twins: Vec::new() };
    let evidence = Evidence::gather(&ledger, subject, lineage, Vec::new());
    let verdict = evaluate(&project.policy(), &evidence, project.memory.now());
    assert_eq!((verdict.result, verdict.state), (Outcome::Pass, policy::PolicyState::TreeDiffers));
    assert!(!verdict.allows_release());
}

#[test]
fn g09_the_same_inputs_give_the_same_verdict() {
    let project = Project::full();
    assert_eq!(project.verdict(), project.verdict());
}

#[test]
fn a21_text_of_the_repository_reaches_no_terminal_raw() {
    let mut project = Project::full();
    project.head.author_email = "evil\u{1b}]0;x\u{7}\u{202e}@example.com".into();
    project.range = vec![project.head.clone()];
    for format in git_qms::report::FORMATS {
        let text = (format.write)(&project.verdict(), Paint::Plain);
        assert!(text.contains("\\u") || text.contains("&#92;u"), "{text}");
        assert!(!text.contains(|c: char| (c.is_control() && c != '\n') || c == '\u{202e}'), "{text}");
    }
}

#[test]
fn colour_is_added_only_where_it_is_asked_for() {
    let write = format("text").expect("in the table").write;
    let verdict = Project::full().verdict();
    assert!(!write(&verdict, Paint::Plain).contains('\u{1b}'));
    let coloured = write(&verdict, Paint::Ansi);
    assert!(coloured.contains("\u{1b}[32mPASS\u{1b}[0m"));
}

#[test]
fn twins_are_the_other_commits_with_records_of_the_tree() {
    let mut project = Project::full();
    project.memory.commit("branch", "head");
    project.test_on("branch", 1, 0, |_| ());
    let judged: [(CommitId, _); 1] = [(project.head.id, project.head.tree)];
    assert_eq!(Evidence::twins(&project.memory.ledger(), &judged), [commit_id("branch")]);
}
