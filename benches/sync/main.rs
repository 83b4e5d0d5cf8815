//! How long an exchange takes: `git qms sync` of many new records into a large ledger beside what stock git does for the
//! same, and by how much the repository that gets them grows. `sync` verifies what it brings and sends; git does not.
//!
//!     cargo bench --bench sync                 10,000 into 100,000; minutes, most of it to make the repositories
//!     cargo bench --bench sync -- --smoke      that it runs; seconds

#[path = "../../tests/support/claims.rs"]
#[expect(dead_code, reason = "shared with the tests")]
mod claims;
#[path = "../ledger/corpus.rs"]
#[expect(dead_code, reason = "shared with the benchmark of the ledger")]
mod corpus;
#[path = "../ledger/process.rs"]
#[expect(dead_code, reason = "shared with the benchmark of the ledger")]
mod process;
#[path = "../ledger/signed.rs"]
mod signed;
mod team;

use std::time::Duration;

use team::Team;

/// Medians are taken of so many rounds, the two sides in turns.
const ROUNDS: usize = 3;

mod measure {
    /// As many as verification uses.
    pub(crate) fn threads() -> usize {
        std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
    }
}

/// One way to do it, once.
struct Once {
    took: Duration,
    /// By how many bytes the objects of the repository that gets the records grow.
    grew: u64,
}

fn main() {
    let smoke = std::env::args().any(|arg| arg == "--smoke");
    let (there, new) = if smoke { (300, 150) } else { (100_000, 10_000) };
    let team = Team::make(there, new);
    println!("{new} new records into {there}, median of {ROUNDS} rounds\n");
    println!("| what | `git qms sync` | stock git | ratio | grows by, `sync` | grows by, stock git |");
    println!("|---|--:|--:|--:|--:|--:|");
    let bring = rounds(|| (team.bring_by_sync(), team.bring_by_git()));
    told("bring: `sync --fetch-only`; `git fetch`, `git notes merge -s cat_sort_uniq`", &bring);
    let send = rounds(|| (team.send_by_sync(), team.send_by_git()));
    told("send: `sync`; `git fetch`, `git push`", &send);
}

fn rounds(both: impl Fn() -> (Once, Once)) -> Vec<(Once, Once)> {
    (0..ROUNDS).map(|_| both()).collect()
}

fn told(what: &str, rounds: &[(Once, Once)]) {
    let took = |of: fn(&(Once, Once)) -> Duration| median(rounds.iter().map(of).collect());
    let grew = |of: fn(&(Once, Once)) -> u64| median(rounds.iter().map(of).collect());
    let (ours, theirs) = (took(|round| round.0.took), took(|round| round.1.took));
    println!(
        "| {what} | {} ms | {} ms | {:.2} | {} KiB | {} KiB |",
        ours.as_millis(),
        theirs.as_millis(),
        ours.as_secs_f64() / theirs.as_secs_f64(),
        grew(|round| round.0.grew) / 1024,
        grew(|round| round.1.grew) / 1024
    );
}

fn median<T: Ord + Copy>(mut values: Vec<T>) -> T {
    values.sort_unstable();
    values[values.len() / 2]
}
