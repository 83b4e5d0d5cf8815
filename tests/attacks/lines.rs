//! Lines that are edited, copied, forged or merely garbage.

use git_qms::envelope::Envelope;
use git_qms::record::LineDigest;

use crate::forge::{approval, plan, signer};
use crate::workshop::Workshop;

/// The line of the test record with one change.
fn edited(edit: impl FnOnce(&Workshop, String) -> String, code: &str) {
    let workshop = Workshop::new();
    let commit = workshop.made.commit.clone();
    let line = workshop.line_of(&commit, &workshop.made.test);
    let other = edit(&workshop, line.clone());
    assert_ne!(other, line);
    let lines = workshop.lines_on(&commit).into_iter().map(|old| if old == line { other.clone() } else { old });
    workshop.set_lines(&commit, lines.collect());
    let verdict = workshop.verify();
    verdict.rejects(code, &commit).rejects("line-removed", &workshop.made.test);
    assert_eq!(verdict.count("void"), 1);
    workshop.qms(&["gate"]).exits(1);
}

/// Changes one base64 character of a member's value.
fn flip(line: &str, member: &str) -> String {
    let at = line.find(&format!("\"{member}\":\"")).expect("a member") + member.len() + 24;
    let other = if line.as_bytes()[at] == b'A' { "B" } else { "A" };
    format!("{}{other}{}", &line[..at], &line[at + 1..])
}

#[test]
fn a05_an_edited_payload_is_void() {
    edited(|_, line| flip(&line, "payload"), "signature-wrong");
}

#[test]
fn a05_an_edited_signature_is_void() {
    edited(|_, line| flip(&line, "sig"), "signature-wrong");
}

#[test]
fn a05_the_keyid_of_another_member_is_void() {
    let swap = |workshop: &Workshop, line: String| {
        let id = |name| signer(workshop, name).public_key().fingerprint().to_string();
        line.replace(&id("ci"), &id("grace"))
    };
    edited(swap, "signature-wrong");
}

#[test]
fn a06_a_garbage_line_is_an_error_until_it_is_known_and_stays_listed() {
    let workshop = Workshop::new();
    let commit = workshop.made.commit.clone();
    workshop.put_line(&commit, "garbage");
    let verdict = workshop.verify();
    verdict.rejects("envelope-form", &commit);
    assert_eq!(verdict.count("void"), 1);
    // Everybody goes on recording meanwhile.
    crate::workshop::tests(&workshop).ok();
    let line = LineDigest::of(b"garbage").to_string();
    workshop.qms(&["trust", "known", "--line", &line]).ok();
    let verdict = workshop.verify();
    verdict.passes_with("info", "envelope-form", &commit);
    assert_eq!(verdict.count("void"), 1);
    workshop.qms(&["gate"]).ok();
}

#[test]
fn a06_an_unsigned_statement_is_void() {
    let workshop = Workshop::new();
    let commit = workshop.made.commit.clone();
    let line = workshop.line_of(&commit, &workshop.made.test);
    let payload = Envelope::parse(line.as_bytes()).expect("a line").payload().to_vec();
    workshop.put_line(&commit, std::str::from_utf8(&payload).expect("JSON"));
    workshop.verify().rejects("envelope-form", &commit);
}

#[test]
fn a07_a_note_copied_by_git_is_void_where_it_lands() {
    let workshop = Workshop::new();
    let other = workshop.commit("file", "two\n");
    workshop.git(&["notes", "--ref=qms", "copy", &workshop.made.commit, &other]);
    workshop.verify().rejects("subject-differs", &other);
    workshop.qms(&["gate"]).exits(1);
}

#[test]
fn a07_a_note_rewritten_along_with_an_amended_commit_is_void_there() {
    let workshop = Workshop::new();
    workshop.git(&["config", "notes.rewriteRef", "refs/notes/qms"]);
    workshop.git(&["commit", "-q", "--amend", "-m", "Amended"]);
    let amended = workshop.git(&["rev-parse", "HEAD"]);
    assert!(!workshop.lines_on(&amended).is_empty(), "git copied the note");
    workshop.verify().rejects("subject-differs", &amended);
}

