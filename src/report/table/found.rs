//! What scans and static analyses list.

use super::Type::{Integer, Text};
use super::own::{row, with};
use super::{Cell, Table};
use crate::record::Claim;
use crate::record::kind::findings::{Excused, SetAside};

/// What was set aside, as rows: id, severity, place, cause, reason.
fn set_aside(all: &[SetAside]) -> impl Iterator<Item = (&SetAside, &Excused)> {
    all.iter().flat_map(|aside| aside.findings.iter().map(move |one| (aside, one)))
}

pub(super) const VULNERABILITIES: Table = Table {
    name: "vulnerabilities",
    doc: "A vulnerability that a scan lists; those set aside say why.",
    columns: || {
        with(&[
            ("vulnerability_id", Text, "For instance CVE-2024-1234"),
            ("severity", Text, "As the scanner gives it first"),
            ("severity_method", Text, "The scale of that"),
            ("place", Text, "The package; of those set aside"),
            ("set_aside", Text, "Why it does not count; absent where it does"),
            ("set_aside_reason", Text, "By whose word, and what they said"),
        ])
    },
    rows: |_, record| {
        let Claim::Scan(scan) = &record.claim else { return Vec::new() };
        let listed = scan.scanner.result.iter().map(|found| {
            let first = found.severity.first();
            row(
                record,
                [
                    Cell::text(&found.id),
                    Cell::said(first.map(|one| &one.score)),
                    Cell::said(first.map(|one| &one.method)),
                    Cell::Absent,
                    Cell::Absent,
                    Cell::Absent,
                ],
            )
        });
        let aside = record.header.scan.iter().flat_map(|scan| set_aside(&scan.set_aside)).map(|(aside, one)| {
            row(
                record,
                [
                    Cell::text(&one.id),
                    Cell::text(&one.severity),
                    Cell::Absent,
                    Cell::said(one.place.as_ref()),
                    Cell::text(aside.cause.words()),
                    Cell::said(one.reason.as_ref()),
                ],
            )
        });
        listed.chain(aside).collect()
    },
};

pub(super) const FINDINGS: Table = Table {
    name: "findings",
    doc: "A finding that a static analysis lists; those set aside say why.",
    columns: || {
        with(&[
            ("rule_id", Text, "The rule"),
            ("level", Text, "error, warning, note or none"),
            ("file_path", Text, "The file, as the tool writes it"),
            ("line_number", Integer, "The line"),
            ("set_aside", Text, "Why it does not count; absent where it does"),
            ("set_aside_reason", Text, "By whose word, and what they said"),
        ])
    },
    rows: |_, record| {
        let Claim::Analysis(analysis) = &record.claim else { return Vec::new() };
        let listed = analysis.findings.iter().map(|found| {
            row(
                record,
                [
                    Cell::text(&found.rule),
                    Cell::text(found.level.as_str()),
                    Cell::said(found.file.as_ref()),
                    Cell::count(found.line),
                    Cell::Absent,
                    Cell::Absent,
                ],
            )
        });
        let aside = set_aside(&analysis.set_aside).map(|(aside, one)| {
            row(
                record,
                [
                    Cell::text(&one.id),
                    Cell::text(&one.severity),
                    Cell::said(one.place.as_ref()),
                    Cell::Absent,
                    Cell::text(aside.cause.words()),
                    Cell::said(one.reason.as_ref()),
                ],
            )
        });
        listed.chain(aside).collect()
    },
};
