//! What scanners of vulnerabilities write, and what is counted in it.

use git_qms::record::kind::findings::{Cause, RunOutcome};

use super::*;

fn severities(detail: &ScanDetail) -> [u64; 5] {
    let counts = detail.counts;
    [counts.critical, counts.high, counts.medium, counts.low, counts.unknown]
}

fn ids(claim: &Vulnerabilities) -> Vec<&str> {
    claim.scanner.result.iter().map(|found| found.id.as_str()).collect()
}

fn aside(detail: &ScanDetail) -> Vec<(Cause, u64)> {
    detail.set_aside.iter().map(|aside| (aside.cause, aside.count)).collect()
}

fn not_counted(detail: &ScanDetail) -> Vec<(&str, u64)> {
    detail.not_counted.iter().map(|one| (one.what.as_str(), one.count)).collect()
}

/// E06: severities, what was ignored and by whose word, scanner and database time.
#[test]
fn grype() {
    let (claim, detail) = scanned("grype-image.json");
    assert_eq!(severities(&detail), [1, 1, 1, 1, 0], "negligible is low; a vector stands in for an unknown word");
    assert_eq!(aside(&detail), [(Cause::Ignored, 1), (Cause::NotAffected, 1)]);
    assert_eq!(detail.set_aside[0].findings[0].reason.as_deref(), Some("no untrusted archives"));
    let database = claim.scanner.db.last_update.map(|time| time.to_string());
    assert_eq!(
        (claim.scanner.version.as_deref(), database.as_deref()),
        (Some("0.121.2"), Some("2026-11-19T01:31:29Z"))
    );
    assert!(!serde_json::to_string(&(claim, &detail)).expect("JSON").contains("not-to-be-copied"));
    let summary = "grype: 1 critical, 1 high, 1 medium, 1 low; set aside: 1 ignored, 1 not affected";
    assert_eq!(detail.summary(), summary);
}

#[test]
fn a_scan_with_an_invalid_database_failed() {
    let text =
        String::from_utf8(bytes("grype-image.json")).expect("UTF-8").replace("\"valid\": true", "\"valid\": false");
    let (_, detail) = scan_claim(&read("grype.json", text.as_bytes()).expect("a report"), noon()).expect("a claim");
    assert_eq!(detail.run.outcome, RunOutcome::Failed);
    assert!(detail.summary().contains("the run failed"), "{}", detail.summary());
}

/// One group is one vulnerability, by whatever names its advisories go.
#[test]
fn osv_scanner_groups_are_one_vulnerability() {
    let (claim, detail) = scanned("osv-scanner.json");
    assert_eq!(severities(&detail), [1, 1, 1, 0, 1]);
    let expected = ["GHSA-cccc-dddd-0001", "GHSA-eeee-ffff-0001", "GHSA-cccc-dddd-0002", "PYSEC-2026-8"];
    assert_eq!(ids(&claim), expected);
    assert_eq!(not_counted(&detail), [("license violations", 1)]);
}

