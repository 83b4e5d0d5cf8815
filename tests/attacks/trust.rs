//! The chain of trust versions, replayed, forged, rolled back.

use crate::forge::{approval, signer};
use crate::workshop::Workshop;

#[test]
fn a16_an_older_trust_version_replayed_on_top_is_rejected() {
    let workshop = Workshop::new();
    let versions = workshop.trust_versions();
    let old = workshop.git(&["cat-file", "blob", &format!("{}:trust.json", versions[1].0)]) + "\n";
    let replayed = workshop.trust_commit(old.as_bytes(), Some(&versions[2].0));
    workshop.git(&["update-ref", "refs/qms/trust", &replayed]);
    workshop.verify().rejects("trust-fault", &replayed);
}

#[test]
fn a16_a_skipped_number_is_rejected() {
    let workshop = Workshop::new();
    let forged = workshop.forge_trust(&["ada"], |version| version.version += 1);
    workshop.git(&["update-ref", "refs/qms/trust", &forged]);
    workshop.verify().rejects("trust-fault", &forged);
}

#[test]
fn a16_a_version_that_only_its_own_people_signed_is_rejected() {
    let workshop = Workshop::new();
    let key = signer(&workshop, "mallory").public_key().clone();
    let forged = workshop.forge_trust(&["mallory"], |version| {
        let mallory = git_qms::trust::Member {
            id: "mallory".parse().expect("an id"),
            name: "Mallory".into(),
            emails: vec!["mallory@example.com".into()],
            kind: git_qms::trust::MemberType::Person,
            roles: ["root".parse().expect("a role")].into(),
            keys: vec![key],
        };
        version.members.push(mallory);
    });
    workshop.git(&["update-ref", "refs/qms/trust", &forged]);
    workshop.verify().rejects("trust-fault", &forged);
    // And nothing is built upon it.
    workshop.qms(&["trust", "grant", "grace", "--role", "developer"]).exits(1);
}

#[test]
fn a16_two_keys_of_one_member_do_not_make_two() {
    let workshop = Workshop::new();
    let (spare, mallory) = (signer(&workshop, "mallory").public_key().clone(), "mallory");
    let second = workshop.forge_trust(&["ada"], |version| version.members[0].keys.push(spare));
    workshop.git(&["update-ref", "refs/qms/trust", &second]);
    let third = workshop.forge_trust(&["ada", mallory], |version| {
        version.members[1].roles.insert("root".parse().expect("a role"));
        version.thresholds.root = 2;
    });
    workshop.git(&["update-ref", "refs/qms/trust", &third]);
    workshop.verify().rejects("trust-fault", &third);
}

#[test]
fn a16_a_threshold_lowered_by_one_of_two_is_rejected() {
    let workshop = Workshop::new();
    let both = workshop.forge_trust(&["ada", "grace"], |version| {
        version.members[1].roles.insert("root".parse().expect("a role"));
        version.thresholds.root = 2;
    });
    workshop.git(&["update-ref", "refs/qms/trust", &both]);
    let lowered = workshop.forge_trust(&["ada"], |version| version.thresholds.root = 1);
    workshop.git(&["update-ref", "refs/qms/trust", &lowered]);
    workshop.verify().rejects("trust-fault", &lowered);
    assert!(!workshop.verify().has("error", "trust-fault", &both), "the one that both signed is sound");
}

#[test]
fn a16_another_root_than_the_pinned_one_is_rejected() {
    let workshop = Workshop::new();
    let other = "00".repeat(32);
    let run = workshop.qms(&["verify", "--json", "--strict", "--trust-root", &other]).exits(1);
    assert!(run.out.contains("trust-root-differs"), "{}", run.out);
}

#[test]
fn a12_an_approval_signed_after_removal_with_an_old_date_is_rejected() {
    let workshop = Workshop::new();
    let head = workshop.commit("file", "two\n");
    workshop.qms(&["trust", "remove", "grace"]).ok();
    let old = workshop.trust_digest(2);
    let id = workshop.put_record("grace", &head, &approval("release-manager"), |header| header.trust = old);
    workshop.verify().rejects("role-ended", &id);
    workshop.qms(&["gate"]).exits(1);
}

#[test]
fn a12_records_of_a_stolen_key_count_up_to_the_named_head() {
    let workshop = Workshop::new();
    let head = workshop.commit("file", "two\n");
    let stolen = signer(&workshop, "grace").public_key().fingerprint();
    let limit = workshop.git(&["rev-parse", "refs/notes/qms"]).parse().expect("an id");
    let thief = workshop.put_record("grace", &head, &approval("release-manager"), |_| ());
    let version = workshop.forge_trust(&["ada"], |version| {
        version.compromised.insert(stolen, limit);
    });
    workshop.git(&["update-ref", "refs/qms/trust", &version]);
    workshop.qms(&["checkpoint"]).ok();
    let verdict = workshop.verify();
    verdict.rejects("key-compromised", &thief);
    assert!(!verdict.has("error", "key-compromised", &workshop.made.approval), "before the head it stands");
    assert!(!verdict.has("error", "trust-checkpoint-missing", ""), "the next write pinned it");
}

