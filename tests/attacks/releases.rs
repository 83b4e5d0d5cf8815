//! Tags that are moved, swapped, deleted or forged.

use git_qms::record::kind::release::Release;
use git_qms::record::{Claim, FileDigest};
use git_qms::release::TagObject;

use crate::forge::signer;
use crate::workshop::Workshop;

fn tag_ref(workshop: &Workshop) -> String {
    format!("refs/tags/{}", workshop.made.tag)
}

#[test]
fn a10_a_tag_pointed_elsewhere_is_rejected() {
    let workshop = Workshop::new();
    workshop.commit("file", "two\n");
    let tag = workshop.made.tag.clone();
    workshop.git(&["-c", "tag.gpgSign=false", "tag", "-f", "-a", "-m", "moved", &tag, "HEAD"]);
    workshop.verify().rejects("tag-moved", &tag_ref(&workshop));
    workshop.qms(&["gate", &workshop.made.commit.clone()]).exits(1);
}

#[test]
fn a10_a_tag_with_the_object_of_another_release_is_rejected() {
    let workshop = Workshop::new();
    workshop.commit("file", "two\n");
    workshop.evidence("CHG-2");
    let second = workshop.qms_as("grace", &["release", "--change", "CHG-2", "--quiet"]).ok().text();
    workshop.verify().passes();
    let (first, second) = (tag_ref(&workshop), format!("refs/tags/{second}"));
    let object = workshop.git(&["rev-parse", &second]);
    workshop.git(&["update-ref", &first, &object]);
    workshop.verify().rejects("tag-moved", &first);
    // A name of one's own for the object of a release is a release that nobody recorded.
    workshop.git(&["update-ref", "refs/tags/copy", &object]);
    workshop.verify().rejects("tag-unrecorded", "refs/tags/copy");
}

#[test]
fn a10_a_deleted_tag_is_rejected() {
    let workshop = Workshop::new();
    workshop.git(&["tag", "-d", &workshop.made.tag]);
    workshop.verify().rejects("tag-missing", &tag_ref(&workshop));
}

#[test]
fn a10_a_lightweight_tag_in_its_place_is_rejected() {
    let workshop = Workshop::new();
    let (tag, commit) = (&workshop.made.tag, &workshop.made.commit);
    workshop.git(&["tag", "-f", tag, commit]);
    workshop.verify().rejects("tag-moved", &tag_ref(&workshop));
}

#[test]
fn a11_a_release_by_an_unknown_key_is_rejected() {
    let workshop = Workshop::new();
    let head = workshop.commit("file", "two\n");
    workshop.forge_release("grace", "mallory", &head, "payments-api@1+c");
    let verdict = workshop.verify();
    verdict.rejects("tag-unrecorded", "refs/tags/payments-api@1+c").rejects("key-unknown", &head);
}

#[test]
fn a11_a_release_by_a_member_without_the_role_is_rejected() {
    let workshop = Workshop::new();
    let head = workshop.commit("file", "two\n");
    workshop.forge_release("ada", "ada", &head, "payments-api@1+c");
    let verdict = workshop.verify();
    verdict.rejects("tag-unrecorded", "refs/tags/payments-api@1+c").rejects("role-missing", &head);
}

#[test]
fn a11_a_tag_signed_by_another_than_its_record_is_rejected() {
    let workshop = Workshop::new();
    let head = workshop.commit("file", "two\n");
    let name = "payments-api@1+c";
    // Grace's record names an object that Mallory signed.
    let (_, object) = workshop.forge_release("grace", "mallory", &head, name);
    let raw = workshop.git(&["cat-file", "tag", &object]) + "\n";
    let tag = TagObject::parse(raw.as_bytes()).expect("a tag");
    let manifest = git_qms::release::Notes::parse(&tag.message).expect("notes").manifest;
    let claim = Claim::Release(Release {
        tag: name.parse().expect("a tag name"),
        object: object.parse().expect("an id"),
        manifest: FileDigest::of(manifest.as_bytes()),
    });
    let id = workshop.put_record("grace", &head, &claim, |header| header.release = name.parse().ok());
    workshop.verify().rejects("tag-signature", &id);
}

