//! Records as tables with typed columns: what CSV, JSON lines and the database are written from.

use crate::record::Record;
use crate::verify::{Ledger, Verified};

use super::timing::Deadlines;

mod cell;
mod claims;
mod controls;
mod duck;
mod files;
mod found;
mod line;
mod own;
mod records;
mod suites;
mod views;

pub use cell::{Cell, Type};
pub use duck::duckdb;
pub use line::{head, json_line, row};
pub use views::{VIEWS, View};

/// A table: its rows come from one record after the other.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// What one row is, in a sentence.
    pub doc: &'static str,
    /// Its columns, in order.
    pub columns: fn() -> Vec<Column>,
    /// The rows of one record.
    pub rows: fn(&Source<'_>, &Verified<Record>) -> Vec<Vec<Cell>>,
}

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its name: no word of SQL.
    pub name: &'static str,
    /// What its cells are.
    pub kind: Type,
    /// What it says.
    pub doc: &'static str,
}

/// What rows are made from, besides the record.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// The verified ledger.
    pub ledger: &'a Ledger,
    /// When something is late.
    pub deadlines: &'a Deadlines,
}

/// Every table. The first has a row for each record; the others what a record has several of.
pub static TABLES: &[Table] = &[
    records::TABLE,
    suites::SUITES,
    suites::CASES,
    suites::REQUIREMENTS,
    found::VULNERABILITIES,
    found::FINDINGS,
    controls::CONTROLS,
    controls::EVIDENCE,
    files::ARTIFACTS,
    files::FILES,
];

/// The table of this name.
pub fn table(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}

#[cfg(test)]
mod tests;
