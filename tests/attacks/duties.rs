//! Who approves their own work, what is presented for something else, and what is changed after it was approved.

use crate::workshop::{Run, Workshop, scan};

/// A workshop with a change that Ada planned, made, tested and scanned, and nobody approved; who commits is `who`.
fn proposed(workshop: &Workshop, change: &str) {
    let plan = ["record", "plan", "--service", "payments-api", "--change", change, "--reason", "More"];
    workshop.qms(&[&plan[..], &["--rollback", "restore previous"]].concat()).ok();
    proven(workshop, change);
}

/// What the pipeline records of HEAD for a change.
fn proven(workshop: &Workshop, change: &str) {
    let report = workshop.path("junit.xml").display().to_string();
    workshop.qms_as("ci", &["record", "test", "--from", &report, "--change", change]).ok();
    let report = workshop.path("trivy.json").display().to_string();
    workshop.qms_as("ci", &["record", "scan", "--from", &report, "--change", change]).ok();
}

fn approved(workshop: &Workshop, change: &str) -> Run {
    workshop.qms_as("grace", &["approve", "--role", "release-manager", "--change", change])
}

fn gate(workshop: &Workshop, change: &str) -> Run {
    workshop.qms(&["gate", "--change", change])
}

/// Commits a change of `file` with these options of git, in front of and behind the word commit.
fn committed(workshop: &Workshop, before: &[&str], after: &[&str]) -> String {
    std::fs::write(workshop.repo().join("file"), "two\n").expect("a file");
    workshop.git(&["add", "file"]);
    workshop.git(&[before, &["commit", "-q", "-m", "Two"], after].concat());
    workshop.git(&["rev-parse", "HEAD"])
}

#[test]
fn a13_nobody_approves_what_they_wrote_committed_or_co_wrote() {
    let grace: &[&str] = &["-c", "user.name=Grace", "-c", "user.email=Grace@Example.com"];
    for (before, after) in [
        (&[][..], &["--author=Grace Hopper <grace@example.com>"][..]),
        (grace, &["--author=Ada Lovelace <ada@example.com>"]),
        (&[], &["-m", "Co-authored-by: G. Hopper <GRACE@example.com>"]),
    ] {
        let workshop = Workshop::new();
        let commit = committed(&workshop, before, after);
        proposed(&workshop, "CHG-2");
        approved(&workshop, "CHG-2").ok();
        gate(&workshop, "CHG-2").exits(1).says(&format!("grace had a hand in commit {}", &commit[..7]));
        workshop.qms_as("grace", &["release", "--change", "CHG-2"]).exits(1);
    }
}

/// The fields of a commit are claims, as the threat model says; the signature on it is none.
#[test]
fn a13_a_commit_in_anothers_name_is_its_signers() {
    let workshop = Workshop::new();
    let key = format!("user.signingkey={}", workshop.key("grace"));
    let commit = committed(&workshop, &["-c", "gpg.format=ssh", "-c", &key], &["-S"]);
    assert_eq!(workshop.git(&["log", "-1", "--format=%ae %ce"]), "ada@example.com ada@example.com");
    proposed(&workshop, "CHG-2");
    approved(&workshop, "CHG-2").ok();
    gate(&workshop, "CHG-2").exits(1).says(&format!("grace had a hand in commit {}", &commit[..7]));
    // Unsigned, nobody can tell; and a signature that belongs to another commit is none.
    let raw = workshop.git(&["cat-file", "commit", &commit]);
    let unsigned = raw.lines().filter(|line| !line.starts_with("gpgsig ") && !line.starts_with(' '));
    let unsigned = unsigned.collect::<Vec<_>>().join("\n") + "\n";
    for forged in [unsigned, raw + "\n\nanother message\n"] {
        let id = workshop.git_with(&["hash-object", "-t", "commit", "-w", "--stdin"], forged.as_bytes());
        workshop.git(&["reset", "-q", "--hard", &id]);
        workshop.evidence("CHG-3");
        gate(&workshop, "CHG-3").ok();
    }
}

#[test]
fn a13_an_address_that_nobody_has_fails_until_its_owner_is_known() {
    let workshop = Workshop::new();
    committed(&workshop, &[], &["--author=G <grace@home.example.com>"]);
    proposed(&workshop, "CHG-2");
    approved(&workshop, "CHG-2").ok();
    gate(&workshop, "CHG-2").exits(1).says("nobody knows grace@home.example.com");
}

#[test]
fn a13_a_bot_with_the_role_of_a_person_is_no_person() {
    let workshop = Workshop::new();
    let key = workshop.key("mallory.pub");
    workshop.qms(&["trust", "add", "robot", "--bot", "--name", "Robot", "--public-key", &key, "--role", "qa"]).ok();
    committed(&workshop, &[], &[]);
    proposed(&workshop, "CHG-2");
    workshop.qms_as("mallory", &["approve", "--role", "qa", "--change", "CHG-2"]);
    gate(&workshop, "CHG-2").exits(1).says("0 of 1 approvals");
}

