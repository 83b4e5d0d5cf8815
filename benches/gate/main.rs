//! How long judging takes: a gate of a commit with many records and controls, and a catalog held against many releases.
//!
//!     cargo bench --bench gate                 a minute or two, most of it to make the repositories
//!     cargo bench --bench gate -- --smoke      that it runs; seconds

#[path = "../../tests/support/claims.rs"]
#[expect(dead_code, reason = "shared with the tests")]
mod claims;
#[path = "../ledger/process.rs"]
#[expect(dead_code, reason = "shared with the benchmark of the ledger")]
mod process;
mod project;

use std::process::Command;
use std::time::{Duration, Instant};

use process::{output, qms};
use project::Project;

/// Medians are taken of so many runs.
const ROUNDS: usize = 7;

fn main() {
    let smoke = std::env::args().any(|arg| arg == "--smoke");
    let (records, controls, releases) = if smoke { (50, 20, 10) } else { (1_000, 200, 1_000) };
    println!("median of {ROUNDS} runs\n\n| what | process | `git qms verify` of the same |\n|---|--:|--:|");
    let many = Project::founded(controls);
    many.crowd(records);
    told(&many, &format!("gate: {records} records on the commit, {controls} controls"), &["gate"]);
    let sole = Project::founded(3);
    sole.release(releases);
    let stricter = sole.catalog().replace("test.total >= 0", "test.total >= 1000");
    std::fs::write(sole.repo().join("../stricter.toml"), stricter).expect("a file");
    told(&sole, &format!("backtest: {releases} releases, no verdict changes"), &["policy", "backtest"]);
    told(
        &sole,
        &format!("backtest: {releases} releases, every verdict changes"),
        &["policy", "backtest", "../stricter.toml"],
    );
}

fn told(project: &Project, what: &str, args: &[&str]) {
    let [process, verify] = [args, &["verify"]].map(|args| median(|| qms(&project.repo(), args)));
    println!("| {what} | {} ms | {} ms |", process.as_millis(), verify.as_millis());
}

/// The process may say yes or no, but not that it could not tell.
fn median(command: impl Fn() -> Command) -> Duration {
    let mut took: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let (mut command, started) = (command(), Instant::now());
            let said = command.output().expect("starts");
            let took = started.elapsed();
            assert!(said.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&said.stderr));
            took
        })
        .collect();
    took.sort_unstable();
    took[ROUNDS / 2]
}

/// Runs it; it has to succeed.
fn run(repo: &std::path::Path, args: &[&str]) -> String {
    output(qms(repo, args))
}
