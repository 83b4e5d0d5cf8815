//! What a record has no room for is counted.

use super::*;

#[test]
fn more_files_than_a_record_lists_are_counted() {
    let text = (0..6_000).map(|at| format!("SF:{at}.c\nDA:1,1\nend_of_record\n")).collect::<Vec<_>>().concat();
    let coverage = covered(&[read("lcov.info", text.as_bytes()).expect("a report")]);
    assert_eq!(coverage.line, Some(ratio(6_000, 6_000)));
    assert_eq!(coverage.files.len() as u64 + coverage.omitted, 6_000);
    assert!(coverage.files.len() <= 5_000);
}

#[test]
fn more_findings_and_components_than_a_record_lists_are_counted() {
    let found = |at| format!(r#"{{"VulnerabilityID":"CVE-{at}","PkgName":"p","Severity":"HIGH"}}"#);
    let found: Vec<_> = (0..1_500).map(found).collect();
    let text = format!(
        r#"{{"SchemaVersion":2,"Results":[{{"Target":"a","Class":"os-pkgs","Vulnerabilities":[{}]}}]}}"#,
        found.join(",")
    );
    let report = read("trivy.json", text.as_bytes()).expect("a scan");
    let (predicate, detail) = scan_claim(&report, noon()).expect("a claim");
    assert_eq!((predicate.scanner.result.len(), detail.omitted, detail.counts.high), (1_000, 500, 1_500));
    assert_eq!(predicate.metadata.scan_started_on, noon().start);

    let component = |at| format!(r#"{{"purl":"pkg:npm/p@{at}"}}"#);
    let components: Vec<_> = (0..5_500).map(component).collect();
    let text = format!(r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{}]}}"#, components.join(","));
    let (resources, bill) = inventory(&read("bom.json", text.as_bytes()).expect("a bill")).expect("an inventory");
    assert_eq!((resources.len(), bill.components, bill.omitted), (5_000, 5_500, 500));
}

#[test]
fn the_largest_claim_fits_one_line() {
    let long = "x".repeat(900);
    let cases: String = (0..2_000)
        .map(|at| format!(r#"<testcase name="{at}{long}"><failure/></testcase>"#))
        .collect::<Vec<_>>()
        .concat();
    let files: Vec<_> = (0..6_000).map(|at| format!("SF:{at}{long}\nDA:1,1\nend_of_record\n")).collect();
    let reports = [
        junit(&format!("<testsuite>{cases}</testsuite>")),
        read("lcov.info", files.concat().as_bytes()).expect("a report"),
    ];
    let size = serde_json::to_vec(&claim(&reports)).expect("JSON").len();
    // Base64 makes four bytes of three; the rest of the record needs some room too.
    assert!(size * 4 / 3 < (1 << 20) - (64 << 10), "{size}");
}