#[test]
fn a13_who_asked_for_the_change_does_not_approve_it() {
    let workshop = Workshop::new();
    committed(&workshop, &[], &[]);
    let plan = ["record", "plan", "--service", "payments-api", "--change", "CHG-2", "--reason", "More"];
    workshop.qms_as("grace", &[&plan[..], &["--rollback", "restore previous"]].concat()).ok();
    proven(&workshop, "CHG-2");
    approved(&workshop, "CHG-2").ok();
    gate(&workshop, "CHG-2").exits(1).says("grace asked for it in plan");
}

#[test]
fn a13_ones_own_commit_of_a_tree_that_another_made_and_oneself_approved_is_ones_own() {
    let workshop = Workshop::new();
    workshop.git(&["switch", "-q", "-c", "branch"]);
    committed(&workshop, &[], &[]);
    proposed(&workshop, "CHG-2");
    approved(&workshop, "CHG-2").ok();
    gate(&workshop, "CHG-2").ok();
    workshop.git(&["switch", "-q", "main"]);
    let own = committed(&workshop, &[], &["--author=Grace Hopper <grace@example.com>"]);
    assert_eq!(workshop.git(&["rev-parse", "main^{tree}"]), workshop.git(&["rev-parse", "branch^{tree}"]));
    gate(&workshop, "CHG-2").exits(1).says(&format!("grace had a hand in commit {}", &own[..7]));
}

#[test]
fn a13_what_a_merge_brings_in_is_judged_by_who_made_it() {
    let workshop = Workshop::new();
    workshop.git(&["switch", "-q", "-c", "branch"]);
    let hers = committed(&workshop, &[], &["--author=Grace Hopper <grace@example.com>"]);
    workshop.git(&["switch", "-q", "main"]);
    workshop.git(&["merge", "-q", "--no-ff", "-m", "Merge", "branch"]);
    proposed(&workshop, "CHG-2");
    approved(&workshop, "CHG-2").ok();
    gate(&workshop, "CHG-2").exits(1).says(&format!("grace had a hand in commit {}", &hers[..7]));
}

#[test]
fn a30_evidence_of_a_dirty_tree_is_told_and_satisfies_nothing() {
    let workshop = Workshop::new();
    let commit = committed(&workshop, &[], &[]);
    std::fs::write(workshop.repo().join("file"), "what was tested\n").expect("a file");
    proposed(&workshop, "CHG-2");
    workshop.git(&["checkout", "-q", "file"]);
    approved(&workshop, "CHG-2").ok();
    let said = gate(&workshop, "CHG-2").exits(1);
    said.says("TEST-01").says("is from a dirty working tree");
    assert_eq!(workshop.git(&["rev-parse", "HEAD"]), commit);
}

#[test]
fn a30_a_merge_preview_proves_nothing_about_what_is_merged_on_another_main() {
    let workshop = Workshop::new();
    workshop.git(&["switch", "-q", "-c", "branch"]);
    committed(&workshop, &[], &[]);
    // The forge's preview of the merge, on which the pipeline runs.
    workshop.git(&["switch", "-q", "--detach", "main"]);
    workshop.git(&["merge", "-q", "--no-ff", "-m", "Preview", "branch"]);
    let preview = workshop.git(&["rev-parse", "HEAD"]);
    workshop.git(&["branch", "preview"]);
    proposed(&workshop, "CHG-2");
    approved(&workshop, "CHG-2").ok();
    gate(&workshop, "CHG-2").ok();
    // Meanwhile main moved.
    workshop.git(&["switch", "-q", "main"]);
    workshop.commit("other", "moved\n");
    workshop.git(&["merge", "-q", "--no-ff", "-m", "Merge", "branch"]);
    let said = gate(&workshop, "CHG-2").exits(1);
    said.says("MISS  TEST-01").says("MISS  APPROVE-01").says("MISS  SCAN-01");
    // Where it did not, the merge has the preview's tree, and its evidence.
    workshop.git(&["reset", "-q", "--hard", &format!("{preview}^1")]);
    workshop.git(&["merge", "-q", "--no-ff", "-m", "Merge", "branch"]);
    assert_ne!(workshop.git(&["rev-parse", "HEAD"]), preview);
    gate(&workshop, "CHG-2").ok().says("(by tree)");
}

