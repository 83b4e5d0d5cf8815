//! What can be wrong with a setup: broken, found by `git qms doctor`, mended by `--fix` where that is safe, and well again.

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::desk::Desk;

/// What a check says: its state, what it found, and the way to mend it.
fn found(told: &Value, name: &str) -> (String, String, String) {
    let checks = told["checks"].as_array().expect("checks");
    let check = checks.iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("no check {name}: {told}"));
    let text = |member: &str| check[member].as_str().unwrap_or_default().to_owned();
    (text("state"), text("what"), text("mend"))
}

fn told(command: &mut Command) -> Value {
    let output = command.output().expect("it runs");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

fn mode(file: &Path) -> u32 {
    std::fs::metadata(file).expect("a file").permissions().mode() & 0o777
}

fn chmod(file: &Path, mode: u32) {
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode)).expect("it is ours");
}

#[test]
fn u01_a_key_that_others_can_read_is_taken_away_from_them() {
    let desk = Desk::founded();
    let key = desk.path("keys/ada");
    chmod(&key, 0o644);
    let (state, what, mend) = found(&desk.say("doctor --json").exit(1).json(), "key");
    assert_eq!(state, "wrong");
    assert!(what.contains("has mode 0644") && mend.contains("chmod 600"), "{what} {mend}");
    assert_eq!(mode(&key), 0o644, "looking changes nothing");
    desk.say("doctor --fix").exit(0);
    assert_eq!(mode(&key), 0o600);
    assert_eq!(found(&desk.say("doctor --json").exit(0).json(), "key").0, "ok");
}

#[test]
fn u01_an_encrypted_key_is_sent_to_the_agent_and_serves_once_it_is_there() {
    let desk = Desk::founded();
    std::fs::copy(desk.path("keys/ada"), desk.path("keys/locked")).expect("a copy");
    let folder = desk.path("keys");
    let done = desk.program("ssh-keygen", &["-q", "-p", "-P", "", "-N", "word", "-f", "locked"], &folder).status();
    assert!(done.expect("ssh-keygen is installed").success());
    for args in ["doctor --json --key ../keys/locked", "doctor --fix --json --key ../keys/locked"] {
        let (state, what, mend) = found(&desk.say(args).exit(1).json(), "key");
        assert_eq!(state, "wrong");
        assert!(what.contains("is encrypted") && what.contains("no ssh-agent is running"), "{what}");
        assert!(mend.ends_with("ssh-add ../keys/locked") && mend.contains("eval \"$(ssh-agent)\""), "{mend}");
    }
    // An agent that went away without a word.
    let mut command = desk.command(&desk.path("payments"), &["doctor", "--json", "--key", "../keys/locked"]);
    let (_, what, _) = found(&told(command.env("SSH_AUTH_SOCK", desk.path("gone.sock"))), "key");
    assert!(what.contains("is it running? SSH_AUTH_SOCK names it"), "{what}");

    // As its owner does: into the agent, with the passphrase. Here the same key without one.
    let run = format!(
        "ssh-agent -a ../agent.sock sh -c 'ssh-add -q ../keys/ada && \"$@\"' sh {} doctor --json --key ../keys/locked",
        env!("CARGO_BIN_EXE_git-qms")
    );
    let after = told(&mut desk.program("sh", &["-c", &run], &desk.path("payments")));
    let (state, what, _) = found(&after, "key");
    assert!(state == "ok" && what.ends_with("in ssh-agent"), "{after}");
}

#[test]
fn u01_an_ssh_key_that_git_was_not_told_to_use_is_taken_by_fix() {
    let desk = Desk::founded();
    let key = desk.path("keys/ada").display().to_string();
    desk.git(&["config", "user.signingKey", &key]);
    let doctor = |args: &[&str]| {
        let mut command = desk.command(&desk.path("payments"), args);
        told(command.env_remove("QMS_SIGNING_KEY"))
    };
    let (state, what, mend) = found(&doctor(&["doctor", "--json"]), "key");
    assert_eq!(state, "wrong");
    assert!(what.contains("gpg.format is not ssh") && mend.contains("gpg.format ssh"), "{what} {mend}");
    let after = doctor(&["doctor", "--fix", "--json"]);
    assert_eq!((found(&after, "key").0.as_str(), &after["result"]), ("ok", &"pass".into()), "{after}");
    assert_eq!(desk.git(&["config", "qms.signingKey"]), key);
    // What is no SSH key is left to gpg.
    desk.git(&["config", "--unset", "qms.signingKey"]);
    desk.git(&["config", "user.signingKey", "0123ABCD"]);
    let (state, what, mend) = found(&doctor(&["doctor", "--json"]), "key");
    assert_eq!(state, "wrong");
    assert!(what.contains("(not ssh: gpg.format)") && mend.contains("git config qms.signingKey PATH"), "{what} {mend}");
}

