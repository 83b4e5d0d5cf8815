//! Names that could harm references, paths or terminals are refused at the door.

use crate::project::Project;
use crate::recording::refused;

#[test]
fn a21_names_with_control_characters_dashes_or_dots_are_refused() {
    let project = Project::proven();
    for name in ["a\u{1b}[2Jb", "-rf", "../up", "a..b", "", "a b", "a\nb"] {
        for (who, command) in [
            ("ada", "gate --service"),
            ("ada", "gate --environment"),
            ("grace", "approve --role"),
            ("grace", "release --version"),
            ("ci", "record monitor --smoke=pass --release"),
        ] {
            refused_quietly(&project, who, command, name);
        }
    }
}

#[test]
fn a21_references_with_control_characters_or_dashes_are_refused() {
    let project = Project::proven();
    // What harms nobody is the issue tracker's to choose.
    for name in ["a\u{1b}[2Jb", "-rf", "", "a\nb"] {
        for command in ["record plan --reason=R --change", "record plan --reason=R --change=C-1 --requirement"] {
            refused_quietly(&project, "ada", command, name);
        }
    }
}

/// The command with this value of its last option is refused, without a raw escape code in what is said.
#[track_caller]
fn refused_quietly(project: &Project, who: &str, command: &str, value: &str) {
    let valued = format!("{command}={value}");
    let (options, _) = command.rsplit_once(' ').expect("an option");
    let args: Vec<&str> = options.split(' ').chain([&valued[options.len() + 1..]]).collect();
    project.unchanged(|| project.by(who, &args)).exit(2).never_says("\u{1b}");
}

#[test]
fn a21_a_member_is_named_for_ever_so_soundly() {
    let project = Project::founded();
    let mallory = project.key("mallory.pub");
    for id in ["-x", "a\u{1b}b", "..", "a b", ""] {
        let args =
            ["trust", "add", "--name=M", "--email=m@example.com", "--role=qa", "--public-key", &mallory, "--", id];
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
    refused(
        &project,
        "ada",
        &args,
        2,
        &["role relase-manager may sign nothing", "qa, release-manager, root, security;"],
    );
}