#[test]
fn a12_a_release_signed_after_its_key_was_taken_away_with_old_dates_is_rejected() {
    let workshop = Workshop::new();
    let head = workshop.commit("file", "two\n");
    workshop.qms(&["trust", "remove", "grace"]).ok();
    let old = workshop.trust_digest(2);
    // The dates in tag and record are long before; the record names the version in which she was a member.
    let (_, object) = workshop.forge_release("grace", "grace", &head, "payments-api@1+c");
    let raw = workshop.git(&["cat-file", "tag", &object]) + "\n";
    let tag = TagObject::parse(raw.as_bytes()).expect("a tag");
    let manifest = git_qms::release::Notes::parse(&tag.message).expect("notes").manifest;
    let claim = Claim::Release(Release {
        tag: "payments-api@1+c".parse().expect("a tag name"),
        object: object.parse().expect("an id"),
        manifest: FileDigest::of(manifest.as_bytes()),
    });
    let id = workshop.put_record("grace", &head, &claim, |header| header.trust = old);
    let verdict = workshop.verify();
    verdict.rejects("role-ended", &id).rejects("tag-unrecorded", "refs/tags/payments-api@1+c");
    assert!(!verdict.has("error", "tag-signature", &tag_ref(&workshop)), "what she released before stands");
}

#[test]
fn a33_a_superseded_release_record_goes_on_binding_its_tag() {
    let workshop = Workshop::new();
    let (tag, commit) = (workshop.made.tag.clone(), workshop.made.commit.clone());
    let mut moved = workshop.release_tag();
    moved.message = moved.message.replacen("Refund limits", "Something else", 1);
    let moved = moved.sign(signer(&workshop, "grace").as_ref()).expect("signs");
    let object = workshop.store_tag(&moved);
    let manifest = git_qms::release::Notes::parse(&moved.message).expect("notes").manifest;
    let claim = Claim::Release(Release {
        tag: tag.parse().expect("a tag name"),
        object: object.parse().expect("an id"),
        manifest: FileDigest::of(manifest.as_bytes()),
    });
    let first = released(&workshop);
    let second = workshop.put_record("grace", &commit, &claim, |header| {
        header.release = tag.parse().ok();
        let record = first.parse().expect("an id");
        header.supersedes = Some(git_qms::record::Supersedes { record, reason: "a slip".into() });
    });
    workshop.git(&["update-ref", &tag_ref(&workshop), &object]);
    let verdict = workshop.verify();
    verdict.rejects("tag-moved", &first).rejects("tag-moved", &second);
    assert!(verdict.has("warning", "supersedes-void", &second), "{:#}", verdict.json);
}

#[test]
fn a33_a_removed_release_record_goes_on_binding_its_tag() {
    let workshop = Workshop::new();
    let release = released(&workshop);
    workshop.drop_record(&workshop.made.commit, &release);
    workshop.git(&["tag", "-d", &workshop.made.tag]);
    let verdict = workshop.verify();
    verdict.rejects("line-removed", &release).rejects("tag-missing", &tag_ref(&workshop));
}

#[test]
fn a33_a_release_tag_by_an_ended_key_without_a_record_is_rejected() {
    let workshop = Workshop::new();
    workshop.qms(&["trust", "remove", "grace"]).ok();
    let mut tag = workshop.release_tag();
    tag.name = "payments-api@1+c".into();
    let object = workshop.store_tag(&tag.sign(signer(&workshop, "grace").as_ref()).expect("signs"));
    workshop.git(&["update-ref", "refs/tags/payments-api@1+c", &object]);
    workshop.verify().rejects("tag-unrecorded", "refs/tags/payments-api@1+c");
}

#[test]
fn t10_a_digest_that_is_not_the_trees_is_rejected_whoever_signed_it() {
    for (name, digest) in [("payments-api@1+a", Some("ab".repeat(64))), ("payments-api@1+b", None)] {
        let workshop = Workshop::new();
        let forged = workshop.forge_release_with("grace", "grace", "HEAD", name, |notes| notes.tree_digest = digest);
        let root = workshop.qms(&["trust", "show", "--root"]).ok().text();
        let strict = workshop.qms(&["verify", "--json", "--strict", "--trust-root", &root]);
        let (code, text) = (strict.code, strict.text());
        assert!(code == 1 && text.contains("tree-digest-differs"), "{}: {code} {text}", forged.0);
    }
}

