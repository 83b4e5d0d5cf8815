//! Completions and manual pages, where people use them: in bash, zsh and fish behind git, and in man.
//!
//! A shell that is not installed is skipped and named; with `QMS_REQUIRE_SHELLS=1` that fails.

use std::path::Path;
use std::process::Command;

use super::desk::Desk;

/// What is typed at a prompt, and what it becomes by a tab.
const TYPED: &[(&str, &str)] = &[
    ("git qm", "qms"),
    ("git qms stat", "status"),
    ("git qms record moni", "monitor"),
    ("git -C . qms record moni", "monitor"),
    ("git qms doctor --fi", "--fix"),
    ("git qms init --preset reg", "regulated"),
    ("git-qms trust thr", "threshold"),
];

/// Whether all of these are there; says what is missing.
fn has(files: &[&str]) -> bool {
    let found = |file: &&&str| {
        Path::new(file).exists()
            || std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
                .any(|folder| !file.starts_with('/') && folder.join(file).is_file())
    };
    let missing: Vec<_> = files.iter().filter(|file| !found(file)).collect();
    if missing.is_empty() {
        return true;
    }
    assert!(std::env::var_os("QMS_REQUIRE_SHELLS").is_none(), "missing: {missing:?}");
    eprintln!("SKIPPED: missing: {missing:?}");
    false
}

/// A shell in which `git qms` is found, as it is after installation.
fn shell(desk: &Desk, name: &str, args: &[&str]) -> Command {
    let mut command = desk.program(name, args, &desk.path("home"));
    let program = Path::new(env!("CARGO_BIN_EXE_git-qms")).parent().expect("a folder").display().to_string();
    command.env("PATH", format!("{program}:{}", std::env::var("PATH").expect("text"))).env("TERM", "dumb");
    command
}

