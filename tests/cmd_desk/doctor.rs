//! `git qms doctor`.

use serde_json::Value;

use super::desk::Desk;

fn check<'a>(told: &'a Value, name: &str) -> &'a Value {
    let checks = told["checks"].as_array().expect("checks");
    checks.iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("no check {name}: {told}"))
}

#[test]
fn u01_a_fresh_project_is_well_but_for_the_pin_outside_it() {
    let desk = Desk::founded();
    let told = desk.say("doctor --json").exit(0).json();
    assert_eq!((told["schema"].as_str(), told["result"].as_str()), (Some("git-qms/doctor/v1"), Some("pass")));
    let not_well: Vec<&str> = told["checks"]
        .as_array()
        .expect("checks")
        .iter()
        .filter(|check| check["state"] != "ok")
        .filter_map(|check| check["name"].as_str())
        .collect();
    assert_eq!(not_well, ["pin"], "{told}");
    // It says exactly what to do, and that is enough.
    let mend = check(&told, "pin")["mend"].as_str().expect("a way").to_owned();
    let root = mend.rsplit(' ').next().expect("the digest");
    desk.git(&["config", "--global", "--add", "qms.trustRoot", root]);
    assert_eq!(check(&desk.say("doctor --json").exit(0).json(), "pin")["state"], "ok");
}

#[test]
fn u01_what_somebody_took_out_of_the_configuration_is_found_and_mended() {
    let desk = Desk::founded();
    desk.git(&["config", "--unset-all", "remote.origin.fetch", "refs/notes/qms"]);
    desk.git(&["config", "--unset", "gpg.ssh.allowedSignersFile"]);
    std::fs::remove_file(desk.path("payments/.git/hooks/pre-push")).expect("it was there");
    let before = desk.say("doctor --json").exit(1).json();
    for name in ["refspecs", "signers", "hook"] {
        let found = check(&before, name);
        assert_eq!(found["state"], "wrong", "{found}");
        assert!(found["mend"].as_str().is_some_and(|mend| mend.contains("git qms doctor --fix")), "{found}");
    }
    assert_eq!(desk.say("doctor --quiet").exit(1).out, "refspecs\nsigners\nhook\n");
    let mended = desk.say("doctor --fix").exit(0);
    assert_eq!(mended.out.matches("mended:").count(), 3, "{}", mended.out);
    assert_eq!(desk.say("doctor --json").exit(0).json()["result"], "pass");
}

#[test]
fn u01_a_checkpoint_that_a_crash_left_out_is_written() {
    let desk = Desk::founded();
    let before = desk.git(&["rev-parse", "refs/notes/qms"]);
    desk.say("trust grant ci --role developer").exit(0);
    // The crash: the trust moved, the ledger did not.
    desk.git(&["update-ref", "refs/notes/qms", &before]);
    let told = desk.say("doctor --json").exit(1).json();
    let found = check(&told, "checkpoint");
    assert!(found["what"].as_str().is_some_and(|what| what.contains("trust version 4 has no checkpoint")), "{found}");
    // The pipeline cannot write it: that takes a root person.
    desk.say("doctor --fix --key ../keys/ci").exit(1);
    let told = desk.say("doctor --fix --json").exit(0).json();
    assert!(check(&told, "checkpoint")["mended"].is_string(), "{told}");
    desk.say("verify").exit(0);
}

#[test]
fn u01_a_release_tag_that_is_missing_is_made_again_from_its_object() {
    let (desk, played) = Desk::played();
    let tag = played["tag"].as_str().expect("a tag");
    let object = desk.git(&["rev-parse", &format!("refs/tags/{tag}")]);
    desk.git(&["tag", "-d", tag]);
    let told = desk.say("doctor --json").exit(1).json();
    assert_eq!(check(&told, "tags")["what"], format!("missing: {tag}"));
    desk.say("doctor --fix").exit(0);
    assert_eq!(desk.git(&["rev-parse", &format!("refs/tags/{tag}")]), object);
    desk.git(&["verify-tag", tag]);
}

#[test]
fn s04_notes_that_git_would_copy_are_warned_about() {
    let desk = Desk::founded();
    desk.git(&["config", "notes.rewriteRef", "refs/notes/*"]);
    let told = desk.say("doctor --json").exit(0).json();
    let found = check(&told, "rewriting");
    assert_eq!(found["state"], "odd");
    assert!(found["mend"].as_str().is_some_and(|mend| mend.contains("git config --unset-all notes.rewriteRef")));
}

#[test]
fn a_stranger_s_key_a_cut_clone_and_a_broken_catalog_are_told_apart() {
    let desk = Desk::founded();
    desk.say("key new ../keys/mallory").exit(0);
    let told = desk.say("doctor --json --key ../keys/mallory").exit(1).json();
    assert_eq!(check(&told, "key")["state"], "ok");
    assert!(
        check(&told, "member")["what"].as_str().is_some_and(|what| what.contains("belongs to no member")),
        "{told}"
    );
    let told = desk.say("doctor --json --key ../keys/nobody").exit(1).json();
    assert_eq!((&check(&told, "key")["state"], &check(&told, "member")["state"]), (&"wrong".into(), &"skipped".into()));

    std::fs::write(desk.path("payments/.qms/policy.toml"), "version = 2\n").expect("a file");
    let told = desk.say("doctor --json").exit(1).json();
    assert_eq!(check(&told, "policy")["mend"], "git qms policy check");

    desk.git(&["push", "-q", "-u", "origin", "main"]);
    desk.say("sync").exit(0);
    let from = format!("file://{}", desk.path("payments.git").display());
    desk.git(&["clone", "-q", "--depth", "1", &from, "../shallow"]);
    let told = desk.qms_in("shallow", &["doctor", "--json"]).exit(1).json();
    assert!(check(&told, "clone")["mend"].as_str().is_some_and(|mend| mend.contains("--unshallow")), "{told}");
    assert!(check(&told, "trust")["mend"].as_str().is_some_and(|mend| mend.contains("git qms sync")), "{told}");
}

#[test]
fn a_clone_that_only_reads_misses_no_key_and_no_hook() {
    let desk = Desk::founded();
    desk.git(&["push", "-q", "-u", "origin", "main"]);
    desk.say("sync").exit(0);
    desk.git(&["clone", "-q", "../payments.git", "../auditor"]);
    desk.qms_in("auditor", &["sync", "--fetch-only"]).exit(0);
    let mut without_key = desk.command(&desk.path("auditor"), &["doctor", "--json"]);
    let told = without_key.env_remove("QMS_SIGNING_KEY").output().expect("it runs").stdout;
    let told: Value = serde_json::from_slice(&told).expect("JSON");
    for name in ["key", "hook", "signers"] {
        assert_eq!(check(&told, name)["state"], "odd", "{told}");
    }
    assert_eq!(told["result"], "pass", "{told}");
    // Whoever names a key means to sign.
    let told = desk.qms_in("auditor", &["doctor", "--json", "--key", "../keys/grace"]).exit(1).json();
    assert_eq!((&check(&told, "member")["state"], &check(&told, "hook")["state"]), (&"ok".into(), &"wrong".into()));
}
