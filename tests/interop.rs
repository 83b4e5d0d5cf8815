//! Verifiers that others wrote, asked about a repository that git-qms made.
//!
//! Missing ones are skipped, and say so; with `QMS_REQUIRE_INTEROP=1` they fail.

#![cfg(feature = "cli")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use git_qms::envelope::Envelope;
use git_qms::keys;
use git_qms::record::kind::plan::Plan;
use git_qms::record::{Claim, CommitId, Kind, statement};
use serde_json::Value;

#[path = "interop/exports.rs"]
mod exports;
#[path = "support/project.rs"]
mod project;
#[path = "interop/verdicts.rs"]
mod verdicts;

use project::Project;

const NOTES: &str = "refs/notes/qms";

/// Whether a verifier is there; if not, the test is skipped in plain sight, or fails where it is required.
fn has(what: &str, mut probe: Command) -> bool {
    let there = probe.output().is_ok_and(|output| output.status.success());
    if !there {
        assert!(std::env::var_os("QMS_REQUIRE_INTEROP").is_none(), "{what} is required here and missing");
        eprintln!("SKIPPED: {what} is not installed");
    }
    there
}

fn has_python(module: &str) -> bool {
    let mut probe = Command::new("python3");
    probe.args(["-c", &format!("import {module}")]);
    has(&format!("Python's {module}"), probe)
}

fn python(project: &Project, script: &str, args: &[&str]) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop").join(script);
    let mut command = project.command("python3", project.outside());
    command.env("PYTHONDONTWRITEBYTECODE", "1").arg(script).args(args);
    command.output().expect("python3 runs")
}

/// Runs the program as ada, however it ends.
fn qms(project: &Project, dir: &Path, args: &[&str]) -> Output {
    let mut command = project.command(project::PROGRAM, dir);
    command.env("QMS_SIGNING_KEY", project.key("ada")).args(args).output().expect("the program runs")
}

/// A copy of the work tree with its repository, to be tampered with.
fn copy_of(project: &Project, name: &str) -> PathBuf {
    let to = project.outside().join(name);
    let copied = Command::new("cp").arg("-r").arg(project.path()).arg(&to).status().expect("cp runs");
    assert!(copied.success());
    to
}

fn json(output: &Output) -> Value {
    let said = || format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", said()))
}

#[test]
fn interop_git_verifies_the_tag_and_refuses_one_changed_byte() {
    let (project, tag) = Project::released();
    let signers = project.outside().join("signers").display().to_string();
    project.qms(&["trust", "export", "--format", "allowed-signers", "--to", &signers]).ok();
    let config = format!("gpg.ssh.allowedSignersFile={signers}");
    project.git(&["-c", &config, "verify-tag", &tag]);
    let raw = project.git(&["cat-file", "tag", &tag]).replace("Refund limits", "Refund limitz") + "\n";
    let forged = hash_object(&project, project.path(), "tag", raw.as_bytes());
    project.git(&["update-ref", &format!("refs/tags/{tag}"), &forged]);
    let verified =
        project.command("git", project.path()).args(["-c", &config, "verify-tag", &tag]).output().expect("git");
    assert!(!verified.status.success());
    let ours = qms(&project, project.path(), &["verify", "--json"]);
    assert_eq!((ours.status.code(), codes(&json(&ours)).contains(&"tag-moved".to_owned())), (Some(1), true));
}

#[test]
fn interop_git_evtag_accepts_the_digest_of_the_tree() {
    let mut probe = Command::new("git-evtag");
    probe.arg("--help");
    if !has("git-evtag", probe) {
        return;
    }
    let (project, tag) = Project::released();
    let said = project.git(&["evtag", "verify", "--no-signature", &tag]);
    assert!(said.contains("Successfully verified: Git-EVTag-v0-SHA512"), "{said}");
}

#[test]
fn interop_git_shows_the_notes_that_were_written() {
    let (project, _) = Project::released();
    let note = project.git(&["notes", "--ref=qms", "show", "HEAD"]);
    let log = project.git(&["log", "-1", "--notes=qms", "--format=%N"]);
    assert_eq!(note.trim(), log.trim());
    let mut sorted: Vec<&str> = note.lines().collect();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(note.lines().collect::<Vec<_>>(), sorted);
    assert!(note.lines().all(|line| Envelope::parse(line.as_bytes()).is_ok()));
}

