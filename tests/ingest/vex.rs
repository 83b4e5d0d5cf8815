//! Statements on exploitability, held against the findings of scans.

use git_qms::ingest::{ScanReport, VexReport};
use git_qms::record::kind::findings::Cause;
use git_qms::record::kind::scan::VexDocument;

use super::*;

fn scan() -> ScanReport {
    fixture("grype-image.json").scan().expect("a scan")
}

fn vex(report: &Report) -> VexReport {
    report.vex().unwrap_or_else(|error| panic!("{error}"))
}

fn openvex(statements: &str) -> VexReport {
    let text = format!(
        r#"{{"@context":"https://openvex.dev/ns/v0.2.0","timestamp":"2026-11-20T08:00:00Z","statements":[{statements}]}}"#
    );
    vex(&read("vex.json", text.as_bytes()).unwrap_or_else(|error| panic!("{error}")))
}

fn applied(documents: &[VexReport], products: &[&str]) -> (ScanDetail, Vec<VexDocument>) {
    let mut scan = scan();
    scan.set_aside.clear();
    let products: Vec<String> = products.iter().map(|&product| product.to_owned()).collect();
    let told = scan.apply(documents, &products).expect("few statements");
    let (claim, detail) = scan.claim(noon(), told.clone());
    written(&Claim::Scan(claim), Some(detail.clone()));
    (detail, told)
}

/// Which ids were set aside.
fn aside(detail: &ScanDetail) -> Vec<(Cause, &str)> {
    let all = detail.set_aside.iter().flat_map(|aside| aside.findings.iter().map(|one| (aside.cause, one.id.as_str())));
    all.collect()
}

/// E06: by alias, by package, by part of the product; which statement did it is told, and what matched nothing.
#[test]
fn openvex_sets_aside_what_it_is_about() {
    let document = vex(&fixture("openvex.json"));
    let (detail, told) = applied(std::slice::from_ref(&document), &["pkg:oci/till@sha256:00?tag=1.4"]);
    assert_eq!(aside(&detail), [(Cause::NotAffected, "GHSA-aaaa-bbbb-0001"), (Cause::Fixed, "CVE-2026-1002")]);
    assert_eq!(detail.summary(), "grype: 1 medium, 1 low; set aside: 1 not affected, 1 fixed");
    let excused = &detail.set_aside[0].findings[0];
    assert_eq!(excused.reason.as_deref(), Some("vulnerable_code_not_in_execute_path"));
    let by = excused.statement.expect("a statement");
    assert_eq!((by.sha256, by.number), (document.sha256, 1));
    assert_eq!((told[0].statements, told[0].applied, told[0].unmatched), (4, 2, 1));
    assert_eq!(told[0].author.as_deref(), Some("Till project"));
    let (detail, _) = applied(&[document], &[]);
    assert_eq!(aside(&detail).len(), 1, "a part of a product that is not scanned is not meant");
}

#[test]
fn only_not_affected_and_fixed_set_aside() {
    let of = |status: &str| {
        openvex(&format!(
            r#"{{"vulnerability":{{"name":"CVE-2026-1003"}},"products":[{{"@id":"pkg:npm/minimist"}}],
                "status":"{status}","impact_statement":"I","action_statement":"A"}}"#
        ))
    };
    for (status, expected) in [("not_affected", 1), ("fixed", 1), ("affected", 0), ("under_investigation", 0)] {
        assert_eq!(aside(&applied(&[of(status)], &[]).0).len(), expected, "{status}");
    }
}

