//! What is measured.

use std::fmt;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use git_qms::envelope::dsse::PAYLOAD_TYPE;
use git_qms::envelope::pae::pre_authentication_encoding;
use git_qms::envelope::{Arithmetic, Envelope, PublicKey, Signature};
use git_qms::store::{self, LEDGER};
use git_qms::trust::Chain;
use git_qms::verify::{Ledger, Outcome};

use crate::corpus::{Corpus, Shape};
use crate::process::{git, output, qms, timed, watched};

/// As many as verification uses.
pub(crate) fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// One row of the first table.
pub(crate) struct Figures {
    shape: Shape,
    records: usize,
    bare: Duration,
    full: Duration,
    /// Median of the ratios of each round, which is steadier than the ratio of medians.
    ratio: f64,
    verify: Duration,
    show: Duration,
    peak_kib: u64,
}

impl Figures {
    pub(crate) const HEAD: &str = "| ledger | records | signatures alone | full verification | ratio | records/s | `git qms verify` | `git qms show` | peak memory |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|";
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per_second = self.records as u128 * 1000 / self.full.as_millis().max(1);
        let row = [
            self.shape.to_string(),
            self.records.to_string(),
            ms(self.bare),
            ms(self.full),
            format!("{:.2}", self.ratio),
            per_second.to_string(),
            ms(self.verify),
            ms(self.show),
            format!("{} MiB", self.peak_kib / 1024),
        ];
        write!(f, "| {} |", row.join(" | "))
    }
}

pub(crate) fn figures(corpus: &Corpus, rounds: usize) -> Figures {
    let repo = corpus.repository();
    let signed = signatures(corpus);
    let (mut bare, mut full, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let (mut verify, mut show, mut peak_kib) = (Vec::new(), Vec::new(), 0);
    for _ in 0..rounds {
        let (a, b) = (check(&signed), whole(&repo, corpus));
        ratios.push(b.as_secs_f64() / a.as_secs_f64());
        bare.push(a);
        full.push(b);
    }
    for _ in 0..rounds.div_ceil(2) {
        let finished = watched(qms(&repo, &["verify"]));
        peak_kib = peak_kib.max(finished.peak_kib);
        verify.push(finished.took);
        show.push(timed(qms(&repo, &["show", &corpus.release])).took);
    }
    ratios.sort_by(f64::total_cmp);
    Figures {
        shape: corpus.shape,
        records: corpus.lines.len(),
        bare: median(bare),
        full: median(full),
        ratio: ratios[ratios.len() / 2],
        verify: median(verify),
        show: median(show),
        peak_kib,
    }
}

type Signed<'c> = (Vec<u8>, Signature, &'c PublicKey);

/// The bytes that were signed, ready to be checked.
fn signatures(corpus: &Corpus) -> Vec<Signed<'_>> {
    let signed = corpus.lines.iter().map(|(_, line)| {
        let envelope = Envelope::parse(line.as_bytes()).expect("an envelope");
        let (key, _) = corpus.chain.holder(envelope.keyid()).expect("a member's key");
        (pre_authentication_encoding(PAYLOAD_TYPE, envelope.payload()), envelope.signature().clone(), key)
    });
    signed.collect()
}

/// Nothing but the strict checks, on as many threads.
fn check(signed: &[Signed<'_>]) -> Duration {
    const TAKEN: usize = 256;
    let next = AtomicUsize::new(0);
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..threads() {
            scope.spawn(|| {
                loop {
                    let start = next.fetch_add(TAKEN, Ordering::Relaxed);
                    let Some(rest) = signed.get(start..) else { return };
                    let good = |(bytes, signature, key): &Signed<'_>| signature.is_by(key, bytes);
                    assert!(rest.iter().take(TAKEN).all(good), "a signature is bad");
                }
            });
        }
    });
    started.elapsed()
}

/// From opening the repository to the verified ledger: trust, history, notes, signatures, places.
fn whole(repo: &Path, corpus: &Corpus) -> Duration {
    let started = Instant::now();
    let repository = store::open(repo).expect("a repository");
    let stored = repository.trust_chain().expect("trust");
    let chain = Chain::check(stored.iter().map(|(commit, bytes)| (*commit, &bytes[..]))).expect("sound");
    let notes = repository.ledger(LEDGER).expect("a ledger");
    let ledger = Ledger::verify(notes.history(), &notes, chain, Arithmetic::Tables);
    let took = started.elapsed();
    assert_eq!(Outcome::of(ledger.findings()), Outcome::Pass, "{:?}", ledger.findings());
    assert!(ledger.records().len() > corpus.lines.len(), "records are missing");
    took
}

/// Its name, what starts it, and its arguments.
type Contestant<'a> = (&'a str, fn(&Path, &[&str]) -> Command, &'a [&'a str]);

/// One record more, by git-qms and by stock git, in turns and as whole processes.
pub(crate) fn appends(corpus: &Corpus, runs: usize) -> String {
    let repo = corpus.repository();
    // Stock git appends to a copy: the ledger's own reference is not its to write.
    output(git(&repo, &["update-ref", "refs/notes/copy", LEDGER]));
    std::fs::write(repo.join("../reports/line"), &corpus.lines[0].1).expect("a file");
    let note = ["notes", "--ref=copy", "append", "-F", "../reports/line", "HEAD"];
    let plan = ["record", "plan", "--change", "CHG-7", "--reason", "Refund limits"];
    let test = ["record", "test", "--key", Corpus::CI, "--suite", "unit", "--from", Corpus::JUNIT];
    let commands: [Contestant<'_>; 4] = [
        ("git notes append", git, &note),
        ("git qms record plan", qms, &plan),
        ("git qms record test", qms, &test),
        ("git qms --version", qms, &["--version"]),
    ];
    let mut times = [const { Vec::new() }; 4];
    for _ in 0..runs {
        for ((_, program, args), times) in commands.iter().zip(&mut times) {
            times.push(timed(program(&repo, args)).took);
        }
    }
    let records = corpus.lines.len();
    let head = format!("| one process at {records} records, median of {runs} | time |\n|---|--:|");
    let row = |((name, _, _), times)| format!("\n| `{name}` | {} |", ms(median(times)));
    head + &commands.into_iter().zip(times).map(row).collect::<String>()
}

pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

pub(crate) fn ms(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    if ms < 100.0 { format!("{ms:.1} ms") } else { format!("{ms:.0} ms") }
}
