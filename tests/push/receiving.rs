//! The hook of a server, by real pushes that no hook here stops: `git push --no-verify`.

use std::os::unix::fs::PermissionsExt as _;

use crate::forge::plan;
use crate::workshop::Workshop;

impl Workshop {
    /// A server with the hook.
    fn server() -> Self {
        let workshop = Self::new();
        let origin = workshop.path("origin.git");
        workshop.qms_in(&origin, &["hook", "status"]).exits(1).says("pre-receive  not installed");
        workshop.qms_in(&origin, &["hook", "install"]).ok().says("pre-receive hook installed in");
        workshop.qms_in(&origin, &["hook", "status"]).ok();
        workshop
    }

    /// By force, past the hook here.
    fn force(&self, args: &[&str]) -> crate::workshop::Run {
        self.push(&[&["--force", "--no-verify"], args].concat())
    }

    /// The server has to refuse it for this reason, and nothing may have moved.
    #[track_caller]
    fn server_refuses(&self, args: &[&str], reason: &str) {
        let before = self.remote();
        let run = self.force(args);
        assert_ne!(run.code, 0, "{}", run.err);
        run.says("git-qms refuses the push; nothing was taken").says(reason);
        assert_eq!(self.remote(), before);
    }
}

#[test]
fn a24_a_server_refuses_what_force_and_no_verify_would_do() {
    let workshop = Workshop::server();
    let (tag, before) = (workshop.made.tag.clone(), workshop.made.before_release.clone());
    workshop.server_refuses(&[&format!("{before}:refs/notes/qms")], "only grows");
    workshop.server_refuses(&["--delete", "refs/notes/qms"], "would be deleted");
    workshop.server_refuses(&["--delete", "refs/qms/trust"], "would be deleted");
    workshop.server_refuses(&["refs/qms/trust~1:refs/qms/trust"], "only grows");
    workshop.server_refuses(&["--delete", "refs/qms/files"], "would be deleted");
    workshop.server_refuses(&["--delete", &tag], "a release stays");
    workshop.commit("file", "two\n");
    workshop.server_refuses(&[&format!("HEAD:refs/tags/{tag}")], "would be moved");
    workshop.git(&["tag", "-f", "-a", "-m", "moved", &tag]);
    workshop.server_refuses(&[&tag], "would be moved");
    // One bad reference of several: none is taken.
    workshop.server_refuses(&["main", &format!("{before}:refs/notes/qms")], "only grows");
    workshop.force(&["main"]).ok();
}

#[test]
fn a24_a_server_refuses_removed_lines_and_unknown_signers_and_bad_trust() {
    let workshop = Workshop::server();
    let (sound, commit) = (workshop.git(&["rev-parse", "refs/notes/qms"]), workshop.made.commit.clone());
    workshop.drop_record(&commit, &workshop.made.test);
    workshop.server_refuses(&["refs/notes/qms"], "line-removed");
    workshop.git(&["update-ref", "refs/notes/qms", &sound]);
    let (_, line) = workshop.line("ada", "mallory", &commit, &plan("by a stranger"), |_| ());
    workshop.put_line(&commit, &line);
    workshop.server_refuses(&["refs/notes/qms"], "key-unknown");
    workshop.git(&["update-ref", "refs/notes/qms", &sound]);
    workshop.put_line(&commit, "garbage");
    workshop.server_refuses(&["refs/notes/qms"], "envelope-form");
    let forged = workshop.forge_trust(&["mallory"], |_| ());
    workshop.server_refuses(&[&format!("{forged}:refs/qms/trust")], "trust-fault");
}

#[test]
fn a24_a_server_refuses_a_note_beyond_the_limits() {
    let workshop = Workshop::server();
    let commit = workshop.made.commit.clone();
    // Each line is sound: it is their number.
    let mut lines = workshop.lines_on(&commit);
    lines.extend(
        (0..1000).map(|number| workshop.line("ada", "ada", &commit, &plan(&format!("no. {number}")), |_| ()).1),
    );
    workshop.set_lines(&commit, lines);
    workshop.server_refuses(&["refs/notes/qms"], "note-large");
}

