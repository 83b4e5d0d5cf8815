//! A project made by the real binary: Ada its root, Grace who approves and releases, CI; one release, pushed to a bare origin.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses its own part")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use serde_json::Value;

#[path = "second.rs"]
mod second;

/// What a run of a program left behind.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Run {
    /// It has to have said yes.
    #[track_caller]
    pub fn ok(self) -> Self {
        self.exits(0)
    }

    /// It has to have ended with this code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}{}", self.out, self.err);
        self
    }

    /// It has to have said this, to whomever.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(self.out.contains(text) || self.err.contains(text), "{text:?} in:\n{}{}", self.out, self.err);
        self
    }

    /// Standard output without the last newline.
    pub fn text(self) -> String {
        self.out.trim_end_matches('\n').to_owned()
    }

    /// Standard output as one JSON object.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}{}", self.out, self.err))
    }
}

/// What verify said.
#[derive(Debug)]
pub struct Verdict {
    pub code: i32,
    pub json: Value,
}

impl Verdict {
    fn findings(&self) -> impl Iterator<Item = &Value> {
        self.json["findings"].as_array().into_iter().flatten()
    }

    /// Whether a finding of this code and severity names this record, ref or commit; `""` names nothing in particular.
    pub fn has(&self, severity: &str, code: &str, name: &str) -> bool {
        self.findings().any(|finding| {
            let named = ["record", "ref", "commit"].iter().any(|member| finding[*member] == name);
            finding["code"] == code && finding["severity"] == severity && (named || name.is_empty())
        })
    }

    /// It has to be a rejection for this reason that names this thing.
    #[track_caller]
    pub fn rejects(&self, code: &str, name: &str) -> &Self {
        assert_eq!((self.code, &self.json["result"]), (1, &Value::from("fail")), "{:#}", self.json);
        assert!(self.has("error", code, name), "{code} {name} in {:#}", self.json);
        self
    }

    /// It has to pass, and to tell this.
    #[track_caller]
    pub fn passes_with(&self, severity: &str, code: &str, name: &str) -> &Self {
        assert_eq!(self.code, 0, "{:#}", self.json);
        assert!(self.has(severity, code, name), "{code} {name} in {:#}", self.json);
        self
    }

    /// It has to be incomplete.
    #[track_caller]
    pub fn is_incomplete(&self) -> &Self {
        assert_eq!((self.code, &self.json["result"]), (2, &Value::from("incomplete")), "{:#}", self.json);
        self
    }

    /// It has to pass.
    #[track_caller]
    pub fn passes(&self) -> &Self {
        assert_eq!(self.code, 0, "{:#}", self.json);
        self
    }

    pub fn count(&self, of: &str) -> u64 {
        self.json["counts"][of].as_u64().expect("a count")
    }
}

/// The ids that the template came to.
#[derive(Debug, Clone)]
pub struct Made {
    pub root: String,
    pub commit: String,
    pub plan: String,
    pub test: String,
    pub scan: String,
    pub approval: String,
    pub deploy: String,
    pub tag: String,
    /// The ledger's tip before the release was made.
    pub before_release: String,
}

struct Template {
    dir: tempfile::TempDir,
    made: Made,
}

/// Copied for each test; it goes away when no test uses it.
static TEMPLATE: Mutex<Weak<Template>> = Mutex::new(Weak::new());

/// A copy of the project for one test: `repo`, `origin.git`, `keys`, `home`.
pub struct Workshop {
    pub dir: tempfile::TempDir,
    pub made: Made,
    _template: Arc<Template>,
}

impl Workshop {
    pub fn new() -> Self {
        let mut shared = TEMPLATE.lock().unwrap_or_else(PoisonError::into_inner);
        let template = shared.upgrade().unwrap_or_else(|| Arc::new(build()));
        *shared = Arc::downgrade(&template);
        let dir = tempfile::tempdir().expect("a temporary directory");
        let from = format!("{}/.", template.dir.path().display());
        let copied = Command::new("cp").args(["-a", &from]).arg(dir.path()).status();
        assert!(copied.is_ok_and(|status| status.success()));
        Self { dir, made: template.made.clone(), _template: template }
    }

