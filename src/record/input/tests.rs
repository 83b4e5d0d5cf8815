//! What is read, and how what does not fit is named.

use super::*;
use crate::record::kind::test::Outcome;

fn refused(kind: Kind, text: &str) -> (String, String) {
    let misfit = read(kind, text.as_bytes()).expect_err(text);
    (misfit.pointer, misfit.message)
}

#[test]
fn a_plan_is_read_with_where_it_applies() {
    let text = r#"{"change":"CHG-1","service":"payments","predicate":{"reason":"Refund limits"}}"#;
    let input = read(Kind::Plan, text.as_bytes()).expect("a plan");
    assert_eq!(input.place.change.map(|change| change.to_string()).as_deref(), Some("CHG-1"));
    assert!(matches!(input.claim, Claim::Plan(plan) if plan.reason == "Refund limits"));
}

#[test]
fn what_does_not_fit_is_named_by_its_pointer() {
    for (kind, text, pointer, message) in [
        (Kind::Plan, "[]", "", "expected one JSON object"),
        (Kind::Plan, "{}", "", "missing field `predicate`"),
        (Kind::Plan, r#"{"predicate":{}}"#, "/predicate", "missing field `reason`"),
        (Kind::Plan, r#"{"predicate":{"reason":7}}"#, "/predicate/reason", "expected a string"),
        (Kind::Plan, r#"{"predicate":["R"]}"#, "/predicate", "invalid type: array, expected an object"),
        (
            Kind::Plan,
            r#"{"predicate":{"reason":"R","requirements":["REQ-1","a b"]}}"#,
            "/predicate/requirements/1",
            "requirement id",
        ),
        (Kind::Plan, r#"{"predicate":{"reason":"R","resaon":""}}"#, "/predicate/resaon", "unknown field `resaon`"),
        (Kind::Plan, r#"{"predicate":{"reason":" "}}"#, "/predicate", "reason is empty"),
        (Kind::Plan, r#"{"predicate":{"reason":"R"},"detail":{}}"#, "/detail", "has none"),
        (Kind::Plan, r#"{"predicate":{"reason":"R"},"artifacts":[]}"#, "/artifacts", "no artifacts"),
        (Kind::Plan, r#"{"predicate":{"reason":"R"},"srvice":"x"}"#, "/srvice", "unknown field `srvice`"),
        (Kind::Plan, r#"{"predicate":{"reason":"R","reason":"S"}}"#, "", "duplicate key"),
        (Kind::Plan, r#"{"predicate":{"reason":"R"}} {}"#, "", "trailing"),
        (Kind::Plan, r#"{"predicate":{"reason":null}}"#, "", "null is not allowed"),
        (
            Kind::Deploy,
            r#"{"predicate":{"outcome":"done","planned":true}}"#,
            "/predicate/outcome",
            "unknown variant `done`, expected one of `success`",
        ),
        (
            Kind::Deploy,
            r#"{"predicate":{"outcome":"success","planned":true},"artifacts":[{"name":"","sha256":"00"}]}"#,
            "/artifacts/0/sha256",
            "SHA-256",
        ),
        (
            Kind::Test,
            r#"{"detail":{"suites":[{"type":"unit","passed":-1}]}}"#,
            "/detail/suites/0/passed",
            "integer `-1`, expected a whole number, not below 0",
        ),
        (Kind::Test, r#"{"predicate":{}}"#, "", "missing field `detail`"),
        (Kind::Test, r#"{"detail":{}}"#, "/detail", "needs suites or coverage"),
    ] {
        let (at, said) = refused(kind, text);
        assert_eq!(at, pointer, "{text}: {said}");
        assert!(said.contains(message), "{text}: {said}");
    }
    let misfit = read(Kind::Deploy, br#"{"predicate":{"outcome":"done","planned":true}}"#).expect_err("no outcome");
    assert_eq!(misfit.found.as_deref(), Some("\"done\""));
}

#[test]
fn a_test_result_follows_from_its_counts_and_must_not_contradict_them() {
    let detail = r#"{"suites":[{"type":"unit","passed":1,"failed":1,"skipped":0,"flaky":0,
        "cases":[{"name":"a","outcome":"failed"}]}]}"#;
    let input = read(Kind::Test, format!(r#"{{"detail":{detail}}}"#).as_bytes()).expect("a test");
    assert!(
        matches!(&input.claim, Claim::Test(result) if result.result == Outcome::Failed && result.failed_tests == ["a"])
    );
    let lie = format!(r#"{{"detail":{detail},"predicate":{{"result":"PASSED","configuration":[]}}}}"#);
    assert_eq!(refused(Kind::Test, &lie).0, "/predicate/result");
}