#[test]
fn u01_an_index_that_helps_nobody_is_found_and_taken_away() {
    let desk = Desk::founded();
    desk.git(&["config", "qms.index", "true"]);
    desk.say("verify").exit(0);
    let index = desk.path("payments/.git/qms/index.sqlite");
    let key = desk.path("home/.local/state/git-qms/index.key");
    let look = || found(&desk.say("doctor --json").exit(0).json(), "index");
    let is_well = || {
        let told = desk.say("doctor --fix --json").exit(0).json();
        assert_eq!(found(&told, "index").0, "ok", "{told}");
        let (state, what, _) = look();
        assert!(state == "ok" && what.contains("are remembered as verified"), "{what}");
    };
    is_well();

    std::fs::write(&index, "no database").expect("written");
    for _ in 0..2 {
        let (state, what, mend) = look();
        assert!(state == "odd" && what.contains("cannot be used: file is not a database"), "{what}");
        assert!(mend.starts_with("git qms doctor --fix"), "{mend}");
    }
    assert_eq!(std::fs::read(&index).expect("a file"), b"no database", "looking changes nothing");
    is_well();

    std::fs::remove_file(&index).expect("a file");
    symlink(desk.path("elsewhere"), &index).expect("a link");
    assert!(look().1.contains("is no file"), "{:?}", look());
    is_well();

    chmod(&key, 0o644);
    assert!(look().1.ends_with("others can read it"), "{:?}", look());
    is_well();
    assert_eq!(mode(&key), 0o600);

    let done = desk.program("cp", &["-r", "payments", "copied"], &desk.path("")).status().expect("it runs");
    assert!(done.success());
    let told = desk.qms_in("copied", &["doctor", "--json"]).exit(0).json();
    assert!(found(&told, "index").1.contains("moved or copied, or somebody altered it"), "{told}");

    // What cannot be taken away is said, and stays.
    std::fs::remove_file(&index).expect("a file");
    std::fs::create_dir(&index).expect("a folder");
    let said = desk.say("doctor --fix").exit(0);
    assert!(said.err.contains("index: not mended"), "{said:?}");
}

#[test]
fn u01_a_ledger_that_others_have_added_to_is_found() {
    let desk = Desk::founded();
    desk.git(&["push", "-q", "-u", "origin", "main"]);
    desk.say("sync").exit(0);
    desk.git(&["clone", "-q", "../payments.git", "../other"]);
    desk.qms_in("other", &["sync", "--fetch-only"]).exit(0);
    desk.qms_in("other", &["doctor", "--fix"]).exit(0);
    let remote = |folder: &str, code| found(&desk.qms_in(folder, &["doctor", "--json"]).exit(code).json(), "remote");
    assert!(remote("payments", 0).1.starts_with("here is what the remotes had"), "{:?}", remote("payments", 0));

    desk.qms_in("other", &["approve", "HEAD", "--service", "payments-api"]).exit(0);
    assert_eq!(remote("other", 0).0, "ok");
    assert!(remote("other", 0).1.contains("records here that origin has not yet"), "{:?}", remote("other", 0));
    desk.qms_in("other", &["sync"]).exit(0);
    desk.git(&["fetch", "-q"]);
    let (state, what, mend) = remote("payments", 1);
    assert!(state == "wrong" && what.contains("origin has records that are not here"), "{what}");
    assert!(mend.starts_with("git qms doctor --fix takes them over"), "{mend}");

    desk.say("checkpoint").exit(0);
    let (state, what, mend) = remote("payments", 1);
    assert!(state == "wrong" && what.contains("diverged") && mend.contains("git qms sync origin"), "{what} {mend}");
    let told = desk.say("doctor --fix --json").exit(0).json();
    assert_eq!(found(&told, "remote").0, "ok", "{told}");
    assert!(remote("payments", 0).1.contains("records here that origin has not yet"), "{:?}", remote("payments", 0));
    desk.say("sync origin").exit(0);
}

