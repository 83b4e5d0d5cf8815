//! The project of the walk-through, made by the program itself: three people's keys, a remote, a release.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses its own part")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A project with a work tree, keys beside it, and a bare remote, all in one directory that goes away with it.
pub struct Payments {
    directory: tempfile::TempDir,
}

const JUNIT: &str = r#"<testsuites><testsuite name="unit"><testcase classname="refund" name="limit" time="0.1"/>
<testcase classname="refund" name="partial" time="0.2"/></testsuite></testsuites>"#;

const TRIVY: &str = r#"{"SchemaVersion":2,"CreatedAt":"2026-04-13T09:00:00Z","ArtifactName":"payments","ArtifactType":"filesystem",
"Results":[{"Target":"Cargo.lock","Class":"lang-pkgs","Type":"cargo","Vulnerabilities":[
{"VulnerabilityID":"CVE-2026-0001","PkgName":"left","InstalledVersion":"1.0.0","Severity":"MEDIUM"}]}]}"#;

impl Payments {
    /// A repository with one commit, keys for ada, grace and ci, reports, and a bare remote; no trust yet.
    pub fn new() -> Self {
        let project = Self { directory: tempfile::tempdir().expect("a temporary directory") };
        std::fs::create_dir(project.path()).expect("an empty directory");
        std::fs::create_dir(project.root().join("home")).expect("an empty directory");
        project.git(&["config", "--global", "user.name", "Ada Lovelace"]);
        project.git(&["config", "--global", "user.email", "ada@example.com"]);
        project.git(&["init", "-q", "-b", "main"]);
        project.write("src.txt", "one\n");
        project.write("junit.xml", JUNIT);
        project.write("trivy.json", TRIVY);
        project.write("payments.tar.gz", "built\n");
        project.git(&["add", "src.txt"]);
        project.git(&["commit", "-qm", "First"]);
        project.git(&["init", "-q", "--bare", "-b", "main", "../remote.git"]);
        project.git(&["remote", "add", "origin", "../remote.git"]);
        project.git(&["push", "-q", "-u", "origin", "main"]);
        std::fs::create_dir(project.root().join("keys")).expect("an empty directory");
        for who in ["ada", "grace", "ci"] {
            project.qms(&["key", "new", &format!("../keys/{who}")]);
        }
        project
    }

    /// The same with trust of three, a ratified policy, and HEAD ready to be judged: evidence and an approval.
    pub fn judged() -> Self {
        let project = Self::new();
        project.qms(&["init", "--name", "payments-api", "--member", "ada"]);
        project.git(&["add", ".qms"]);
        project.git(&["commit", "-qm", "Quality policy"]);
        let grace = ["trust", "add", "grace", "--name", "Grace Hopper", "--email", "grace@example.com"];
        project.qms(
            &[&grace[..], &["--public-key", "../keys/grace.pub", "--role", "release-manager", "--role", "qa"]].concat(),
        );
        project.qms(&["trust", "add", "ci", "--bot", "--name", "CI", "--public-key", "../keys/ci.pub", "--role", "ci"]);
        project.qms(&["policy", "ratify"]);
        let plan = ["record", "plan", "--change", "CHG-1842", "--reason", "Refund limits", "--requirement", "REQ-7"];
        project.qms(&[&plan[..], &["--known-risk", "touches the ledger", "--rollback", "restore previous"]].concat());
        project.by("ci", &["record", "build", "--build-id", "77", "--artifact", "payments.tar.gz"]);
        project.by("ci", &["record", "test", "--from", "junit.xml"]);
        project.by("ci", &["record", "scan", "--from", "trivy.json"]);
        project.by("grace", &["approve", "--role", "release-manager"]);
        project
    }

    /// The same, released, deployed and monitored; the name of the release.
    pub fn released() -> (Self, String) {
        let project = Self::judged();
        let release = ["release", "--quiet", "--change", "CHG-1842", "--environment", "production"];
        let tag = project.by("grace", &release).trim().to_owned();
        let at = ["--release", &tag, "--environment", "production"];
        project.by("ci", &[&["record", "deploy", "--outcome", "success"], &at[..]].concat());
        project.by("ci", &[&["record", "monitor", "--smoke", "pass"], &at[..]].concat());
        (project, tag)
    }

    /// The directory of everything.
    pub fn root(&self) -> &Path {
        self.directory.path()
    }

    /// The work tree.
    pub fn path(&self) -> PathBuf {
        self.root().join("payments")
    }

    /// Where a member's private key is.
    pub fn key(&self, who: &str) -> PathBuf {
        self.root().join("keys").join(who)
    }

    /// Writes a file into the work tree.
    pub fn write(&self, path: &str, content: &str) {
        std::fs::write(self.path().join(path), content).expect("writable");
    }

    /// A command in a directory, cut off from the machine's own configuration.
    pub fn command(&self, program: &str, dir: &Path) -> Command {
        let mut command = Command::new(program);
        let inherited = std::env::vars_os().map(|(name, _)| name);
        let ours = |name: &std::ffi::OsString| {
            name.to_str().is_some_and(|name| {
                ["GIT_", "QMS_", "GITHUB_", "CI", "GITLAB_", "SSH_"].iter().any(|own| name.starts_with(own))
            })
        };
        inherited.filter(ours).for_each(|name| {
            command.env_remove(name);
        });
        let bin = Path::new(env!("CARGO_BIN_EXE_git-qms")).parent().expect("a directory");
        let path = std::env::var_os("PATH").unwrap_or_default();
        let paths = std::iter::once(bin.to_owned()).chain(std::env::split_paths(&path));
        command.current_dir(dir).env("PATH", std::env::join_paths(paths).expect("no colon"));
        command.env("HOME", self.root().join("home")).env("GIT_CONFIG_GLOBAL", self.root().join("home/gitconfig"));
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("QMS_SIGNING_KEY", self.key("ada"));
        command
    }

    /// Runs git in the work tree; it has to succeed.
    pub fn git(&self, args: &[&str]) -> String {
        self.git_in(&self.path(), args)
    }

    /// Runs git somewhere; it has to succeed.
    pub fn git_in(&self, dir: &Path, args: &[&str]) -> String {
        succeeded(&self.command("git", dir).args(args).output().expect("git runs"), args)
    }

    /// Runs the program as ada; it has to succeed.
    pub fn qms(&self, args: &[&str]) -> String {
        succeeded(&self.try_qms(&self.path(), args), args)
    }

    /// Runs the program as somebody; it has to succeed.
    pub fn by(&self, who: &str, args: &[&str]) -> String {
        let key = self.key(who).display().to_string();
        self.qms(&[args, &["--key", &key]].concat())
    }

    /// Runs the program somewhere, however it ends.
    pub fn try_qms(&self, dir: &Path, args: &[&str]) -> Output {
        self.command(env!("CARGO_BIN_EXE_git-qms"), dir).args(args).output().expect("the program runs")
    }

    /// A copy of the work tree with its repository, to be tampered with.
    pub fn copy(&self, name: &str) -> PathBuf {
        let to = self.root().join(name);
        let args = ["-r".into(), self.path(), to.clone()];
        assert!(Command::new("cp").args(args).status().expect("cp runs").success());
        to
    }
}

fn succeeded(output: &Output, args: &[&str]) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?}: {}\n{said}", output.status);
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}
