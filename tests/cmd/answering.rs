//! What `git qms verify` says, and how it ends, in every state that a repository can be in.

use crate::project::{PROGRAM, Project};
use crate::verdicts::settings;

/// One answer for people: exit code and both streams.
fn answer(project: &Project, folder: &std::path::Path, args: &[&str]) -> String {
    let ran = project.run_in(folder, &[&["verify"][..], args].concat(), &[]);
    let json = project.run_in(folder, &[&["verify", "--json"][..], args].concat(), &[]);
    assert_eq!(ran.code, json.code, "text and JSON end alike");
    assert!(json.json()["schema"].is_string());
    let place = project.outside().display().to_string();
    format!("exit {}\n{}{}", ran.code, ran.out, ran.err).replace(&place, "[place]")
}

/// The answers of one repository that is tampered with in ways that do not add up.
#[test]
fn u03_verify_says_first_what_a_person_needs_in_every_state() {
    let (project, tag) = Project::released();
    let repo = project.path().to_owned();
    let bare = project.outside().join("origin.git").display().to_string();
    project.git(&["clone", "-q", "--bare", &repo.display().to_string(), &bare]);
    project.git(&["remote", "add", "origin", &bare]);
    project.qms(&["sync"]).ok();
    let root = project.qms(&["trust", "show", "--root"]).ok().id();
    let ledger = project.git(&["rev-parse", "refs/notes/qms"]);
    let object = project.git(&["rev-parse", &format!("refs/tags/{tag}")]);
    let put_back = || {
        project.git(&["update-ref", "refs/notes/qms", &ledger]);
        project.git(&["update-ref", &format!("refs/tags/{tag}"), &object]);
    };
    let mut told: Vec<(&str, String)> = Vec::new();
    told.push(("clean, by the pin of the repository itself", answer(&project, &repo, &[])));
    told.push(("clean, pinned by who verifies", answer(&project, &repo, &["--trust-root", &root, "--strict"])));
    told.push(("no pin where one is asked for", answer(&project, &repo, &["--strict"])));
    let other = "0".repeat(64);
    told.push(("another root than the one pinned", answer(&project, &repo, &["--trust-root", &other])));
    project.git(&["notes", "--ref=qms", "append", "-m", "garbage", "HEAD"]);
    told.push(("a void line", answer(&project, &repo, &[])));
    put_back();
    project.git(&["tag", "-f", &tag, "HEAD~1"]);
    told.push(("a tag that was moved", answer(&project, &repo, &[])));
    put_back();
    project.git(&["update-ref", "refs/notes/qms", "refs/notes/qms~2"]);
    told.push(("a ledger that was rolled back", answer(&project, &repo, &[])));
    put_back();
    project.git(&["update-ref", "-d", "refs/notes/qms"]);
    told.push(("no ledger", answer(&project, &repo, &[])));
    put_back();
    project.git(&["update-ref", "-d", "refs/qms/trust"]);
    told.push(("a ledger without trust", answer(&project, &repo, &[])));

    let outside = project.outside().to_owned();
    let url = format!("file://{bare}");
    project.git_in(&outside, &["clone", "-q", &url, "fresh"]);
    told.push(("a clone that brought no evidence", answer(&project, &outside.join("fresh"), &[])));
    project.git_in(&outside, &["clone", "-q", "--depth", "1", &url, "shallow"]);
    project.run_in(&outside.join("shallow"), &["sync", "--fetch-only"], &[]).exit(2);
    // Whether the commit beyond the edge is asked for as well depends on which way is walked first.
    let said = answer(&project, &outside.join("shallow"), &[]);
    assert!(
        said.starts_with("exit 2\nincomplete: ") && said.contains("hint: fetch its history: git fetch --unshallow"),
        "{said}"
    );
    project.git_in(&outside, &["init", "-q", "new"]);
    told.push(("a repository without anything", answer(&project, &outside.join("new"), &[])));
    told.push(("no repository", answer(&project, &outside, &[])));
    let told: Vec<String> = told.into_iter().map(|(what, said)| format!("== {what}\n{said}")).collect();
    let mut settings = settings();
    // Alike but for their commits, by which they are in order.
    settings.add_filter(r"trust version \d (has|names)", "trust version [number] $1");
    settings.bind(|| insta::assert_snapshot!("verify_in_every_state", told.join("\n")));
}

#[test]
fn u03_of_many_findings_alike_a_few_are_told_and_the_rest_counted() {
    let project = Project::founded();
    let lines: Vec<String> = (0..30).map(|number| format!("garbage {number:02}")).collect();
    project.git(&["notes", "--ref=qms", "append", "-m", &lines.join("\n"), "HEAD"]);
    let said = project.qms(&["verify"]).exit(1).says("found: 30 errors").says("error[envelope-form] and 10 more alike");
    assert_eq!(said.out.matches(" is void").count(), 20);
    assert_eq!(project.qms(&["verify", "--all"]).exit(1).out.matches(" is void").count(), 30);
}

/// As people see it: `script` gives the program a terminal of that width.
#[test]
fn u03_in_a_terminal_lines_end_where_it_does_and_nothing_is_coloured_under_no_color() {
    let (project, tag) = Project::released();
    project.git(&["update-ref", "-d", &format!("refs/tags/{tag}")]);
    for (width, variables) in [(60, ""), (80, ""), (120, ""), (80, "NO_COLOR=1 ")] {
        let inner = format!("stty cols {width} rows 24; TERM=xterm {variables}GIT_PAGER=cat {PROGRAM} verify");
        let output = project.command("script", project.path()).args(["-qec", &inner, "/dev/null"]).output();
        let Ok(output) = output else {
            eprintln!("skipped: script (util-linux) is not installed");
            return;
        };
        assert_eq!(output.status.code(), Some(1), "the exit code is that of verify");
        let said = String::from_utf8(output.stdout).expect("UTF-8");
        assert_eq!(said.contains('\u{1b}'), variables.is_empty(), "{said:?}");
        let plain = anstream::adapter::strip_str(&said).to_string();
        assert!(plain.starts_with("rejected: "), "{plain}");
        // The ids and commands that people copy stay whole.
        let wide: Vec<&str> = plain.lines().filter(|line| line.trim_end().chars().count() > width).collect();
        let whole = ["root:", "rejected:", "  hint:"];
        assert!(wide.iter().all(|line| whole.iter().any(|start| line.starts_with(start))), "{width}: {wide:?}");
        assert!(plain.contains("  hint: "), "{plain}");
    }
}
