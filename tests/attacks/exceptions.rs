//! Exceptions that hold no more, for something else, or by nobody else's word.

use git_qms::record::kind::exception::{Decided, Exception, ExceptionDecision, Reach};
use git_qms::record::{Claim, FileDigest, FileRef, Header, RecordId, UtcTime};

use crate::workshop::{Run, Workshop};

const DAY: i64 = 24 * 3600;

type Edit = fn(&mut Header);

/// A commit that has everything but passing tests; the commit.
fn failing(workshop: &Workshop) -> String {
    let commit = workshop.commit("file", "two\n");
    workshop.evidence("CHG-2");
    let junit = r#"<testsuite name="u" tests="1"><testcase classname="a" name="b"><failure/></testcase></testsuite>"#;
    let report = workshop.path("failing.xml").display().to_string();
    std::fs::write(&report, junit).expect("a file");
    workshop.qms_as("ci", &["record", "test", "--suite", "unit", "--from", &report]).ok();
    gate(workshop).exits(1);
    commit
}

fn gate(workshop: &Workshop) -> Run {
    workshop.qms(&["gate", "--change", "CHG-2"])
}

fn now() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    i64::try_from(now.as_secs()).expect("seconds")
}

fn wanted() -> Exception {
    Exception {
        control: "TEST-01".parse().expect("a name"),
        reach: Reach::Commit,
        commits: Vec::new(),
        paths: Vec::new(),
        reason: "legacy".into(),
        compensating: "manual run".into(),
        expires: UtcTime::from_seconds(now() + 10 * DAY),
        review_by: None,
    }
}

/// What the command fills in; the file itself is kept elsewhere.
fn full(header: &mut Header) {
    header.service = "payments-api".parse().ok();
    header.environment = "production".parse().ok();
    header.recorded = UtcTime::from_seconds(now());
    header.files.push(FileRef {
        sha256: FileDigest::of(b"notes"),
        size: 5,
        media_type: "text/plain".into(),
        name: "notes.txt".into(),
        stored: false,
        uri: Some("https://files.example.com/notes.txt".into()),
    });
}

fn ask(workshop: &Workshop, commit: &str, wanted: Exception, edit: impl FnOnce(&mut Header)) -> RecordId {
    let id = workshop.put_record("ada", commit, &Claim::Exception(wanted), |header| {
        full(header);
        edit(header);
    });
    id.parse().expect("an id")
}

fn approve(workshop: &Workshop, member: &str, commit: &str, exception: RecordId, role: &str) {
    let (decision, role) = (Decided::Approved, role.parse().expect("a role"));
    let claim = ExceptionDecision { exception, decision, role, comment: None, expires: None };
    workshop.put_record(member, commit, &Claim::ExceptionDecision(claim), |header| {
        header.recorded = UtcTime::from_seconds(now());
    });
}

#[test]
fn a14_what_the_attacks_start_from_lets_it_go() {
    let workshop = Workshop::new();
    let commit = failing(&workshop);
    let id = ask(&workshop, &commit, wanted(), |_| ());
    approve(&workshop, "grace", &commit, id, "qa");
    gate(&workshop).ok().says("exc ");
    workshop.verify().passes();
}

#[test]
fn a14_an_unapproved_exception_lets_nothing_go() {
    let workshop = Workshop::new();
    let commit = failing(&workshop);
    ask(&workshop, &commit, wanted(), |_| ());
    gate(&workshop).exits(1).says("is open");
    // Nor does an emergency, unless the catalog says so.
    ask(&workshop, &commit, Exception { review_by: Some(UtcTime::from_seconds(now() + DAY)), ..wanted() }, |_| ());
    gate(&workshop).exits(1);
    workshop.qms_as("grace", &["release", "--change", "CHG-2"]).exits(1);
}

