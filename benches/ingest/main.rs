//! How fast reports are counted, and in how much memory, beside what a Python script would read them with.
//!
//!     cargo bench --bench ingest                     everything; minutes
//!     cargo bench --bench ingest -- --smoke          that it runs; seconds
//!     cargo bench --bench ingest -- --large MIB      the JUnit report for the memory figure, 500 MiB unless said

mod process;
mod python;
mod written;

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::time::{Duration, Instant};

use git_qms::ingest;

/// Medians are taken of so many rounds, all readers in turns, so that a noisy neighbour hits each.
const ROUNDS: usize = 5;

struct Plan {
    /// Bytes of each report.
    size: u64,
    /// Bytes of the large one.
    large: u64,
    rounds: usize,
}

fn main() {
    let mut plan = Plan { size: 32 << 20, large: 500 << 20, rounds: ROUNDS };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--smoke" => plan = Plan { size: 1 << 20, large: 8 << 20, rounds: 1 },
            "--large" => {
                let mib: u64 = args.next().and_then(|mib| mib.parse().ok()).expect("--large MIB");
                plan.large = mib << 20;
            }
            // A child of this very program, whose memory is watched.
            "--read" => return read(Path::new(&args.next().expect("--read FILE"))),
            // cargo's own.
            "--bench" => {}
            other => panic!("unknown argument {other}: expected --smoke, --large MIB"),
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    let measured: Vec<_> = written::FORMATS.concat().iter().map(|format| format.name).collect();
    for format in ingest::FORMATS {
        assert!(measured.contains(&format.name), "no line in benches/ingest/written for {}", format.name);
    }
    println!("reports of {} MiB, median of {} rounds\n", plan.size >> 20, plan.rounds);
    println!("| format | git-qms | peak memory | {} |", python::READERS.map(|reader| reader.name).join(" | "));
    println!("|---|--:|--:|{}", "--:|".repeat(python::READERS.len()));
    for format in written::FORMATS.concat() {
        let path = folder.path().join(format.file);
        written::write(&format, &path, plan.size);
        println!("{}", row(&format, &path, plan.rounds));
    }
    println!("\n| JUnit XML of {} MiB | time | peak memory |\n|---|--:|--:|", plan.large >> 20);
    let path = folder.path().join("large.xml");
    for (shape, make) in written::LARGE {
        make(&path, plan.large);
        let finished = process::watched_read(&path);
        println!("| {shape} | {:.1} s | {} MiB |", finished.took.as_secs_f64(), finished.peak_kib / 1024);
    }
}

/// Counts what is in a report.
fn read(path: &Path) {
    let file = BufReader::with_capacity(1 << 16, File::open(path).expect("a report"));
    let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
    let report = ingest::read_from(name, file, None).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(report.origin().file, name);
}

fn row(format: &written::Format, path: &Path, rounds: usize) -> String {
    let bytes = std::fs::metadata(path).expect("a report").len();
    let mut own = Vec::new();
    let mut others = vec![Vec::new(); python::READERS.len()];
    for _ in 0..rounds {
        let started = Instant::now();
        read(path);
        own.push(started.elapsed());
        for (reader, times) in python::READERS.iter().zip(&mut others) {
            times.extend(reader.read(format.shape, path));
        }
    }
    let peak = process::watched_read(path).peak_kib / 1024;
    let others = others.into_iter().map(|times| if times.is_empty() { "–".to_owned() } else { speed(bytes, times) });
    format!("| {} | {} | {peak} MiB | {} |", format.name, speed(bytes, own), others.collect::<Vec<_>>().join(" | "))
}

/// Megabytes a second, of 10^6 bytes.
#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn speed(bytes: u64, mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    format!("{:.0} MB/s", bytes as f64 / 1e6 / times[times.len() / 2].as_secs_f64())
}
