//! What an exception lets go: exactly its control and scope, while it holds, by another's word.

use git_qms::policy::exception::{ExceptionState, Register};
use git_qms::policy::{Judgement, evaluate};
use git_qms::record::kind::Resource;
use git_qms::record::kind::exception::{Decided, Exception, ExceptionDecision, Reach};
use git_qms::record::kind::gate::{AskedFor, GateDetail, VerificationResult, VerificationSummary, Verifier};
use git_qms::record::{Claim, FileDigest, FileRef, Header, RecordId, UtcTime};
use git_qms::verify::Outcome;

use crate::memory::{commit_id, person, tree_id};
use crate::project::{Project, change, facts, supersede};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// One failed test, against a control of which qa answers: ada wrote the commit, lin asks, grace decides.
fn failing() -> Project {
    let mut project = Project::with(&["test.failed == 0"]);
    project.test(4, 1);
    project
}

fn claim(project: &Project, days: i64) -> Exception {
    Exception {
        control: "C-01".parse().expect("a name"),
        reach: Reach::Commit,
        commits: Vec::new(),
        paths: Vec::new(),
        reason: "legacy module".into(),
        compensating: "manual regression run".into(),
        expires: UtcTime::from_seconds(project.memory.now().seconds() + days * DAY),
        review_by: None,
    }
}

/// Service, environment and evidence, as the command fills them in.
fn full(header: &mut Header) {
    header.service = "payments".parse().ok();
    header.environment = "production".parse().ok();
    header.files.push(FileRef {
        sha256: FileDigest::of(b"notes"),
        size: 5,
        media_type: "text/plain".into(),
        name: "notes.txt".into(),
        stored: true,
        uri: None,
    });
}

fn ask(project: &mut Project, claim: Exception, edit: impl FnOnce(&mut Header)) -> RecordId {
    project.memory.record("lin", commit_id("head"), Claim::Exception(claim), |header| {
        full(header);
        edit(header);
    })
}

fn decide(project: &mut Project, who: &str, exception: RecordId, decision: Decided, days: Option<i64>) -> RecordId {
    let now = project.memory.now().seconds();
    let expires = days.map(|days| UtcTime::from_seconds(now + days * DAY));
    let (role, comment) = ("qa".parse().expect("a role"), Some("so it is".to_owned()));
    let claim = Claim::ExceptionDecision(ExceptionDecision { exception, decision, role, comment, expires });
    project.memory.record(who, commit_id("head"), claim, |_| ())
}

fn state(project: &Project, id: RecordId) -> ExceptionState {
    let (ledger, policy) = (project.memory.ledger(), project.policy());
    let all = Register::of(&ledger, &policy, project.at.unwrap_or(project.memory.now())).all();
    all.iter().find(|one| one.record.id == id).expect("it is known").state
}

/// The gate passes by exception, or fails.
#[track_caller]
fn assert_excepted(project: &Project, lets: bool) {
    let verdict = project.verdict();
    let line = &verdict.controls.iter().find(|line| line.id.as_str() == "C-01").expect("it is judged");
    let expected = if lets { (Outcome::Pass, Judgement::Excepted) } else { (Outcome::Fail, Judgement::Fail) };
    assert_eq!((verdict.result, line.outcome), expected, "{}", line.found);
    assert_eq!(line.exception.is_some(), lets);
}

/// A project in which an exception holds.
fn excepted(narrow: impl FnOnce(&mut Exception), edit: impl FnOnce(&mut Header)) -> (Project, RecordId) {
    let mut project = failing();
    let mut wanted = claim(&project, 30);
    narrow(&mut wanted);
    let id = ask(&mut project, wanted, edit);
    decide(&mut project, "grace", id, Decided::Approved, None);
    (project, id)
}