#[test]
fn osv_scanner_advisories_without_groups_unite_by_alias() {
    let text = r#"{"results":[{"source":{"path":"p"},"packages":[{"package":{"name":"a","version":"1"},
        "vulnerabilities":[{"id":"GHSA-1","aliases":["CVE-1"]},{"id":"CVE-1"},{"id":"CVE-2"}]}]}]}"#;
    let (claim, _) = scan_claim(&read("osv.json", text.as_bytes()).expect("a report"), noon()).expect("a claim");
    assert_eq!(ids(&claim), ["CVE-2", "GHSA-1"]);
    let (_, clean) = scan_claim(&read("osv.json", br#"{"results":[]}"#).expect("a report"), noon()).expect("a claim");
    assert_eq!(clean.summary(), "osv-scanner: no vulnerabilities");
}

/// Advisories count, once in each package; npm's own totals count packages.
#[test]
fn npm_audit() {
    let (claim, detail) = scanned("npm-audit.json");
    assert_eq!(severities(&detail), [1, 1, 1, 0, 0]);
    assert_eq!(ids(&claim), ["GHSA-xvch-5gv4-984h", "GHSA-35jh-r3h4-6jhm", "GHSA-vh95-rmgr-6w4m"]);
    assert_eq!(not_counted(&detail), [("packages that depend on a vulnerable one", 1)]);
    let (claim, detail) = scanned("npm-audit-v6.json");
    assert_eq!(severities(&detail), [1, 0, 0, 1, 0]);
    assert_eq!(ids(&claim), ["GHSA-gggg-hhhh-0001", "npm:1523"]);
}

#[test]
fn an_npm_audit_that_failed_is_refused() {
    let failed = String::from_utf8(bytes("npm-audit-failed.json")).expect("UTF-8");
    assert!(refusal(&failed).contains("the audit failed (405 Method Not Allowed"), "{}", refusal(&failed));
    let no_lock = r#"{"error":{"code":"ENOLOCK","summary":"This command requires an existing lockfile.","detail":""}}"#;
    assert!(refusal(no_lock).contains("the audit failed (ENOLOCK: This command"), "{}", refusal(no_lock));
}

#[test]
fn an_npm_audit_whose_totals_are_worse_than_its_list_is_refused() {
    let hollow =
        r#"{"auditReportVersion":2,"vulnerabilities":{},"metadata":{"vulnerabilities":{"critical":1,"total":1}}}"#;
    assert!(refusal(hollow).contains("1 critical, but it lists no advisory"), "{}", refusal(hollow));
    let dangling = r#"{"auditReportVersion":2,"vulnerabilities":{"a":{"via":["b"]}}}"#;
    assert!(refusal(dangling).contains("\"a\" is vulnerable by \"b\", which is not listed"), "{}", refusal(dangling));
    let later = r#"{"auditReportVersion":3,"vulnerabilities":{}}"#;
    assert!(refusal(later).contains("auditReportVersion 3 is not 2"), "{}", refusal(later));
    let clean =
        br#"{"auditReportVersion":2,"vulnerabilities":{},"metadata":{"vulnerabilities":{"critical":0,"total":0}}}"#;
    let (_, detail) = scan_claim(&read("npm.json", clean).expect("a report"), noon()).expect("a claim");
    assert_eq!(detail.summary(), "npm audit: no vulnerabilities");
}

/// Warnings are no vulnerabilities, and are told.
#[test]
fn cargo_audit() {
    let (claim, detail) = scanned("cargo-audit.json");
    assert_eq!((severities(&detail), ids(&claim)), ([1, 0, 0, 0, 0], vec!["RUSTSEC-2021-0003"]));
    let expected =
        [("advisories that the tool was told to ignore", 1), ("unmaintained packages", 1), ("unsound packages", 1)];
    assert_eq!(not_counted(&detail), expected);
    assert_eq!(detail.run.outcome, RunOutcome::Complete);
    let lying = r#"{"lockfile":{},"vulnerabilities":{"found":true,"count":1,"list":[]}}"#;
    assert!(refusal(lying).contains("found is true, but 0 are listed"), "{}", refusal(lying));
    let picky =
        br#"{"lockfile":{},"settings":{"severity":"high"},"vulnerabilities":{"found":false,"count":0,"list":[]}}"#;
    let (_, detail) = scan_claim(&read("cargo.json", picky).expect("a report"), noon()).expect("a claim");
    assert_eq!(detail.run.outcome, RunOutcome::Partial);
}

#[test]
fn cargo_audit_tells_the_time_of_its_database() {
    let text = br#"{"database":{"advisory-count":7,"last-commit":"4b825dc","last-updated":"2026-11-20T08:15:30+01:00"},
        "lockfile":{"dependency-count":7},"vulnerabilities":{"found":false,"count":0,"list":[]},"warnings":{}}"#;
    let (claim, detail) = scan_claim(&read("cargo.json", text).expect("a report"), noon()).expect("a claim");
    assert_eq!(detail.summary(), "cargo-audit: no vulnerabilities");
    assert_eq!(claim.scanner.db.last_update.map(|time| time.to_string()).as_deref(), Some("2026-11-20T07:15:30Z"));
    assert_eq!(claim.scanner.db.version.as_deref(), Some("4b825dc"));
}

