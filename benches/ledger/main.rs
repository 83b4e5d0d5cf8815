//! How long a ledger takes: full verification beside the bare signature checks of the same records, one record beside
//! `git notes append`, `show` of a release, the memory of it all, and what an index saves.
//!
//!     cargo bench --bench ledger                     everything; minutes
//!     cargo bench --bench ledger -- --smoke          that it runs; seconds
//!     cargo bench --bench ledger -- --keep DIR       and leaves the repositories in DIR, to be profiled
//!     cargo bench --bench ledger -- --only NAME      one ledger alone, for instance bulk-100000; or bulk-1000000, which
//!                                                    is in no other run: it takes gigabytes of memory and disk

mod corpus;
mod indexed;
mod measure;
mod process;
mod signed;

#[path = "../../tests/support/claims.rs"]
#[expect(dead_code, reason = "shared with the tests")]
mod claims;

use std::path::PathBuf;

use corpus::{Corpus, Shape};
use measure::Figures;

/// Medians are taken of so many rounds, `a` and `b` in turns, so that a noisy neighbour hits both.
const ROUNDS: usize = 7;

/// Made only where it is asked for by name.
const LARGEST: (Shape, usize) = (Shape::Bulk, 1_000_000);

struct Plan {
    ledgers: Vec<(Shape, usize)>,
    /// Runs of each of the two programs that append.
    appends: usize,
    keep: Option<PathBuf>,
}

impl Plan {
    fn from_args() -> Self {
        let mut plan = Self {
            ledgers: vec![
                (Shape::Bulk, 1_000),
                (Shape::Bulk, 10_000),
                (Shape::Bulk, 100_000),
                (Shape::HundredANote, 100_000),
                (Shape::OneByOne, 10_000),
                (Shape::OneByOne, 100_000),
            ],
            appends: 15,
            keep: None,
        };
        let mut args = std::env::args().skip(1);
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--smoke" => {
                    plan.ledgers = vec![(Shape::Bulk, 200), (Shape::HundredANote, 1_000), (Shape::OneByOne, 200)];
                    plan.appends = 3;
                }
                "--only" => {
                    let wanted = args.next().expect("--only NAME");
                    plan.ledgers.push(LARGEST);
                    plan.ledgers.retain(|(shape, records)| shape.named(*records) == wanted);
                }
                "--keep" => plan.keep = args.next().map(PathBuf::from),
                // cargo's own.
                "--bench" => {}
                other => panic!("unknown argument {other}: expected --smoke, --keep DIR, --only NAME"),
            }
        }
        plan
    }
}

fn main() {
    let plan = Plan::from_args();
    println!("{} threads, median of {ROUNDS} rounds\n", measure::threads());
    println!("{}", Figures::HEAD);
    let mut largest = None;
    for (shape, records) in plan.ledgers {
        let corpus = Corpus::make(shape, records, plan.keep.as_deref());
        println!("{}", measure::figures(&corpus, ROUNDS));
        if shape == Shape::Bulk {
            largest = Some(corpus);
        }
    }
    if let Some(largest) = largest.filter(|_| plan.appends > 0) {
        println!("\n{}", measure::appends(&largest, plan.appends));
        println!("\n{}", indexed::indexed(&largest, plan.appends));
    }
}