#[test]
fn g13_it_holds_until_the_second_it_expires_and_then_the_gate_fails_again() {
    let (mut project, id) = excepted(|_| (), |_| ());
    assert_excepted(&project, true);
    let expires = project.verdict().controls[0].exception.as_ref().expect("an exception").expires;
    for (seconds, lets) in [(-1, true), (0, false), (1, false)] {
        project.at = Some(UtcTime::from_seconds(expires.seconds() + seconds));
        assert_excepted(&project, lets);
    }
    assert_eq!(state(&project, id), ExceptionState::Expired);
    assert!(project.verdict().controls[0].hint.as_ref().is_some_and(|hint| hint.contains("exception renew")));
}

#[test]
fn g13_before_it_was_approved_it_did_not_hold() {
    let mut project = failing();
    let wanted = claim(&project, 30);
    let id = ask(&mut project, wanted, |_| ());
    let before = project.memory.now();
    assert_excepted(&project, false);
    assert_eq!(state(&project, id), ExceptionState::Open);
    decide(&mut project, "grace", id, Decided::Approved, None);
    assert_excepted(&project, true);
    project.at = Some(UtcTime::from_seconds(before.seconds() - 1));
    assert_excepted(&project, false);
}

#[test]
fn a14_the_word_of_requester_bot_and_role_without_the_control_does_not_count() {
    let mut project = failing();
    let wanted = claim(&project, 30);
    let id = ask(&mut project, wanted, |_| ());
    for who in ["lin", "ci"] {
        decide(&mut project, who, id, Decided::Approved, None);
        assert_excepted(&project, false);
    }
    let claim = |role: &str| ExceptionDecision {
        exception: id,
        decision: Decided::Approved,
        role: role.parse().expect("a role"),
        comment: None,
        expires: None,
    };
    for (who, role) in [("grace", "release-manager"), ("grace", "developer")] {
        project.memory.record(who, commit_id("head"), Claim::ExceptionDecision(claim(role)), |_| ());
        assert_excepted(&project, false);
    }
    decide(&mut project, "grace", id, Decided::Approved, None);
    assert_excepted(&project, true);
}

#[test]
fn the_role_that_a_control_escalates_to_decides_too() {
    let mut project = failing();
    project.catalog = project.catalog.replace("owner = ", "escalation = \"release-manager\"\nowner = ");
    let wanted = claim(&project, 30);
    let id = ask(&mut project, wanted, |_| ());
    let (role, decision) = ("release-manager".parse().expect("a role"), Decided::Approved);
    let claim = ExceptionDecision { exception: id, decision, role, comment: None, expires: None };
    project.memory.record("grace", commit_id("head"), Claim::ExceptionDecision(claim), |_| ());
    assert_excepted(&project, true);
}

#[test]
fn a14_who_wrote_the_commit_does_not_let_it_go_but_may_answer_for_a_service() {
    let mut project = failing();
    let wanted = claim(&project, 30);
    let id = ask(&mut project, wanted, |_| ());
    decide(&mut project, "ada", id, Decided::Approved, None);
    assert_excepted(&project, false);
    assert!(project.verdict().controls[0].found.contains("approved by ada, who had a hand in it"));
    decide(&mut project, "grace", id, Decided::Approved, None);
    assert_excepted(&project, true);
    let mut project = failing();
    let wanted = Exception { reach: Reach::Service, ..claim(&project, 30) };
    let id = ask(&mut project, wanted, |_| ());
    decide(&mut project, "ada", id, Decided::Approved, None);
    assert_excepted(&project, true);
}

#[test]
fn g13_another_control_is_not_let_go() {
    let (project, _) = excepted(|claim| claim.control = "C-02".parse().expect("a name"), |_| ());
    assert_excepted(&project, false);
}

