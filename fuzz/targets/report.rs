//! Any bytes as a report: refused, or counted so that it can be recorded. What is counted does not depend on the pieces
//! in which it comes. Where a format is chosen, only what is meant to be of it leads to more.
#![no_main]

use std::io::BufReader;

use git_qms::ingest::{
    IngestError, Report, analysis_claim, attestations, inventory, read, read_from, scan_claim, test_claim,
};
use git_qms::record::kind::scan::ScanDetail;
use git_qms::record::kind::test::{Case, CaseOutcome, TestDetail};
use git_qms::record::statement::Artifact;
use git_qms::record::time::Span;
use git_qms::record::{Claim, Header, header, statement};
use libfuzzer_sys::{Corpus, fuzz_target};

mod chosen;

/// Where the line of a note ends, less the envelope and what a header has beside claim and detail.
const MAX_PAYLOAD: usize = ((1 << 20) - (64 << 10)) / 4 * 3;

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let whole = read("any", bytes);
    let pieces = BufReader::with_capacity(1 + bytes.len() % 61, bytes);
    assert_eq!(whole, read_from("any", pieces, None), "read in pieces");
    match whole {
        Ok(report) => {
            recorded(&report);
            keep(report.origin().format)
        }
        Err(IngestError::Malformed { format, .. } | IngestError::Nothing { format, .. }) => keep(format),
        Err(_) => Corpus::Reject,
    }
});

fn keep(format: &str) -> Corpus {
    if chosen::is(format) { Corpus::Keep } else { Corpus::Reject }
}

fn recorded(report: &Report) {
    match report {
        Report::Tests(_) | Report::Coverage(_) => {
            let unit = || "unit".parse().expect("a name");
            let commit = "4b825dc642cb6eb9a060e54bf8d69288fbee4904".parse().expect("hex");
            // As two files, too: what is united has to be sound as well.
            for reports in [vec![(unit(), report.clone())], vec![(unit(), report.clone()), (unit(), report.clone())]] {
                let count = reports.len() as u64;
                let (result, detail) = test_claim(&reports, commit, None).expect("a claim");
                if let Report::Tests(tests) = report {
                    assert_eq!(detail.suites[0].total(), tests.cases.total().saturating_mul(count));
                }
                adds_up(&detail);
                written(&Claim::Test(result), |header| header.test = Some(detail));
            }
        }
        Report::Scan(_) => scanned(report).expect("a scan makes a claim"),
        Report::Analysis(_) => {
            // Runs of several tools are refused, and so is what looked for no vulnerability.
            if let Ok(claim) = analysis_claim(report) {
                written(&Claim::Analysis(claim), |_| ());
            }
            let _refused = scanned(report);
        }
        Report::Inventory(_) => {
            let (resources, inventory) = inventory(report).expect("an inventory");
            let named = resources.len() as u64;
            assert!(named.saturating_add(inventory.omitted) <= inventory.components, "{named} of {inventory:?}");
            let _refused = scanned(report);
        }
        Report::Vex(vex) => {
            for product in vex.statements.iter().flat_map(|statement| &statement.products).take(3) {
                let bytes = include_bytes!("../../tests/fixtures/reports/grype-image.json");
                let mut scan = read("grype.json", bytes).and_then(|report| report.scan()).expect("a scan");
                let applied = scan.apply(std::slice::from_ref(vex), &product.names);
                let Ok(documents) = applied else { continue };
                let (claim, detail) = scan.claim(noon(), documents);
                scan_adds_up(&detail);
                written(&Claim::Scan(claim), |header| header.scan = Some(detail));
            }
        }
        Report::Attestation(file) => {
            let digests = file.statements.iter().flat_map(|statement| &statement.subjects).take(2);
            let artifacts: Vec<_> = digests.map(|sha256| Artifact { name: "a".into(), sha256: *sha256 }).collect();
            let matched = attestations(report, &artifacts);
            assert_eq!(matched.is_ok(), !artifacts.is_empty());
        }
    }
}

fn scanned(report: &Report) -> Result<(), IngestError> {
    let (claim, detail) = scan_claim(report, noon())?;
    scan_adds_up(&detail);
    written(&Claim::Scan(claim), |header| header.scan = Some(detail));
    Ok(())
}

fn adds_up(detail: &TestDetail) {
    for suite in &detail.suites {
        let named = |wanted: CaseOutcome| suite.cases.iter().filter(|Case { outcome, .. }| *outcome == wanted).count();
        assert!(named(CaseOutcome::Failed) as u64 <= suite.failed, "{suite:?}");
        assert!(named(CaseOutcome::Flaky) as u64 <= suite.flaky, "{suite:?}");
        assert!(suite.cases.len() as u64 + suite.omitted >= suite.failed + suite.flaky, "{suite:?}");
    }
    if let Some(coverage) = detail.coverage.as_ref().filter(|coverage| coverage.omitted == 0) {
        let lines = coverage.files.iter().filter_map(|file| file.line);
        let sum = lines.reduce(|one, other| one.plus(other));
        assert_eq!(coverage.line, sum, "lines of all files");
    }
}

fn scan_adds_up(detail: &ScanDetail) {
    let aside: u64 = detail.set_aside.iter().map(|aside| aside.findings.len() as u64).sum();
    assert!(aside <= detail.set_aside.iter().map(|aside| aside.count).sum());
}

/// Noon of a day.
fn noon() -> Span {
    Span::at("2026-04-13T12:00:00Z".parse().expect("a time"))
}

/// As a whole record, which is read back when it is written.
fn written(claim: &Claim, fill: impl FnOnce(&mut Header)) {
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
    fill(&mut header);
    let payload = statement::write(commit.parse().expect("hex"), &header, &[], claim).expect("a record");
    assert!(payload.len() < MAX_PAYLOAD, "{} bytes", payload.len());
    let _summary = statement::parse(&payload).expect("what is written is read").summary();
}