/// The record of the release.
fn released(workshop: &Workshop) -> String {
    workshop.qms(&["log", "--kind", "release", "--ids"]).ok().text()
}

#[test]
fn a34_a_second_manifest_or_tree_digest_inside_a_reason_is_refused_before_anything_is_made() {
    for line in
        ["-----BEGIN QMS MANIFEST-----", "Git-EVTag-v0-SHA512: 00", "-----BEGIN SSH SIGNATURE-----", "Rollback:"]
    {
        let workshop = Workshop::new();
        workshop.commit("file", "two\n");
        let reason = format!("More\n{line}\nmore");
        let plan = ["record", "plan", "--service", "payments-api", "--change", "CHG-2", "--rollback", "restore"];
        let planned = workshop.qms(&[&plan[..], &["--reason", &reason]].concat());
        if planned.code == 0 {
            crate::workshop::tests(&workshop).ok();
            crate::workshop::scan(&workshop).ok();
            workshop.qms_as("grace", &["approve", "--role", "release-manager", "--meaning", "approved"]).ok();
            let before = workshop.git(&["rev-parse", "refs/notes/qms"]);
            let refused = workshop.qms_as("grace", &["release", "--change", "CHG-2"]);
            assert_ne!(refused.code, 0, "{}", refused.out);
            refused.says("must not start a line with");
            assert_eq!(workshop.git(&["rev-parse", "refs/notes/qms"]), before);
        }
        assert_eq!(workshop.git(&["tag", "-l"]).lines().count(), 1);
    }
}

#[test]
fn a34_a_tag_with_two_manifests_is_rejected() {
    let workshop = Workshop::new();
    let (commit, name) = (workshop.made.commit.clone(), "payments-api@1+c");
    let mut tag = workshop.release_tag();
    let block = tag.message[tag.message.find("-----BEGIN QMS").expect("a manifest")..].to_owned();
    tag.name = name.into();
    tag.message = tag.message.replacen(&workshop.made.tag, name, 1) + &block;
    let object = workshop.store_tag(&tag.sign(signer(&workshop, "grace").as_ref()).expect("signs"));
    let claim = Claim::Release(Release {
        tag: name.parse().expect("a tag name"),
        object: object.parse().expect("an id"),
        manifest: FileDigest::of(b"either"),
    });
    let id = workshop.put_record("grace", &commit, &claim, |header| header.release = name.parse().ok());
    workshop.git(&["update-ref", &format!("refs/tags/{name}"), &object]);
    workshop.verify().rejects("tag-malformed", &id);
}

/// A release of the released commit by Grace, under a name of its own, whose manifest says something else.
fn released_otherwise(workshop: &Workshop, edit: impl FnOnce(&mut git_qms::release::Manifest)) -> String {
    let (name, commit) = ("payments-api@9+chg-1842", workshop.made.commit.clone());
    let mut tag = workshop.release_tag();
    let mut notes = git_qms::release::Notes::parse(&tag.message).expect("notes");
    let (mut manifest, artifacts) = git_qms::release::Manifest::parse(&notes.manifest).expect("a manifest");
    let (service, environment, change) =
        (manifest.service.clone(), manifest.environments.first().cloned(), manifest.change.clone());
    manifest.tag = name.parse().expect("a tag name");
    edit(&mut manifest);
    name.clone_into(&mut notes.name);
    name.clone_into(&mut tag.name);
    notes.manifest = manifest.to_json(&artifacts).expect("JSON");
    tag.message = notes.to_message().expect("notes");
    let object = workshop.store_tag(&tag.sign(signer(workshop, "grace").as_ref()).expect("signs"));
    let claim = Claim::Release(Release {
        tag: manifest.tag.clone(),
        object: object.parse().expect("an id"),
        manifest: FileDigest::of(notes.manifest.as_bytes()),
    });
    let id = workshop.put_record("grace", &commit, &claim, |header| {
        header.release = Some(manifest.tag.clone());
        header.service = Some(service);
        header.environment = environment;
        header.change = Some(change);
    });
    workshop.git(&["update-ref", &format!("refs/tags/{name}"), &object]);
    id
}

