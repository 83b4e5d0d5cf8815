//! A row as a line of CSV (RFC 4180) or of JSON.

use serde_json::{Map, Value};

use super::{Cell, Column};
use crate::report::escape::escape_json;
use crate::report::sheet;

/// The head of a CSV file.
pub fn head(columns: &[Column]) -> String {
    sheet::row(columns.iter().map(|column| column.name))
}

/// A row of a CSV file. What is absent is empty; what a spreadsheet would take for a formula is guarded.
pub fn row(cells: &[Cell]) -> String {
    let texts: Vec<String> = cells.iter().map(text).collect();
    sheet::row(texts.iter().map(String::as_str))
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Absent => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Integer(number) => number.to_string(),
        Cell::Boolean(is) => is.to_string(),
        Cell::Time(time) => time.to_string(),
    }
}

/// A row as one JSON object with every column, ended by a newline; what is absent is `null`.
pub fn json_line(columns: &[Column], cells: &[Cell]) -> String {
    let members = columns.iter().zip(cells).map(|(column, cell)| (column.name.to_owned(), value(cell)));
    let line = Value::Object(members.collect::<Map<_, _>>()).to_string();
    escape_json(&line).into_owned() + "\n"
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Absent => Value::Null,
        Cell::Text(text) => Value::from(text.as_str()),
        Cell::Integer(number) => Value::from(*number),
        Cell::Boolean(is) => Value::from(*is),
        Cell::Time(time) => Value::from(time.to_string()),
    }
}
