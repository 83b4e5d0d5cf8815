//! What is counted in reports, on those of our toy project (tests/fixtures/reports), on broken and
//! hostile ones, and, where it lies beside the project, on a corpus of real ones.

mod any_bytes;
mod corpus;
mod coverage;
mod inventories;
mod junit;
mod limits;
mod provenance;
mod refused;
mod requirements;
mod runners;
mod sarif;
mod scans;
mod tools;
mod vex;

use std::path::{Path, PathBuf};

use git_qms::ingest::{
    self, IngestError, Report, analysis_claim, attestations, inventory, read, scan_claim, test_claim,
};
use git_qms::record::kind::scan::{ScanDetail, Vulnerabilities};
use git_qms::record::kind::test::{CaseOutcome, Coverage, Outcome, Ratio, Suite, TestDetail, TestResult};
use git_qms::record::time::Span;
use git_qms::record::{Claim, Header, header, statement};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/reports")
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(fixtures().join(name)).expect("the fixture is there")
}

fn fixture(name: &str) -> Report {
    read(name, &bytes(name)).unwrap_or_else(|error| panic!("{error}"))
}

fn claim(reports: &[Report]) -> (TestResult, TestDetail) {
    let commit = "4b825dc642cb6eb9a060e54bf8d69288fbee4904".parse().expect("hex");
    let unit = || "unit".parse().expect("a name");
    let reports: Vec<_> = reports.iter().map(|report| (unit(), report.clone())).collect();
    let (result, detail) = test_claim(&reports, commit, None).expect("a claim");
    detail.check().expect("what we make, we read");
    (result, detail)
}

fn suite(report: Report) -> Suite {
    claim(&[report]).1.suites.remove(0)
}

fn covered(reports: &[Report]) -> Coverage {
    claim(reports).1.coverage.expect("coverage")
}

/// Passed (flaky included), failed, skipped, flaky.
fn counts(suite: &Suite) -> [u64; 4] {
    [suite.passed, suite.failed, suite.skipped, suite.flaky]
}

/// Field, reported and counted of each discrepancy.
fn differences(detail: &TestDetail) -> Vec<[&str; 3]> {
    detail.discrepancies.iter().map(|one| [one.field.as_str(), &one.reported, &one.counted]).collect()
}

fn ratio(covered: u64, total: u64) -> Ratio {
    Ratio { covered, total }
}

fn junit(inside: &str) -> Report {
    read("junit.xml", inside.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

fn refusal(text: &str) -> String {
    read("report", text.as_bytes()).expect_err("must be refused").to_string()
}

fn noon() -> Span {
    Span::at("2026-04-13T12:00:00Z".parse().expect("a time"))
}

/// What we make of a report, as a whole record: it is written, fits its line, and is read back.
fn written(claim: &Claim, scan: Option<ScanDetail>) {
    let digest = "11".repeat(32);
    let signatory = header::Signatory {
        project: digest.parse().expect("hex"),
        recorder: "ada".parse().expect("an id"),
        trust: digest.parse().expect("hex"),
        ledger: None,
        recorded: noon().start,
    };
    let commit = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    let mut header = Header::new(claim.kind(), commit.parse().expect("hex"), signatory);
    header.scan = scan;
    let payload = statement::write(commit.parse().expect("hex"), &header, &[], claim).expect("a record");
    assert!(payload.len() * 4 / 3 < (1 << 20) - (64 << 10), "{}", payload.len());
}

/// The claim of a scan of a fixture.
fn scanned(name: &str) -> (Vulnerabilities, ScanDetail) {
    let (claim, detail) = scan_claim(&fixture(name), noon()).unwrap_or_else(|error| panic!("{error}"));
    written(&Claim::Scan(claim.clone()), Some(detail.clone()));
    (claim, detail)
}
