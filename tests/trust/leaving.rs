//! Who leaves, loses a role or loses a key: what was signed stands, what comes after does not.

use crate::forge::approval;
use crate::workshop::{Workshop, tests};

fn tip(workshop: &Workshop) -> String {
    workshop.git(&["rev-parse", "refs/notes/qms"])
}

#[test]
fn t05_a_key_is_rotated_and_old_signatures_stand() {
    let workshop = Workshop::new();
    let new = workshop.key("mallory") + ".pub";
    workshop.qms(&["trust", "grant", "grace", "--public-key", &new]).ok().says("grant grace key SHA256:");
    let old = workshop.qms(&["key", "show", "--key", &workshop.key("grace"), "--json"]).ok().json();
    let old = old["fingerprint"].as_str().expect("a fingerprint");
    workshop.qms(&["trust", "remove", "grace", "--key-fingerprint", old]).ok();
    workshop.verify().passes();
    let approve = ["approve", "--role", "release-manager", "--meaning", "approved"];
    workshop.qms_as("grace", &approve).exits(2).says("belongs to no member");
    workshop.qms_as("mallory", &approve).ok();
    workshop.verify().passes();
    // A key that was taken away does not come back.
    let again = workshop.key("grace") + ".pub";
    let refused = workshop.qms(&["trust", "grant", "grace", "--public-key", &again]).exits(2);
    refused.says("a key is never reused");
    workshop.verify().passes();
}

#[test]
fn t05_who_leaves_or_loses_a_role_signs_nothing_more_and_the_recovery_is_to_record_anew() {
    for gone in [&["trust", "remove", "grace"][..], &["trust", "remove", "grace", "--role", "release-manager"]] {
        let workshop = Workshop::new();
        let head = workshop.commit("file", "two\n");
        workshop.qms(gone).ok();
        workshop.verify().passes();
        let old = workshop.trust_digest(2);
        let late = workshop.put_record("grace", &head, &approval("release-manager"), |header| header.trust = old);
        let verdict = workshop.verify();
        verdict.rejects("role-ended", &late);
        // It never counted.
        assert!(!verdict.has("info", "ended-retroactively", ""), "{:#}", verdict.json);
        // The way out that verify names: the line is accepted as void, and counts for nothing all the same.
        let line = workshop.line_of(&head, &late);
        let digest = git_qms::record::LineDigest::of(line.as_bytes()).to_string();
        workshop.qms(&["trust", "known", "--line", &digest]).ok();
        let verdict = workshop.verify();
        verdict.passes_with("info", "role-ended", &late);
        assert_eq!(verdict.count("void"), 1);
    }
}

#[test]
fn t05_a_stolen_key_counts_up_to_the_place_that_people_name() {
    let workshop = Workshop::new();
    let limit = tip(&workshop);
    let false_one = tests(&workshop).ok().text();
    let before = workshop.git(&["rev-parse", "refs/qms/trust"]);
    // Without a place it asks, showing the last records of the key and where each came.
    let asked = workshop.qms(&["trust", "compromised", "ci"]).exits(2).says("up to which ledger commit");
    asked.says(&false_one[..12]).says(&limit);
    assert_eq!(workshop.git(&["rev-parse", "refs/qms/trust"]), before);
    let done = workshop.qms(&["trust", "compromised", "ci", "--after", &limit]).ok();
    done.says("1 records beyond it").says("trust grant MEMBER --public-key");
    let verdict = workshop.verify();
    assert_eq!(verdict.code, 1, "{:#}", verdict.json);
    assert!(verdict.has("error", "role-ended", &false_one) || verdict.has("error", "key-compromised", &false_one));
    // It counted until the version came that calls the key stolen.
    assert!(verdict.has("info", "ended-retroactively", &false_one), "{:#}", verdict.json);
    let earlier = &workshop.made.test;
    assert!(!verdict.has("info", "ended-retroactively", earlier), "{:#}", verdict.json);
    assert!(!verdict.has("error", "role-ended", earlier) && !verdict.has("error", "key-compromised", earlier));
    assert_eq!(verdict.count("void"), 1);
    // A new key, and the evidence anew.
    workshop.qms(&["trust", "grant", "ci", "--public-key", &(workshop.key("mallory") + ".pub")]).ok();
    let report = workshop.path("junit.xml").display().to_string();
    workshop.qms_as("mallory", &["record", "test", "--suite", "unit", "--from", &report]).ok();
    let line = workshop.line_of(&workshop.made.commit, &false_one);
    let digest = git_qms::record::LineDigest::of(line.as_bytes()).to_string();
    workshop.qms(&["trust", "known", "--line", &digest]).ok();
    workshop.verify().passes();
}

#[test]
fn t05_a_lost_key_voids_nothing_that_the_ledger_has() {
    let workshop = Workshop::new();
    let valid = workshop.verify().count("valid");
    workshop.qms(&["trust", "compromised", "grace", "--now"]).ok();
    let verdict = workshop.verify();
    verdict.passes();
    assert_eq!(verdict.count("valid"), valid + 1, "and the checkpoint of the change");
    // The trust itself cannot be left without a key of a root person.
    let last = workshop.qms(&["trust", "compromised", "ada", "--now"]).exits(2);
    last.says("add another root person first");
}

#[test]
fn what_is_no_key_or_no_place_in_the_ledger_is_named() {
    let workshop = Workshop::new();
    let commit = workshop.made.commit.clone();
    workshop.qms(&["trust", "compromised", "nobody", "--now"]).exits(2).says("no member of that name");
    workshop.qms(&["trust", "compromised", "ci", "--after", &commit]).exits(2).says("is no commit of the ledger");
}

#[test]
fn t05_a_known_head_that_is_lost_changes_the_exit_code() {
    let workshop = Workshop::new();
    let gone = "00".repeat(19) + "01";
    let head = gone.parse().ok();
    let id = workshop.put_record("grace", &workshop.made.commit, &approval("release-manager"), |header| {
        header.ledger = head;
    });
    workshop.verify().rejects("head-gone", &id);
    workshop.qms(&["trust", "known", "--head", &gone]).ok();
    workshop.verify().passes();
}

#[test]
fn t05_a_lost_line_is_accepted_as_lost_and_stays_lost() {
    let workshop = Workshop::new();
    let (commit, plan) = (workshop.made.commit.clone(), workshop.made.plan.clone());
    let line = workshop.line_of(&commit, &plan);
    workshop.drop_record(&commit, &plan);
    let before = workshop.verify();
    before.rejects("line-removed", &plan);
    let digest = git_qms::record::LineDigest::of(line.as_bytes()).to_string();
    workshop.qms(&["trust", "known", "--line", &digest]).ok();
    let after = workshop.verify();
    assert!(after.has("info", "line-removed", &plan), "{:#}", after.json);
    // The release relied on it: that it is known to be lost makes it no evidence.
    after.rejects("manifest-record", "");
}