#[test]
fn a14_a_self_approved_exception_lets_nothing_go() {
    let workshop = Workshop::new();
    let commit = failing(&workshop);
    // Ada would hold the role, too.
    workshop.qms(&["trust", "grant", "ada", "--role", "qa"]).ok();
    let id = ask(&workshop, &commit, wanted(), |_| ());
    approve(&workshop, "ada", &commit, id, "qa");
    gate(&workshop).exits(1).says("is open");
    // In a role that does not answer for the control; in one that is not held.
    approve(&workshop, "grace", &commit, id, "release-manager");
    approve(&workshop, "grace", &commit, id, "security");
    gate(&workshop).exits(1);
    // Asked for by another, approved by who wrote it.
    let asked = workshop.put_record("grace", &commit, &Claim::Exception(wanted()), full);
    approve(&workshop, "ada", &commit, asked.parse().expect("an id"), "qa");
    gate(&workshop).exits(1).says("ada, who had a hand in it");
}

#[test]
fn a14_an_expired_exception_lets_nothing_go() {
    let workshop = Workshop::new();
    let commit = failing(&workshop);
    let expires = UtcTime::from_seconds(now() + 2);
    let id = ask(&workshop, &commit, Exception { expires, ..wanted() }, |_| ());
    approve(&workshop, "grace", &commit, id, "qa");
    while now() < expires.seconds() {
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    gate(&workshop).exits(1).says("is expired");
    workshop.qms_as("grace", &["release", "--change", "CHG-2"]).exits(1).says("is expired");
    // One without an end in sight was never one.
    let id = ask(&workshop, &commit, Exception { expires: UtcTime::from_seconds(i64::MAX), ..wanted() }, |_| ());
    approve(&workshop, "grace", &commit, id, "qa");
    gate(&workshop).exits(1).says("is too-long");
}

#[test]
fn a14_an_exception_for_something_else_lets_nothing_go() {
    let workshop = Workshop::new();
    let elsewhere = workshop.git(&["rev-parse", "HEAD"]);
    let commit = failing(&workshop);
    let cases: [(&str, Exception, Edit); 7] = [
        (&elsewhere, wanted(), |_| ()),
        (&commit, Exception { control: "SCAN-01".parse().expect("a name"), ..wanted() }, |_| ()),
        (&commit, wanted(), |header| header.environment = None),
        (&commit, wanted(), |header| header.service = None),
        (&commit, wanted(), |header| header.release = "payments-api@1.0+chg-9".parse().ok()),
        (&commit, wanted(), |header| header.change = "CHG-9".parse().ok()),
        (&commit, Exception { paths: vec!["docs/**".into()], ..wanted() }, |_| ()),
    ];
    for (on, exception, edit) in cases {
        let id = ask(&workshop, on, exception, edit);
        approve(&workshop, "grace", on, id, "qa");
        gate(&workshop).exits(1);
    }
    workshop.verify().passes();
}

#[test]
fn a14_a_superseded_exception_lets_nothing_go() {
    let workshop = Workshop::new();
    let commit = failing(&workshop);
    let id = ask(&workshop, &commit, wanted(), |_| ());
    approve(&workshop, "grace", &commit, id, "qa");
    gate(&workshop).ok();
    let reason = "for longer".to_owned();
    ask(&workshop, &commit, wanted(), |header| {
        header.supersedes = Some(git_qms::record::Supersedes { record: id, reason });
    });
    gate(&workshop).exits(1).says("is open");
    // What was approved for the one is not approved for the other, and nothing approves the old one again.
    approve(&workshop, "grace", &commit, id, "qa");
    gate(&workshop).exits(1);
}

#[test]
fn a14_a_decision_that_came_before_its_request_or_is_rewritten_counts_for_nothing() {
    let workshop = Workshop::new();
    let commit = failing(&workshop);
    let id = ask(&workshop, &commit, wanted(), |_| ());
    let other = RecordId::of(id.to_string().as_bytes());
    approve(&workshop, "grace", &commit, other, "qa");
    gate(&workshop).exits(1);
    approve(&workshop, "mallory", &commit, id, "qa");
    gate(&workshop).exits(1);
}
