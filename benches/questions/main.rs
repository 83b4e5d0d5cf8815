//! How long a question takes, beside stock git and jq for the same question: `show`, `log`, `trace`, `audit`, with and without
//! an index, on a ledger and on one of ten times the size.
//!
//!     cargo bench --bench questions                  10,000 records over 100 releases, 100,000 over 1,000; many minutes
//!     cargo bench --bench questions -- --smoke       that it runs; seconds
//!     cargo bench --bench questions -- --keep DIR    and leaves the repositories in DIR
//!
//! What git and jq do verifies nothing: they read the notes, decode the payloads and select.

mod released;

#[path = "../../tests/support/claims.rs"]
#[expect(dead_code, reason = "shared with the tests")]
mod claims;
#[path = "../ledger/corpus.rs"]
#[expect(dead_code, reason = "shared with another benchmark")]
mod corpus;
#[path = "../ledger/measure.rs"]
#[expect(dead_code, reason = "shared with another benchmark")]
mod measure;
#[path = "../ledger/process.rs"]
mod process;
#[path = "../ledger/signed.rs"]
mod signed;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use corpus::{Corpus, Shape};
use measure::{median, ms};
use process::{git, output, qms};

/// Runs with an index, and without.
const ROUNDS: (usize, usize) = (7, 3);

/// What every line of a note holds: one JSON object a record.
const DECODED: &str = "git log --all --notes=qms --format=%N | jq -cR 'fromjson? | .payload | @base64d | fromjson'";

fn main() {
    let (mut sizes, mut keep, mut rounds) = (vec![10_000, 100_000], None, ROUNDS);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--smoke" => (sizes, rounds) = (vec![1_000], (1, 1)),
            "--keep" => keep = args.next().map(PathBuf::from),
            // cargo's own.
            "--bench" => {}
            other => panic!("unknown argument {other}: expected --smoke, --keep DIR"),
        }
    }
    let corpora: Vec<_> = sizes.iter().map(|size| Corpus::make(Shape::HundredANote, *size, keep.as_deref())).collect();
    let tables: Vec<_> = corpora.iter().map(|corpus| table(corpus, &released::release_all(corpus), rounds)).collect();
    let mut head = "| question |".to_owned();
    let mut rule = "|---|".to_owned();
    for corpus in &corpora {
        for what in ["with an index", "without", "git and jq"] {
            head.extend([" ", &corpus.lines.len().to_string(), " records, ", what, " |"]);
            rule.push_str("--:|");
        }
    }
    println!(
        "{} threads, medians of {} and, without an index and of git and jq, {}\n",
        measure::threads(),
        rounds.0,
        rounds.1
    );
    println!("{head}\n{rule}");
    for at in 0..tables[0].len() {
        let cells =
            tables.iter().flat_map(|table| &table[at].1).map(|time| format!(" {} |", time.map_or("–".into(), ms)));
        println!("| {} |{}", tables[0][at].0, cells.collect::<String>());
    }
}

/// Each question with how long it takes: with an index, without, and by git and jq.
type Row = (String, [Option<Duration>; 3]);

fn table(corpus: &Corpus, tags: &[String], rounds: (usize, usize)) -> Vec<Row> {
    let repo = corpus.repository();
    let middle = &tags[tags.len() / 2];
    let commit = output(git(&repo, &["rev-parse", &format!("{middle}^{{commit}}")]));
    let change = format!("CHG-{}", corpus.lines.len() / 10);
    let digits: usize = change[4..].parse().expect("a number");
    let header = ".subject[0].annotations.qms";
    let all_of = |select: &str| format!("{DECODED} | jq -c 'select({select})'");
    let questions: Vec<(&str, Vec<&str>, Option<String>)> = vec![
        (
            "`show` of a release",
            vec!["show", middle],
            Some(format!(
                "git cat-file tag {middle} && git notes --ref=qms show {commit} | jq -cR 'fromjson? | .payload | @base64d | fromjson'"
            )),
        ),
        ("`log --release --kind approval`", vec!["log", "--release", middle, "--kind", "approval"], None),
        (
            "`log --approver --since --until`",
            vec!["log", "--approver", "grace", "--since", "2026-04-01", "--until", "2026-04-01"],
            Some(all_of(&format!(
                "{header}.kind == \"approval\" and {header}.recorder == \"grace\" and ({header}.recorded | startswith(\"2026-04-01\"))"
            ))),
        ),
        (
            "`log --kind deploy --environment`",
            vec!["log", "--kind", "deploy", "--environment", "production"],
            Some(all_of(&format!("{header}.kind == \"deploy\" and {header}.environment == \"production\""))),
        ),
        ("`trace` of a change", vec!["trace", &change], Some(all_of(&format!("{header}.change == \"CHG-{digits}\"")))),
        ("`trace` of a release", vec!["trace", middle], None),
        ("`status` of a release", vec!["status", middle], None),
        (
            "`audit --completeness`",
            vec!["audit", "--completeness"],
            Some(all_of(&format!("{header}.kind == \"deploy\""))),
        ),
        ("`audit`", vec!["audit"], None),
    ];
    // Made once; then everything else finds it.
    run(program(&repo, &["verify"]));
    let warm: Vec<_> = questions.iter().map(|(_, args, _)| times(rounds.0, || program(&repo, args))).collect();
    output(git(&repo, &["config", "qms.index", "false"]));
    let cold: Vec<_> = questions.iter().map(|(_, args, _)| times(rounds.1, || program(&repo, args))).collect();
    output(git(&repo, &["config", "--unset", "qms.index"]));
    let by_git =
        questions.iter().map(|(.., script)| script.as_ref().map(|script| times(rounds.1, || shell(&repo, script))));
    let by_git: Vec<_> = by_git.collect();
    let rows = questions.iter().zip(warm).zip(cold).zip(by_git);
    rows.map(|((((name, ..), warm), cold), by_git)| ((*name).to_owned(), [Some(warm), Some(cold), by_git])).collect()
}

/// With a home directory outside the repository: without one no index is kept.
fn program(repo: &Path, args: &[&str]) -> Command {
    let home = repo.join("../home");
    std::fs::create_dir_all(&home).expect("a directory");
    let mut command = qms(repo, args);
    command.env("HOME", home);
    command
}

fn shell(repo: &Path, script: &str) -> Command {
    let mut shell = Command::new("bash");
    shell.args(["-o", "pipefail", "-c", script]).current_dir(repo);
    shell.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").env("LC_ALL", "C");
    shell
}

fn times(rounds: usize, command: impl Fn() -> Command) -> Duration {
    median((0..rounds).map(|_| run(command())).collect())
}

/// To its end. `audit` says no where something is missing; that is an answer.
fn run(mut command: Command) -> Duration {
    let started = Instant::now();
    let done = command.stdin(Stdio::null()).output().expect("starts");
    let took = started.elapsed();
    assert!(done.status.code().is_some_and(|code| code < 2), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
    took
}
