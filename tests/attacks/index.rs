//! A26: a poisoned index below the git directory.

use std::path::PathBuf;

use rusqlite::Connection;

use crate::workshop::{Run, Workshop};

/// With an index, and a ledger in which a line is void.
fn spoiled() -> (Workshop, Vec<u8>) {
    let workshop = Workshop::new();
    workshop.git(&["config", "qms.index", "true"]);
    workshop.qms(&["verify"]).ok();
    let sound = std::fs::read(file(&workshop)).expect("an index");
    let commit = workshop.made.commit.clone();
    let mut lines = workshop.lines_on(&commit);
    lines.push("garbage".to_owned());
    workshop.set_lines(&commit, lines);
    verify(&workshop).exits(1).says("envelope-form");
    (workshop, sound)
}

fn file(workshop: &Workshop) -> PathBuf {
    workshop.repo().join(".git/qms/index.sqlite")
}

/// Not strictly: the index is looked at.
fn verify(workshop: &Workshop) -> Run {
    workshop.qms(&["verify", "--json", "--all"])
}

fn edited(workshop: &Workshop, sql: &str) {
    let connection = Connection::open(file(workshop)).expect("an index");
    connection.execute_batch(sql).expect(sql);
}

/// The findings are taken out of the state.
const NO_FINDINGS: &str =
    "UPDATE state SET text = CAST(json_set(CAST(text AS TEXT), '$.summary.findings', json('[]')) AS BLOB)";

#[test]
fn a26_a_poisoned_index_hides_nothing_and_makes_nothing_good() {
    let (workshop, sound) = spoiled();
    let (said, gate) =
        (verify(&workshop).out, workshop.qms(&["gate", "--format", "markdown", "--at", "2030-01-01"]).out);
    let counts = "UPDATE state SET text = CAST(json_set(CAST(text AS TEXT), '$.summary.counts.void', 0) AS BLOB)";
    let tip = workshop.git(&["rev-parse", "refs/notes/qms"]);
    let poisons = [
        NO_FINDINGS.to_owned(),
        counts.to_owned(),
        format!("{NO_FINDINGS}; UPDATE state SET mac = zeroblob(32)"),
        "DELETE FROM state".to_owned(),
        "DELETE FROM chunk".to_owned(),
        "UPDATE chunk SET bytes = zeroblob(length(bytes))".to_owned(),
        "UPDATE state SET stamps = x''".to_owned(),
        "DROP TABLE state; CREATE VIEW state AS SELECT 1 AS id, 0 AS chunks, 0 AS sealed, x'' AS root, x'' AS mac, x'' AS text, x'' AS stamps".to_owned(),
        "PRAGMA user_version = 7".to_owned(),
    ];
    for poison in &poisons {
        edited(&workshop, poison);
        assert_eq!(verify(&workshop).exits(1).out, said, "{poison}");
        edited(&workshop, poison);
        assert_eq!(workshop.qms(&["gate", "--format", "markdown", "--at", "2030-01-01"]).out, gate, "{poison}");
    }
    // The index of before the line came, with the tip of now written into it: its code is of another text.
    std::fs::write(file(&workshop), &sound).expect("written");
    edited(
        &workshop,
        &format!("UPDATE state SET text = CAST(json_set(CAST(text AS TEXT), '$.summary.tip', '{tip}') AS BLOB)"),
    );
    assert_eq!(verify(&workshop).exits(1).out, said);
    // As it was: true of then, and what came since is verified.
    std::fs::write(file(&workshop), &sound).expect("written");
    assert_eq!(verify(&workshop).exits(1).out, said);
    // Torn, and no database at all.
    for length in [0, 100, sound.len() / 2, sound.len() - 1] {
        std::fs::write(file(&workshop), &sound[..length]).expect("written");
        assert_eq!(verify(&workshop).exits(1).out, said, "{length} bytes");
    }
}

#[test]
fn a26_the_index_of_another_key_or_repository_is_not_believed() {
    let (workshop, sound) = spoiled();
    let said = verify(&workshop).out;
    // The attacker's own key, and an index that is sound under it, of the same project.
    let attacker = Workshop::new();
    attacker.git(&["config", "qms.index", "true"]);
    attacker.qms(&["verify"]).ok();
    edited(&attacker, NO_FINDINGS);
    std::fs::copy(file(&attacker), file(&workshop)).expect("copied");
    assert_eq!(verify(&workshop).exits(1).out, said);
    // One's own, of the same repository at another place.
    let key = workshop.path("home/.local/state/git-qms");
    std::fs::create_dir_all(attacker.path("home/.local/state/git-qms")).expect("a folder");
    std::fs::copy(key.join("index.key"), attacker.path("home/.local/state/git-qms/index.key")).expect("copied");
    std::fs::write(file(&attacker), &sound).expect("written");
    let moved = attacker.qms(&["verify", "--json", "--all"]).ok().out;
    std::fs::remove_file(file(&attacker)).expect("an index");
    assert_eq!(attacker.qms(&["verify", "--json", "--all"]).ok().out, moved);
}

#[test]
fn a26_strict_neither_reads_nor_writes_it() {
    let (workshop, _) = spoiled();
    let said = workshop.verify();
    said.rejects("envelope-form", &workshop.made.commit);
    edited(&workshop, NO_FINDINGS);
    let poisoned = std::fs::read(file(&workshop)).expect("an index");
    assert_eq!(workshop.verify().json, said.json);
    assert_eq!(std::fs::read(file(&workshop)).expect("an index"), poisoned);
    // Nor could it: opening what stands there would wait for ever.
    std::fs::remove_file(file(&workshop)).expect("an index");
    let fifo = file(&workshop).display().to_string();
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    if made.is_ok_and(|status| status.success()) {
        assert_eq!(workshop.verify().json, said.json);
    }
    // And it makes none.
    std::fs::remove_dir_all(workshop.repo().join(".git/qms")).expect("a folder");
    workshop.verify();
    assert!(!workshop.repo().join(".git/qms").exists());
}
