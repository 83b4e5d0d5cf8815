//! Results of tests.

use super::{Format, Shape};

pub(super) const FORMATS: &[Format] = &[
    Format { name: "JUnit XML", shape: Shape::JUnit, file: "junit.xml", start: JUNIT.0, part: junit, end: JUNIT.1 },
    Format { name: "go test JSON", shape: Shape::JsonLines, file: "go.jsonl", start: GO, part: go, end: GO_END },
    Format {
        name: "NUnit 3 XML",
        shape: Shape::Xml,
        file: "nunit.xml",
        start: "<test-run>",
        part: nunit,
        end: "</test-run>",
    },
    Format {
        name: "TRX",
        shape: Shape::Xml,
        file: "a.trx",
        start: "<TestRun><Results>",
        part: trx,
        end: "</Results></TestRun>",
    },
];

pub(super) const JUNIT: (&str, &str) = (
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<testsuites><testsuite name=\"till\">\n",
    "</testsuite></testsuites>\n",
);
const GO: &str = "{\"Time\":\"2026-11-24T09:00:00Z\",\"Action\":\"start\",\"Package\":\"example.com/till\"}\n";
const GO_END: &str =
    "{\"Time\":\"2026-11-24T09:00:00Z\",\"Action\":\"pass\",\"Package\":\"example.com/till\",\"Elapsed\":1.5}\n";

/// Nine of ten pass; the tenth fails with a trace, as in a bad run.
pub(super) fn junit(at: u64) -> String {
    let case =
        format!("<testcase classname=\"tests.till.test_price\" name=\"test_price[{at}-members]\" time=\"0.001\"");
    match at % 10 {
        0 => format!(
            "{case}><failure message=\"AssertionError: assert {at} == 10\">{}</failure></testcase>\n",
            "    def test_price(at):\n&gt;       assert refund(at) == 10\nE       assert 20 == 10\n".repeat(5)
        ),
        1 => format!(
            "{case}><system-out>{}</system-out></testcase>\n",
            "printed by the till &amp; the drawer\n".repeat(10)
        ),
        _ => format!("{case} />\n"),
    }
}

fn go(at: u64) -> String {
    let event = |action: &str, more: &str| {
        format!(
            "{{\"Time\":\"2026-11-24T09:00:00.431947272Z\",\"Action\":\"{action}\",\"Package\":\"example.com/till\",\"Test\":\"TestPrice/{at}\"{more}}}\n"
        )
    };
    let output = format!(",\"Output\":\"=== RUN   TestPrice/{at}\\n\"");
    [event("run", ""), event("output", &output), event("pass", ",\"Elapsed\":0.01")].concat()
}

fn nunit(at: u64) -> String {
    format!(
        "<test-case id=\"0-{at}\" name=\"Price({at})\" fullname=\"Till.Tests.PriceTests.Price({at})\" methodname=\"Price\" classname=\"Till.Tests.PriceTests\" runstate=\"Runnable\" seed=\"1\" result=\"Passed\" start-time=\"2026-11-24T09:00:00.2000000Z\" end-time=\"2026-11-24T09:00:00.2100000Z\" duration=\"0.010000\" asserts=\"1\" />\n"
    )
}

fn trx(at: u64) -> String {
    format!(
        "<UnitTestResult executionId=\"{at}\" testId=\"{at}\" testName=\"Till.Tests.PriceTests.Price({at})\" computerName=\"host\" duration=\"00:00:00.0100000\" startTime=\"2026-11-24T10:00:00.1000000+01:00\" endTime=\"2026-11-24T10:00:00.1100000+01:00\" testType=\"13cdc9d9-ddb5-4fa4-a97d-d965ccfc6d4b\" outcome=\"Passed\" testListId=\"8c84fa94-04c1-424b-9868-57a2d4851a1d\" />\n"
    )
}
