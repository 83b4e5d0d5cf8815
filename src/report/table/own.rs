//! What tables of things that a record has several of begin with.

use super::{Cell, Column, Type};
use crate::record::Record;
use crate::verify::Verified;

/// What every table begins with: what joins it to the table of records, and when that was recorded.
pub(super) fn with(own: &[(&'static str, Type, &'static str)]) -> Vec<Column> {
    let begin = [
        ("project", Type::Text, "The record's project"),
        ("record_id", Type::Text, "The record, of the table records"),
        ("recorded_at", Type::Time, "When it was recorded"),
    ];
    begin.iter().chain(own).map(|&(name, kind, doc)| Column { name, kind, doc }).collect()
}

pub(super) fn row<const N: usize>(record: &Verified<Record>, own: [Cell; N]) -> Vec<Cell> {
    let begin = [Cell::text(record.header.project), Cell::text(record.id), Cell::time(record.header.recorded)];
    begin.into_iter().chain(own).collect()
}
