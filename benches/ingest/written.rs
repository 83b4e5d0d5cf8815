//! Reports of any size, as tools write them. One line of the table a format.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

mod coverage;
mod inventory;
mod scan;
mod tests;

use tests::{JUNIT, junit};

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
#[derive(Clone, Copy)]
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

/// Every format, by kind.
pub(crate) const FORMATS: [&[Format]; 4] = [tests::FORMATS, coverage::FORMATS, scan::FORMATS, inventory::FORMATS];

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