#[test]
fn a08_a_record_of_another_project_with_the_same_commit_is_void() {
    let (ours, theirs) = (Workshop::new(), Workshop::new());
    // The same commits, another trust root: the other project is a clone with a root of its own.
    for reference in ["refs/qms/trust", "refs/notes/qms"] {
        theirs.git(&["update-ref", "-d", reference]);
    }
    theirs.git(&["update-ref", "-d", &format!("refs/tags/{}", theirs.made.tag)]);
    for tracking in ["notes", "trust"] {
        theirs.git(&["update-ref", "-d", &format!("refs/qms/remotes/origin/{tracking}")]);
    }
    theirs.git(&["remote", "remove", "origin"]);
    theirs.qms(&["init", "--name", "payments-api", "--member", "ada"]).ok();
    let change = ["--change", "CHG-9", "--reason", "Of another project", "--quiet"];
    let id = theirs.qms(&[&["record", "plan", "--service", "payments-api"][..], &change].concat()).ok().text();
    let commit = &ours.made.commit;
    ours.put_line(commit, &theirs.line_of(commit, &id));
    ours.verify().rejects("project-differs", commit);
}

#[test]
fn a09_a_payload_under_another_payload_type_is_void() {
    let type_of_trust = |_: &Workshop, line: String| line.replace("vnd.in-toto+json", "vnd.git-qms.trust+json");
    edited(type_of_trust, "envelope-form");
}

#[test]
fn a09_a_predicate_under_the_type_of_another_kind_is_void() {
    let workshop = Workshop::new();
    let commit = workshop.made.commit.clone();
    let (_, line) = workshop.line("ada", "ada", &commit, &plan("a plan"), |_| ());
    let payload = Envelope::parse(line.as_bytes()).expect("a line").payload().to_vec();
    let payload = String::from_utf8(payload).expect("JSON").replace("urn:git-qms:plan:v1", "urn:git-qms:approval:v1");
    let forged = Envelope::sign(payload.into_bytes(), signer(&workshop, "ada").as_ref()).expect("signs").to_line();
    workshop.put_line(&commit, &forged);
    workshop.verify().rejects("statement-malformed", &commit);
}

#[test]
fn a11_a_record_by_an_unknown_key_is_void() {
    let workshop = Workshop::new();
    let commit = workshop.made.commit.clone();
    let (_, line) = workshop.line("grace", "mallory", &commit, &approval("qa"), |_| ());
    workshop.put_line(&commit, &line);
    workshop.verify().rejects("key-unknown", &commit);
}

#[test]
fn a11_a_record_by_a_member_without_the_role_is_void() {
    let workshop = Workshop::new();
    let commit = workshop.made.commit.clone();
    workshop.put_record("ci", &commit, &approval("ci"), |_| ());
    workshop.verify().rejects("role-missing", &commit);
    // Nor does somebody who may approve do so in a role of others.
    let workshop = Workshop::new();
    workshop.put_record("ada", &commit_of(&workshop), &approval("release-manager"), |_| ());
    workshop.verify().rejects("role-missing", &commit_of(&workshop));
}

fn commit_of(workshop: &Workshop) -> String {
    workshop.made.commit.clone()
}

#[test]
fn a32_another_spelling_of_an_envelope_is_void_and_counts_once() {
    let spellings: [fn(&str) -> String; 4] = [
        |line| line.replacen("{\"payload\"", "{ \"payload\"", 1),
        |line| format!("{line}\r"),
        |line| {
            let sig = line.split("\"signatures\":[").nth(1).expect("signatures").trim_end_matches("]}");
            line.replacen("]}", &format!(",{sig}]}}"), 1)
        },
        |line| {
            let (payload, rest) = line.split_once("\",\"payloadType\":").expect("a member");
            format!("{{\"payloadType\":{},{}\"}}", rest.trim_end_matches('}'), payload.trim_start_matches('{'))
        },
    ];
    let workshop = Workshop::new();
    let commit = workshop.made.commit.clone();
    let valid = workshop.verify().count("valid");
    let line = workshop.line_of(&commit, &workshop.made.test);
    for spelling in spellings {
        let other = spelling(&line);
        assert_ne!(other, line);
        workshop.put_line(&commit, &other);
    }
    let verdict = workshop.verify();
    verdict.rejects("envelope-form", &commit);
    assert_eq!((verdict.count("void"), verdict.count("valid")), (4, valid));
}
