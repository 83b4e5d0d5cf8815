//! A project whose only root key is lost is continued by another one. Whoever declares that passes nobody's pin.

use std::path::{Path, PathBuf};

use crate::forge::signer;
use crate::workshop::{Run, Verdict, Workshop};

/// A workshop whose Ada lost her key, and began anew with another one.
struct Recovered {
    workshop: Workshop,
    root: String,
    archive: String,
}

impl Recovered {
    fn new() -> Self {
        let workshop = Workshop::new();
        workshop.qms(&["checkpoint"]).ok();
        let root = recover(&workshop, &["--member", "ada"]).ok().text();
        let archive = format!("refs/qms/archive/{}", workshop.made.root);
        Self { workshop, root, archive }
    }

    fn verify(&self) -> Verdict {
        self.verify_in(&self.workshop.repo())
    }

    fn verify_in(&self, dir: &Path) -> Verdict {
        self.workshop.verify_with(dir, &["--strict", "--trust-root", &self.root])
    }

    fn qms(&self, args: &[&str]) -> Run {
        self.workshop.qms_as("new", args)
    }

    /// As people who agreed to it do: the project at the origin is replaced.
    fn push(&self) {
        let push = ["push", "-q", "--no-verify", "--atomic", "--force", "origin", "refs/notes/qms", "refs/qms/trust"];
        self.workshop.git(&[&push[..], &["refs/qms/archive/*"]].concat());
    }
}

fn recover(workshop: &Workshop, more: &[&str]) -> Run {
    workshop.qms(&["key", "new", &workshop.key("new"), "--quiet"]).ok();
    workshop.qms_as("new", &[&["trust", "recover", "--quiet"], more].concat())
}

#[test]
fn t05_a_project_whose_only_root_key_is_lost_is_continued_and_stays_verified() {
    let recovered = Recovered::new();
    let workshop = &recovered.workshop;
    let verdict = recovered.verify();
    verdict.passes_with("warning", "continuity-claimed", "refs/qms/trust");
    assert_eq!(verdict.json["archives"][0]["project"], workshop.made.root.as_str(), "{:#}", verdict.json);
    assert_eq!((verdict.count("valid"), &verdict.json["archives"][0]["releases"]), (1, &1.into()));
    // What was is still answered for, and stock git still takes its tags.
    workshop.git(&["verify-tag", &workshop.made.tag]);
    let then = ["trust", "who", "--role", "release-manager", "--at", &workshop.made.tag];
    recovered.qms(&then).ok().says("which was continued later").says("grace  Grace Hopper");
    recovered.qms(&["trust", "log"]).ok().says("which was continued later").says("ada joins");
    // It works on: the trust can be changed, the policy ratified, evidence recorded, a release made.
    recovered.qms(&["trust", "grant", "grace", "--role", "security"]).ok();
    let baseline = format!("baseline = \"{}\"", workshop.made.commit);
    let policy = std::fs::read_to_string(workshop.repo().join(".qms/policy.toml")).expect("a policy");
    let set = |line: &str| if line.starts_with("baseline") { baseline.clone() } else { line.to_owned() };
    let policy: Vec<String> = policy.lines().map(set).collect();
    workshop.commit(".qms/policy.toml", &(policy.join("\n") + "\n"));
    recovered.qms(&["policy", "ratify"]).ok();
    let plan = ["record", "plan", "--service", "payments-api", "--change", "CHG-9", "--reason", "More"];
    recovered.qms(&[&plan[..], &["--rollback", "restore previous"]].concat()).ok();
    crate::workshop::tests(workshop).ok();
    crate::workshop::scan(workshop).ok();
    workshop.qms_as("grace", &["approve", "--role", "release-manager", "--meaning", "approved"]).ok();
    let tag = workshop.qms_as("grace", &["release", "--change", "CHG-9", "--quiet"]).ok().text();
    assert_ne!(tag, workshop.made.tag);
    recovered.verify().passes();
    // A clone brings all of it, and another one goes over by the word of the people.
    let other = workshop.clone_of_origin("other");
    workshop.git(&["push", "-q", "--no-verify", "origin", "main", &format!("refs/tags/{tag}")]);
    recovered.push();
    workshop.qms_in(&other, &["sync"]).exits(1).says("records were taken away there");
    workshop.qms_in(&other, &["trust", "follow", &workshop.made.root]).exits(2).says("has that project already");
    workshop.qms_in(&other, &["trust", "follow", &"00".repeat(32)]).exits(1).says(&recovered.root);
    assert!(workshop.verify_in(&other).passes().json["archives"].is_null(), "what is refused changes nothing");
    workshop.git_in(&other, &["fetch", "-q", "origin", "main"]).ok();
    workshop.qms_in(&other, &["trust", "follow", &recovered.root]).ok().says("kept at refs/qms/archive/");
    workshop.qms_in(&other, &["sync", "--fetch-only"]).ok();
    recovered.verify_in(&other).passes();
    recovered.verify_in(&workshop.clone_of_origin("fresh")).passes();
}

