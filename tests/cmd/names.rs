//! Names that could harm references, paths or terminals are refused at the door.

use crate::project::Project;
use crate::recording::refused;

#[test]
fn a21_names_with_control_characters_dashes_or_dots_are_refused() {
    let project = Project::proven();
    for name in ["a\u{1b}[2Jb", "-rf", "../up", "a..b", "", "a b", "a\nb"] {
        let argument = |option: &str| format!("{option}={name}");
        for (who, args) in [
            ("ada", vec!["gate".to_owned(), argument("--service")]),
            ("ada", vec!["gate".to_owned(), argument("--environment")]),
            ("ada", vec!["record".into(), "plan".into(), "--reason=R".into(), argument("--change")]),
            (
                "ada",
                vec![
                    "record".into(),
                    "plan".into(),
                    "--reason=R".into(),
                    "--change=C-1".into(),
                    argument("--requirement"),
                ],
            ),
            ("grace", vec!["approve".to_owned(), argument("--role")]),
            ("grace", vec!["release".to_owned(), argument("--version")]),
            ("ci", vec!["record".into(), "monitor".into(), "--smoke=pass".into(), argument("--release")]),
        ] {
            // A requirement and a change are references of other systems: what harms nobody is theirs to choose.
            if args
                .last()
                .is_some_and(|last| last.ends_with("=a..b") || last.ends_with("=../up") || last.ends_with("=a b"))
                && args[0] == "record"
            {
                continue;
            }
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            let said = project.unchanged(|| project.by(who, &args));
            assert_eq!(said.code, 2, "{args:?}: {}{}", said.out, said.err);
            said.is_silent_on("\u{1b}");
        }
    }
}

#[test]
fn a21_a_member_is_named_for_ever_so_soundly() {
    let project = Project::founded();
    let mallory = project.key("mallory.pub");
    for id in ["-x", "a\u{1b}b", "..", "a b", ""] {
        let id = format!("{id}");
        let args =
            ["trust", "add", "--name=M", "--email=m@example.com", "--role=qa", "--public-key", &mallory, "--", &id];
        refused(&project, "ada", &args, 2, &["error:"]);
    }
    for email in ["*@example.com", "a\u{1b}@example.com", "nobody", "a b@example.com"] {
        let email = format!("--email={email}");
        let args = ["trust", "add", "mallory", "--name=M", &email, "--role=qa", "--public-key", &mallory];
        refused(&project, "ada", &args, 2, &["error:"]);
    }
}

#[test]
fn a_role_that_signs_nothing_is_taken_for_a_slip_of_the_pen() {
    let project = Project::founded();
    let mallory = project.key("mallory.pub");
    let args =
        ["trust", "add", "eve", "--name=E", "--email=e@example.com", "--role=relase-manager", "--public-key", &mallory];
    refused(&project, "ada", &args, 2, &["role relase-manager may sign nothing", "release-manager"]);
}