#[test]
fn g13_service_and_environment_are_exactly_those_named_and_absent_is_absent() {
    type Edit = fn(&mut Header);
    let cases: [(Edit, bool); 5] = [
        (|_| (), true),
        (|header| header.service = "ledger".parse().ok(), false),
        (|header| header.service = None, false),
        (|header| header.environment = "staging".parse().ok(), false),
        (|header| header.environment = None, false),
    ];
    for (edit, lets) in cases {
        for reach in [Reach::Commit, Reach::Service] {
            let (project, _) = excepted(|claim| claim.reach = reach, edit);
            assert_excepted(&project, lets);
        }
    }
    // Where a gate asks about no environment, only one that names none holds.
    let (mut project, _) = excepted(|_| (), |header| header.environment = None);
    project.environment = None;
    assert_excepted(&project, true);
}

#[test]
fn g13_of_reach_commit_it_is_for_that_commit_and_by_tree_for_the_same_change() {
    let move_on = |project: &mut Project, tree: &str| {
        project.memory.commit("later", tree);
        project.head = facts("later", tree, "ada");
        project.range = vec![project.head.clone()];
        project.test_on("later", 4, 1, change("CHG-1"));
    };
    let (mut project, _) = excepted(|_| (), |_| ());
    move_on(&mut project, "other");
    assert_excepted(&project, false);
    let (mut project, _) = excepted(|_| (), |_| ());
    (project.change, project.twins) = (Some("CHG-1"), vec![project.head.clone()]);
    move_on(&mut project, "head");
    assert_excepted(&project, false);
    let (mut project, _) = excepted(|_| (), change("CHG-1"));
    (project.change, project.twins) = (Some("chg-1"), vec![project.head.clone()]);
    move_on(&mut project, "head");
    assert_eq!(project.head.tree, tree_id("head"));
    assert_excepted(&project, true);
}

#[test]
fn g13_of_reach_service_it_is_for_any_commit() {
    let (mut project, _) = excepted(|claim| claim.reach = Reach::Service, |_| ());
    project.memory.commit("later", "other");
    project.head = facts("later", "other", "ada");
    project.range = vec![project.head.clone()];
    project.test_on("later", 4, 1, |_| ());
    assert_excepted(&project, true);
}

#[test]
fn g13_of_reach_range_all_that_goes_out_is_named() {
    let named = |words: &[&str]| -> Vec<_> { words.iter().map(|word| commit_id(word)).collect() };
    let range = |words: &'static [&'static str]| {
        excepted(|claim| (claim.reach, claim.commits) = (Reach::Range, named(words)), |_| ()).0
    };
    let mut project = range(&["before", "head"]);
    assert_excepted(&project, true);
    project.range.insert(0, facts("before", "before", "ada"));
    assert_excepted(&project, true);
    project.range.insert(0, facts("foreign", "foreign", "ada"));
    assert_excepted(&project, false);
    assert_excepted(&range(&["before"]), false);
}

#[test]
fn g13_a_release_or_change_that_is_named_narrows() {
    let tag = |header: &mut Header| header.release = "payments@2.0+chg-1".parse().ok();
    let (mut project, _) = excepted(|_| (), tag);
    assert_excepted(&project, false);
    project.release = Some("payments@2.1+chg-1");
    assert_excepted(&project, false);
    project.release = Some("payments@2.0+chg-1");
    assert_excepted(&project, true);
    let (mut project, _) = excepted(|_| (), change("CHG-1"));
    assert_excepted(&project, false);
    project.change = Some("CHG-2");
    assert_excepted(&project, false);
    project.change = Some("chg-1");
    assert_excepted(&project, true);
}

#[test]
fn g13_paths_hold_only_where_all_that_changed_lies_within() {
    let (mut project, _) = excepted(|claim| claim.paths = vec!["legacy/**".into(), "docs/*".into()], |_| ());
    let cases: [(Option<&'static [&'static str]>, bool); 5] = [
        (None, false),
        (Some(&[]), false),
        (Some(&["legacy/a/b.py", "docs/x.md"]), true),
        (Some(&["legacy/a.py", "src/b.py"]), false),
        (Some(&["docs/a/b.md"]), false),
    ];
    for (changed, lets) in cases {
        project.changed = changed;
        assert_excepted(&project, lets);
    }
    let (mut project, _) = excepted(|claim| claim.paths = vec!["a[b".into()], |_| ());
    project.changed = Some(&["a[b"]);
    assert_excepted(&project, false);
}

