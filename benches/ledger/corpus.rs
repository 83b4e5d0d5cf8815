//! Repositories with a ledger of a given size and shape, and one release at its end.

use std::fmt::{self, Write as _};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use git_qms::record::{CommitId, UtcTime};
use git_qms::store::{self, LEDGER, WriteError};
use git_qms::trust::Chain;

use crate::process::{git, output, qms};
use crate::signed::{Annotated, Scribe, Signers};

/// How a ledger came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One record a note, all in one commit of the ledger, as an import writes.
    Bulk,
    /// A hundred records a note, all in one commit.
    HundredANote,
    /// One record a note, each in a commit of its own, packed: as ledgers grow.
    OneByOne,
}

impl Shape {
    /// A name for files and the command line.
    pub(crate) fn named(self, records: usize) -> String {
        format!("{self}-{records}").replace(", ", "-").replace(' ', "-")
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bulk => "bulk",
            Self::HundredANote => "bulk, 100 a note",
            Self::OneByOne => "one by one",
        })
    }
}

/// A repository to measure.
pub(crate) struct Corpus {
    pub(crate) shape: Shape,
    /// The signed lines, without the dozen that `git qms` wrote around them.
    pub(crate) lines: Vec<(CommitId, String)>,
    pub(crate) chain: Chain,
    pub(crate) release: String,
    root: PathBuf,
    _directory: Option<tempfile::TempDir>,
}

impl Corpus {
    /// Its work tree.
    pub(crate) fn repository(&self) -> PathBuf {
        self.root.join("repo")
    }

    /// A key, from within the work tree.
    pub(crate) const CI: &str = "../keys/ci";
    /// A report, from within the work tree.
    pub(crate) const JUNIT: &str = "../reports/junit.xml";

    /// Makes one; in a directory that stays, or in one that goes with it.
    pub(crate) fn make(shape: Shape, records: usize, keep: Option<&Path>) -> Self {
        let directory = keep.is_none().then(|| tempfile::tempdir().expect("a directory"));
        let root = match (&directory, keep) {
            (Some(directory), _) => directory.path().to_owned(),
            (None, Some(keep)) => keep.join(shape.named(records)),
            (None, None) => unreachable!("one of them is there"),
        };
        let repo = root.join("repo");
        for path in [&repo, &root.join("keys"), &root.join("reports")] {
            std::fs::create_dir_all(path).expect("a directory");
        }
        let commits = if shape == Shape::HundredANote { records / 100 } else { records };
        let mut places = found(&repo, commits);
        if shape == Shape::HundredANote {
            places = places.into_iter().flat_map(|place| std::iter::repeat_n(place, 100)).collect();
        }
        let opened = store::open(&repo).expect("a repository");
        let stored = opened.trust_chain().expect("trust");
        let chain = Chain::check(stored.iter().map(|(commit, bytes)| (*commit, &bytes[..]))).expect("sound");
        let scribe = Scribe { chain, keys: root.join("keys") };
        let tip = opened.ref_tip(LEDGER).expect("reads").expect("a ledger");
        let lines = if shape == Shape::OneByOne {
            one_by_one(&repo, &scribe, &places, tip)
        } else {
            let lines = scribe.lines(&places, tip);
            let write = opened.with_lock(|locked| {
                locked.append(&lines, "qms: records of a bulk write", Some(tip), UtcTime::from_seconds(0))
            });
            write.unwrap_or_else(|error: WriteError| panic!("{error}"));
            lines
        };
        // What ends a bulk write: from here on nothing of it can be dropped unseen.
        output(qms(&repo, &["checkpoint", "--key", Self::CI]));
        let release = release(&repo);
        Self { shape, lines, chain: scribe.chain, release, root, _directory: directory }
    }
}