#[test]
fn interop_securesystemslib_and_in_toto_read_every_envelope() {
    if !has_python("securesystemslib, in_toto_attestation, cryptography") {
        return;
    }
    let (project, _) = Project::released();
    let read = python(&project, "check_envelopes.py", &[&project.path().display().to_string()]);
    assert!(
        read.status.success(),
        "{}{}",
        String::from_utf8_lossy(&read.stdout),
        String::from_utf8_lossy(&read.stderr)
    );
}

#[test]
fn interop_the_second_reader_verifies_the_whole_repository() {
    if !has_python("cryptography") {
        return;
    }
    let (project, _) = Project::released();
    let root = project.qms(&["trust", "show", "--root"]).ok().id();
    let theirs = python(
        &project,
        "second_reader.py",
        &["--strict", "--trust-root", &root, &project.path().display().to_string()],
    );
    let ours = qms(&project, project.path(), &["verify", "--json", "--strict", "--trust-root", &root]);
    assert_eq!(
        (theirs.status.code(), ours.status.code()),
        (Some(0), Some(0)),
        "{}",
        String::from_utf8_lossy(&theirs.stdout)
    );
    assert_eq!(json(&theirs)["counts"]["valid"], json(&ours)["counts"]["valid"]);
}

/// What an attacker does to a copy, and the code by which both readers have to name it.
type Tampering = (&'static str, fn(&Project, &Path, &str), &'static str);

const TAMPERINGS: [Tampering; 10] = [
    ("dropped-line", |project, copy, _| edit_note(project, copy, |lines| drop(lines.remove(0))), "line-removed"),
    (
        "payload-byte",
        |project, copy, _| edit_note(project, copy, |lines| lines[0].replace_range(12..16, "eyJ9")),
        "signature-wrong",
    ),
    (
        "other-key",
        |project, copy, _| {
            edit_note(project, copy, |lines| {
                let at = lines[0].find("SHA256:").expect("a keyid") + 7;
                lines[0].replace_range(at..at + 4, "AAAA");
            });
        },
        "key-unknown",
    ),
    (
        "copied",
        |project, copy, _| drop(project.git_in(copy, &["notes", "--ref=qms", "copy", "HEAD", "HEAD~1"])),
        "subject-differs",
    ),
    ("foreign-project", foreign, "project-differs"),
    (
        "rolled-back",
        |project, copy, _| drop(project.git_in(copy, &["update-ref", NOTES, &format!("{NOTES}~4")])),
        "tag-unrecorded",
    ),
    ("without-role", without_role, "role-missing"),
    ("moved-tag", |project, copy, tag| drop(project.git_in(copy, &["tag", "-f", tag, "HEAD~1"])), "tag-moved"),
    ("skipped-trust", skipped_trust, "trust-fault"),
    ("duplicate-key", duplicate_key, "statement-malformed"),
];

#[test]
fn interop_the_second_reader_agrees_on_ten_tampered_copies() {
    if !has_python("cryptography") {
        return;
    }
    let (project, tag) = Project::released();
    let root = project.qms(&["trust", "show", "--root"]).ok().id();
    for (name, tamper, code) in TAMPERINGS {
        let copy = copy_of(&project, name);
        tamper(&project, &copy, &tag);
        let ours = qms(&project, &copy, &["verify", "--json", "--trust-root", &root]);
        let theirs = python(&project, "second_reader.py", &["--trust-root", &root, &copy.display().to_string()]);
        let (our_codes, their_codes) = (codes(&json(&ours)), codes(&json(&theirs)));
        assert_eq!(
            (ours.status.code(), theirs.status.code()),
            (Some(1), Some(1)),
            "{name}: {our_codes:?} {their_codes:?}"
        );
        assert!(our_codes.contains(&code.to_owned()), "{name}: {our_codes:?}");
        assert_eq!(our_codes, their_codes, "{name}");
    }
}