#[test]
fn g12_one_without_evidence_or_for_too_long_does_not_hold() {
    let (project, id) = excepted(|_| (), |header| header.files.clear());
    assert_excepted(&project, false);
    assert_eq!(state(&project, id), ExceptionState::NoEvidence);
    let (mut project, id) = excepted(|claim| claim.expires = claim.expires.later(1, 0, 0), |_| ());
    assert_excepted(&project, false);
    assert_eq!(state(&project, id), ExceptionState::TooLong);
    project.catalog = project.catalog.replacen("version = 1", "version = 1\nmax-exception = \"400d\"", 1);
    assert_excepted(&project, true);
    project.catalog = project.catalog.replacen("400d", "10d", 1);
    assert_excepted(&project, false);
}

#[test]
fn g12_a_control_can_refuse_exceptions_and_then_nobody_is_told_to_ask_for_one() {
    let asks = |project: &Project| {
        project.verdict().controls[0].hint.as_ref().is_some_and(|hint| hint.contains("git qms exception request C-01"))
    };
    assert!(asks(&failing()));
    let (mut project, id) = excepted(|_| (), |_| ());
    project.catalog = project.catalog.replace("owner = ", "allow-exception = false\nowner = ");
    assert_excepted(&project, false);
    assert_eq!(state(&project, id), ExceptionState::NotAllowed);
    let mut project = failing();
    project.catalog = project.catalog.replace("owner = ", "allow-exception = false\nowner = ");
    assert!(!asks(&project));
}

#[test]
fn g12_rejected_closed_and_superseded_do_not_hold() {
    for (who, decision, expected) in [
        ("grace", Decided::Rejected, ExceptionState::Rejected),
        ("grace", Decided::Closed, ExceptionState::Closed),
        // What one asked for one can take back.
        ("lin", Decided::Closed, ExceptionState::Closed),
    ] {
        let (mut project, id) = excepted(|_| (), |_| ());
        decide(&mut project, who, id, decision, None);
        assert_excepted(&project, false);
        assert_eq!(state(&project, id), expected);
    }
    let (mut project, id) = excepted(|_| (), |_| ());
    let wanted = claim(&project, 60);
    ask(&mut project, wanted, supersede(id));
    assert_excepted(&project, false);
    assert_eq!(state(&project, id), ExceptionState::Superseded);
    // A bot takes nothing back.
    let (mut project, id) = excepted(|_| (), |_| ());
    decide(&mut project, "ci", id, Decided::Closed, None);
    assert_excepted(&project, true);
}

#[test]
fn g12_renewed_it_holds_longer_and_counts_as_a_recurrence() {
    let (mut project, id) = excepted(|_| (), |_| ());
    let first = project.verdict().controls[0].exception.as_ref().expect("it holds").expires;
    decide(&mut project, "lin", id, Decided::Renewed, Some(80));
    project.at = Some(first);
    assert_excepted(&project, false);
    project.at = None;
    decide(&mut project, "grace", id, Decided::Renewed, Some(80));
    project.at = Some(first);
    assert_excepted(&project, true);
    let (ledger, policy) = (project.memory.ledger(), project.policy());
    let all = Register::of(&ledger, &policy, first).all();
    assert_eq!((all[0].occurrence, all[0].renewals()), (2, 1));
    let wanted = claim(&project, 5);
    let second = ask(&mut project, wanted, |_| ());
    decide(&mut project, "grace", second, Decided::Approved, None);
    let ledger = project.memory.ledger();
    assert_eq!(Register::of(&ledger, &policy, first).all()[1].occurrence, 3);
}

