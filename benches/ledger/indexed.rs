//! What an index saves: commands on a ledger that was verified before, beside git's own.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use git_qms::envelope::Envelope;

use crate::corpus::Corpus;
use crate::measure::{median, ms};
use crate::process::{git, output, qms, timed};

/// Tags that stock git verifies beside.
const TAGS: usize = 100;

/// A command with a home directory outside the repository: without one no index is kept.
fn warm(corpus: &Corpus, args: &[&str]) -> Command {
    let repo = corpus.repository();
    let home = repo.join("../home");
    std::fs::create_dir_all(&home).expect("a directory");
    let mut command = qms(&repo, args);
    command.env("HOME", home);
    command
}

/// The table of it.
pub(crate) fn indexed(corpus: &Corpus, runs: usize) -> String {
    let repo = corpus.repository();
    let mut rows: Vec<(String, Vec<Duration>)> = Vec::new();
    let mut row = |name: &str, times: Vec<Duration>| rows.push((name.to_owned(), times));
    let times = |command: &dyn Fn() -> Command| (0..runs).map(|_| timed(command()).took).collect::<Vec<_>>();
    row("`git rev-parse HEAD`", times(&|| git(&repo, &["rev-parse", "HEAD"])));
    row("one strict signature check, in process", (0..runs).map(|_| one_check(corpus)).collect());
    row("`git qms verify`, which makes the index", vec![timed(warm(corpus, &["verify"])).took]);
    row("`git qms verify`, nothing new", times(&|| warm(corpus, &["verify"])));
    let after_one = || {
        output(warm(corpus, &["record", "plan", "--change", "CHG-8", "--reason", "One more"]));
        timed(warm(corpus, &["verify"])).took
    };
    row("`git qms verify`, one new record", (0..runs).map(|_| after_one()).collect());
    let after_commit = || {
        let old = output(git(&repo, &["rev-parse", "refs/notes/qms"]));
        output(git(&repo, &["commit", "-q", "--allow-empty", "-m", "One more"]));
        output(warm(corpus, &["record", "plan", "--change", "CHG-8", "--reason", "One more"]));
        let new = output(git(&repo, &["rev-parse", "refs/notes/qms"]));
        let said = format!("refs/notes/qms {new} refs/notes/qms {old}\n");
        fed(warm(corpus, &["hook", "pre-push", "origin", "url"]), &said)
    };
    row("`git qms hook pre-push`, one new commit and record", (0..runs).map(|_| after_commit()).collect());
    row("`git qms show` of a release", times(&|| warm(corpus, &["show", &corpus.release])));
    row("`git qms log --kind release`", times(&|| warm(corpus, &["log", "--kind", "release"])));
    let tags: Vec<&str> = std::iter::once("verify-tag").chain(std::iter::repeat_n(&corpus.release[..], TAGS)).collect();
    row(&format!("`git verify-tag` on {TAGS} tags"), times(&|| git(&repo, &tags)));
    let head = format!("| on {} records, {}, median of {runs} | time |\n|---|--:|", corpus.lines.len(), corpus.shape);
    let row = |(name, times): (String, Vec<Duration>)| format!("\n| {name} | {} |", ms(median(times)));
    head + &rows.into_iter().map(row).collect::<String>()
}

fn one_check(corpus: &Corpus) -> Duration {
    let envelope = Envelope::parse(corpus.lines[0].1.as_bytes()).expect("an envelope");
    let (key, _) = corpus.chain.holder(envelope.keyid()).expect("a member's key");
    let started = Instant::now();
    assert!(envelope.is_signed_by(key));
    started.elapsed()
}

/// A process that reads this, timed to its end.
fn fed(mut command: Command, input: &str) -> Duration {
    let started = Instant::now();
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("starts");
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it reads");
    assert!(child.wait().expect("ends").success());
    started.elapsed()
}