/// The codes of all errors, each once, sorted.
fn codes(verification: &Value) -> Vec<String> {
    let findings = verification["findings"].as_array().expect("findings");
    let errors = findings.iter().filter(|finding| finding["severity"] == "error");
    let mut codes: Vec<String> = errors.map(|finding| finding["code"].as_str().expect("a code").to_owned()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn hash_object(project: &Project, dir: &Path, kind: &str, content: &[u8]) -> String {
    let file = project.outside().join("object");
    std::fs::write(&file, content).expect("writable");
    project.git_in(dir, &["hash-object", "-t", kind, "-w", "--literally", &file.display().to_string()])
}

fn edit_note(project: &Project, copy: &Path, edit: impl FnOnce(&mut Vec<String>)) {
    let note = project.git_in(copy, &["notes", "--ref=qms", "show", "HEAD"]);
    let mut lines: Vec<String> = note.lines().map(str::to_owned).collect();
    edit(&mut lines);
    put_note(project, copy, lines);
}

fn put_note(project: &Project, copy: &Path, mut lines: Vec<String>) {
    lines.sort_unstable();
    let blob = hash_object(project, copy, "blob", (lines.join("\n") + "\n").as_bytes());
    project.git_in(copy, &["notes", "--ref=qms", "add", "-f", "-C", &blob, "HEAD"]);
}

/// A line that is signed by a member over the ledger's tip, put there with stock git.
fn forge(project: &Project, copy: &Path, who: &str, payload: &dyn Fn(Vec<u8>) -> Vec<u8>) {
    let note = project.git_in(copy, &["notes", "--ref=qms", "show", "HEAD"]);
    let sample = note.lines().find_map(|line| {
        let record = statement::parse(Envelope::parse(line.as_bytes()).ok()?.payload()).ok()?;
        (record.header.kind == Kind::Plan).then_some(record)
    });
    let mut header = sample.expect("a plan").header;
    header.recorder = who.parse().expect("a member id");
    header.ledger = Some(project.git_in(copy, &["rev-parse", NOTES]).parse().expect("a commit id"));
    let commit: CommitId = project.git_in(copy, &["rev-parse", "HEAD"]).parse().expect("a commit id");
    let plan = Plan {
        reason: "forged".into(),
        requirements: Vec::new(),
        change_type: None,
        risk_tier: None,
        known_risks: Vec::new(),
        rollout_strategy: None,
        monitoring_plan: None,
        rollback_criteria: None,
    };
    let written = statement::write(commit, &header, &[], &Claim::Plan(plan)).expect("a statement");
    let key = keys::file::key(project.key(who).as_ref(), None).expect("a key");
    let line = Envelope::sign(payload(written), &key).expect("signs").to_line();
    edit_note(project, copy, |lines| lines.push(line));
}

fn without_role(project: &Project, copy: &Path, _: &str) {
    forge(project, copy, "ci", &|payload| payload);
}

fn duplicate_key(project: &Project, copy: &Path, _: &str) {
    forge(project, copy, "ada", &|payload| {
        let text = String::from_utf8(payload).expect("JSON");
        text.replacen(r#""reason":"forged""#, r#""reason":"harmless","re\u0061son":"forged""#, 1).into_bytes()
    });
}

/// A record of another project about the same commit.
fn foreign(project: &Project, copy: &Path, _: &str) {
    let other = copy_of(project, "other");
    for name in [NOTES, "refs/qms/trust"] {
        project.git_in(&other, &["update-ref", "-d", name]);
    }
    let run = |args: &[&str]| {
        let output = qms(project, &other, args);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    run(&["init", "--name", "other", "--member", "ada"]);
    run(&["record", "plan", "--change", "C-1", "--reason", "another project"]);
    let line = project.git_in(&other, &["notes", "--ref=qms", "show", "HEAD"]);
    edit_note(project, copy, |lines| lines.push(line));
}

/// Version 3 directly upon version 1.
fn skipped_trust(project: &Project, copy: &Path, _: &str) {
    let first = project.git_in(copy, &["rev-list", "--max-parents=0", "refs/qms/trust"]);
    let skipping = project.git_in(copy, &["commit-tree", "-p", &first, "-m", "skip", "refs/qms/trust^{tree}"]);
    project.git_in(copy, &["update-ref", "refs/qms/trust", &skipping]);
}