/// An emergency asked for by lin, who answers for the control, to be reviewed within three days.
fn emergency(window: &str) -> (Project, RecordId, i64) {
    let mut project = failing();
    project.catalog = project.catalog.replacen("version = 1", &format!("version = 1\n{window}"), 1);
    let start = project.memory.now().seconds();
    let review_by = Some(UtcTime::from_seconds(start + 3 * DAY));
    let wanted = Exception { review_by, ..claim(&project, 30) };
    let id = ask(&mut project, wanted, |header| header.files.clear());
    (project, id, start)
}

const WINDOW: &str = "emergency-approval = \"12h\"";

#[track_caller]
fn stands(project: &mut Project, id: RecordId, at: i64, expected: ExceptionState) {
    project.at = Some(UtcTime::from_seconds(at));
    assert_eq!(state(project, id), expected);
    assert_excepted(project, expected.holds());
    project.at = None;
}

#[test]
fn g14_an_emergency_holds_before_its_approval_only_where_and_as_long_as_the_catalog_says() {
    let (mut project, id, start) = emergency("");
    stands(&mut project, id, start + 60, ExceptionState::Open);
    let (mut project, id, start) = emergency(WINDOW);
    stands(&mut project, id, start + 60, ExceptionState::Provisional);
    stands(&mut project, id, start + 12 * HOUR - 1, ExceptionState::Provisional);
    stands(&mut project, id, start + 12 * HOUR, ExceptionState::Overdue);
    let verdict = project.verdict();
    let told = verdict.controls[0].exception.as_ref().expect("it holds").sentence();
    assert!(told.contains("of lin, not approved yet,") && told.contains("review due by"), "{told}");
    decide(&mut project, "grace", id, Decided::Approved, None);
    stands(&mut project, id, start + 13 * HOUR, ExceptionState::InForce);
}

#[test]
fn g14_only_who_answers_for_the_control_declares_an_emergency() {
    let mut project = Project::of(vec![person("ada", &["root", "developer"]), person("lin", &["developer"])]);
    project.catalog = failing().catalog.replacen("version = 1", &format!("version = 1\n{WINDOW}"), 1);
    project.test_by("ada", 4, 1);
    let review_by = Some(UtcTime::from_seconds(project.memory.now().seconds() + DAY));
    let wanted = Exception { review_by, ..claim(&project, 30) };
    let id = ask(&mut project, wanted, |_| ());
    assert_excepted(&project, false);
    assert_eq!(state(&project, id), ExceptionState::Open);
}

#[test]
fn g14_an_emergency_that_nobody_reviewed_in_time_is_overdue_until_somebody_does_with_evidence() {
    let (mut project, id, start) = emergency("");
    decide(&mut project, "grace", id, Decided::Approved, None);
    stands(&mut project, id, start + 3 * DAY - 1, ExceptionState::InForce);
    stands(&mut project, id, start + 3 * DAY, ExceptionState::Overdue);
    // That it is over takes nothing of the duty away.
    stands(&mut project, id, start + 40 * DAY, ExceptionState::Overdue);
    decide(&mut project, "grace", id, Decided::Reviewed, None);
    stands(&mut project, id, start + 3 * DAY, ExceptionState::Overdue);
    let claim = ExceptionDecision {
        exception: id,
        decision: Decided::Reviewed,
        role: "qa".parse().expect("a role"),
        comment: Some("right at the time".into()),
        expires: None,
    };
    project.memory.record("grace", commit_id("head"), Claim::ExceptionDecision(claim), full);
    stands(&mut project, id, start + 3 * DAY, ExceptionState::InForce);
    stands(&mut project, id, start + 40 * DAY, ExceptionState::Expired);
}

