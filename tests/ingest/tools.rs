//! Reports of the toy project: what each tool writes, and what is counted in it.

use super::*;

/// E05, E14: failures, teardown errors, skips, expected failures, links to requirements.
#[test]
fn pytest() {
    let (result, detail) = claim(&[fixture("junit-pytest.xml")]);
    assert_eq!(counts(&detail.suites[0]), [3, 4, 2, 0]);
    assert!(detail.discrepancies.is_empty());
    assert_eq!(result.result, Outcome::Failed);
    insta::assert_json_snapshot!((result, detail));
}

/// E15: properties that do not link requirements, output, host names and messages are not copied.
#[test]
fn nothing_personal_is_copied() {
    let text = serde_json::to_string(&claim(&[fixture("junit-pytest.xml")])).expect("JSON");
    for secret in ["example.com", "workstation", "printed by", "drawer is stuck", "hostname", "\"host\""] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

/// The report hides that the first runs failed; its header shows that there were reruns.
#[test]
fn pytest_reruns() {
    let (_, detail) = claim(&[fixture("junit-pytest-reruns.xml")]);
    assert_eq!(counts(&detail.suites[0]), [2, 1, 0, 0]);
    assert_eq!(differences(&detail), [["tests of pytest", "2", "4"]]);
}

#[test]
fn nextest() {
    let (result, detail) = claim(&[fixture("junit-nextest.xml")]);
    let suite = &detail.suites[0];
    assert_eq!(counts(suite), [2, 1, 0, 1]);
    assert_eq!(suite.tool.as_ref().map(|tool| tool.name.as_str()), Some("nextest"));
    assert_eq!(result.warned_tests, ["till::tests::passes_at_the_second_try"]);
    assert_eq!(result.failed_tests, ["till::tests::fails"]);
    assert!(detail.discrepancies.is_empty());
}

#[test]
fn jest() {
    let (_, detail) = claim(&[fixture("junit-jest.xml")]);
    assert_eq!(counts(&detail.suites[0]), [3, 1, 1, 0]);
    assert_eq!(differences(&detail), [["tests", "4", "5"], ["tests of till", "4", "5"]]);
}

#[test]
fn coverage_py_says_the_same_in_both_formats() {
    let [xml, lcov] = ["cobertura-coverage.py.xml", "lcov-coverage.py.info"].map(fixture);
    for report in [&xml, &lcov] {
        let (result, detail) = claim(std::slice::from_ref(report));
        let coverage = detail.coverage.as_ref().expect("coverage");
        assert_eq!((coverage.line, coverage.branch), (Some(ratio(10, 15)), Some(ratio(3, 8))));
        assert!(detail.discrepancies.is_empty(), "{:?}", detail.discrepancies);
        assert_eq!(result.result, Outcome::Warned, "coverage alone is no passed test");
    }
    insta::assert_json_snapshot!(covered(&[lcov]));
}

/// A template's lines stand twice in the class and again under each method.
#[test]
fn gcovr_lines_count_once() {
    let (_, xml) = claim(&[fixture("cobertura-gcovr.xml")]);
    let coverage = xml.coverage.as_ref().expect("coverage");
    assert_eq!((coverage.line, coverage.branch, coverage.function), (Some(ratio(7, 10)), Some(ratio(3, 8)), None));
    assert!(xml.discrepancies.is_empty());
    let (_, lcov) = claim(&[fixture("lcov-gcovr.info")]);
    let coverage = lcov.coverage.as_ref().expect("coverage");
    assert_eq!(
        (coverage.line, coverage.branch, coverage.function),
        (Some(ratio(7, 10)), Some(ratio(4, 8)), Some(ratio(4, 5)))
    );
    assert_eq!(
        differences(&lcov),
        [["line coverage", "9 of 12", "7 of 10"], ["line coverage of till.cpp", "9 of 12", "7 of 10"]]
    );
}

/// E05: many reports, one claim.
#[test]
fn tests_and_coverage_unite() {
    let names = ["junit-nextest.xml", "junit-jest.xml", "cobertura-coverage.py.xml"];
    let (_, detail) = claim(&names.map(fixture));
    assert_eq!(counts(&detail.suites[0]), [5, 2, 1, 1]);
    assert_eq!(detail.suites[0].tool, None, "two tools are not one");
    assert_eq!(detail.coverage.expect("coverage").line, Some(ratio(10, 15)));
}

/// E06
#[test]
fn trivy() {
    let (predicate, detail) = scan_claim(&fixture("trivy-image.json"), noon()).expect("a claim");
    assert_eq!(detail.summary(), "trivy: 1 critical, 1 high, 1 low, 1 of unknown severity");
    assert!(!serde_json::to_string(&predicate).expect("JSON").contains("not-to-be-copied"));
    insta::assert_json_snapshot!((predicate, detail));
}

/// E04
#[test]
fn cyclonedx() {
    let report = fixture("cyclonedx-py.json");
    let (resources, bill) = inventory(&report).expect("an inventory");
    let urls: Vec<_> = resources.iter().filter_map(|resource| resource.uri.as_deref()).collect();
    assert_eq!(urls, ["pkg:pypi/flask@3.0.0", "pkg:pypi/pytest@8.0.0"]);
    assert_eq!((bill.format.as_str(), bill.components, bill.omitted), ("CycloneDX 1.6", 2, 0));
}

/// G05: an inventory is not a clean scan.
#[test]
fn an_inventory_without_vulnerabilities_is_no_scan() {
    let error = scan_claim(&fixture("cyclonedx-py.json"), noon()).expect_err("no scan");
    assert!(error.to_string().contains("an inventory without them is not a clean scan"), "{error}");
    let empty = br#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[],"vulnerabilities":[]}"#;
    assert!(scan_claim(&read("bom.json", empty).expect("an inventory"), noon()).is_err());
}

#[test]
fn nested_components_and_their_vulnerabilities_are_counted() {
    let report = fixture("cyclonedx-vulnerabilities.json");
    let (resources, bill) = inventory(&report).expect("an inventory");
    assert_eq!((resources.len(), bill.components, bill.omitted), (2, 4, 1));
    let (predicate, detail) = scan_claim(&report, noon()).expect("a claim");
    assert_eq!(detail.summary(), "till scan: 1 medium, 1 of unknown severity; set aside: 2 not affected");
    assert_eq!(predicate.scanner.uri, "pkg:generic/till%20scan");
    assert_eq!(predicate.metadata.scan_started_on.to_string(), "2026-11-20T08:15:30Z");
}

#[test]
fn lcov_records_of_one_file_unite_by_line() {
    let text = "SF:a.c\nDA:1,0\nDA:2,1\nBRDA:2,0,0,1\nBRDA:2,0,1,0\nend_of_record\n\
                SF:a.c\nDA:1,3\nDA:2,0\nDA:3,0\nBRDA:2,0,1,5\nFN:1,f\nFNDA:3,f\nend_of_record\n";
    let coverage = covered(&[read("lcov.info", text.as_bytes()).expect("a report")]);
    assert_eq!(
        (coverage.line, coverage.branch, coverage.function),
        (Some(ratio(2, 3)), Some(ratio(2, 2)), Some(ratio(1, 1)))
    );
    assert_eq!(coverage.files.len(), 1);
}

/// E14: guessed by content, whatever the name.
#[test]
fn the_format_is_guessed_by_content() {
    for (name, expected) in [
        ("junit-pytest.xml", "JUnit XML"),
        ("cobertura-gcovr.xml", "Cobertura XML"),
        ("lcov-gcovr.info", "LCOV"),
        ("jacoco.xml", "JaCoCo XML"),
        ("coverage.py.json", "coverage.py JSON"),
        ("llvm-cov.json", "llvm-cov JSON"),
        ("trivy-image.json", "Trivy JSON"),
        ("cyclonedx-py.json", "CycloneDX JSON"),
        ("spdx-npm.json", "SPDX JSON"),
        ("spdx-3.json", "SPDX JSON"),
        ("grype-image.json", "Grype JSON"),
        ("npm-audit.json", "npm audit JSON"),
        ("npm-audit-v6.json", "npm audit JSON"),
        ("cargo-audit.json", "cargo-audit JSON"),
        ("pip-audit.json", "pip-audit JSON"),
        ("osv-scanner.json", "OSV-Scanner JSON"),
        ("sarif-ruff.json", "SARIF"),
        ("openvex.json", "OpenVEX"),
        ("provenance.intoto.jsonl", "in-toto attestation"),
    ] {
        let report = read("report.txt", &bytes(name)).expect("a report");
        assert_eq!(report.origin().format, expected);
        let format = ingest::FORMATS.iter().find(|format| format.name == expected).expect("in the table");
        assert_eq!(report.feeds(), format.feeds);
    }
}
