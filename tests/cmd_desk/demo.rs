//! `git qms demo`.

use super::desk::Desk;

#[test]
fn u01_the_walk_through_plays_to_its_end_and_its_release_stands() {
    let (desk, told) = Desk::played();
    let tag = told["tag"].as_str().expect("a tag");
    let root = told["root"].as_str().expect("a root");
    assert!(tag.starts_with("payments-api@") && tag.ends_with("+chg-1842"), "{tag}");
    let steps = told["steps"].as_array().expect("steps");
    let refused: Vec<&str> =
        steps.iter().filter(|step| step["exit"] == 1).filter_map(|step| step["command"].as_str()).collect();
    assert_eq!(refused, ["git qms gate --environment production"; 2]);
    // The auditor's clone verifies on its own, against the root alone.
    let verified = desk.qms_in("auditor", &["verify", "--strict", "--trust-root", root]).exit(0);
    assert!(verified.out.contains("1 release") && verified.out.contains("root pinned"), "{}", verified.out);
    assert_eq!(desk.qms_in("auditor", &["status", tag, "--json"]).exit(0).json()["pending"], serde_json::json!([]));
    // What it says to try next does what it says.
    desk.git(&["notes", "--ref=qms", "remove", "HEAD"]);
    desk.qms(&["verify", "--trust-root", root]).exit(1);
}

#[test]
fn u01_the_walk_through_echoes_and_explains_what_it_runs() {
    let desk = Desk::bare();
    let place = desk.path("played").display().to_string();
    let said = desk.qms_in("home", &["demo", &place]).exit(0).out;
    for expected in [
        "# may it go out? No: nobody else has approved it yet\n$ git qms gate --environment production\nFAIL  payments-api → production",
        "(exit 1, as intended: a pipeline stops here)",
        "PASS  payments-api → production",
        "exc   COV-01",
        "legacy module; instead: manual regression run",
        "── What to look at next",
        "payments'\n",
    ] {
        assert!(said.contains(expected), "{expected} in:\n{said}");
    }
    assert!(!said.contains('\u{1b}'), "no colour without a terminal");
    // Nothing of the user's own was touched.
    let config = std::fs::read_to_string(desk.path("home/gitconfig")).expect("there");
    assert!(!config.contains("qms"), "{config}");
}

#[test]
fn a_directory_with_something_in_it_is_refused() {
    let desk = Desk::bare();
    let said = desk.qms_in("home", &["demo", "."]).exit(2);
    assert!(
        said.err.contains("is not empty") && said.err.contains("hint: name an empty or new directory"),
        "{}",
        said.err
    );
    assert!(!desk.path("home/keys").exists(), "nothing was written");
}

#[test]
fn a_step_that_ends_otherwise_stops_the_walk_through() {
    let desk = Desk::bare();
    // A git that refuses everything.
    let bin = desk.path("bin");
    std::fs::create_dir(&bin).expect("a directory");
    std::fs::write(bin.join("git"), "#!/bin/sh\necho 'fatal: not today' >&2\nexit 7\n").expect("a file");
    std::fs::set_permissions(bin.join("git"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("mode");
    let output = desk.command(&desk.path("home"), &["demo", "../played"]).env("PATH", &bin).output().expect("runs");
    let err = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert!(
        err.contains("the walk-through stops: `git init -q -b main` ended with exit 7") && err.contains("not today"),
        "{err}"
    );
}
