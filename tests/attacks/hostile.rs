//! Input that wants to exhaust, confuse, steer or run something.

use std::path::Path;

use git_qms::envelope::Envelope;

use crate::forge::{plan, signer};
use crate::workshop::{Workshop, run};

#[test]
fn a20_hostile_json_under_a_true_signature_is_void() {
    let workshop = Workshop::new();
    let commit = workshop.made.commit.clone();
    let (_, honest) = workshop.line("ada", "ada", &commit, &plan("honest"), |_| ());
    let payload = Envelope::parse(honest.as_bytes()).expect("a line").payload().to_vec();
    let honest = String::from_utf8(payload).expect("JSON");
    let reason = r#""reason":"honest""#;
    let hostile = [
        honest.replace(reason, r#""reason":"honest","reason":"other""#),
        honest.replace(reason, r#""reason":"honest","re\u0061son":"other""#),
        honest.replace(reason, &format!(r#""reason":{}1{}"#, "[".repeat(10_000), "]".repeat(10_000))),
        honest.replace(reason, r#""reason":"\ud800""#),
        honest.replace("\"version\":1", "\"version\":9007199254740993"),
        honest.replace("\"version\":1", "\"version\":1e400"),
        honest.replace("\"version\":1", "\"version\":2"),
        honest.clone() + "{}",
        honest.replace(reason, r#""reason":"honest","surplus":1"#),
    ];
    let mut lines: Vec<String> = workshop.lines_on(&commit);
    for payload in &hostile {
        assert_ne!(*payload, honest);
        let signed = Envelope::sign(payload.clone().into_bytes(), signer(&workshop, "ada").as_ref());
        lines.push(signed.expect("signs").to_line());
    }
    let not_utf8 = [honest.as_bytes(), b"\xff"].concat();
    lines.push(Envelope::sign(not_utf8, signer(&workshop, "ada").as_ref()).expect("signs").to_line());
    let valid = workshop.verify().count("valid");
    workshop.set_lines(&commit, lines);
    let verdict = workshop.verify();
    verdict.rejects("statement-malformed", &commit);
    assert_eq!((verdict.count("void"), verdict.count("valid")), (hostile.len() as u64 + 1, valid));
}

#[test]
fn a20_bytes_that_are_no_text_are_void() {
    let workshop = Workshop::new();
    let commit = workshop.made.commit.clone();
    let mut note = workshop.lines_on(&commit).join("\n").into_bytes();
    note.extend_from_slice(b"\n\0\xff\xfe\n");
    workshop.set_note(&commit, &note);
    workshop.verify().rejects("envelope-form", &commit);
}

/// The most memory that verify held at once, in KiB, by the shell's own account.
#[cfg(target_os = "linux")]
fn peak_of_verify(workshop: &Workshop) -> u64 {
    let script = r#""$0" verify --json >/dev/null 2>&1 & pid=$!
        most=0
        while [ -r /proc/$pid/status ]; do
            now=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' /proc/$pid/status 2>/dev/null)
            [ -n "$now" ] && most=$now
            kill -0 $pid 2>/dev/null || break
        done
        echo $most"#;
    let mut command = workshop.command("sh", &workshop.repo());
    run(command.args(["-c", script, env!("CARGO_BIN_EXE_git-qms")]), &[]).ok().text().parse().expect("a number")
}

#[cfg(target_os = "linux")]
#[test]
fn a20_a_line_of_64_mib_is_void_in_bounded_memory() {
    let workshop = Workshop::new();
    let commit = workshop.made.commit.clone();
    let before = peak_of_verify(&workshop);
    let mut note = (workshop.lines_on(&commit).join("\n") + "\n").into_bytes();
    note.extend(std::iter::repeat_n(b'~', 64 << 20));
    note.push(b'\n');
    workshop.set_note(&commit, &note);
    let verdict = workshop.verify();
    verdict.rejects("envelope-form", &commit);
    assert!(verdict.has("warning", "note-large", &commit), "{:#}", verdict.json);
    assert!(verdict.json.to_string().len() < 100_000, "the line is not repeated in the answer");
    let peak = peak_of_verify(&workshop);
    // The object itself, decoded, and what inflating it takes; not a copy for every check.
    assert!(peak < before + 4 * (64 << 10), "{before} KiB before, {peak} KiB with the line");
}

#[cfg(target_os = "linux")]
#[test]
fn a20_a_flood_of_short_lines_is_told_by_its_number_in_bounded_memory() {
    let workshop = Workshop::new();
    let commit = workshop.made.commit.clone();
    let (before, valid) = (peak_of_verify(&workshop), workshop.verify().count("valid"));
    let flood: Vec<String> = (0..500_000).map(|number| format!("{number:07}")).collect();
    let sound = workshop.lines_on(&commit);
    workshop.set_lines(&commit, [flood, sound.clone()].concat());
    let verdict = workshop.verify();
    verdict.rejects("envelope-form", &commit);
    assert_eq!((verdict.count("void"), verdict.count("valid")), (500_000, valid), "the records under it count");
    assert!(verdict.json.to_string().len() < 2_000_000);
    let peak = peak_of_verify(&workshop);
    assert!(peak < before + 100 * 1024, "{before} KiB before, {peak} KiB with the flood");
    // Garbage is taken out again; that is only told.
    workshop.set_lines(&commit, sound);
    workshop.verify().passes_with("warning", "void-line-removed", &commit);
}

#[test]
fn a21_names_that_steer_terminals_are_refused_or_escaped() {
    let workshop = Workshop::new();
    let nasty = "evil\u{1b}[31m";
    let plan = ["record", "plan", "--change", "CHG-2", "--reason", "More", "--service", nasty];
    workshop.qms(&plan).exits(2);
    for name in ["../evil", "-rf", "a*b", nasty, "a..b", "a b"] {
        let member = ["trust", "add", &format!("--public-key={}.pub", workshop.key("mallory")), "--role=qa"];
        let rest = ["--name=Mallory", "--email=mallory@example.com", "--", name];
        assert_eq!(workshop.qms(&[&member[..], &rest].concat()).code, 2, "{name:?}");
    }
    let rest = ["--name", nasty, "--email", "mallory@example.com"];
    let key = format!("{}.pub", workshop.key("mallory"));
    workshop.qms(&[&["trust", "add", "m", "--public-key", &key, "--role", "qa"][..], &rest].concat()).exits(2);
    workshop.verify().passes();
}

#[test]
fn a21_what_others_wrote_reaches_no_terminal_raw() {
    let workshop = Workshop::new();
    let commit = workshop.made.commit.clone();
    let blob = workshop.git_with(&["hash-object", "-w", "--stdin"], b"hello\n");
    let tree = workshop.git(&["ls-tree", "refs/notes/qms"]);
    let tree = workshop.git_with(
        &["mktree", "-z"],
        format!("{}\0100644 blob {blob}\tx\u{1b}[2J\0", tree.replace('\n', "\0")).as_bytes(),
    );
    let odd = workshop.git(&["commit-tree", &tree, "-p", "refs/notes/qms", "-m", "odd"]);
    workshop.git(&["update-ref", "refs/notes/qms", &odd]);
    workshop.put_record("ada", &commit, &plan("a reason\u{1b}[2J\u{202e} and more"), |_| ());
    for command in [&["verify", "--all"][..], &["log"], &["show"], &["show", "--full"], &["gate"]] {
        let run = workshop.qms(command);
        let raw = |text: &str| text.contains('\u{1b}') || text.contains('\u{202e}');
        assert!(!raw(&run.out) && !raw(&run.err), "{command:?}: {:?} {:?}", run.out, run.err);
    }
}

/// A program that leaves a trace when it is run.
fn trap(workshop: &Workshop, name: &str) -> String {
    let (file, trace) = (workshop.path(name), workshop.path("ran"));
    std::fs::write(&file, format!("#!/bin/sh\necho {name} >>'{}'\nexit 0\n", trace.display())).expect("a file");
    make_executable(&file);
    file.display().to_string()
}

#[cfg(unix)]
fn make_executable(file: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).expect("executable");
}

#[cfg(unix)]
#[test]
fn a27_nothing_of_a_hostile_configuration_is_run_by_reading_commands() {
    let workshop = Workshop::new();
    let hooks = workshop.path("hooks");
    std::fs::create_dir(&hooks).expect("a directory");
    let trap = trap(&workshop, "trap");
    for hook in
        ["pre-push", "post-checkout", "reference-transaction", "post-index-change", "fsmonitor-watchman", "pre-auto-gc"]
    {
        std::fs::copy(&trap, hooks.join(hook)).expect("a hook");
    }
    let settings = [
        ("core.hooksPath", hooks.display().to_string()),
        ("core.fsmonitor", trap.clone()),
        ("core.pager", trap.clone()),
        ("core.editor", trap.clone()),
        ("core.sshCommand", trap.clone()),
        ("core.gitProxy", trap.clone()),
        ("core.askPass", trap.clone()),
        ("credential.helper", trap.clone()),
        ("gpg.program", trap.clone()),
        ("gpg.ssh.program", trap.clone()),
        ("gpg.ssh.defaultKeyCommand", trap.clone()),
        ("diff.external", trap.clone()),
        ("filter.evil.clean", trap.clone()),
        ("filter.evil.smudge", trap.clone()),
        ("filter.evil.process", trap.clone()),
        ("filter.evil.required", "true".to_owned()),
        ("diff.evil.textconv", trap.clone()),
        ("alias.config", format!("!{trap}")),
        ("alias.rev-parse", format!("!{trap}")),
        ("alias.qms", format!("!{trap}")),
        ("alias.status", format!("!{trap}")),
        ("pager.log", trap.clone()),
        ("interactive.diffFilter", trap.clone()),
        ("uploadpack.packObjectsHook", trap.clone()),
        ("extensions.partialClone", "origin".to_owned()),
        ("remote.origin.uploadpack", trap.clone()),
        ("remote.origin.vcs", "evil".to_owned()),
    ];
    let config = workshop.repo().join(".git/config");
    for (name, value) in &settings {
        workshop.git(&["config", "--file", &config.display().to_string(), name, value]);
    }
    std::fs::create_dir_all(workshop.repo().join(".git/info")).expect("a directory");
    std::fs::write(workshop.repo().join(".git/info/attributes"), "* filter=evil diff=evil\n").expect("a file");
    let trace = workshop.path("ran");
    let _ = std::fs::remove_file(&trace);
    let tag = workshop.made.tag.clone();
    for command in
        [&["verify", "--strict"][..], &["verify", &tag], &["gate"], &["show", &tag], &["log"], &["trust", "show"]]
    {
        let ended = workshop.qms(command);
        assert!((0..=2).contains(&ended.code), "{command:?}");
        let ran = std::fs::read_to_string(&trace).unwrap_or_default();
        assert!(ran.is_empty(), "{command:?} ran {ran}");
    }
}

#[test]
fn a27_strict_takes_no_pin_from_the_repository() {
    let workshop = Workshop::new();
    let pinned = workshop.git(&["config", "qms.trustRoot"]);
    assert_eq!(pinned, workshop.made.root);
    let run = workshop.qms(&["verify", "--json"]).ok();
    assert_eq!(run.json()["trust"]["pinned"], true);
    let run = workshop.qms(&["verify", "--json", "--strict"]).exits(2);
    assert!(run.out.contains("trust-not-pinned"), "{}", run.out);
    // Of an included file, or the work tree's own configuration, neither.
    let include = workshop.path("include");
    std::fs::write(&include, format!("[qms]\ntrustRoot = {pinned}\n")).expect("a file");
    workshop.git(&["config", "--unset", "qms.trustRoot"]);
    workshop.git(&["config", "include.path", &include.display().to_string()]);
    workshop.qms(&["verify", "--strict"]).exits(2);
    workshop.git(&["config", "extensions.worktreeConfig", "true"]);
    workshop.git(&["config", "--worktree", "qms.trustRoot", &pinned]);
    workshop.qms(&["verify", "--strict"]).exits(2);
    // Of the user's own configuration, yes.
    let global = workshop.path("gitconfig").display().to_string();
    workshop.git(&["config", "--file", &global, "qms.trustRoot", &pinned]);
    workshop.qms(&["verify", "--strict"]).ok();
}

#[test]
fn a27_the_attackers_own_root_under_his_own_pin_does_not_pass_strictly() {
    let workshop = Workshop::new();
    for reference in
        ["refs/qms/trust", "refs/notes/qms", "refs/qms/remotes/origin/trust", "refs/qms/remotes/origin/notes"]
    {
        workshop.git(&["update-ref", "-d", reference]);
    }
    workshop.git(&["tag", "-d", &workshop.made.tag]);
    workshop.git(&["config", "--unset", "qms.trustRoot"]);
    // While the remote has a trust root, the program founds no second one; that does not stop an attacker.
    workshop.qms_as("mallory", &["init", "--name", "payments-api", "--member", "ada"]).exits(2);
    workshop.git(&["remote", "remove", "origin"]);
    workshop.qms_as("mallory", &["init", "--name", "payments-api", "--member", "ada"]).ok();
    workshop.qms(&["verify"]).ok();
    workshop.qms(&["verify", "--strict"]).exits(2);
    workshop.verify().rejects("trust-root-differs", "refs/qms/trust");
}
