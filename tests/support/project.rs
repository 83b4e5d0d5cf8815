//! A project as its people have it: home directory, keys, repository; and the real program run in it.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses its own part")]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_git-qms");

/// A service of one repository, with the keys of ada (root), grace (release manager) and ci (a bot).
pub struct Project {
    directory: tempfile::TempDir,
    repo: PathBuf,
}

/// How a program ended and what it said.
#[derive(Debug)]
pub struct Ran {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ran {
    /// It has to have succeeded.
    #[track_caller]
    pub fn ok(self) -> Self {
        self.exit(0)
    }

    /// It has to have ended with this code.
    #[track_caller]
    pub fn exit(self, code: i32) -> Self {
        assert_eq!(self.code, code, "exit code; it said:\n{}{}", self.out, self.err);
        self
    }

    /// It has to have said this, to either stream.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        let said = format!("{}{}", self.out, self.err);
        assert!(said.contains(text), "{text:?} is not in what it said:\n{said}");
        self
    }

    /// It must not have said this.
    #[track_caller]
    pub fn never_says(self, text: &str) -> Self {
        let said = format!("{}{}", self.out, self.err);
        assert!(!said.contains(text), "{text:?} is in what it said:\n{said}");
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}:\n{}{}", self.out, self.err))
    }

    /// The first word of the output: an id.
    #[track_caller]
    pub fn id(&self) -> String {
        self.out.split_whitespace().next().expect("an id").to_owned()
    }
}

impl Project {
    /// A repository with one commit on `main`, and keys; nothing of git-qms in it yet.
    pub fn bare_of_evidence() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let repo = directory.path().join("payments");
        std::fs::create_dir_all(directory.path().join("home")).expect("a directory");
        std::fs::create_dir_all(directory.path().join("keys")).expect("a directory");
        let project = Self { directory, repo };
        let at = project.outside().to_owned();
        project.git_in(&at, &["config", "--global", "user.name", "Ada Lovelace"]);
        project.git_in(&at, &["config", "--global", "user.email", "ada@example.com"]);
        project.git_in(&at, &["init", "-q", "-b", "main", "payments"]);
        for who in ["ada", "grace", "ci", "mallory"] {
            let key = project.key(who);
            project.run_in(&at, &["key", "new", &key], &[]).ok();
        }
        project.commit("app.txt", "one\n");
        project
    }

    /// As [`Self::bare_of_evidence`], with trust, members and a ratified catalog.
    pub fn founded() -> Self {
        let project = Self::bare_of_evidence();
        project.by("ada", &["init", "--name", "payments", "--member", "ada"]).ok();
        project.git(&["add", ".qms"]);
        project.git(&["commit", "-q", "-m", "Quality policy"]);
        let grace = project.key("grace.pub");
        let ci = project.key("ci.pub");
        let add = ["trust", "add", "grace", "--name", "Grace Hopper", "--email", "grace@example.com"];
        let roles = ["--public-key", &grace, "--role", "release-manager", "--role", "qa"];
        project.by("ada", &[&add[..], &roles[..]].concat()).ok();
        project.by("ada", &["trust", "add", "ci", "--bot", "--name", "CI", "--public-key", &ci, "--role", "ci"]).ok();
        project.by("ada", &["policy", "ratify"]).ok();
        project
    }

    /// As [`Self::founded`], with all the evidence that a release takes, on HEAD.
    pub fn proven() -> Self {
        let project = Self::founded();
        project.plan("CHG-1842");
        project.prove();
        project
    }

    /// As [`Self::proven`], and released; with the tag.
    pub fn released() -> (Self, String) {
        let project = Self::proven();
        let tag = project.by("grace", &["release", "--quiet"]).ok().id();
        (project, tag)
    }

    /// Plans a change on HEAD.
    pub fn plan(&self, change: &str) {
        let text = ["--reason", "Refund limits", "--requirement", "REQ-7", "--rollback", "restore previous"];
        self.by("ada", &[&["record", "plan", "--change", change][..], &text[..]].concat()).ok();
    }

    /// Build, test, scan and approval on HEAD.
    pub fn prove(&self) {
        self.write("../payments.tar.gz", "artifact");
        let (junit, trivy) = (self.report("junit.xml", &junit(5, 0, 1)), self.report("trivy.json", TRIVY));
        self.by("ci", &["record", "build", "--build-id", "77", "--artifact", "../payments.tar.gz"]).ok();
        self.by("ci", &["record", "test", "--from", &junit]).ok();
        self.by("ci", &["record", "scan", "--from", &trivy]).ok();
        self.by("grace", &["approve", "--role", "release-manager"]).ok();
    }

    /// Writes a report beside the repository; its path.
    pub fn report(&self, name: &str, content: &str) -> String {
        let path = self.outside().join(name);
        std::fs::write(&path, content).expect("a file");
        path.display().to_string()
    }

    /// The work tree.
    pub fn path(&self) -> &Path {
        &self.repo
    }

    /// The directory that the repository, the keys and the home directory are in.
    pub fn outside(&self) -> &Path {
        self.directory.path()
    }

    /// The path of a key.
    pub fn key(&self, who: &str) -> String {
        self.outside().join("keys").join(who).display().to_string()
    }

    /// Writes a file of the work tree.
    pub fn write(&self, path: &str, content: &str) {
        let path = self.repo.join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        std::fs::write(path, content).expect("a file");
    }

    /// Writes a file and commits it.
    pub fn commit(&self, path: &str, content: &str) {
        self.write(path, content);
        self.git(&["add", path]);
        self.git(&["commit", "-q", "-m", &format!("Change {path}")]);
    }

    /// Runs the program in the work tree with somebody's key.
    pub fn by(&self, who: &str, args: &[&str]) -> Ran {
        self.run_in(&self.repo, args, &[("QMS_SIGNING_KEY", &self.key(who))])
    }

    /// As [`Self::by`], with bytes on standard input.
    pub fn fed(&self, who: &str, args: &[&str], input: &[u8]) -> Ran {
        let mut command = self.command(PROGRAM, &self.repo);
        let command = command.args(args).env("QMS_SIGNING_KEY", self.key(who));
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().expect("the program runs");
        // It may refuse before it reads.
        let _ = child.stdin.take().expect("a pipe").write_all(input);
        ran(&child.wait_with_output().expect("the program ends"))
    }

    /// Runs the program in the work tree without a key.
    pub fn qms(&self, args: &[&str]) -> Ran {
        self.run_in(&self.repo, args, &[])
    }

    /// Runs the program with these variables.
    pub fn run_in(&self, dir: &Path, args: &[&str], variables: &[(&str, &str)]) -> Ran {
        let mut command = self.command(PROGRAM, dir);
        ran(&command.args(args).envs(variables.iter().copied()).output().expect("the program runs"))
    }

    /// Runs git, which has to succeed; the output without the last newline.
    #[track_caller]
    pub fn git(&self, args: &[&str]) -> String {
        self.git_in(&self.repo, args)
    }

    /// As [`Self::git`], elsewhere.
    #[track_caller]
    pub fn git_in(&self, dir: &Path, args: &[&str]) -> String {
        let ran = ran(&self.command("git", dir).args(args).output().expect("git is installed"));
        assert_eq!(ran.code, 0, "git {args:?}: {}", ran.err);
        ran.out.trim_end_matches('\n').to_owned()
    }

    /// Runs git with bytes on standard input, which has to succeed.
    #[track_caller]
    pub fn git_with(&self, args: &[&str], input: &[u8]) -> String {
        let mut command = self.command("git", &self.repo);
        let piped = command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().expect("git is installed");
        child.stdin.take().expect("a pipe").write_all(input).expect("git reads it");
        let ran = ran(&child.wait_with_output().expect("git ends"));
        assert_eq!(ran.code, 0, "git {args:?}: {}", ran.err);
        ran.out.trim_end_matches('\n').to_owned()
    }

    /// A program in the environment of this project, which inherits nothing but what finds programs.
    pub fn command(&self, program: &str, dir: &Path) -> Command {
        let mut command = Command::new(program);
        let folder = Path::new(PROGRAM).parent().expect("a folder").display();
        let path = format!("{folder}:{}", std::env::var("PATH").unwrap_or_default());
        command.current_dir(dir).stdin(Stdio::null()).env_clear().envs([
            ("HOME", self.outside().join("home").display().to_string()),
            ("PATH", path),
            ("GIT_CONFIG_NOSYSTEM", "1".to_owned()),
            ("GIT_CEILING_DIRECTORIES", self.outside().display().to_string()),
            ("LC_ALL", "C.UTF-8".to_owned()),
            ("TZ", "UTC".to_owned()),
        ]);
        command
    }

    /// Every reference with its object, and the whole tree of notes.
    pub fn state(&self) -> String {
        let refs = self.git(&["for-each-ref"]);
        let has_notes = refs.contains("refs/notes/qms");
        let notes = if has_notes { self.git(&["ls-tree", "-r", "refs/notes/qms"]) } else { String::new() };
        format!("{refs}\n\n{notes}")
    }

    /// What `act` does must not change any reference or note.
    #[track_caller]
    pub fn unchanged<T>(&self, act: impl FnOnce() -> T) -> T {
        let before = self.state();
        let result = act();
        assert_eq!(before, self.state(), "something was written");
        result
    }
}