#[test]
fn a29_a_former_approver_who_names_the_old_version_is_rejected() {
    let workshop = Workshop::new();
    workshop.qms(&["trust", "remove", "grace", "--role", "release-manager"]).ok();
    let (old, commit) = (workshop.trust_digest(2), workshop.made.commit.clone());
    let before = workshop.made.before_release.parse().ok();
    let id = workshop.put_record("grace", &commit, &approval("release-manager"), |header| {
        header.trust = old;
        header.ledger = before;
    });
    workshop.verify().rejects("role-ended", &id);
}

#[test]
fn a29_a_trust_ref_rolled_back_behind_a_removal_is_told_by_later_records() {
    let workshop = Workshop::new();
    let before = workshop.git(&["rev-parse", "refs/qms/trust"]);
    workshop.qms(&["trust", "remove", "grace"]).ok();
    let (after, commit) = (workshop.git(&["rev-parse", "refs/qms/trust"]), workshop.made.commit.clone());
    workshop.git(&["update-ref", "refs/qms/trust", &before]);
    // The checkpoint of the newer version names a digest that is not in the chain any more.
    let verdict = workshop.verify();
    assert_eq!(verdict.code, 1, "{:#}", verdict.json);
    assert!(
        verdict.has("error", "trust-unknown", &after) || verdict.has("error", "not-a-commit", &after),
        "{:#}",
        verdict.json
    );
    workshop.qms(&["gate", &commit]).exits(1);
}

#[test]
fn a29_a_deleted_trust_ref_is_no_pass() {
    let workshop = Workshop::new();
    workshop.git(&["update-ref", "-d", "refs/qms/trust"]);
    workshop.verify().rejects("trust-missing", "refs/qms/trust");
    workshop.qms(&["verify"]).exits(1).says("rejected: there is no trust root").says("git qms sync --fetch-only");
    for command in [&["verify"][..], &["gate"], &["release", "--change", "CHG-1842"]] {
        assert_ne!(workshop.qms(command).code, 0);
    }
}

#[test]
fn a29_a_trust_ref_rolled_back_at_the_remote_is_told_in_a_fresh_clone_which_never_saw_the_newer_one() {
    let workshop = Workshop::new();
    let before = workshop.git(&["rev-parse", "refs/qms/trust"]);
    let head = workshop.commit("file", "two\n");
    workshop.evidence("CHG-2");
    workshop.git(&["push", "-q", "origin", "main"]);
    workshop.qms(&["trust", "remove", "grace"]).ok();
    let after = workshop.git(&["rev-parse", "refs/qms/trust"]);
    workshop.qms(&["sync"]).ok();
    workshop.git_in(&workshop.path("origin.git"), &["update-ref", "refs/qms/trust", &before]).ok();
    let url = format!("file://{}", workshop.path("origin.git").display());
    workshop.git_in(workshop.dir.path(), &["clone", "-q", &url, "clone"]).ok();
    let clone = workshop.path("clone");
    workshop.qms_in(&clone, &["sync", "--fetch-only"]).exits(1);
    workshop.verify_in(&clone).rejects("trust-unknown", &after);
    workshop.qms_in(&clone, &["gate", &head, "--change", "CHG-2"]).exits(1).says("trust-unknown");
}

#[test]
fn a16_a_merge_or_a_further_file_on_top_ends_the_chain_there_and_the_rest_is_used() {
    let workshop = Workshop::new();
    let tip = workshop.git(&["rev-parse", "refs/qms/trust"]);
    let blob = workshop.git(&["rev-parse", "refs/qms/trust:trust.json"]);
    let entries = format!("100644 blob {blob}\ttrust.json\n100644 blob {blob}\tzzz\n");
    let tree = workshop.git_with(&["mktree"], entries.as_bytes());
    let sound = workshop.git(&["rev-parse", "refs/qms/trust^{tree}"]);
    for args in [
        &["commit-tree", &tree, "-p", &tip, "-m", "two files"][..],
        &["commit-tree", &sound, "-p", &tip, "-p", &workshop.made.commit, "-m", "merge"],
    ] {
        let odd = workshop.git(args);
        workshop.git(&["update-ref", "refs/qms/trust", &odd]);
        let verdict = workshop.verify();
        verdict.rejects("trust-fault", &odd);
        assert_eq!(verdict.count("valid"), 11, "those before it are used: {:#}", verdict.json);
        workshop.qms(&["gate"]).exits(1);
    }
}

#[test]
fn a17_a_trust_version_with_other_bytes_than_its_id_says_is_rejected() {
    let workshop = Workshop::new();
    let objects = workshop.repo().join(".git/objects");
    let loose = |id: &str| objects.join(&id[..2]).join(&id[2..]);
    let blob = workshop.git(&["rev-parse", "refs/qms/trust:trust.json"]);
    let other = workshop.git(&["rev-parse", "refs/qms/trust~1:trust.json"]);
    std::fs::remove_file(loose(&blob)).expect("a loose object");
    std::fs::copy(loose(&other), loose(&blob)).expect("a copy");
    workshop.qms(&["verify"]).exits(1).says(&blob);
    workshop.qms(&["gate"]).exits(1);
}