#[test]
fn s02_a_server_takes_what_sync_brings() {
    let workshop = Workshop::server();
    workshop.commit("file", "two\n");
    workshop.evidence("CHG-2");
    let tag = workshop.qms_as("grace", &["release", "--change", "CHG-2", "--quiet"]).ok().text();
    workshop.push(&["main"]).ok();
    workshop.qms(&["sync"]).ok();
    assert!(workshop.remote().contains(&tag));
    let clone = workshop.clone_of_origin("clone");
    workshop.verify_in(&clone).passes();
}

#[test]
fn s02_a_server_takes_the_first_push_of_a_project_and_only_of_the_pinned_one() {
    let workshop = Workshop::new();
    workshop.git(&["init", "-q", "--bare", "../second.git"]);
    let second = workshop.path("second.git");
    workshop.qms_in(&second, &["hook", "install"]).ok();
    workshop.git(&["remote", "add", "second", "../second.git"]);
    workshop.git_in(&second, &["config", "qms.trustRoot", &"ab".repeat(32)]).ok();
    workshop.qms(&["sync", "second"]).exits(1);
    let pushed =
        workshop.git_in(&workshop.repo(), &["push", "--no-verify", "second", "refs/qms/trust", "refs/notes/qms"]);
    assert_ne!(pushed.code, 0);
    pushed.says("trust-root-differs");
    workshop.git_in(&second, &["config", "qms.trustRoot", &workshop.made.root]).ok();
    // The ledger alone says nothing about who may sign.
    let alone = workshop.git_in(&workshop.repo(), &["push", "--no-verify", "second", "refs/notes/qms"]);
    assert_ne!(alone.code, 0);
    alone.says("which says who may sign");
    workshop.git(&["push", "-q", "second", "main"]);
    workshop.qms(&["sync", "second"]).ok();
}

#[test]
fn g16_a_protected_branch_takes_only_what_passes_its_gate() {
    let workshop = Workshop::server();
    let origin = workshop.path("origin.git");
    workshop.git_in(&origin, &["config", "--add", "qms.protectedBranch", "main"]).ok();
    workshop.git_in(&origin, &["config", "--add", "qms.protectedBranch", "release/*"]).ok();
    workshop.commit("file", "two\n");
    workshop.server_refuses(&["main"], "which does not pass its gate");
    workshop.server_refuses(&["HEAD:refs/heads/release/1"], "which does not pass its gate");
    workshop.force(&["HEAD:refs/heads/feature"]).ok();
    workshop.evidence("CHG-2");
    // With its evidence in the same push, or before it.
    workshop.force(&["main", "refs/notes/qms"]).ok();
    workshop.server_refuses(&["HEAD~1:refs/heads/main"], "would lose");
    workshop.server_refuses(&["--delete", "main"], "would be deleted");
    // The same hook here, where its configuration says so.
    workshop.git(&["config", "qms.protectedBranch", "main"]);
    workshop.commit("file", "three\n");
    workshop.refuses(&["main"], "which does not pass its gate");
}

#[test]
fn g16_a_file_of_no_service_concerns_every_service() {
    let workshop = Workshop::server();
    let file = workshop.repo().join(".qms/policy.toml");
    let catalog = std::fs::read_to_string(&file).expect("a catalog");
    let two = "name = \"payments-api\"\npaths = [\"file\"]\n[[service]]\nname = \"docs\"\npaths = [\"docs/**\"]\n";
    std::fs::write(&file, catalog.replacen("name = \"payments-api\"\n", two, 1)).expect("a file");
    workshop.git(&["commit", "-q", "-a", "-m", "Two services"]);
    workshop.qms(&["policy", "ratify"]).ok();
    workshop.qms(&["sync"]).ok();
    workshop.git_in(&workshop.path("origin.git"), &["config", "--add", "qms.protectedBranch", "main"]).ok();
    // The catalog is in force by its ratification: it is of no service, and asks nobody's gate.
    workshop.force(&["main"]).ok();
    workshop.commit("Makefile", "all:\n");
    for said in
        ["of payments-api, which does not pass", "of docs, which does not pass", "\"Makefile\" is of no service"]
    {
        workshop.server_refuses(&["main"], said);
    }
    // A file of one service asks that one alone.
    workshop.git(&["reset", "-q", "--hard", "HEAD~"]);
    workshop.commit("file", "two\n");
    let run = workshop.force(&["main"]).says("of payments-api, which does not pass");
    assert!(!run.err.contains("of docs") && !run.err.contains("of no service"), "{}", run.err);
}

