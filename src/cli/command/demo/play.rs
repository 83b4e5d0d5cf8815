//! Plays commands as a shell would, in an environment that knows nothing of the user's own.

#![expect(clippy::disallowed_methods, reason = "this is the file that plays the walk-through's commands")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::script::Step;
use crate::cli::environment::Environment;
use crate::cli::error::{Error, Result};
use crate::cli::ui::{Tone, Ui};

/// What of the user's environment the commands see.
const PASSED_ON: [&str; 6] = ["TMPDIR", "TERM", "NO_COLOR", "LANG", "SYSTEMROOT", "SSL_CERT_FILE"];

/// A shell of a few words.
pub(super) struct Player {
    ui: Ui,
    /// This very program, which is run for `git qms`.
    program: PathBuf,
    folder: PathBuf,
    variables: BTreeMap<String, String>,
    environment: BTreeMap<String, String>,
}

/// A command that was run.
pub(super) struct Played {
    /// As it was run, its variables filled in.
    pub(super) command: String,
    /// How it ended.
    pub(super) exit: i32,
}

impl Player {
    /// Starts in `folder`, with a home directory of its own.
    pub(super) fn new(ui: Ui, from: &Environment, folder: &Path, home: &Path) -> Result<Self> {
        let program = std::env::current_exe()
            .map_err(|error| Error::new(format!("this program does not know where it is: {error}")))?;
        let mut environment: BTreeMap<String, String> =
            PASSED_ON.into_iter().filter_map(|name| Some((name.to_owned(), from.get(name)?.to_owned()))).collect();
        let own = program.parent().map_or_else(String::new, |folder| folder.display().to_string());
        // The hook looks for git-qms on PATH: it has to be this one.
        let path = from.get("PATH").map_or_else(|| own.clone(), |path| format!("{own}:{path}"));
        for (name, value) in [
            ("PATH", path),
            ("HOME", home.display().to_string()),
            ("GIT_CONFIG_GLOBAL", home.join("gitconfig").display().to_string()),
            ("GIT_CONFIG_NOSYSTEM", "1".to_owned()),
        ] {
            environment.insert(name.to_owned(), value);
        }
        Ok(Self { ui, program, folder: folder.to_owned(), variables: BTreeMap::new(), environment })
    }

    /// A variable that a step has set.
    pub(super) fn variable(&self, name: &str) -> &str {
        self.variables.get(name).map_or("", String::as_str)
    }

    /// Plays one step: tells why, echoes it, runs it, and shows what it says. Another end than the expected
    /// one is an error.
    pub(super) fn play(&mut self, step: &Step) -> Result<Played> {
        let (kept, typed) = match step.command.split_once("=$(") {
            Some((name, rest)) => (Some(name), rest.strip_suffix(')').unwrap_or(rest)),
            None => (None, step.command),
        };
        let typed = self.filled(typed);
        let shown = kept.map_or_else(|| typed.clone(), |name| format!("{name}=$({typed})"));
        self.tell(&format!("\n{}", self.ui.paint(Tone::Dim, &format!("# {}", step.why))));
        self.tell(&self.ui.paint(Tone::Bold, &format!("$ {shown}")));
        let words = words(&typed);
        let exit = match &words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["cd", folder] => {
                self.folder = self.folder.join(folder);
                0
            }
            ["export", setting] => {
                let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
                self.environment.insert(name.to_owned(), value.to_owned());
                0
            }
            _ => self.run(&words, kept, step.exit)?,
        };
        if step.exit != 0 {
            self.tell(&self.ui.paint(Tone::Dim, &format!("(exit {exit}, as intended: a pipeline stops here)")));
        }
        Ok(Played { command: shown, exit })
    }

    fn run(&mut self, words: &[String], kept: Option<&str>, expected: i32) -> Result<i32> {
        let line = words.join(" ");
        let output = self.command(words).output().map_err(|error| {
            Error::new(format!("cannot run `{line}`: {error}")).hint("is git installed and on PATH?")
        })?;
        let (said, chatter) = (text(&output.stdout), text(&output.stderr));
        let code = output.status.code();
        if code != Some(expected) {
            return Err(unexpected(&line, &output, expected).hint(format!("look around in {}", self.folder.display())));
        }
        if let Some(name) = kept {
            self.variables.insert(name.to_owned(), said.trim().to_owned());
        }
        self.tell_text(&said);
        self.tell_text(&chatter);
        Ok(expected)
    }

    fn command(&self, words: &[String]) -> Command {
        let mut command = match words {
            [git, qms, rest @ ..] if git == "git" && qms == "qms" => {
                let mut command = Command::new(&self.program);
                command.args(["--color", if self.ui.is_coloured() { "always" } else { "never" }]).args(rest);
                command
            }
            [program, rest @ ..] => {
                let mut command = Command::new(program);
                command.args(rest);
                command
            }
            [] => Command::new("true"),
        };
        command.current_dir(&self.folder).env_clear().envs(&self.environment);
        command
    }

    fn filled(&self, typed: &str) -> String {
        self.variables.iter().fold(typed.to_owned(), |text, (name, value)| text.replace(&format!("${name}"), value))
    }

    fn tell(&self, line: &str) {
        self.tell_text(&format!("{line}\n"));
    }

    /// Nothing but the result in JSON and quiet mode.
    fn tell_text(&self, text: &str) {
        if !self.ui.is_json() && !self.ui.is_quiet() {
            self.ui.print(text);
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn unexpected(line: &str, output: &Output, expected: i32) -> Error {
    let ended = output
        .status
        .code()
        .map_or_else(|| "was ended by a signal".to_owned(), |code| format!("ended with exit {code}"));
    let error = Error::new(format!("the walk-through stops: `{line}` {ended}, where exit {expected} was expected"));
    let (said, chatter) = (text(&output.stdout), text(&output.stderr));
    said.lines().chain(chatter.lines()).fold(error, Error::detail)
}

/// Splits as a shell does; double quotes hold words together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_words_together() {
        assert_eq!(
            words("git commit -m \"Refund limits\" --x=\"\"  y"),
            ["git", "commit", "-m", "Refund limits", "--x=", "y"]
        );
        assert_eq!(words("a \"\" b"), ["a", "", "b"]);
    }
}