#[test]
fn g14_an_emergency_is_not_got_rid_of_by_who_asked_and_rejected_by_another_it_is_judged() {
    for (who, decision, overdue) in [
        ("lin", Decided::Closed, true),
        ("lin", Decided::Rejected, true),
        ("grace", Decided::Closed, true),
        ("grace", Decided::Rejected, false),
    ] {
        let (mut project, id, start) = emergency("");
        decide(&mut project, "grace", id, Decided::Approved, None);
        decide(&mut project, who, id, decision, None);
        let (ledger, policy) = (project.memory.ledger(), project.policy());
        let all = Register::of(&ledger, &policy, UtcTime::from_seconds(start + 3 * DAY)).all();
        assert_eq!((all[0].overdue, all[0].state.is_final()), (overdue, true), "{who} {decision}");
    }
}

#[test]
fn an_exception_from_a_control_that_there_is_not_lets_nothing_go() {
    let (project, id) = excepted(|claim| claim.control = "GONE-01".parse().expect("a name"), |_| ());
    assert_eq!(state(&project, id), ExceptionState::NoControl);
    assert_excepted(&project, false);
}

#[test]
fn a_control_that_passes_or_only_warns_needs_no_exception() {
    let (mut project, _) = excepted(|_| (), |_| ());
    project.catalog = project.catalog.replace("\"block\"", "\"warn\"");
    assert_eq!(project.verdict().controls[0].outcome, Judgement::Warn);
}

/// G10: what a decision was signed over bounds what it saw; a claim of time does not.
#[test]
fn g10_an_exception_that_came_after_a_decision_is_not_what_it_saw() {
    let mut project = failing();
    let early = project.memory.now();
    let gate = project.memory.record("grace", commit_id("head"), decided(), |header| {
        let (purpose, controls) = (AskedFor::Tag, Vec::new());
        header.gate = Some(GateDetail { purpose, release: None, tier: None, controls });
    });
    let backdated = move |header: &mut Header| header.recorded = early;
    let claim = claim(&project, 30);
    let id = ask(&mut project, claim, backdated);
    let (role, comment) = ("qa".parse().expect("a role"), Some("so it is".to_owned()));
    let claim = ExceptionDecision { exception: id, decision: Decided::Approved, role, comment, expires: None };
    project.memory.record("grace", commit_id("head"), Claim::ExceptionDecision(claim), backdated);
    assert_excepted(&project, true);
    let (ledger, policy) = (project.memory.ledger(), project.policy());
    let evidence = project.evidence(&ledger, Vec::new()).as_seen_by(ledger.record(gate).expect("it counts"));
    let verdict = evaluate(&policy, &evidence, project.memory.now());
    assert_eq!(verdict.result, Outcome::Fail, "{verdict:?}");
}

/// A decision; what it says is not looked at.
fn decided() -> Claim {
    Claim::Gate(VerificationSummary {
        verifier: Verifier { id: "urn:git-qms".into() },
        time_verified: UtcTime::from_seconds(0),
        resource_uri: "git+commit:0".into(),
        policy: Resource { name: None, uri: Some("p".into()), digest: [].into() },
        input_attestations: Vec::new(),
        verification_result: VerificationResult::Failed,
        verified_levels: Vec::new(),
        slsa_version: "1.0".into(),
    })
}

#[test]
fn g16_an_exception_past_its_end_is_overdue_until_somebody_closes_it() {
    let mut project = Project::new();
    project.catalog = crate::project::catalog("[\"exception\"]", &["exceptions.overdue == 0"]);
    crate::project::assert_line(&project, "pass", "0 exceptions overdue");
    let wanted = claim(&project, 30);
    let id = ask(&mut project, wanted, |_| ());
    decide(&mut project, "grace", id, Decided::Approved, None);
    crate::project::assert_line(&project, "pass", "0 exceptions overdue");
    project.at = Some(UtcTime::from_seconds(project.memory.now().seconds() + 31 * DAY));
    let short = id.short();
    crate::project::assert_line(
        &project,
        "fail",
        &format!("1 exceptions overdue: {short} from C-01 (exception {short} is expired)"),
    );
    decide(&mut project, "grace", id, Decided::Closed, None);
    crate::project::assert_line(&project, "pass", "0 exceptions overdue");
}
