//! Real reports, and what a person counted in them. Skipped, visibly, where the corpus is absent.

use super::*;

fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let folder = std::env::var_os("QMS_CORPUS").map_or(beside, PathBuf::from);
    if folder.is_dir() {
        Some(folder)
    } else {
        eprintln!("SKIPPED: no corpus at {}; set QMS_CORPUS", folder.display());
        None
    }
}

fn report(folder: &Path, name: &str) -> Report {
    let bytes = std::fs::read(folder.join(name)).expect("the corpus is whole");
    read(name, &bytes).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn tests() {
    let Some(folder) = corpus() else { return };
    for (name, expected) in [
        ("junit-pytest-failures.xml", [3, 1, 1, 0]),
        ("junit-jest.xml", [2, 0, 0, 0]),
        ("junit-surefire-flaky.xml", [1, 0, 0, 1]),
        ("junit-gotestsum.xml", [42, 13, 5, 0]),
        ("junit-nextest.xml", [2, 1, 0, 1]),
    ] {
        assert_eq!(counts(&suite(report(&folder, name))), expected, "{name}");
    }
    let (_, detail) = claim(&[report(&folder, "junit-gotestsum.xml")]);
    let expected = [
        ["tests", "59", "60"],
        ["errors", "1", "0"],
        ["tests of gotest.tools/gotestsum/testjson/internal/badmain", "0", "1"],
        ["failures of gotest.tools/gotestsum/testjson/internal/badmain", "0", "1"],
    ];
    assert_eq!(differences(&detail), expected);
    let pytest = suite(report(&folder, "junit-pytest-failures.xml"));
    assert_eq!(pytest.ran.expect("a time").start.to_string(), "2020-09-04T16:18:04Z");
    let truncated = std::fs::read(folder.join("junit-truncated.xml")).expect("the corpus is whole");
    let error = read("junit-truncated.xml", &truncated).expect_err("truncated");
    assert!(error.to_string().contains("nothing recorded"), "{error}");
}

#[test]
fn coverage() {
    let Some(folder) = corpus() else { return };
    let (_, detail) = claim(&[report(&folder, "cobertura-coverage.py.xml")]);
    let lines = detail.coverage.as_ref().expect("coverage");
    assert_eq!((lines.line, lines.branch), (Some(ratio(19, 19)), Some(ratio(4, 4))));
    let expected = [["line coverage", "2514 of 2661", "19 of 19"], ["branch coverage", "396 of 475", "4 of 4"]];
    assert_eq!(differences(&detail), expected);
    let (_, detail) = claim(&[report(&folder, "lcov-gcovr.info")]);
    let lcov = detail.coverage.as_ref().expect("coverage");
    assert_eq!((lcov.line, lcov.branch, lcov.function), (Some(ratio(17, 17)), Some(ratio(3, 6)), Some(ratio(5, 6))));
    assert!(detail.discrepancies.is_empty());
    let (_, detail) = claim(&[report(&folder, "jacoco.xml")]);
    let jacoco = detail.coverage.as_ref().expect("coverage");
    assert_eq!((jacoco.line, jacoco.branch), (Some(ratio(294, 323)), Some(ratio(109, 116))));
    assert!(detail.discrepancies.is_empty(), "{:?}", detail.discrepancies);
}

#[test]
fn scans_and_inventories() {
    let Some(folder) = corpus() else { return };
    let (predicate, detail) = scan_claim(&report(&folder, "trivy-alpine.json"), noon()).expect("a claim");
    assert_eq!(detail.summary(), "trivy: 4 medium");
    assert_eq!(predicate.metadata.scan_finished_on.to_string(), "2021-08-25T12:20:30Z");
    for (name, components, omitted) in [("cyclonedx-syft.json", 3, 2), ("cyclonedx-trivy-npm.json", 13, 1)] {
        let (_, bill) = inventory(&report(&folder, name)).expect("an inventory");
        assert_eq!((bill.components, bill.omitted), (components, omitted), "{name}");
    }
    assert!(scan_claim(&report(&folder, "cyclonedx-syft.json"), noon()).is_err());
    let (_, detail) = scan_claim(&report(&folder, "cyclonedx-trivy-npm.json"), noon()).expect("a claim");
    assert!(detail.counts.total() > 0);
}

/// E06: levels by rule, runs of two tools, a run that failed, suppressions, severities in SARIF.
#[test]
fn static_analyses() {
    use git_qms::record::kind::findings::RunOutcome;
    let Some(folder) = corpus() else { return };
    let codeql = report(&folder, "sarif-codeql.json");
    assert!(analysis_claim(&codeql).expect_err("two tools").to_string().contains("--tool-run"));
    let counts = |run: &str| {
        let run = codeql.clone().only(Some(run)).expect("a run");
        let counts = analysis_claim(&run).expect("a claim").counts;
        [counts.error, counts.warning, counts.note, counts.none]
    };
    assert_eq!([counts("1"), counts("2")].concat().iter().sum::<u64>(), 3);
    let failed = analysis_claim(&report(&folder, "sarif-semgrep-run-failed.json")).expect("a claim");
    assert_eq!((failed.run.outcome, failed.counts.total()), (RunOutcome::Failed, 0));
    let suppressed = analysis_claim(&report(&folder, "sarif-suppressions.json")).expect("a claim");
    assert_eq!((suppressed.counts.total(), suppressed.set_aside[0].count), (6, 3));
    let (_, detail) = scan_claim(&report(&folder, "trivy-alpine.sarif.json"), noon()).expect("a claim");
    assert_eq!((detail.counts.medium, detail.counts.total()), (4, 4));
}

/// E04: signed by somebody else, and about other files than ours.
#[test]
fn provenance() {
    use git_qms::record::statement::Artifact;
    let Some(folder) = corpus() else { return };
    let report = report(&folder, "slsa-provenance.intoto.jsonl");
    let sha256 = "482ce8c8f7e867da3a3c05a9aee637703e17470ed1cf882a9e5b405e8f82619d".parse().expect("hex");
    let noted = attestations(&report, &[Artifact { name: "artifact1".into(), sha256 }]).expect("it matches");
    assert_eq!((noted.len(), noted[0].subjects.len(), noted[0].signatures), (1, 2, 1));
    assert_eq!(noted[0].predicate_type, "https://slsa.dev/provenance/v0.2");
    let sha256 = "00".repeat(32).parse().expect("hex");
    assert!(attestations(&report, &[Artifact { name: "artifact1".into(), sha256 }]).is_err());
}
