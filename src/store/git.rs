//! Stock git as a child process: the only place of the store that starts one.

#![expect(clippy::disallowed_methods, reason = "this is the file that starts git")]

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What keeps configuration of a repository from running programs, and from answering out of a commit-graph.
const NEUTRAL: [&str; 6] = [
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.commitGraph=false",
    "core.pager=cat",
    "gc.auto=0",
    "maintenance.auto=false",
];

/// Runs git on one repository.
#[derive(Debug, Clone)]
pub(super) struct Git {
    git_dir: PathBuf,
    work_tree: Option<PathBuf>,
}

/// What a git process left behind.
pub(super) struct Output {
    /// The exit code; `None` when a signal ended it.
    pub(super) code: Option<i32>,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
    command: String,
}

/// Why a git process did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// It could not be started.
    #[error("cannot run `{command}`: {source}; is git installed and on PATH?")]
    Spawn {
        /// The command line.
        command: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// It ended with an error.
    #[error("`{command}` failed ({status}): {stderr}")]
    Failed {
        /// The command line.
        command: String,
        /// How it ended.
        status: String,
        /// What it said, with control characters escaped.
        stderr: String,
    },
}

impl Git {
    pub(super) fn new(git_dir: &Path, work_tree: Option<&Path>) -> Self {
        Self { git_dir: git_dir.to_owned(), work_tree: work_tree.map(Path::to_owned) }
    }

    /// Asks git something. Takes no locks, runs no hook, fetches nothing.
    pub(super) fn read<S: AsRef<OsStr>>(&self, args: &[S]) -> Result<Output, GitError> {
        let mut command = self.command();
        for setting in NEUTRAL {
            command.args(["-c", setting]);
        }
        command.env("GIT_OPTIONAL_LOCKS", "0").env("GIT_NO_LAZY_FETCH", "1");
        run(command.args(args), None)
    }

    /// Lets git change something; the user's hooks run, as with every write.
    pub(super) fn write<S: AsRef<OsStr>>(&self, args: &[S], stdin: Option<&[u8]>) -> Result<Output, GitError> {
        run(self.command().args(args), stdin)
    }

    /// As [`Self::write`], what it says written on as it comes, after `head`.
    pub(super) fn stream<S: AsRef<OsStr>>(
        &self,
        args: &[S],
        stdin: &[u8],
        head: &[u8],
        out: &mut dyn io::Write,
    ) -> Result<(), GitError> {
        let mut command = self.command();
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let line = described(&command);
        let failed = |source| GitError::Spawn { command: line.clone(), source };
        let mut child = command.spawn().map_err(failed)?;
        let (input, said, faults) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (copied, stderr) = std::thread::scope(|scope| {
            if let Some(mut pipe) = input {
                scope.spawn(move || pipe.write_all(stdin).ok());
            }
            let faults = faults.map(|mut pipe| {
                scope.spawn(move || {
                    let mut bytes = Vec::new();
                    pipe.read_to_end(&mut bytes).ok();
                    bytes
                })
            });
            let copied = out.write_all(head).and_then(|()| said.map_or(Ok(0), |mut pipe| io::copy(&mut pipe, out)));
            (copied, faults.and_then(|faults| faults.join().ok()).unwrap_or_default())
        });
        let status = child.wait().map_err(failed)?;
        copied.map_err(failed)?;
        Output { code: status.code(), stdout: Vec::new(), stderr, command: line }.success().map(drop)
    }

    fn command(&self) -> Command {
        let mut command = Command::new("git");
        let mut git_dir = std::ffi::OsString::from("--git-dir=");
        git_dir.push(&self.git_dir);
        command.arg("--no-pager").arg(git_dir).current_dir(self.work_tree.as_ref().unwrap_or(&self.git_dir));
        if let Some(work_tree) = &self.work_tree {
            let mut option = std::ffi::OsString::from("--work-tree=");
            option.push(work_tree);
            command.arg(option);
        }
        // Objects in a push's quarantine stay visible; everything that would point elsewhere goes.
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX", "GIT_REFLOG_ACTION"] {
            command.env_remove(name);
        }
        command.env("LC_ALL", "C").env("GIT_TERMINAL_PROMPT", "0").env("GIT_NO_REPLACE_OBJECTS", "1");
        command.env("GIT_ADVICE", "0");
        command
    }
}

impl Output {
    pub(super) fn is_success(&self) -> bool {
        self.code == Some(0)
    }

    /// The output of a process that has to succeed.
    pub(super) fn success(self) -> Result<Vec<u8>, GitError> {
        if self.is_success() { Ok(self.stdout) } else { Err(self.failure()) }
    }

    pub(super) fn failure(self) -> GitError {
        GitError::Failed {
            status: self.code.map_or_else(|| "ended by a signal".to_owned(), |code| format!("exit {code}")),
            stderr: escaped(&self.stderr),
            command: self.command,
        }
    }
}

fn run(command: &mut Command, stdin: Option<&[u8]>) -> Result<Output, GitError> {
    let line = described(command);
    let failed = |source| GitError::Spawn { command: line.clone(), source };
    let input = if stdin.is_some() { Stdio::piped() } else { Stdio::null() };
    let mut child = command.stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(failed)?;
    let pipe = child.stdin.take();
    let output = std::thread::scope(|scope| {
        if let (Some(mut pipe), Some(bytes)) = (pipe, stdin) {
            // A child that ends early closes its pipe; its exit code and words say why.
            scope.spawn(move || pipe.write_all(bytes).ok());
        }
        child.wait_with_output()
    })
    .map_err(failed)?;
    Ok(Output { code: output.status.code(), stdout: output.stdout, stderr: output.stderr, command: line })
}

/// The command without the paths and settings that every call has.
fn described(command: &Command) -> String {
    let mut text = String::from("git");
    let mut args = command.get_args().skip(1).map(OsStr::to_string_lossy);
    while let Some(arg) = args.next() {
        if arg.starts_with("--git-dir=") || arg.starts_with("--work-tree=") {
            continue;
        }
        if arg == "-c" {
            args.next();
            continue;
        }
        let _ = write!(text, " {}", arg.escape_debug());
    }
    text
}

/// Text of another program, made safe for a terminal.
pub(super) fn escaped(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut out = String::with_capacity(text.len());
    for c in text.trim().chars() {
        if c.is_control() && c != '\n' { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_other_programs_cannot_steer_a_terminal() {
        assert_eq!(escaped(b"  fatal: \x1b[31mred\r\nsecond\x07 "), "fatal: \\u{1b}[31mred\\r\nsecond\\u{7}");
    }

    #[test]
    fn a_failure_names_the_command_and_what_it_said() {
        let nowhere = tempfile::tempdir().expect("a directory");
        let git = Git::new(nowhere.path(), None);
        let error = git.read(&["rev-parse", "HEAD"]).and_then(Output::success).expect_err("no repository");
        let text = error.to_string();
        assert!(text.starts_with("`git rev-parse HEAD` failed (exit 128): fatal: not a git repository"), "{text}");
    }
}
