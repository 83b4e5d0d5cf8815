//! One shell in a directory of its own, in which guides are played.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::transcript::{self, Step};
use super::volatile::Examples;

/// What the guides say that the reader has: a repository with history, an Ed25519 key, and reports of their tools.
const SETUP: &str = r#"
set -e
git config --global user.name "Ada Lovelace"
git config --global user.email ada@example.com
git config --global init.defaultBranch main
mkdir -m 700 "$HOME/.ssh" && git qms key new -q "$HOME/.ssh/id_ed25519" > /dev/null
git init -q payments && cd payments
mkdir dist && echo "built" > dist/payments.tar.gz
cp "$REPORTS"/* .
printf 'def refund(amount):\n    return min(amount, 100)\n' > refunds.py
printf '/dist/\n/*.xml\n/*.json\n' > .gitignore
git add . && git commit -q -m "Refunds"
set +e
unset REPORTS
"#;

/// Never part of what a command prints.
const MARK: &str = "-- git-qms-test-mark --";

/// A running shell.
pub(crate) struct Sandbox {
    shell: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    examples: Examples,
    _directory: tempfile::TempDir,
}

impl Sandbox {
    /// Starts the shell, where the reader of a guide would be.
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let home = directory.path().join("home");
        std::fs::create_dir(&home).expect("a directory");
        let program = Path::new(env!("CARGO_BIN_EXE_git-qms")).parent().expect("a folder");
        let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default());
        let mut shell = Command::new("bash")
            .args(["--noprofile", "--norc"])
            .current_dir(directory.path())
            .env_clear()
            .envs([("PATH", path.as_str()), ("GIT_CONFIG_NOSYSTEM", "1"), ("LC_ALL", "C.UTF-8"), ("TZ", "UTC")])
            .env("HOME", &home)
            .env("QMS_PIPELINES", manifest_dir().join("pipelines"))
            .env("REPORTS", manifest_dir().join("tests/walk_through/reports"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("bash is installed");
        let input = shell.stdin.take().expect("a pipe");
        let output = BufReader::new(shell.stdout.take().expect("a pipe"));
        let mut sandbox = Self { shell, input, output, examples: Examples::default(), _directory: directory };
        let (lines, exit) = sandbox.run(SETUP);
        assert_eq!(exit, 0, "setting up: {lines:#?}");
        sandbox
    }

    /// Runs every command of a guide; all that differ are told at once.
    pub(crate) fn play(&mut self, guide: &str) {
        let path = manifest_dir().join("docs/guide").join(guide);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let steps = transcript::steps(&text);
        assert!(!steps.is_empty(), "{guide} has no command");
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let mut faults = Vec::new();
        // From the last to the first, so that line numbers hold while lines change.
        let played: Vec<_> = steps.iter().map(|step| self.fault(step)).collect();
        for (step, fault) in steps.iter().zip(played).rev() {
            let Some((told, found)) = fault else { continue };
            lines.splice(step.output_at()..step.output_at() + step.output.len(), found);
            faults.insert(0, told);
        }
        if !faults.is_empty() && std::env::var_os("QMS_WALK_UPDATE").is_some_and(|wanted| wanted == "1") {
            std::fs::write(&path, lines.join("\n") + "\n").expect("the guide can be written");
            return;
        }
        assert!(
            faults.is_empty(),
            "docs/guide/{guide} is not what happens; if the new output is right, run this again with QMS_WALK_UPDATE=1:\n\n{}",
            faults.join("\n\n")
        );
    }

    /// What is wrong with a step, and the output that would be right.
    fn fault(&mut self, step: &Step) -> Option<(String, Vec<String>)> {
        let (found, exit) = self.run(&self.examples.put_into(&step.command));
        let (expected, shaped, clash) = self.examples.compare(&step.output, &found);
        if transcript::matches(&expected, &shaped) && exit == step.exit && clash.is_none() {
            return None;
        }
        let clash = clash.map(|clash| format!("\n{clash}")).unwrap_or_default();
        let told = format!("line {}, exit {exit}:{clash}\n$ {}\n{}", step.line, step.command, found.join("\n"));
        Some((told, found.iter().map(|line| self.examples.put_back(line)).collect()))
    }

    /// Runs one command; what it printed to either stream, and its exit code.
    fn run(&mut self, command: &str) -> (Vec<String>, i32) {
        let text = format!("{{\n{command}\n}} 2>&1 </dev/null\nprintf '\\n{MARK}%d\\n' \"$?\"\n");
        self.input.write_all(text.as_bytes()).expect("the shell reads");
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            let read = self.output.read_line(&mut line).expect("UTF-8 output");
            assert!(read > 0, "the shell ended in: {command}\n{}", lines.join("\n"));
            let line = line.trim_end_matches('\n');
            if let Some(exit) = line.strip_prefix(MARK) {
                let exit = exit.parse().expect("an exit code");
                // The mark stands behind a newline of its own.
                if lines.last().is_some_and(String::is_empty) {
                    lines.pop();
                }
                return (lines, exit);
            }
            lines.push(line.to_owned());
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}

fn manifest_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}