    /// A file or directory beside the repository.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn key(&self, name: &str) -> String {
        self.path("keys").join(name).display().to_string()
    }

    pub fn repo(&self) -> PathBuf {
        self.path("repo")
    }

    /// Runs git-qms in the repository, with Ada's key.
    pub fn qms(&self, args: &[&str]) -> Run {
        self.qms_in(&self.repo(), args)
    }

    /// As somebody else.
    pub fn qms_as(&self, key: &str, args: &[&str]) -> Run {
        let key = self.key(key);
        self.qms(&[args, &["--key", &key]].concat())
    }

    /// In another directory.
    pub fn qms_in(&self, dir: &Path, args: &[&str]) -> Run {
        run(self.command(env!("CARGO_BIN_EXE_git-qms"), dir).args(args), &[])
    }

    /// Runs git in the repository, which has to succeed.
    #[track_caller]
    pub fn git(&self, args: &[&str]) -> String {
        self.git_in(&self.repo(), args).ok().text()
    }

    pub fn git_in(&self, dir: &Path, args: &[&str]) -> Run {
        run(self.command("git", dir).args(args), &[])
    }

    /// With bytes on standard input.
    #[track_caller]
    pub fn git_with(&self, args: &[&str], stdin: &[u8]) -> String {
        run(self.command("git", &self.repo()).args(args), stdin).ok().text()
    }

    /// A command that sees nothing of the machine's own configuration.
    pub fn command(&self, program: &str, dir: &Path) -> Command {
        command(self.dir.path(), program, dir)
    }

    /// Verifies against the root that the project's people gave out.
    pub fn verify(&self) -> Verdict {
        self.verify_in(&self.repo())
    }

    pub fn verify_in(&self, dir: &Path) -> Verdict {
        self.verify_with(dir, &["--strict", "--trust-root", &self.made.root])
    }

    /// Verifies with these options, and holds the answer against that of the second reader.
    pub fn verify_with(&self, dir: &Path, options: &[&str]) -> Verdict {
        let run = self.qms_in(dir, &[&["verify", "--json", "--all"], options].concat());
        let verdict = Verdict { code: run.code, json: run.json() };
        second::agrees(dir, options, &verdict);
        verdict
    }

    /// Clones the origin, brings the evidence, and returns where.
    pub fn clone_of_origin(&self, name: &str) -> PathBuf {
        let origin = format!("file://{}", self.path("origin.git").display());
        self.git_in(self.dir.path(), &["clone", "-q", &origin, name]).ok();
        let clone = self.path(name);
        self.qms_in(&clone, &["sync", "--fetch-only"]).ok();
        clone
    }

    /// Writes a file and commits it.
    pub fn commit(&self, file: &str, content: &str) -> String {
        std::fs::write(self.repo().join(file), content).expect("a file");
        self.git(&["add", file]);
        self.git(&["commit", "-q", "-m", &format!("Change {file}")]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Records, approves and returns what a release of HEAD needs, all but the release.
    pub fn evidence(&self, change: &str) {
        let plan = ["record", "plan", "--service", "payments-api", "--change", change, "--reason", "More"];
        self.qms(&[&plan[..], &["--rollback", "restore previous"]].concat()).ok();
        tests(self).ok();
        scan(self).ok();
        self.qms_as("grace", &["approve", "--role", "release-manager", "--meaning", "approved"]).ok();
    }
}

/// Records the tests of HEAD.
pub fn tests(workshop: &Workshop) -> Run {
    let report = workshop.path("junit.xml").display().to_string();
    workshop.qms_as("ci", &["record", "test", "--suite", "unit", "--from", &report, "--quiet"])
}

/// Records a scan of HEAD.
pub fn scan(workshop: &Workshop) -> Run {
    let report = workshop.path("trivy.json").display().to_string();
    workshop.qms_as("ci", &["record", "scan", "--from", &report, "--quiet"])
}

fn command(base: &Path, program: &str, dir: &Path) -> Command {
    let mut command = Command::new(program);
    let own = Path::new(env!("CARGO_BIN_EXE_git-qms")).parent().expect("a directory").display().to_string();
    let path = std::env::var("PATH").unwrap_or_default();
    command.current_dir(dir).env_clear().envs([
        ("PATH", format!("{own}:{path}")),
        ("HOME", base.join("home").display().to_string()),
        ("GIT_CONFIG_GLOBAL", base.join("gitconfig").display().to_string()),
        ("GIT_CONFIG_NOSYSTEM", "1".to_owned()),
        ("QMS_SIGNING_KEY", base.join("keys/ada").display().to_string()),
        ("LC_ALL", "C".to_owned()),
        ("TZ", "UTC".to_owned()),
    ]);
    command
}

/// Runs a command to its end.
pub fn run(command: &mut Command, stdin: &[u8]) -> Run {
    use std::io::Write as _;
    let input = if stdin.is_empty() { Stdio::null() } else { Stdio::piped() };
    let child = command.stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let pipe = child.stdin.take();
    let output = std::thread::scope(|scope| {
        if let Some(mut pipe) = pipe {
            scope.spawn(move || pipe.write_all(stdin));
        }
        child.wait_with_output().expect("it ends")
    });
    Run {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn build() -> Template {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let base = dir.path();
    let repo = base.join("repo");
    let in_base = |args: &[&str]| run(command(base, "git", base).args(args), &[]).ok().text();
    let git = |args: &[&str]| run(command(base, "git", &repo).args(args), &[]).ok().text();
    let qms = |args: &[&str]| {
        run(command(base, env!("CARGO_BIN_EXE_git-qms"), if repo.exists() { &repo } else { base }).args(args), &[])
            .ok()
            .text()
    };
    for folder in ["home", "keys"] {
        std::fs::create_dir(base.join(folder)).expect("a directory");
    }
    let config = "[user]\nname = Ada Lovelace\nemail = ada@example.com\n[init]\ndefaultBranch = main\n";
    std::fs::write(base.join("gitconfig"), config).expect("a file");
    let junit = r#"<testsuite name="unit" tests="1"><testcase classname="a" name="b" time="0.1"/></testsuite>"#;
    std::fs::write(base.join("junit.xml"), junit).expect("a file");
    let target = r#"{"Target":"go.mod","Class":"lang-pkgs","Type":"gomod"}"#;
    let trivy = format!(r#"{{"SchemaVersion":2,"ArtifactName":"payments","Results":[{target}]}}"#);
    std::fs::write(base.join("trivy.json"), trivy).expect("a file");
    for key in ["ada", "grace", "ci", "mallory"] {
        qms(&["key", "new", &base.join("keys").join(key).display().to_string(), "--quiet"]);
    }
    in_base(&["init", "-q", "--bare", "origin.git"]);
    in_base(&["init", "-q", "repo"]);
    git(&["remote", "add", "origin", "../origin.git"]);
    std::fs::write(repo.join("file"), "one\n").expect("a file");
    git(&["add", "file"]);
    git(&["commit", "-q", "-m", "One"]);
    git(&["push", "-q", "-u", "origin", "main"]);
    let root = qms(&["init", "--name", "payments-api", "--member", "ada", "--quiet"]);
    git(&["add", ".qms"]);
    git(&["commit", "-q", "-m", "Quality policy"]);
    let key = |name: &str| base.join("keys").join(name).display().to_string();
    let (grace, ci) = (key("grace"), key("ci"));
    let add = ["--name", "Grace Hopper", "--email", "grace@example.com", "--role", "release-manager", "--role", "qa"];
    qms(&[&["trust", "add", "grace", "--public-key", &format!("{grace}.pub")][..], &add].concat());
    qms(&["trust", "add", "ci", "--bot", "--name", "CI", "--public-key", &format!("{ci}.pub"), "--role", "ci"]);
    qms(&["policy", "ratify"]);
    let plan =
        ["--service", "payments-api", "--change", "CHG-1842", "--reason", "Refund limits", "--requirement", "REQ-7"];
    let plan = qms(&[&["record", "plan", "--rollback", "restore previous", "--quiet"][..], &plan].concat());
    let report = |name: &str| base.join(name).display().to_string();
    let test = qms(&["record", "test", "--key", &ci, "--suite", "unit", "--from", &report("junit.xml"), "--quiet"]);
    let scan = qms(&["record", "scan", "--key", &ci, "--from", &report("trivy.json"), "--quiet"]);
    let approval = qms(&["approve", "--key", &grace, "--role", "release-manager", "--meaning", "approved", "--quiet"]);
    let before_release = git(&["rev-parse", "refs/notes/qms"]);
    let tag = qms(&["release", "--key", &grace, "--change", "CHG-1842", "--quiet"]);
    let deploy = ["--environment", "production", "--outcome", "success", "--quiet"];
    let deploy = qms(&[&["record", "deploy", "--key", &ci, "--release", &tag][..], &deploy].concat());
    git(&["push", "-q", "origin", "main"]);
    qms(&["sync"]);
    let commit = git(&["rev-parse", "HEAD"]);
    Template { made: Made { root, commit, plan, test, scan, approval, deploy, tag, before_release }, dir }
}