/// How a program ended and what it said.
pub fn ran(output: &Output) -> Ran {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8 output");
    Ran { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
}

/// A JUnit report of this many cases, as test runners write it, begun in April 2026.
pub fn junit(passed: usize, failed: usize, skipped: usize) -> String {
    let total = passed + failed + skipped;
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<testsuites><testsuite name=\"payments\" tests=\"{total}\" \
         failures=\"{failed}\" errors=\"0\" skipped=\"{skipped}\" time=\"1.5\" timestamp=\"2026-04-13T09:00:00Z\">\n"
    );
    let outcomes = [(passed, ""), (failed, "<failure message=\"limit\"/>"), (skipped, "<skipped/>")];
    let outcomes = outcomes.into_iter().flat_map(|(count, inner)| std::iter::repeat_n(inner, count));
    for (at, inner) in outcomes.enumerate() {
        let _ = writeln!(xml, "<testcase classname=\"refunds\" name=\"test_{at}\" time=\"0.01\">{inner}</testcase>");
    }
    xml + "</testsuite></testsuites>\n"
}

/// A Trivy report that found one low vulnerability.
pub const TRIVY: &str = r#"{"SchemaVersion":2,"Trivy":{"Version":"0.69.3"},"CreatedAt":"2026-04-13T09:01:00Z","ArtifactName":".","ArtifactType":"repository",
"Results":[{"Target":"Cargo.lock","Class":"lang-pkgs","Type":"cargo","Vulnerabilities":[{"VulnerabilityID":"CVE-2026-0001","PkgName":"left","InstalledVersion":"1.0.0","Severity":"LOW"}]}]}
"#;