#[test]
fn a35_the_squash_of_another_tree_has_no_evidence_and_that_of_the_same_has() {
    let workshop = Workshop::new();
    workshop.git(&["switch", "-q", "-c", "branch"]);
    workshop.commit("file", "half\n");
    workshop.commit("file", "whole\n");
    proposed(&workshop, "CHG-2");
    approved(&workshop, "CHG-2").ok();
    gate(&workshop, "CHG-2").ok();
    workshop.git(&["switch", "-q", "main"]);
    workshop.git(&["merge", "-q", "--squash", "branch"]);
    std::fs::write(workshop.repo().join("file"), "whole and a little more\n").expect("a file");
    workshop.git(&["commit", "-q", "-a", "-m", "Squash"]);
    gate(&workshop, "CHG-2").exits(1).says("MISS  TEST-01").says("MISS  APPROVE-01");
    std::fs::write(workshop.repo().join("file"), "whole\n").expect("a file");
    workshop.git(&["commit", "-q", "-a", "--amend", "--no-edit"]);
    // The branch may be gone: what was proven is the tree.
    workshop.git(&["branch", "-q", "-D", "branch"]);
    workshop.git(&["reflog", "expire", "--expire=now", "--all"]);
    gate(&workshop, "CHG-2").ok().says("(by tree)");
}

#[test]
fn a35_a_reverted_tree_revives_no_approval_of_an_earlier_change() {
    let workshop = Workshop::new();
    committed(&workshop, &[], &[]);
    proposed(&workshop, "CHG-2");
    approved(&workshop, "CHG-2").ok();
    gate(&workshop, "CHG-2").ok();
    let tree = workshop.git(&["rev-parse", "HEAD^{tree}"]);
    workshop.commit("file", "three\n");
    workshop.git(&["revert", "--no-edit", "HEAD"]);
    assert_eq!(workshop.git(&["rev-parse", "HEAD^{tree}"]), tree);
    proposed(&workshop, "CHG-3");
    let said = gate(&workshop, "CHG-3").exits(1);
    said.says("APPROVE-01").says("is on another commit and not of the same change");
}

const TIERS: &str = "\n[[tier]]\nname = \"low\"\npaths = [\"**\"]\n[[tier]]\nname = \"high\"\n";

#[test]
fn a36_a_second_plan_with_a_lower_risk_after_the_approval_fails() {
    let workshop = Workshop::new();
    let file = workshop.repo().join(".qms/policy.toml");
    let catalog = std::fs::read_to_string(file).expect("a catalog");
    let catalog = catalog.replace("id = \"SCAN-01\"", "id = \"SCAN-01\"\ntiers = [\"high\"]") + TIERS;
    workshop.commit(".qms/policy.toml", &catalog);
    workshop.qms(&["policy", "ratify"]).ok();
    let plan = ["record", "plan", "--service", "payments-api", "--change", "CHG-2", "--rollback", "restore", "--quiet"];
    let planned = |who: &str, more: &[&str]| workshop.qms_as(who, &[&plan[..], more].concat());
    let first = planned("ada", &["--reason", "More", "--risk", "high"]).ok().text();
    let report = workshop.path("junit.xml").display().to_string();
    workshop.qms_as("ci", &["record", "test", "--from", &report, "--change", "CHG-2"]).ok();
    approved(&workshop, "CHG-2").ok();
    gate(&workshop, "CHG-2").exits(1).says("tier high").says("MISS  SCAN-01");
    let second = planned("ada", &["--reason", "Less", "--risk", "low", "--supersedes", &first]).ok().text();
    let said = gate(&workshop, "CHG-2").exits(1);
    said.says("tier low").says(&format!("grace has not seen plan {}", &second[..12]));
    scan(&workshop).ok();
    gate(&workshop, "CHG-2").exits(1).says("grace has not seen plan");
    approved(&workshop, "CHG-2").ok();
    gate(&workshop, "CHG-2").ok();
    // Another's plan beside it: none of them counts, and the higher one decides the tier.
    planned("grace", &["--reason", "More", "--risk", "high"]).ok();
    gate(&workshop, "CHG-2").exits(1).says("tier high").says("2 plans of ada and grace");
}

#[test]
fn a36_a_pipeline_that_supersedes_its_own_failure_stays_flaky() {
    let workshop = Workshop::new();
    let file = workshop.repo().join(".qms/policy.toml");
    let catalog = std::fs::read_to_string(file).expect("a catalog");
    workshop.commit(
        ".qms/policy.toml",
        &catalog.replace("[\"test.failed == 0\"] ", "[\"test.failed == 0\", \"test.flaky == 0\"] "),
    );
    workshop.qms(&["policy", "ratify"]).ok();
    let failing = workshop.path("failing.xml");
    let junit = r#"<testsuite name="unit" tests="1" failures="1"><testcase classname="a" name="b"><failure message="no"/></testcase></testsuite>"#;
    std::fs::write(&failing, junit).expect("a file");
    let failed =
        workshop.qms_as("ci", &["record", "test", "--from", &failing.display().to_string(), "--quiet"]).ok().text();
    let passing = workshop.path("junit.xml").display().to_string();
    let again = ["record", "test", "--from", &passing, "--supersedes", &failed, "--reason", "ran again"];
    workshop.qms_as("ci", &again).ok();
    workshop.qms(&["gate"]).exits(1).says("1 flaky");
}
