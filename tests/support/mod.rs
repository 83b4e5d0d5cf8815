//! Throw-away repositories for tests, made with stock git and cut off from the machine's own configuration.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses its own part")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use git_qms::record::ids::CommitId;
use git_qms::store::{self, Repository};

/// The second that deterministic commits begin at.
pub const EPOCH: i64 = 1_775_000_000;

/// A repository in a directory that goes away with it.
pub struct TestRepo {
    directory: tempfile::TempDir,
    path: PathBuf,
}

impl TestRepo {
    /// An empty repository on branch `main`, with a work tree.
    pub fn new() -> Self {
        Self::with(&["init", "-q", "-b", "main"])
    }

    /// An empty bare repository.
    pub fn bare() -> Self {
        Self::with(&["init", "-q", "-b", "main", "--bare"])
    }

    /// Made by this git command, run in an empty directory called `repo`.
    pub fn with(init: &[&str]) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("repo");
        std::fs::create_dir(&path).expect("an empty directory");
        let repo = Self { directory, path };
        repo.git(init);
        repo.set_identity();
        repo
    }

    /// In the repository's own configuration: the store, in this process, also sees that of whoever runs the tests.
    fn set_identity(&self) {
        self.git(&["config", "user.name", "Ada Lovelace"]);
        self.git(&["config", "user.email", "ada@example.com"]);
    }

    /// A clone of `source`, with these options.
    pub fn clone_of(source: &Path, options: &[&str]) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("repo");
        let url = format!("file://{}", source.display());
        let mut args = vec!["clone", "-q"];
        args.extend(options);
        args.extend([url.as_str(), path.to_str().expect("UTF-8")]);
        let output = git_in(directory.path(), &args, None);
        assert!(output.status.success(), "clone: {}", String::from_utf8_lossy(&output.stderr));
        let clone = Self { directory, path };
        clone.set_identity();
        clone
    }

    /// The work tree, or the bare repository.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A directory beside the repository.
    pub fn outside(&self) -> &Path {
        self.directory.path()
    }

    /// Opens it with the store.
    pub fn open(&self) -> Repository {
        store::open(&self.path).expect("a sound repository")
    }

    /// Runs git, which has to succeed; the output without the last newline.
    pub fn git(&self, args: &[&str]) -> String {
        self.git_with(args, None)
    }

    /// As [`Self::git`], with bytes on standard input.
    pub fn git_with(&self, args: &[&str], stdin: Option<&[u8]>) -> String {
        let output = git_in(&self.path, args, stdin);
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).expect("UTF-8 output");
        text.strip_suffix('\n').map_or(text.clone(), str::to_owned)
    }

    /// Runs git and tells whether it succeeded.
    pub fn try_git(&self, args: &[&str]) -> bool {
        git_in(&self.path, args, None).status.success()
    }

    /// Writes a file of the work tree.
    pub fn write(&self, path: &str, content: &str) {
        let path = self.path.join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        std::fs::write(path, content).expect("a file");
    }

    /// Writes a file and commits it, `seconds` after [`EPOCH`].
    pub fn commit(&self, path: &str, content: &str, seconds: i64) -> CommitId {
        self.write(path, content);
        self.git(&["add", path]);
        let date = format!("{} +0000", EPOCH + seconds);
        let output = git_command(&self.path)
            .args(["commit", "-q", "-m", &format!("Change {path}")])
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_DATE", &date)
            .output()
            .expect("git runs");
        assert!(output.status.success(), "commit: {}", String::from_utf8_lossy(&output.stderr));
        self.id("HEAD")
    }

    /// The id that a revision has.
    pub fn id(&self, revision: &str) -> CommitId {
        self.git(&["rev-parse", "--verify", revision]).parse().expect("an id")
    }

    /// Makes `count` commits on `main`, each with one note on `refs/notes/qms`, in one fast-import; one ledger commit for
    /// each note, or one for all.
    pub fn import_notes(&self, count: usize, one_by_one: bool) {
        let mut stream = Vec::with_capacity(count * 400);
        let who = "Ada <ada@example.com>";
        for n in 1..=count {
            let time = EPOCH + i64::try_from(n).expect("small");
            writeln!(stream, "commit refs/heads/main\nmark :{n}\ncommitter {who} {time} +0000\ndata <<E\nc{n}\nE")
                .expect("memory");
            writeln!(stream, "M 100644 inline file\ndata <<E\n{}\nE", n % 7).expect("memory");
        }
        for n in 1..=count {
            if one_by_one || n == 1 {
                let time = EPOCH + i64::try_from(n).expect("small");
                writeln!(stream, "commit refs/notes/qms\ncommitter {who} {time} +0000\ndata <<E\nnote {n}\nE")
                    .expect("memory");
            }
            writeln!(stream, "N inline :{n}\ndata <<E\nrecord {n}\nE").expect("memory");
        }
        self.git_with(&["fast-import", "--quiet"], Some(&stream));
    }
}

/// Runs one test of this test binary again, alone, in a process with other environment variables; in there
/// [`in_child`] says so.
pub fn again_with(test: &str, env: &[(&str, &Path)]) {
    let mut command = Command::new(std::env::current_exe().expect("this binary"));
    command.args(["--exact", test, "--nocapture"]).env("QMS_TEST_CHILD", test).envs(env.iter().copied());
    let output = command.output().expect("runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}{}", String::from_utf8_lossy(&output.stderr));
}

/// Whether this is the second run of [`again_with`].
pub fn in_child(test: &str) -> bool {
    std::env::var("QMS_TEST_CHILD").is_ok_and(|value| value == test)
}

/// A git command that sees no configuration but the repository's own, and always the same people and times.
pub fn git_command(dir: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(dir);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GIT_") {
            command.env_remove(name);
        }
    }
    let date = format!("{EPOCH} +0000");
    command.envs([
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_SYSTEM", "/dev/null"),
        ("GIT_AUTHOR_NAME", "Ada Lovelace"),
        ("GIT_AUTHOR_EMAIL", "ada@example.com"),
        ("GIT_COMMITTER_NAME", "Ada Lovelace"),
        ("GIT_COMMITTER_EMAIL", "ada@example.com"),
        ("GIT_AUTHOR_DATE", date.as_str()),
        ("GIT_COMMITTER_DATE", date.as_str()),
        ("LC_ALL", "C"),
        ("TZ", "UTC"),
    ]);
    command
}

fn git_in(dir: &Path, args: &[&str], stdin: Option<&[u8]>) -> std::process::Output {
    let input = if stdin.is_some() { Stdio::piped() } else { Stdio::null() };
    let mut child = git_command(dir)
        .args(args)
        .stdin(input)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("git is installed");
    let pipe = child.stdin.take();
    std::thread::scope(|scope| {
        if let (Some(mut pipe), Some(bytes)) = (pipe, stdin) {
            scope.spawn(move || pipe.write_all(bytes));
        }
        child.wait_with_output().expect("git ends")
    })
}