#[test]
fn u01_a_history_that_was_cut_off_is_fetched() {
    let desk = Desk::founded();
    desk.git(&["push", "-q", "-u", "origin", "main"]);
    desk.say("sync").exit(0);
    let from = format!("file://{}", desk.path("payments.git").display());
    desk.git(&["clone", "-q", "--depth", "1", &from, "../shallow"]);
    let told = desk.qms_in("shallow", &["doctor", "--json"]).exit(1).json();
    assert_eq!(found(&told, "clone").0, "wrong");
    let told = desk.qms_in("shallow", &["doctor", "--fix", "--json"]).exit(1).json();
    assert_eq!((found(&told, "clone").0.as_str(), found(&told, "clone").1.as_str()), ("ok", "whole"), "{told}");
    desk.qms_in("shallow", &["sync"]).exit(0);
    desk.qms_in("shallow", &["doctor", "--fix"]).exit(0);

    // Objects that were left out by a filter are not fetched unasked.
    desk.git(&["-C", "../payments.git", "config", "uploadpack.allowFilter", "true"]);
    desk.git(&["clone", "-q", "--filter=blob:none", &from, "../partial"]);
    let said = desk.qms_in("partial", &["doctor", "--fix"]).exit(1);
    assert!(said.out.contains("this clone is partial") && said.err.contains("clone: not mended"), "{said:?}");
}

#[test]
fn u01_a_git_that_is_too_old_is_named() {
    let desk = Desk::founded();
    let git = std::env::split_paths(&std::env::var_os("PATH").expect("a path"))
        .map(|folder| folder.join("git"))
        .find(|file| file.is_file())
        .expect("git is installed");
    std::fs::create_dir(desk.path("old")).expect("a folder");
    let script = format!(
        "#!/bin/sh\ncase \" $* \" in *' version '*) echo git version 2.30.2 ;; *) exec {} \"$@\" ;; esac\n",
        git.display()
    );
    std::fs::write(desk.path("old/git"), script).expect("written");
    chmod(&desk.path("old/git"), 0o755);
    let mut command = desk.command(&desk.path("payments"), &["doctor", "--json"]);
    let path = format!("{}:{}", desk.path("old").display(), std::env::var("PATH").expect("text"));
    let told = told(command.env("PATH", path));
    assert_eq!(
        found(&told, "git"),
        ("wrong".into(), "version 2.30.2".into(), "install git 2.34 or newer".into()),
        "{told}"
    );
}

#[test]
fn u01_a_repository_that_is_not_opened_is_told_why() {
    let desk = Desk::founded();
    let config = desk.path("payments/.git/config");
    let sound = std::fs::read_to_string(&config).expect("text");
    std::fs::write(&config, format!("{sound}[extensions]\n\trefStorage = reftable\n")).expect("written");
    let (state, what, mend) = found(&desk.say("doctor --json --fix").exit(1).json(), "repository");
    assert!(state == "wrong" && what.contains("reftable"), "{what}");
    assert_eq!(mend, "git refs migrate --ref-format=files");
    std::fs::write(&config, sound).expect("written");
    desk.say("doctor").exit(0);

    // No repository at all is no finding about one.
    let said = desk.qms_in("keys", &["doctor"]).exit(2);
    assert!(said.err.contains("no git repository"), "{said:?}");

    let folder = desk.path("");
    let gone = desk.program("chown", &["-R", "54321", "payments"], &folder).output().expect("it runs");
    if !gone.status.success() {
        eprintln!("SKIPPED: only root can give a repository to somebody else");
        return;
    }
    let said = desk.say("doctor").exit(1);
    assert!(said.out.contains("belongs to another user") && said.out.contains("why:"), "{said:?}");
    assert!(said.out.contains("git config --global --add safe.directory"), "{said:?}");
    let (_, _, mend) = found(&desk.say("doctor --fix --json").exit(1).json(), "repository");
    let path = mend.rsplit(' ').next().expect("a path");
    desk.git(&["-C", "../home", "config", "--global", "--add", "safe.directory", path]);
    desk.say("doctor").exit(0);
}

#[test]
fn u01_the_guide_has_a_row_for_every_check() {
    let guide = include_str!("../../docs/guide/doctor.md");
    let rows = guide.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let rows: Vec<&str> = rows.map(|(name, _)| name).collect();
    let told = Desk::founded().say("doctor --json").exit(0).json();
    let checks = told["checks"].as_array().expect("checks").iter().filter_map(|check| check["name"].as_str());
    assert_eq!(rows, ["repository"].into_iter().chain(checks).collect::<Vec<_>>());
}
