//! Built files, and files that records name.

use super::Type::{Boolean, Integer, Text};
use super::own::{row, with};
use super::{Cell, Table};

pub(super) const ARTIFACTS: Table = Table {
    name: "artifacts",
    doc: "A built file that a record speaks about.",
    columns: || with(&[("artifact", Text, "Its name"), ("sha256", Text, "SHA-256 of its bytes")]),
    rows: |_, record| {
        let one = |file: &crate::record::Artifact| row(record, [Cell::text(&file.name), Cell::text(file.sha256)]);
        record.artifacts.iter().map(one).collect()
    },
};

pub(super) const FILES: Table = Table {
    name: "files",
    doc: "A file that a record was made from, or that is attached to it.",
    columns: || {
        with(&[
            ("file_name", Text, "Its name"),
            ("sha256", Text, "SHA-256 of its bytes"),
            ("size_bytes", Integer, "Its size"),
            ("media_type", Text, "IANA media type"),
            ("is_stored", Boolean, "Whether refs/qms/files holds it"),
            ("uri", Text, "Where it is kept, if it is not stored"),
        ])
    },
    rows: |_, record| {
        let one = |file: &crate::record::FileRef| {
            row(
                record,
                [
                    Cell::text(&file.name),
                    Cell::text(file.sha256),
                    Cell::count(file.size),
                    Cell::text(&file.media_type),
                    Cell::Boolean(file.stored),
                    Cell::said(file.uri.as_ref()),
                ],
            )
        };
        record.header.files.iter().map(one).collect()
    },
};
