//! JUnit XML as it is found in the field.

use super::*;

#[test]
fn nested_suites_are_counted() {
    let report = junit(
        r#"<testsuites tests="2"><testsuite tests="2" name="a"><testsuite name="b" tests="1"><testcase name="x"/>
        </testsuite><testcase name="y"><failure/><error/></testcase></testsuite></testsuites>"#,
    );
    let (_, detail) = claim(&[report]);
    assert_eq!(counts(&detail.suites[0]), [1, 1, 0, 0]);
    assert!(detail.discrepancies.is_empty());
}

#[test]
fn a_rerun_that_passes_is_flaky_and_one_that_fails_is_failed() {
    let flaky = r#"<testsuite><testcase name="x"><failure/></testcase><testcase name="x"/></testsuite>"#;
    assert_eq!(counts(&suite(junit(flaky))), [1, 0, 0, 1]);
    let failed = r#"<testsuite><testcase name="x"/><testcase name="x"><failure/></testcase></testsuite>"#;
    assert_eq!(counts(&suite(junit(failed))), [0, 1, 0, 0]);
    let two = r#"<testsuite><testcase name="x"/><testcase name="x"/></testsuite>"#;
    assert_eq!(counts(&suite(junit(two))), [2, 0, 0, 0]);
}

/// Two files may both have a test named `works`: a pass in one hides no failure in the other.
#[test]
fn equal_names_in_two_suites_are_two_cases() {
    let inside = r#"<testsuites><testsuite name="a"><testcase name="works"><failure/></testcase></testsuite>
        <testsuite name="b"><testcase name="works"/></testsuite></testsuites>"#;
    assert_eq!(counts(&suite(junit(inside))), [1, 1, 0, 0]);
    let failed = r#"<testsuite><testcase name="works"><failure/></testcase></testsuite>"#;
    let passed = r#"<testsuite><testcase name="works"/></testsuite>"#;
    let (_, detail) = claim(&[junit(failed), junit(passed)]);
    assert_eq!(counts(&detail.suites[0]), [1, 1, 0, 0]);
}

#[test]
fn a_suite_that_broke_is_a_failed_case() {
    let inside = r#"<testsuite name="till" tests="1" errors="1"><testcase name="x"/><error/></testsuite>"#;
    let (result, detail) = claim(&[junit(inside)]);
    assert_eq!(counts(&detail.suites[0]), [1, 1, 0, 0]);
    assert_eq!(result.failed_tests, ["till"]);
    assert!(detail.discrepancies.is_empty());
}

#[test]
fn properties_of_a_suite_link_all_its_cases() {
    let inside = r#"<testsuite><properties><property name="Requirements" value="REQ-1;REQ-2 REQ-1"/>
        <property name="user" value="ada"/></properties><testcase name="x"/><testcase name="y"><properties>
        <property name="req" value="REQ-3"/></properties></testcase></testsuite>"#;
    let suite = suite(junit(inside));
    let linked: Vec<_> = suite.cases.iter().map(|case| (case.name.as_str(), case.requirements.len())).collect();
    assert_eq!(linked, [("x", 2), ("y", 3)]);
    assert!(suite.cases.iter().all(|case| case.outcome == CaseOutcome::Passed));
}

#[test]
fn a_link_that_is_no_requirement_id_is_refused() {
    let bad = r#"<testsuite><testcase name="x"><properties><property name="req" value="-7"/></properties></testcase></testsuite>"#;
    assert!(refusal(bad).contains("property req: requirement id \"-7\""), "{}", refusal(bad));
}

#[test]
fn times_without_zone_are_utc_and_separators_are_read() {
    let inside = r#"<testsuite timestamp="2022-12-29T15:34:28" time="1,234.5"><testcase name="x" time="1,234.5"/>
        </testsuite>"#;
    let suite = suite(junit(inside));
    let ran = suite.ran.expect("a time");
    assert_eq!(
        (ran.start.to_string().as_str(), ran.end.to_string().as_str()),
        ("2022-12-29T15:34:28Z", "2022-12-29T15:55:02Z")
    );
    assert_eq!(suite.duration_ms, Some(1_234_500));
}

#[test]
fn declared_encodings_are_read_or_refused_by_name() {
    let named = |encoding: &str, name: &[u8]| {
        let start = format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?><testsuite><testcase name=\"");
        [start.as_bytes(), name, b"\"><failure/></testcase></testsuite>"].concat()
    };
    let name = |bytes: &[u8]| suite(read("junit.xml", bytes).expect("a report")).cases.remove(0).name;
    assert_eq!(name(&named("ISO-8859-1", b"caf\xe9")), "café");
    assert_eq!(name(&named("UTF-8", "café".as_bytes())), "café");
    assert_eq!(name(&[b"\xef\xbb\xbf", named("utf-8", "café".as_bytes()).as_slice()].concat()), "café");
    assert_eq!(name(&named("ISO-8859-15", b"5 \xa4")), "5 €");
    assert_eq!(name(&named("windows-1252", b"\x935 \x80\x94")), "“5 €”");
    let error = read("junit.xml", &named("Shift_JIS", b"x")).expect_err("not read");
    assert!(error.to_string().contains("written in Shift_JIS"), "{error}");
    let error = read("junit.xml", &named("UTF-8", b"caf\xe9")).expect_err("not read");
    assert!(error.to_string().contains("text that is not UTF-8"), "{error}");
    let wide: Vec<u8> = "<testsuite/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(read("junit.xml", &wide).expect_err("not read").to_string().contains("UTF-16"));
}