fn out(command: &mut Command) -> String {
    let output = command.output().expect("it runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Puts what `git qms completions` prints where the shell looks for it.
fn install(desk: &Desk, args: &str, file: &str) {
    let file = desk.path(file);
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
    let words: Vec<&str> = ["completions"].into_iter().chain(args.split(' ')).collect();
    std::fs::write(file, desk.qms_in("home", &words).exit(0).out).expect("written");
}

#[test]
fn u04_bash_completes_behind_git() {
    let loader = "/usr/share/bash-completion/bash_completion";
    if !has(&["bash", loader, "/usr/share/bash-completion/completions/git"]) {
        return;
    }
    let desk = Desk::bare();
    install(&desk, "bash", "user/completions/git-qms");
    // What readline does on a tab, with the function that is registered for the first word.
    let script = format!(
        r#". {loader}
_completion_loader git; _completion_loader git-qms
for line; do
    COMP_LINE=$line COMP_POINT=${{#line}} COMP_WORDS=($line) COMPREPLY=()
    COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
    registered=$(complete -p "${{COMP_WORDS[0]}}"); registered=${{registered##*-F }}
    ${{registered%% *}} "${{COMP_WORDS[0]}}" "${{COMP_WORDS[COMP_CWORD]}}" "${{COMP_WORDS[COMP_CWORD - 1]}}"
    printf '%s\n' "${{COMPREPLY[*]}}"
done
"#
    );
    std::fs::write(desk.path("home/ask"), script).expect("written");
    let args: Vec<&str> = ["--norc", "-i", "ask"].into_iter().chain(TYPED.iter().map(|(typed, _)| *typed)).collect();
    let said = out(shell(&desk, "bash", &args).env("BASH_COMPLETION_USER_DIR", desk.path("user")));
    let got: Vec<&str> = said.lines().map(str::trim).collect();
    assert_eq!(got, TYPED.iter().map(|(_, becomes)| *becomes).collect::<Vec<_>>(), "{said}");
}

#[test]
fn u04_zsh_completes_behind_git() {
    if !has(&["zsh"]) {
        return;
    }
    let desk = Desk::bare();
    install(&desk, "zsh", "home/functions/_git-qms");
    // A shell at a terminal of its own; each line ends with a tab, and is then shown instead of run.
    let script = r#"zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'fpath=(~/functions $fpath); autoload -U compinit; compinit -u -d ~/dump; PS1=; show() { print -r -- "<$BUFFER>"; zle kill-buffer }; zle -N show; bindkey "^X" show; print REA""DY'
zpty -r -m z all '*READY*' || exit 1
for line; do
    zpty -w -n z "$line"$'\t'$'\C-x'
    zpty -r -m z all '*<*>*' || exit 1
    all=${all##*<}
    print -r -- "${all%%>*}"
done
"#;
    std::fs::write(desk.path("home/ask"), script).expect("written");
    let args: Vec<&str> = ["-f", "ask"].into_iter().chain(TYPED.iter().map(|(typed, _)| *typed)).collect();
    let said = out(&mut shell(&desk, "zsh", &args));
    let got: Vec<&str> = said.lines().map(|line| line.trim().rsplit(' ').next().unwrap_or_default()).collect();
    assert_eq!(got, TYPED.iter().map(|(_, becomes)| *becomes).collect::<Vec<_>>(), "{said}");
}

#[test]
fn u04_fish_completes_behind_git() {
    if !has(&["fish"]) {
        return;
    }
    let desk = Desk::bare();
    install(&desk, "fish", "home/.config/fish/completions/git-qms.fish");
    install(&desk, "fish --behind-git", "home/.config/fish/conf.d/git-qms.fish");
    let args: Vec<&str> = ["-c", "for line in $argv; complete -C $line; end"]
        .into_iter()
        .chain(TYPED.iter().map(|(typed, _)| *typed))
        .collect();
    let said = out(&mut shell(&desk, "fish", &args));
    let got: Vec<&str> = said.lines().map(|line| line.split('\t').next().unwrap_or_default()).collect();
    assert_eq!(got, TYPED.iter().map(|(_, becomes)| *becomes).collect::<Vec<_>>(), "{said}");
    let said = desk.qms_in("home", &["completions", "bash", "--behind-git"]).exit(2);
    assert!(said.err.contains("bash needs nothing more"), "{said:?}");
}

#[test]
fn u04_git_help_opens_the_page_and_it_is_clean() {
    if !has(&["man"]) {
        return;
    }
    let desk = Desk::bare();
    desk.qms_in("home", &["man", "--to", "../share/man/man1"]).exit(0);
    let read = |program: &str, args: &[&str]| {
        let mut command = shell(&desk, program, args);
        command
            .env("MANPATH", desk.path("share/man"))
            .env("MANWIDTH", "80")
            .env("MANPAGER", "cat")
            .env("GROFF_NO_SGR", "1");
        let output = command.output().expect("it runs");
        assert!(output.status.success(), "{output:?}");
        // Bold is a letter struck twice.
        let mut plain = String::new();
        for letter in String::from_utf8_lossy(&output.stdout).chars() {
            if letter == '\u{8}' {
                plain.pop();
            } else {
                plain.push(letter);
            }
        }
        plain
    };
    for args in [&["help", "qms"][..], &["qms", "--help"]] {
        let page = read("git", args);
        for section in ["NAME\n", "SYNOPSIS\n", "EXIT STATUS\n", "ENVIRONMENT\n", "FILES\n", "SEE ALSO\n"] {
            assert!(page.contains(section), "{args:?}: {section}: {page}");
        }
        assert!(page.contains("git qms [OPTIONS] <COMMAND>"), "{page}");
    }
    let page = read("man", &["git-qms-record-test"]);
    assert!(page.contains("git qms record test [OPTIONS]"), "{page}");
    assert!(page.contains("\n       git qms record test --from target/surefire-reports\n"), "{page}");
    // What `help` says without man.
    let said = desk.qms_in("home", &["help", "record", "test"]).exit(0).out;
    assert!(said.contains("Usage: git qms record test [OPTIONS]"), "{said}");

    // groff and man have nothing to complain about, on any page.
    let mut count = 0;
    let pages = std::fs::read_dir(desk.path("share/man/man1")).expect("a folder");
    let pages: Vec<String> = pages.map(|page| page.expect("an entry").path().display().to_string()).collect();
    for page in &pages {
        let output = shell(&desk, "man", &["--warnings", "-l", page]).env("MANWIDTH", "80").output().expect("it runs");
        assert!(output.status.success() && output.stderr.is_empty(), "{page}: {output:?}");
        count += 1;
    }
    assert!(count > 60, "{count}");
}