#[test]
fn a_release_that_says_what_its_records_say_is_sound() {
    let workshop = Workshop::new();
    released_otherwise(&workshop, |_| ());
    workshop.verify().passes();
}

#[test]
fn a_release_whose_manifest_names_no_decision_that_passed_is_rejected() {
    let workshop = Workshop::new();
    let plan = workshop.made.plan.parse().expect("an id");
    let id = released_otherwise(&workshop, |manifest| manifest.gate.record = plan);
    workshop.verify().rejects("manifest-record", &id);
    let workshop = Workshop::new();
    let id = released_otherwise(&workshop, |manifest| manifest.records.clear());
    workshop.verify().rejects("manifest-record", &id);
}

/// Who may sign releases does not thereby say which catalog is in force.
#[test]
fn a15_a_release_by_a_catalog_that_was_not_in_force_is_rejected() {
    let workshop = Workshop::new();
    let other = FileDigest::of(b"version = 1");
    let id = released_otherwise(&workshop, |manifest| manifest.policy = other);
    workshop.verify().rejects("manifest-record", &id);
    // Nor where the decision was made by it, too.
    let workshop = Workshop::new();
    let commit = workshop.made.commit.clone();
    let (mut claim, detail) = crate::forge::passed(&commit);
    if let Claim::Gate(summary) = &mut claim {
        summary.policy.digest = [("sha256".to_owned(), other.to_string())].into();
    }
    let decision = workshop.put_record("grace", &commit, &claim, |header| {
        header.gate = Some(detail);
        header.service = "payments-api".parse().ok();
        header.environment = "production".parse().ok();
    });
    let ledger = workshop.git(&["rev-parse", "refs/notes/qms"]).parse().expect("an id");
    let decision: git_qms::record::RecordId = decision.parse().expect("an id");
    let released = |policy| {
        released_otherwise(&workshop, |manifest| {
            manifest.policy = policy;
            manifest.gate.record = decision;
            manifest.exceptions.clear();
            manifest.records.push(decision);
            manifest.records.sort_unstable();
            manifest.ledger = ledger;
        })
    };
    let id = released(other);
    workshop.verify().rejects("manifest-record", &id);
}

#[test]
fn a_release_whose_manifest_makes_somebody_approve_who_did_not_is_rejected() {
    let workshop = Workshop::new();
    let id = released_otherwise(&workshop, |manifest| {
        manifest.approvers[0].member = "ada".parse().expect("an id");
    });
    workshop.verify().rejects("manifest-record", &id);
}

#[test]
fn a_release_whose_manifest_is_of_another_service_change_or_environment_is_rejected() {
    for edit in [
        (|manifest| manifest.service = "refunds".parse().expect("a name")) as fn(&mut git_qms::release::Manifest),
        |manifest| manifest.change = "CHG-7".parse().expect("a change"),
        |manifest| manifest.environments.clear(),
    ] {
        let workshop = Workshop::new();
        let id = released_otherwise(&workshop, edit);
        workshop.verify().rejects("tag-malformed", &id);
    }
}

#[test]
fn a_release_names_no_approver_who_spoke_of_another_environment_or_against_it() {
    let workshop = Workshop::new();
    workshop.commit("file", "two\n");
    workshop.evidence("CHG-2");
    workshop.qms_as("grace", &["approve", "--role", "qa", "--meaning", "rejected", "--environment", "staging"]).ok();
    workshop.qms_as("grace", &["approve", "--role", "qa", "--environment", "staging"]).ok();
    let tag = workshop.qms_as("grace", &["release", "--change", "CHG-2", "--quiet"]).ok().text();
    let message = workshop.git(&["cat-file", "tag", &tag]);
    assert!(message.contains("(grace), release-manager: approved") && !message.contains("(grace), qa"), "{message}");
    workshop.verify().passes();
}