/// A project of two people and a pipeline on top of `count` commits, which are returned.
fn found(repo: &Path, count: usize) -> Vec<Annotated> {
    output(git(repo, &["init", "-q", "-b", "main"]));
    output(git(repo, &["config", "user.name", "Ada Lovelace"]));
    output(git(repo, &["config", "user.email", "ada@example.com"]));
    let mut stream = String::new();
    for n in 1..=count {
        let who = format!("Ada Lovelace <ada@example.com> {} +0000", 1_700_000_000 + n);
        write!(stream, "commit refs/heads/main\ncommitter {who}\ndata <<E\nChange {n}\nE\n").expect("memory");
        write!(stream, "M 100644 inline src/{}\ndata <<E\n{n}\nE\n", n % 50).expect("memory");
    }
    let mut import = git(repo, &["fast-import", "--quiet"]).stdin(Stdio::piped()).spawn().expect("git");
    import.stdin.take().expect("a pipe").write_all(stream.as_bytes()).expect("git reads");
    assert!(import.wait().expect("git ends").success());
    output(git(repo, &["reset", "-q", "--hard"]));
    for key in ["ada", "grace", "ci"] {
        output(qms(repo, &["key", "new", &format!("../keys/{key}")]));
    }
    output(qms(repo, &["init", "--name", "payments", "--member", "ada", "--key", "../keys/ada"]));
    output(git(repo, &["add", ".qms"]));
    output(git(repo, &["commit", "-q", "-m", "Quality policy"]));
    output(git(repo, &["config", "qms.signingKey", "../keys/ada"]));
    let grace = ["trust", "add", "grace", "--name", "Grace Hopper", "--email", "grace@example.com"];
    let roles = ["--public-key", "../keys/grace.pub", "--role", "release-manager", "--role", "qa"];
    output(qms(repo, &[&grace[..], &roles].concat()));
    output(qms(
        repo,
        &["trust", "add", "ci", "--bot", "--name", "CI", "--public-key", "../keys/ci.pub", "--role", "ci"],
    ));
    output(qms(repo, &["policy", "ratify"]));
    let log = output(git(repo, &["log", "--reverse", "--format=%H %T", "HEAD~"]));
    let place = |line: &str| line.split_once(' ').map(|(c, t)| (c.parse().expect("an id"), t.parse().expect("an id")));
    log.lines().filter_map(place).collect()
}

/// Each record is signed over the commit of the ledger that the one before made, as separate writers would.
fn one_by_one(repo: &Path, scribe: &Scribe, places: &[Annotated], mut tip: CommitId) -> Vec<(CommitId, String)> {
    let mut command = git(repo, &["fast-import", "--quiet"]);
    let mut import = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("git");
    let mut stream = import.stdin.take().expect("a pipe");
    let mut answers = BufReader::new(import.stdout.take().expect("a pipe"));
    let signers = Signers::read(&scribe.keys);
    let mut lines = Vec::with_capacity(places.len());
    for (n, place) in places.iter().enumerate() {
        let line = scribe.line(n, *place, tip, &signers);
        let from = if n == 0 { format!("from {tip}\n") } else { String::new() };
        let who = format!("CI <ci@example.com> {} +0000", 1_775_000_000 + n);
        write!(
            stream,
            "commit {LEDGER}\nmark :1\ncommitter {who}\ndata <<E\nqms: record {n}\nE\n{from}N inline {}\ndata {}\n{line}\n\nget-mark :1\n",
            place.0,
            line.len() + 1
        )
        .expect("git reads");
        stream.flush().expect("git reads");
        let mut answer = String::new();
        answers.read_line(&mut answer).expect("git answers");
        tip = answer.trim().parse().expect("an id");
        lines.push((place.0, line));
    }
    drop(stream);
    assert!(import.wait().expect("git ends").success());
    lines
}

/// Everything that a release of the last commit asks for, and the release.
fn release(repo: &Path) -> String {
    let junit = r#"<testsuite name="unit"><testcase classname="a" name="b" time="0.1"/></testsuite>"#;
    std::fs::write(repo.join(Corpus::JUNIT), junit).expect("a file");
    let trivy = r#"{"SchemaVersion":2,"ArtifactName":"payments","ArtifactType":"filesystem","Results":[{"Target":"Cargo.lock","Class":"lang-pkgs","Type":"cargo"}]}"#;
    std::fs::write(repo.join("../reports/trivy.json"), trivy).expect("a file");
    let plan = ["record", "plan", "--change", "CHG-1842", "--reason", "Refund limits", "--known-risk", "none"];
    output(qms(repo, &[&plan[..], &["--rollback", "restore", "--monitoring", "error rate"]].concat()));
    output(qms(repo, &["record", "test", "--key", Corpus::CI, "--suite", "unit", "--from", Corpus::JUNIT]));
    output(qms(repo, &["record", "scan", "--key", Corpus::CI, "--from", "../reports/trivy.json"]));
    let grace = ["--key", "../keys/grace"];
    output(qms(repo, &[&["approve", "--role", "release-manager", "--meaning", "approved"][..], &grace].concat()));
    let release = ["release", "--quiet", "--change", "CHG-1842", "--environment", "production"];
    output(qms(repo, &[&release[..], &grace].concat()))
}