#[test]
fn t05_who_pinned_the_root_before_is_told_until_they_pin_the_new_one() {
    let recovered = Recovered::new();
    recovered.workshop.verify().rejects("trust-root-differs", "refs/qms/trust");
    recovered.verify().passes();
    // Nor does a clone of theirs take it over.
    let theirs = recovered.workshop.clone_of_origin("theirs");
    recovered.push();
    recovered.workshop.qms_in(&theirs, &["sync", "--fetch-only"]).exits(1);
    recovered.workshop.verify_in(&theirs).passes();
}

#[test]
fn t05_nobody_begins_anew_where_the_trust_can_still_be_changed_or_without_saying_who_they_are() {
    let workshop = Workshop::new();
    workshop.qms(&["trust", "recover"]).exits(1).says("ada may still change the trust");
    workshop.qms_as("grace", &["trust", "recover"]).exits(1).says("--lost MEMBER");
    recover(&workshop, &[]).exits(2).says("say whose new key it is");
    workshop.qms_as("new", &["trust", "recover", "--member", "nobody"]).exits(2).says("there is no member nobody");
    workshop.qms_as("new", &["trust", "recover", "--member", "ci"]).exits(2).says("ci is a bot");
    workshop.qms_as("new", &["trust", "recover", "--member", "grace", "--lost", "eve"]).exits(2).says("no member eve");
    workshop.qms_as("new", &["trust", "recover", "--member", "grace"]).exits(1).says("ada may still change the trust");
    workshop.drop_record(&workshop.made.commit, &workshop.made.deploy);
    let lost = ["trust", "recover", "--lost", "ada", "--quiet"];
    workshop.qms_as("grace", &lost).exits(1).says("line-removed");
    assert_eq!(workshop.git(&["for-each-ref", "refs/qms/archive"]), "");
    workshop.verify().rejects("line-removed", &workshop.made.deploy);
    // As it is, it stays an error until the people who continue it know it.
    let root = workshop.qms_as("grace", &[&lost[..], &["--as-it-is"]].concat()).ok().text();
    let options = ["--strict", "--trust-root", root.as_str()];
    let verdict = workshop.verify_with(&workshop.repo(), &options);
    verdict.rejects("line-removed", &workshop.made.deploy);
    let line = verdict.json["findings"].to_string();
    let line = line.split("--line ").nth(1).expect("a hint").chars().take(64).collect::<String>();
    workshop.qms_as("grace", &["trust", "known", "--line", &line]).ok();
    workshop.verify_with(&workshop.repo(), &options).passes_with("info", "line-removed", &workshop.made.deploy);
}

#[test]
fn t05_an_attacker_who_declares_a_continuation_passes_nobodys_pin() {
    let workshop = Workshop::new();
    let mallory = workshop.path("mallory");
    let origin = workshop.path("origin.git").display().to_string();
    workshop.git_in(workshop.dir.path(), &["clone", "-q", &origin, "mallory"]).ok();
    workshop.qms_in(&mallory, &["sync", "--fetch-only"]).ok();
    // Signed by a key of his own, every name in it as it was.
    let key = workshop.key("mallory");
    let begin = ["trust", "recover", "--member", "ada", "--quiet", "--key", &key];
    let forged = workshop.qms_in(&mallory, &begin).ok().text();
    workshop.verify_in(&mallory).rejects("trust-root-differs", "refs/qms/trust");
    let unpinned = workshop.verify_with(&mallory, &["--strict"]);
    unpinned.is_incomplete();
    assert!(unpinned.has("warning", "continuity-claimed", "refs/qms/trust"), "{:#}", unpinned.json);
    // With push rights he puts it in the place of the true one: no clone takes it over, and a fresh one says whose it is.
    let push =
        ["push", "-q", "--no-verify", "--force", "origin", "refs/notes/qms", "refs/qms/trust", "refs/qms/archive/*"];
    workshop.git_in(&mallory, &push).ok();
    workshop.qms(&["sync"]).exits(1);
    workshop.verify().passes();
    workshop.verify_in(&workshop.clone_of_origin("fresh")).rejects("trust-root-differs", "refs/qms/trust");
    assert_ne!(forged, workshop.made.root);
}

