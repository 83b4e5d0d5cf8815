//! Reports of test runners on the tills of tests/fixtures/till: what each writes, and what is counted in it.

use super::*;

/// Of those skipped: disabled, failed as expected. Of those that ran: passed unexpectedly.
fn parts(suite: &Suite) -> [u64; 3] {
    [suite.disabled, suite.expected_failures, suite.unexpected_passes]
}

fn names(suite: &Suite, outcome: CaseOutcome) -> Vec<&str> {
    suite.cases.iter().filter(|case| case.outcome == outcome).map(|case| case.name.as_str()).collect()
}

/// E05: what the tool skips and what it expects to fail are two things; a strict surprise is a failure.
#[test]
fn pytest_tells_expected_failures_apart() {
    let (result, detail) = claim(&[fixture("junit-pytest-xfail.xml")]);
    let suite = &detail.suites[0];
    assert_eq!((counts(suite), parts(suite)), ([4, 2, 2, 0], [0, 1, 1]));
    assert_eq!(result.failed_tests, ["test_till::test_refuses_too_little", "test_till::test_takes_cards"]);
    assert_eq!(detail.summary(), "unit: 4 passed, 2 failed, 2 skipped (1 failed as expected), 1 passed unexpectedly");
    assert!(detail.discrepancies.is_empty());
}

#[test]
fn unittest_tells_expected_failures_apart() {
    let suite = suite(fixture("junit-unittest.xml"));
    assert_eq!((counts(&suite), parts(&suite)), ([1, 3, 2, 0], [0, 1, 1]));
    assert_eq!(names(&suite, CaseOutcome::Failed).len(), 3);
}

/// Surefire's header counts every run, the report shows the reruns inside the case.
#[test]
fn surefire_reruns() {
    let (result, detail) = claim(&[fixture("junit-surefire.xml")]);
    let suite = &detail.suites[0];
    assert_eq!(counts(suite), [2, 2, 1, 1]);
    assert_eq!(result.warned_tests, ["till.TillTest::opensAtTheSecondTry"]);
    assert_eq!(suite.tool.as_ref().map(|tool| tool.name.as_str()), Some("surefire"));
    assert!(detail.discrepancies.is_empty(), "{:?}", detail.discrepancies);
    assert!(!serde_json::to_string(&detail).expect("JSON").contains("ada"), "properties are never copied");
}

#[test]
fn gradle() {
    let (_, detail) = claim(&[fixture("junit-gradle.xml")]);
    assert_eq!(counts(&detail.suites[0]), [1, 3, 1, 0]);
    assert!(detail.discrepancies.is_empty());
}

/// Retries and expected failures leave no mark there; cases of `it.each` share a name.
#[test]
fn vitest() {
    let (_, detail) = claim(&[fixture("junit-vitest.xml")]);
    let suite = &detail.suites[0];
    assert_eq!(counts(suite), [5, 1, 2, 0]);
    assert_eq!(suite.tool.as_ref().map(|tool| tool.name.as_str()), Some("vitest"));
    assert!(detail.discrepancies.is_empty());
}

/// A todo leaves no mark, and is missing in the header.
#[test]
fn jest_with_expected_failures() {
    let (_, detail) = claim(&[fixture("junit-jest-expected.xml")]);
    assert_eq!(counts(&detail.suites[0]), [5, 1, 1, 0]);
    assert_eq!(differences(&detail), [["tests", "6", "7"], ["tests of till", "6", "7"]]);
}

/// A broken hook is a failed case; skipped ones are in the header alone.
#[test]
fn mocha() {
    let (_, detail) = claim(&[fixture("junit-mocha.xml")]);
    assert_eq!(counts(&detail.suites[0]), [1, 2, 0, 0]);
    let expected = [["tests", "6", "3"], ["skipped", "2", "0"], ["tests of till, and of 1 more", "4", "2"]];
    assert_eq!(differences(&detail), expected);
}

/// Each failed run is a case of its own there, and here; the pass that came last makes one of them flaky.
#[test]
fn gotestsum_reruns() {
    let (result, detail) = claim(&[fixture("junit-gotestsum-reruns.xml")]);
    assert_eq!(counts(&detail.suites[0]), [4, 4, 1, 1]);
    assert_eq!(result.warned_tests, ["example.com/till::TestOpensAtTheSecondTry"]);
    assert!(detail.discrepancies.is_empty(), "{:?}", detail.discrepancies);
}

