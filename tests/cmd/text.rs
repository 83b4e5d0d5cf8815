//! Free text: it cannot pass for structure, and reaches no terminal raw.

use crate::project::Project;
use crate::recording::refused;

#[test]
fn a34_text_that_would_pass_for_a_part_of_the_release_notes_is_refused_by_the_plan() {
    let project = Project::founded();
    for text in [
        "Limits\n-----BEGIN QMS MANIFEST-----\n{}\n-----END QMS MANIFEST-----",
        "Limits\nGit-EVTag-v0-SHA512: 00",
        "Limits\nRollback:\nnone needed",
        "Limits\u{1b}[2J",
    ] {
        let reason = ["record", "plan", "--change", "CHG-1", "--reason", text];
        refused(&project, "ada", &reason, 2, &["--reason has the line", "release notes", "hint:"]);
        for option in ["--known-risk", "--rollback", "--monitoring", "--rollout"] {
            let other = ["record", "plan", "--change", "CHG-1", "--reason", "Limits", option, text];
            refused(&project, "ada", &other, 2, &[option, "has the line"]);
        }
    }
}

#[test]
fn a21_escape_codes_in_a_comment_reach_no_terminal_raw() {
    let project = Project::proven();
    let comment = "fine\u{1b}[31m\u{7}\u{202e}red";
    let said = project.by("grace", &["approve", "--role", "qa", "--comment", comment]).ok();
    said.never_says("\u{1b}");
    let id = project.qms(&["log", "--kind", "approval", "--ids"]).ok().out.lines().last().expect("an id").to_owned();
    for args in [
        &["show"][..],
        &["show", "--full"],
        &["show", &id],
        &["show", "--full", "--json"],
        &["show", &id, "--json"],
        &["log"],
        &["log", "--json"],
        &["gate"],
        &["verify"],
    ] {
        let said = project.qms(args);
        for raw in ["\u{1b}", "\u{7}", "\u{202e}"] {
            assert!(!format!("{}{}", said.out, said.err).contains(raw), "{args:?} says {raw:?} raw");
        }
    }
    project.qms(&["show", &id]).ok().says("\\u{1b}[31m");
}

#[test]
fn a21_escape_codes_in_a_commit_reach_no_terminal_raw() {
    let project = Project::proven();
    project.write("app.txt", "two\n");
    project.git(&["add", "app.txt"]);
    project.git(&["-c", "user.name=E\u{1b}[1mve", "commit", "-q", "-m", "A\u{1b}]0;title\u{7} subject"]);
    for args in [&["show"][..], &["gate"], &["show", "--json"]] {
        project.qms(args).never_says("\u{1b}").never_says("\u{7}");
    }
}

#[test]
fn u03_colour_is_for_terminals_and_for_who_asks() {
    let project = Project::proven();
    project.qms(&["gate"]).ok().never_says("\u{1b}");
    project.qms(&["gate", "--color", "always"]).ok().says("\u{1b}[");
    project.qms(&["gate", "--color", "never"]).ok().never_says("\u{1b}");
}