#[test]
fn another_package_version_or_vulnerability_is_not_meant() {
    for (name, product, expected) in [
        ("CVE-2026-1003", "pkg:npm/minimist@1.2.5", 1),
        ("CVE-2026-1003", "pkg:npm/minimist@1.2.6", 0),
        ("CVE-2026-1003", "pkg:pypi/minimist@1.2.5", 0),
        ("CVE-2026-100", "pkg:npm/minimist@1.2.5", 0),
        ("CVE-2026-1003", "minimist", 0),
        ("CVE-2026-1003", "registry.example.com/till:1.4", 1),
        ("CVE-2026-1002", "pkg:deb/debian/curl@7.88.1?arch=arm64", 0),
        ("CVE-2026-1002", "pkg:deb/debian/curl", 1),
    ] {
        let statement =
            format!(r#"{{"vulnerability":{{"name":"{name}"}},"products":[{{"@id":"{product}"}}],"status":"fixed"}}"#);
        let (detail, told) = applied(&[openvex(&statement)], &[]);
        assert_eq!((aside(&detail).len(), told[0].unmatched), (expected, 1 - expected as u64), "{name} {product}");
    }
}

#[test]
fn the_later_statement_counts_across_documents() {
    let of = |status: &str, time: &str| {
        openvex(&format!(
            r#"{{"vulnerability":"CVE-2026-1003","products":["pkg:npm/minimist"],"status":"{status}","timestamp":"{time}"}}"#
        ))
    };
    let (early, late) = ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z");
    for (documents, expected) in [
        ([of("affected", early), of("fixed", late)], 1),
        ([of("affected", late), of("fixed", early)], 0),
        ([of("fixed", early), of("under_investigation", early)], 0),
    ] {
        assert_eq!(aside(&applied(&documents, &[]).0).len(), expected);
    }
}

#[test]
fn documents_that_openvex_does_not_allow_are_refused() {
    let of = |statement: &str| format!(r#"{{"@context":"https://openvex.dev/ns","statements":[{statement}]}}"#);
    for (statement, words) in [
        (
            r#"{"vulnerability":"C","products":["p"],"status":"not_affected"}"#,
            "neither justification nor impact_statement",
        ),
        (
            r#"{"vulnerability":"C","products":["p"],"status":"not_affected","justification":"because"}"#,
            "justification \"because\"",
        ),
        (r#"{"vulnerability":"C","products":["p"],"status":"resolved"}"#, "status \"resolved\"; expected not_affected"),
        (r#"{"vulnerability":"C","products":[],"status":"fixed"}"#, "names no product"),
        (r#"{"vulnerability":{},"products":["p"],"status":"fixed"}"#, "names no vulnerability"),
        (
            r#"{"vulnerability":"C","products":["p"],"status":"fixed","timestamp":"yesterday"}"#,
            "timestamp of statement 1",
        ),
        ("", "makes no statement"),
    ] {
        let text = of(statement);
        assert!(refusal(&text).contains(words), "{statement}: {}", refusal(&text));
    }
    let other = r#"{"@context":"https://example.com/ns","statements":[]}"#;
    assert!(refusal(other).contains("is not that of OpenVEX"), "{}", refusal(other));
    assert!(fixture("junit-jest.xml").vex().is_err());
    assert!(fixture("cyclonedx-py.json").vex().is_err());
    assert!(scan_claim(&fixture("openvex.json"), noon()).is_err(), "statements are no scan");
}

/// CycloneDX analysis in the document that lists the vulnerabilities, and in a document of its own.
#[test]
fn cyclonedx_analysis_sets_aside() {
    let document = |tools: &str| {
        let states =
            ["not_affected", "false_positive", "resolved", "resolved_with_pedigree", "exploitable", "in_triage"];
        let one = |(at, state): (usize, &&str)| {
            format!(
                r#"{{"id":"CVE-2026-100{at}","ratings":[{{"severity":"high"}}],"affects":[{{"ref":"urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg%3Anpm%2Fminimist%401.2.5"}}],
                    "analysis":{{"state":"{state}","justification":"code_not_reachable","detail":"D"}}}}"#
            )
        };
        let all: Vec<String> = states.iter().enumerate().map(one).collect();
        let text = format!(
            r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{{"timestamp":"2026-11-20T08:00:00Z"{tools}}},"vulnerabilities":[{}]}}"#,
            all.join(",")
        );
        read("bom.json", text.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
    };
    let (_, detail) =
        scan_claim(&document(r#","tools":[{"name":"t"}]},"components":[],"x":{"#), noon()).expect("a claim");
    assert_eq!(detail.summary(), "t: 2 high; set aside: 1 not affected, 2 fixed, 1 false positive");
    assert_eq!(detail.set_aside[0].findings[0].reason.as_deref(), Some("code_not_reachable: D"));
    for alone in [document(""), document(r#","tools":[{"name":"t"}]"#)] {
        let error = scan_claim(&alone, noon()).expect_err("statements alone are no scan, whoever wrote them");
        assert!(error.to_string().contains("--vex bom.json"), "{error}");
    }
    let alone = document("");
    let statements = vex(&alone);
    assert_eq!(statements.statements.len(), 6);
    let (detail, told) = applied(&[statements], &[]);
    assert_eq!((aside(&detail), told[0].unmatched), (vec![(Cause::Fixed, "CVE-2026-1003")], 5));
}

#[test]
fn an_unknown_analysis_state_is_refused() {
    let text = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"tools":[{"name":"t"}]},
        "vulnerabilities":[{"id":"C","analysis":{"state":"fine"}}]}"#;
    assert!(refusal(text).contains("analysis.state \"fine\" is unknown"), "{}", refusal(text));
}