/// E14: a package that does not build is a failed case, one without tests is none.
#[test]
fn go_test() {
    let (result, detail) = claim(&[fixture("go-test.jsonl")]);
    let suite = &detail.suites[0];
    assert_eq!(counts(suite), [3, 4, 1, 0]);
    assert_eq!(suite.tool.as_ref().map(|tool| tool.name.as_str()), Some("go test"));
    let failed = [
        "example.com/till::TestGivesChange/too_little",
        "example.com/till::TestGivesChange",
        "example.com/till::TestOpensAtTheSecondTry",
        "example.com/till/broken",
    ];
    assert_eq!(result.failed_tests, failed);
    assert!(suite.ran.is_some() && suite.duration_ms.is_some());
}

/// The events say what the JUnit of the same run says.
#[test]
fn go_test_reruns() {
    let suite = suite(fixture("go-test-reruns.jsonl"));
    assert_eq!(counts(&suite), [4, 4, 1, 1]);
    assert_eq!(names(&suite, CaseOutcome::Flaky), ["example.com/till::TestOpensAtTheSecondTry"]);
}

fn go(events: &[&str]) -> Result<Report, IngestError> {
    let lines = events.iter().map(|event| {
        let mut words = event.split(' ');
        let action = words.next().unwrap_or_default();
        // What is built is no package yet.
        let first = if action.starts_with("build") { "ImportPath" } else { "Package" };
        let rest: Vec<_> =
            [first, "Test"].iter().zip(words).map(|(key, word)| format!(r#","{key}":"{word}""#)).collect();
        format!("{{\"Time\":\"2026-11-24T09:00:00Z\",\"Action\":\"{action}\"{}}}\n", rest.concat())
    });
    read("go.jsonl", lines.collect::<String>().as_bytes())
}

#[test]
fn a_go_test_that_never_ended_is_failed() {
    let report = go(&["start p", "run p TestA", "pass p TestA", "run p TestB", "output p TestB", "fail p"]);
    let suite = suite(report.expect("a report"));
    assert_eq!((counts(&suite), names(&suite, CaseOutcome::Failed)), ([1, 1, 0, 0], vec!["p::TestB"]));
}

#[test]
fn a_go_package_that_fails_without_a_failed_test_is_a_failed_case() {
    let suite1 = suite(go(&["start p", "run p TestA", "pass p TestA", "fail p"]).expect("a report"));
    assert_eq!((counts(&suite1), names(&suite1, CaseOutcome::Failed)), ([1, 1, 0, 0], vec!["p"]));
    // Go 1.24 and later tell a build that failed so.
    let suite2 = suite(go(&["build-output p", "build-fail p", "start p", "output p", "fail p"]).expect("a report"));
    assert_eq!(counts(&suite2), [0, 1, 0, 0]);
    let mended = ["start p", "fail p", "start p", "run p TestA", "pass p TestA", "pass p"];
    assert_eq!(counts(&suite(go(&mended).expect("a report"))), [2, 0, 0, 1]);
}

#[test]
fn a_truncated_go_stream_is_refused() {
    let open = go(&["start p", "run p TestA", "pass p TestA"]).expect_err("p never ended");
    assert!(open.to_string().contains("package p began and never ended: the stream is truncated"), "{open}");
    let whole = bytes("go-test-reruns.jsonl");
    // Where the events stop between two packages, or runs of one, nothing shows it.
    let ends: Vec<usize> = whole
        .split_inclusive(|byte| *byte == b'\n')
        .scan(0, |at, line| {
            *at += line.len();
            Some((*at, line))
        })
        .filter(|(_, line)| {
            line.windows(10).any(|part| part == br#""Elapsed":"#) && !line.windows(7).any(|part| part == br#""Test":"#)
        })
        .map(|(at, _)| at)
        .collect();
    assert_eq!(ends.len(), 3);
    for length in (0..whole.len()).filter(|length| !ends.contains(length) && !ends.contains(&(length + 1))) {
        assert!(read("go.jsonl", &whole[..length]).is_err(), "cut at {length}");
    }
    for nothing in [&["start p", "skip p"][..], &["build-output p"]] {
        assert!(go(nothing).expect_err("no test").to_string().contains("has no test: nothing recorded"));
    }
}

/// E14: by hand, after the published format. A tear-down that failed is a failed case; a warning is no failure.
#[test]
fn nunit() {
    let (result, detail) = claim(&[fixture("nunit-console.xml")]);
    let suite = &detail.suites[0];
    assert_eq!((counts(suite), parts(suite)), ([3, 3, 3, 0], [1, 0, 0]));
    let failed = ["Till.Tests.TillTests.RefusesTooLittle", "Till.Tests.TillTests.Rounds", "Till.Tests.DrawerTests"];
    assert_eq!(result.failed_tests, failed);
    let linked = suite.cases.iter().find(|case| case.name.ends_with("RefusesTooLittle")).expect("named");
    assert_eq!(linked.requirements.iter().map(ToString::to_string).collect::<Vec<_>>(), ["REQ-7", "REQ-9"]);
    assert_eq!((suite.duration_ms, detail.discrepancies.len()), (Some(850), 0), "{:?}", detail.discrepancies);
    let ran = suite.ran.expect("a time");
    assert_eq!(
        (ran.start.to_string().as_str(), ran.end.to_string().as_str()),
        ("2026-11-24T09:00:00Z", "2026-11-24T09:00:02Z")
    );
    let text = serde_json::to_string(&detail).expect("JSON");
    assert!(!text.contains("ada") && !text.contains("workstation"), "{text}");
}

/// pytest-nunit writes an expected failure as passed.
#[test]
fn nunit_of_pytest() {
    let (_, detail) = claim(&[fixture("nunit-pytest.xml")]);
    assert_eq!(counts(&detail.suites[0]), [5, 2, 1, 0]);
    assert!(detail.discrepancies.is_empty(), "{:?}", detail.discrepancies);
}

#[test]
fn an_unknown_result_is_refused() {
    let nunit = r#"<test-run><test-case name="a" result="Fine"/></test-run>"#;
    assert!(refusal(nunit).contains(r#"result "Fine" of test case a is none of NUnit 3"#), "{}", refusal(nunit));
    let trx = r#"<TestRun><Results><UnitTestResult testName="a" outcome="Fine"/></Results></TestRun>"#;
    assert!(refusal(trx).contains(r#"outcome "Fine" is none of TRX"#), "{}", refusal(trx));
    for empty in ["<test-run total='3'/>", "<TestRun><Results/></TestRun>"] {
        assert!(refusal(empty).contains("nothing recorded"), "{}", refusal(empty));
    }
}

/// E14: by hand, after the published schema. The rows of a data-driven test count in its place.
#[test]
fn trx() {
    let (result, detail) = claim(&[fixture("trx-vstest.trx")]);
    let suite = &detail.suites[0];
    assert_eq!(counts(suite), [2, 2, 1, 0]);
    assert_eq!(result.failed_tests, ["GivesChange (1)", "Opens"]);
    assert_eq!((suite.duration_ms, detail.discrepancies.len()), (Some(1_540), 0), "{:?}", detail.discrepancies);
    assert_eq!(suite.ran.expect("a time").start.to_string(), "2026-11-24T09:00:00Z");
}

#[test]
fn trx_of_mocha() {
    let (_, detail) = claim(&[fixture("trx-mocha.trx")]);
    assert_eq!(counts(&detail.suites[0]), [1, 3, 2, 0]);
    assert!(detail.discrepancies.is_empty(), "{:?}", detail.discrepancies);
}

/// G05: a run that broke before the first failure shows no pass.
#[test]
fn a_trx_run_that_failed_without_a_failed_result_is_failed() {
    let text = r#"<TestRun><Results><UnitTestResult testName="a" outcome="Passed"/></Results>
        <ResultSummary outcome="Aborted"><Counters total="4" failed="1" error="1"/></ResultSummary></TestRun>"#;
    let (result, detail) = claim(&[junit(text)]);
    assert_eq!((counts(&detail.suites[0]), result.failed_tests.len()), ([1, 1, 0, 0], 1));
    assert_eq!(differences(&detail), [["tests", "4", "1"], ["failed", "2", "0"]]);
}
