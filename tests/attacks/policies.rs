//! The catalog weakened in the change it would let pass, an old one brought back, and decisions nobody came to.

use crate::forge::passed;
use crate::workshop::Workshop;
use git_qms::record::kind::policy::PolicyRatification;
use git_qms::record::{Claim, UtcTime};

const CATALOG: &str = ".qms/policy.toml";

fn catalog(workshop: &Workshop) -> String {
    std::fs::read_to_string(workshop.repo().join(CATALOG)).expect("a catalog")
}

/// Writes and commits the catalog and everything else that is changed.
fn change(workshop: &Workshop, catalog: &str) -> String {
    std::fs::write(workshop.repo().join("file"), catalog.len().to_string()).expect("a file");
    workshop.git(&["add", "file"]);
    workshop.commit(CATALOG, catalog)
}

/// The catalog asks for one approval more; ratified.
fn stricter(workshop: &Workshop) -> String {
    let strict = catalog(workshop).replace("approvals >= 1", "approvals >= 2");
    change(workshop, &strict);
    workshop.qms(&["policy", "ratify"]).ok();
    strict
}

#[test]
fn a15_a_catalog_weakened_in_the_same_change_judges_nothing_and_releases_nothing() {
    let workshop = Workshop::new();
    stricter(&workshop);
    let weak = catalog(&workshop).replace("approvals >= 2", "approvals >= 0");
    change(&workshop, &weak);
    workshop.evidence("CHG-15");
    let gate = workshop.qms(&["gate", "--change", "CHG-15", "--json"]).exits(1);
    assert_eq!(gate.json()["policy"]["state"], "tree-differs");
    gate.says("approvals >= 2");
    let tags = workshop.git(&["tag", "--list"]);
    workshop.qms_as("grace", &["release", "--change", "CHG-15"]).exits(1).says("1 of 2 approvals");
    assert_eq!(workshop.git(&["tag", "--list"]), tags);
}

#[test]
fn a15_an_older_catalog_that_was_ratified_once_is_not_in_force_again() {
    let workshop = Workshop::new();
    let old = catalog(&workshop);
    stricter(&workshop);
    change(&workshop, &old);
    workshop.evidence("CHG-15");
    let gate = workshop.qms(&["gate", "--change", "CHG-15", "--json"]).exits(1);
    assert_eq!(gate.json()["policy"]["state"], "tree-differs");
    gate.says("approvals >= 2");
    workshop.qms_as("grace", &["release", "--change", "CHG-15"]).exits(1);
    // By a new ratification alone, which is there for everybody to see.
    workshop.qms(&["policy", "ratify"]).ok();
    workshop.qms(&["gate", "--change", "CHG-15"]).ok();
    let log = workshop.qms(&["policy", "log"]).ok();
    assert_eq!(log.out.matches("ratified").count(), 3, "{}", log.out);
    log.says("approvals >= 2").says("in force");
}

#[test]
fn a15_the_note_of_an_older_ratification_put_on_the_change_puts_nothing_in_force() {
    let workshop = Workshop::new();
    let old = catalog(&workshop);
    stricter(&workshop);
    let on = workshop.git(&["log", "--format=%H", "--diff-filter=A", "--", CATALOG]);
    let is_policy = |line: &String| {
        let envelope = git_qms::envelope::Envelope::parse(line.as_bytes()).expect("an envelope");
        git_qms::record::statement::parse(envelope.payload())
            .is_ok_and(|record| matches!(record.claim, Claim::Policy(_)))
    };
    let ratified = on.lines().find_map(|on| workshop.lines_on(on).into_iter().find(is_policy));
    let head = change(&workshop, &old);
    workshop.evidence("CHG-15");
    workshop.put_line(&head, &ratified.expect("a ratification"));
    workshop.verify().rejects("subject-differs", &head);
    workshop.qms(&["gate", "--change", "CHG-15"]).exits(1).says("1 of 2 approvals");
    workshop.qms_as("grace", &["release", "--change", "CHG-15"]).exits(1);
}

#[test]
fn a15_a_ratification_by_somebody_without_the_role_is_void() {
    let workshop = Workshop::new();
    stricter(&workshop);
    let weak = catalog(&workshop).replace("approvals >= 2", "approvals >= 0");
    let head = change(&workshop, &weak);
    workshop.evidence("CHG-15");
    let sha256 = git_qms::record::FileDigest::of(weak.as_bytes());
    let claim = Claim::Policy(PolicyRatification { sha256, replaces: None });
    workshop.put_record("ci", &head, &claim, |_| ());
    workshop.verify().rejects("role-missing", &head);
    workshop.qms(&["gate", "--change", "CHG-15"]).exits(1).says("1 of 2 approvals");
}

#[test]
fn g08_a_decision_that_nobody_came_to_does_not_come_out_the_same() {
    let workshop = Workshop::new();
    let head = workshop.commit("file", "two\n");
    let (mut claim, detail) = passed(&head);
    if let Claim::Gate(summary) = &mut claim {
        // After the ratification, which the project made today.
        summary.time_verified = UtcTime::from_seconds(4_000_000_000);
    }
    let id = workshop.put_record("grace", &head, &claim, |header| {
        header.gate = Some(detail);
        header.service = "payments-api".parse().ok();
        header.environment = "production".parse().ok();
    });
    workshop.verify().passes();
    let said = workshop.qms(&["gate", "--replay", &id]).exits(1);
    said.says("DIFFERS").says("verificationResult").says("recorded  PASSED").says("replayed  FAILED").says("TEST-01");
    let json = workshop.qms(&["gate", "--replay", &id, "--json"]).exits(1).json();
    assert_eq!(json["same"], false);
    let is_of =
        |control: &str| json["differences"].as_array().expect("a list").iter().any(|of| of["control"] == control);
    assert!(is_of("RANGE-01") && is_of("TEST-01"), "{json:#}");
}
