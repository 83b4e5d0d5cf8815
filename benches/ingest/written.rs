//! Reports of any size, as tools write them. One line of the table a format.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

/// What a file is to a general reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    JUnit,
    Xml,
    Json,
    JsonLines,
    Text,
}

/// A format to be measured.
pub(crate) struct Format {
    /// As in the table of `git_qms::ingest`.
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) file: &'static str,
    start: &'static str,
    /// The part of a number.
    part: fn(u64) -> String,
    end: &'static str,
}

/// Every format.
pub(crate) const FORMATS: &[Format] = &[
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
    Format {
        name: "Cobertura XML",
        shape: Shape::Xml,
        file: "cobertura.xml",
        start: "<coverage>",
        part: cobertura,
        end: "</coverage>",
    },
    Format { name: "LCOV", shape: Shape::Text, file: "lcov.info", start: "TN:\n", part: lcov, end: "" },
    Format { name: "Trivy JSON", shape: Shape::Json, file: "trivy.json", start: TRIVY, part: trivy, end: TRIVY_END },
    Format { name: "CycloneDX JSON", shape: Shape::Json, file: "bom.json", start: BOM, part: component, end: "{}]}" },
];

const JUNIT: (&str, &str) = (
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<testsuites><testsuite name=\"till\">\n",
    "</testsuite></testsuites>\n",
);
const GO: &str = "{\"Time\":\"2026-11-24T09:00:00Z\",\"Action\":\"start\",\"Package\":\"example.com/till\"}\n";
const GO_END: &str =
    "{\"Time\":\"2026-11-24T09:00:00Z\",\"Action\":\"pass\",\"Package\":\"example.com/till\",\"Elapsed\":1.5}\n";
const TRIVY: &str =
    r#"{"SchemaVersion":2,"ArtifactName":"a","Results":[{"Target":"a","Class":"os-pkgs","Vulnerabilities":["#;
const TRIVY_END: &str = r#"{"VulnerabilityID":"CVE-2026-1","PkgName":"p","Severity":"LOW"}]}]}"#;
const BOM: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":["#;

/// Nine of ten pass; the tenth fails with a trace, as in a bad run.
fn junit(at: u64) -> String {
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

fn cobertura(at: u64) -> String {
    let line = |line| format!("<line number=\"{line}\" hits=\"{}\"/>\n", line % 3);
    let lines: String = (1..=100).map(line).collect();
    format!("<class name=\"c{at}\" filename=\"src/till/c{at}.py\"><lines>\n{lines}</lines></class>\n")
}

fn lcov(at: u64) -> String {
    let lines: Vec<String> = (1..=100).map(|line| format!("DA:{line},{}\n", line % 3)).collect();
    format!("SF:src/till/c{at}.c\n{}end_of_record\n", lines.concat())
}

fn trivy(at: u64) -> String {
    format!(
        r#"{{"VulnerabilityID":"CVE-2026-{at}","PkgName":"openssl","InstalledVersion":"3.0.{at}","Severity":"LOW","Title":"a title","Description":"{}"}},"#,
        "a description of some length ".repeat(20)
    )
}

fn component(at: u64) -> String {
    format!(
        r#"{{"type":"library","name":"p{at}","version":"1.0.{at}","purl":"pkg:npm/p{at}@1.0.{at}","licenses":[{{"license":{{"id":"MIT"}}}}]}},"#
    )
}

/// Writes a report of about `size` bytes.
pub(crate) fn write(format: &Format, path: &Path, size: u64) {
    fill(path, size, format.start, format.part, format.end);
}

fn fill(path: &Path, size: u64, start: &str, part: fn(u64) -> String, end: &str) {
    let mut file = BufWriter::new(File::create(path).expect("a file"));
    let mut written = start.len() as u64;
    file.write_all(start.as_bytes()).expect("written");
    let mut at = 0;
    while written < size {
        let part = part(at);
        file.write_all(part.as_bytes()).expect("written");
        (written, at) = (written + part.len() as u64, at + 1);
    }
    file.write_all(end.as_bytes()).expect("written");
    file.flush().expect("written");
}

/// A name, and what writes it with so many bytes.
type Large = (&'static str, fn(&Path, u64));

/// The reports that would need most memory.
pub(crate) const LARGE: [Large; 4] = [
    ("as above", |path, size| fill(path, size, JUNIT.0, junit, JUNIT.1)),
    ("nothing but cases that pass", |path, size| {
        fill(
            path,
            size,
            JUNIT.0,
            |at| format!("<testcase classname=\"tests.till\" name=\"test_{at}\" time=\"0.001\"/>\n"),
            JUNIT.1,
        );
    }),
    ("nothing but cases that fail", |path, size| {
        fill(
            path,
            size,
            JUNIT.0,
            |at| format!("<testcase classname=\"tests.till\" name=\"test_{at}\"><failure/></testcase>\n"),
            JUNIT.1,
        );
    }),
    ("one case that prints", |path, size| {
        let start = "<testsuite><testcase name=\"loud\"><system-out><![CDATA[";
        fill(
            path,
            size,
            start,
            |at| format!("printed by the till, line {at}\n"),
            "]]></system-out></testcase></testsuite>",
        );
    }),
];