/// G05: pip-audit says that no vulnerability is known, when it looked nothing up.
#[test]
fn e06_what_pip_audit_skipped_is_incomplete_and_no_clean_scan() {
    let (claim, detail) = scanned("pip-audit.json");
    assert_eq!((severities(&detail), ids(&claim)), ([0, 0, 0, 0, 1], vec!["PYSEC-2021-66"]), "it gives no severities");
    let (_, detail) = scanned("pip-audit-skipped.json");
    assert_eq!((detail.run.outcome, detail.run.reasons.len()), (RunOutcome::Partial, 2));
    assert!(detail.run.reasons[0].starts_with("jinja2 was not looked up: Dependency not found"), "{:?}", detail.run);
    let empty = r#"{"dependencies":[],"fixes":[]}"#;
    assert!(refusal(empty).contains("lists no dependency"), "{}", refusal(empty));
}

/// What Trivy set aside stays visible; what is no vulnerability is told and not counted.
#[test]
fn trivy_of_more_than_vulnerabilities() {
    let (claim, detail) = scanned("trivy-mixed.json");
    assert_eq!((severities(&detail), ids(&claim)), ([0, 1, 1, 0, 0], vec!["CVE-2026-1003", "CVE-2026-1008"]));
    assert_eq!(aside(&detail), [(Cause::Ignored, 1), (Cause::NotAffected, 1)]);
    let words: Vec<_> = detail.set_aside.iter().filter_map(|aside| aside.findings[0].reason.as_deref()).collect();
    let expected = [
        "no regular expressions from outside, by .trivyignore.yaml",
        "vulnerable_code_not_in_execute_path, by VEX Repository: default",
    ];
    assert_eq!(words, expected);
    assert_eq!(not_counted(&detail), [("licenses", 1), ("misconfigurations", 2), ("secrets", 1)]);
    assert!(!serde_json::to_string(&(claim, detail)).expect("JSON").contains("not-to-be-copied"));
}

/// What is set aside is counted, however much of it there is; the record keeps within its line.
#[test]
fn more_is_set_aside_than_a_record_names() {
    let one = |at| {
        format!(
            r#"{{"vulnerability":{{"id":"CVE-{at}","severity":"High"}},"artifact":{{"name":"a{}"}}}}"#,
            "x".repeat(400)
        )
    };
    let all: Vec<String> = (0..2_000).map(one).collect();
    let text = format!(r#"{{"matches":[],"source":{{}},"ignoredMatches":[{}]}}"#, all.join(","));
    let (claim, detail) = scan_claim(&read("g.json", text.as_bytes()).expect("a report"), noon()).expect("a claim");
    assert_eq!(aside(&detail), [(Cause::Ignored, 2_000)]);
    assert!((100..=500).contains(&detail.set_aside[0].findings.len()));
    written(&Claim::Scan(claim), Some(detail));
}

#[test]
fn vulnerabilities_without_an_id_are_refused() {
    for text in [
        r#"{"matches":[{"vulnerability":{"id":" "},"artifact":{"name":"a"}}],"source":{}}"#,
        r#"{"dependencies":[{"name":"a","version":"1","vulns":[{"id":""}]}],"fixes":[]}"#,
        r#"{"results":[{"source":{"path":"p"},"packages":[{"package":{},"vulnerabilities":[{"id":""}]}]}]}"#,
        r#"{"lockfile":{},"vulnerabilities":{"found":true,"list":[{"advisory":{"id":""},"package":{"name":"a","version":"1"}}]}}"#,
        r#"{"auditReportVersion":2,"vulnerabilities":{"a":{"via":[{"severity":"low"}]}}}"#,
    ] {
        assert!(refusal(text).contains("nothing recorded"), "{text}: {}", refusal(text));
    }
}