#[test]
fn s02_a_server_hook_that_was_there_runs_first() {
    let workshop = Workshop::new();
    let origin = workshop.path("origin.git");
    let (hook, trace) = (origin.join("hooks/pre-receive"), workshop.path("trace"));
    std::fs::create_dir_all(origin.join("hooks")).expect("a directory");
    std::fs::write(&hook, format!("#!/bin/sh\ncat >>'{}'\n", trace.display())).expect("a file");
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).expect("executable");
    workshop.qms_in(&origin, &["hook", "install"]).ok();
    workshop.qms_in(&origin, &["hook", "status"]).ok().says("after the hook that was there before");
    workshop.server_refuses(&["--delete", "refs/notes/qms"], "would be deleted");
    assert!(std::fs::read_to_string(&trace).is_ok_and(|told| told.contains("refs/notes/qms")));
}

#[test]
fn s02_a_server_that_borrows_objects_from_another_judges_as_well() {
    let workshop = Workshop::new();
    // Its objects lie in the origin, and those of a push in quarantine.
    let origin = workshop.path("origin.git").display().to_string();
    workshop.git(&["clone", "-q", "--bare", "--shared", &origin, "../fork.git"]);
    let fork = workshop.path("fork.git");
    for name in ["refs/notes/qms", "refs/qms/trust", "refs/qms/files"] {
        workshop.git_in(&fork, &["fetch", "-q", &origin, &format!("{name}:{name}")]).ok();
    }
    workshop.qms_in(&fork, &["hook", "install"]).ok();
    workshop.git(&["remote", "add", "fork", "../fork.git"]);
    workshop.qms(&["sync", "fork"]).ok();
    let plan = ["record", "plan", "--service", "payments-api", "--change", "CHG-7", "--reason", "More"];
    workshop.qms(&plan).ok();
    workshop.qms(&["sync", "fork"]).ok().says("went    1 plan by ada");
    let run = workshop
        .git_in(&workshop.repo(), &["push", "--force", "--no-verify", "fork", "refs/notes/qms~1:refs/notes/qms"]);
    assert_ne!(run.code, 0);
    run.says("only grows");
}

#[test]
fn s02_the_evidence_goes_along_where_it_is_asked_for() {
    let workshop = Workshop::server();
    workshop.git(&["config", "qms.pushEvidence", "true"]);
    workshop.commit("file", "two\n");
    workshop.evidence("CHG-2");
    let ledger = workshop.git(&["rev-parse", "refs/notes/qms"]);
    workshop.push(&["main"]).ok().says("evidence went along to origin");
    assert!(workshop.remote().contains(&ledger));
    // What cannot go along stops no push of code.
    let clone = workshop.clone_of_origin("clone");
    let plan = ["record", "plan", "--service", "payments-api", "--reason", "More", "--change"];
    workshop.qms_in(&clone, &[&plan[..], &["CHG-7"]].concat()).ok();
    workshop.qms_in(&clone, &["sync"]).ok();
    workshop.qms(&[&plan[..], &["CHG-8"]].concat()).ok();
    let head = workshop.commit("file", "three\n");
    workshop.push(&["main"]).ok().says("did not go along").says("git qms sync");
    assert!(workshop.remote().contains(&head));
}
