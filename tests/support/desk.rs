//! A project on a desk: a repository, keys for Ada, Grace and a pipeline, and the program, cut off from the machine.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A directory with everything in it.
pub(crate) struct Desk {
    directory: tempfile::TempDir,
}

/// What a command said, and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
        Self { code: output.status.code().expect("no signal"), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// The one JSON object on standard output.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// It has to have ended so.
    pub(crate) fn exit(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }
}

impl Desk {
    /// An empty desk.
    pub(crate) fn bare() -> Self {
        let desk = Self { directory: tempfile::tempdir().expect("a temporary directory") };
        std::fs::create_dir_all(desk.path("home")).expect("a home");
        let config = "[user]\n\tname = Ada Lovelace\n\temail = ada@example.com\n[init]\n\tdefaultBranch = main\n";
        std::fs::write(desk.path("home/gitconfig"), config).expect("a configuration");
        desk
    }

    /// A repository with one commit, a remote and keys, without anything of git-qms.
    pub(crate) fn with_keys() -> Self {
        let desk = Self::bare();
        std::fs::create_dir_all(desk.path("keys")).expect("a directory");
        std::fs::create_dir_all(desk.path("payments")).expect("a directory");
        desk.git(&["init", "-q"]);
        std::fs::write(desk.path("payments/code"), "1\n").expect("a file");
        desk.git(&["add", "."]);
        desk.git(&["commit", "-q", "-m", "Payments"]);
        desk.git(&["init", "-q", "--bare", "../payments.git"]);
        desk.git(&["remote", "add", "origin", "../payments.git"]);
        for who in ["ada", "grace", "ci"] {
            desk.qms(&["key", "new", &format!("../keys/{who}")]).exit(0);
        }
        desk
    }

    /// A project whose policy is in force, with all three members.
    pub(crate) fn founded() -> Self {
        let desk = Self::with_keys();
        desk.qms(&["init", "--name", "payments-api", "--member", "ada"]).exit(0);
        desk.git(&["add", ".qms"]);
        desk.git(&["commit", "-q", "-m", "Quality policy"]);
        let grace = "trust add grace --name Grace --email grace@example.com --public-key ../keys/grace.pub";
        desk.say(&format!("{grace} --role release-manager --role qa")).exit(0);
        desk.say("trust add ci --bot --name CI --public-key ../keys/ci.pub --role ci").exit(0);
        desk.say("policy ratify").exit(0);
        desk
    }

    /// The whole walk-through, played by `git qms demo`.
    pub(crate) fn played() -> (Self, Value) {
        let desk = Self { directory: tempfile::tempdir().expect("a temporary directory") };
        let place = desk.path("").display().to_string();
        let output = desk.command(Path::new("/"), &["--json", "demo", &place]).output().expect("runs");
        let said = Said::of(&output).exit(0);
        let told = said.json();
        (desk, told)
    }

    /// A path on the desk.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The program, in a folder, as Ada.
    pub(crate) fn command(&self, folder: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_git-qms"));
        command.args(args).env("QMS_SIGNING_KEY", "../keys/ada");
        self.isolated(command, folder)
    }

    /// Another program, in a folder.
    pub(crate) fn program(&self, name: &str, args: &[&str], folder: &Path) -> Command {
        let mut command = Command::new(name);
        command.args(args);
        self.isolated(command, folder)
    }

    fn isolated(&self, mut command: Command, folder: &Path) -> Command {
        command.current_dir(folder);
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            let is_ours = name.starts_with("QMS_") && name != "QMS_SIGNING_KEY";
            if name.starts_with("GIT_") || is_ours || ["CI", "NO_COLOR", "SSH_AUTH_SOCK"].contains(&name.as_str()) {
                command.env_remove(name);
            }
        }
        command.env("HOME", self.path("home")).env("GIT_CONFIG_GLOBAL", self.path("home/gitconfig"));
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("LC_ALL", "C");
        command
    }

    /// Runs the program in Ada's clone.
    pub(crate) fn qms(&self, args: &[&str]) -> Said {
        self.qms_in("payments", args)
    }

    /// As [`Self::qms`], with the arguments in one text without quotes.
    pub(crate) fn say(&self, args: &str) -> Said {
        self.qms(&args.split_whitespace().collect::<Vec<_>>())
    }

    /// Runs the program elsewhere on the desk.
    pub(crate) fn qms_in(&self, folder: &str, args: &[&str]) -> Said {
        Said::of(&self.command(&self.path(folder), args).output().expect("runs"))
    }

    /// Runs git in Ada's clone; it has to succeed.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        let said = Said::of(&self.program("git", args, &self.path("payments")).output().expect("runs"));
        said.exit(0).out.trim_end().to_owned()
    }
}