#[test]
fn t05_the_archive_is_what_was_signed_of_it_whatever_its_references_say() {
    let recovered = Recovered::new();
    let (workshop, archive) = (&recovered.workshop, &recovered.archive);
    let (notes, trust) = (format!("{archive}/notes"), format!("{archive}/trust"));
    let restore: Vec<(String, String)> =
        [&notes, &trust].map(|name| (name.clone(), workshop.git(&["rev-parse", name]))).into();
    let put_back = || {
        for (name, to) in &restore {
            workshop.git(&["update-ref", name, to]);
        }
    };
    let moved = |name: &str, to: &str| {
        workshop.git(&["update-ref", name, to]);
        let verdict = recovered.verify();
        put_back();
        verdict
    };
    let old = format!("{notes}~1");
    moved(&notes, &workshop.git(&["rev-parse", &old])).rejects("archive-differs", &notes);
    moved(&notes, &workshop.git(&["rev-parse", "refs/notes/qms"])).rejects("archive-differs", &notes);
    moved(&trust, &workshop.git(&["rev-parse", &format!("{trust}~1")])).rejects("archive-differs", &trust);
    moved(&trust, &workshop.git(&["rev-parse", "refs/qms/trust"])).rejects("archive-differs", &trust);
    for name in [&notes, &trust] {
        workshop.git(&["update-ref", "-d", name]);
        let verdict = recovered.verify();
        verdict.is_incomplete();
        assert!(verdict.has("incomplete", "archive-missing", name), "{:#}", verdict.json);
        put_back();
    }
    // Who finds the lost key goes on with the old project: nothing of it is in what was continued.
    let here = |name: &str| workshop.git(&["rev-parse", name]);
    let (ours, theirs) = ((here("refs/notes/qms"), here("refs/qms/trust")), (here(&notes), here(&trust)));
    workshop.git(&["update-ref", "refs/notes/qms", &theirs.0]);
    workshop.git(&["update-ref", "refs/qms/trust", &theirs.1]);
    workshop.qms(&["trust", "grant", "ada", "--role", "release-manager"]).ok();
    workshop.git(&["update-ref", &notes, &here("refs/notes/qms")]);
    workshop.git(&["update-ref", &trust, &here("refs/qms/trust")]);
    workshop.git(&["update-ref", "refs/notes/qms", &ours.0]);
    workshop.git(&["update-ref", "refs/qms/trust", &ours.1]);
    let valid = |verdict: &Verdict| verdict.json["archives"][0]["valid"].as_u64();
    let verdict = recovered.verify();
    assert_eq!(valid(&verdict), valid(&moved(&notes, &theirs.0)), "{:#}", verdict.passes().json);
}

#[test]
fn t05_tags_are_judged_by_the_project_that_their_manifest_names() {
    let recovered = Recovered::new();
    let (workshop, tag) = (&recovered.workshop, recovered.workshop.made.tag.clone());
    let name = format!("refs/tags/{tag}");
    let object = workshop.git(&["rev-parse", &name]);
    workshop.git(&["update-ref", "-d", &name]);
    recovered.verify().rejects("tag-missing", &name);
    workshop.git(&["update-ref", &name, &workshop.made.commit]);
    recovered.verify().rejects("tag-moved", &name);
    workshop.git(&["update-ref", &name, &object]);
    // A tag of the old project that its ledger does not have, as somebody with an old key would make it.
    let mut forged = workshop.release_tag();
    let fake = tag.replace("chg-1842", "chg-666");
    forged.message = forged.message.replace(&tag, &fake);
    forged.name.clone_from(&fake);
    let forged = forged.sign(signer(workshop, "grace").as_ref()).expect("signs");
    let stored = workshop.store_tag(&forged);
    let fake = format!("refs/tags/{fake}");
    workshop.git(&["update-ref", &fake, &stored]);
    recovered.verify().rejects("tag-unrecorded", &fake);
}

#[test]
fn t05_a_checkpoint_of_the_project_before_is_held_against_its_archive() {
    let workshop = Workshop::new();
    let seen = workshop.path("seen.json").display().to_string();
    workshop.qms(&["checkpoint", "--to", &seen]).ok();
    let later: PathBuf = workshop.path("later.json");
    let later = later.display().to_string();
    let before = workshop.git(&["rev-parse", "refs/notes/qms"]);
    crate::workshop::tests(&workshop).ok();
    workshop.qms(&["checkpoint", "--to", &later]).ok();
    // Whoever begins anew leaves out what was recorded last.
    workshop.git(&["update-ref", "refs/notes/qms", &before]);
    let root = recover(&workshop, &["--member", "ada"]).ok().text();
    let with =
        |file: &str| workshop.verify_with(&workshop.repo(), &["--strict", "--trust-root", &root, "--checkpoint", file]);
    with(&seen).passes();
    with(&later).rejects("checkpoint-ahead", "");
}
