//! Tables as text: CSV, JSON lines, and one object of JSON.

use std::io::Write;

use super::selection::Selection;
use crate::cli::error::Result;
use crate::report::escape::escape_json;
use crate::report::table::{TABLES, Table, head, json_line, row};

fn asked(selection: &Selection<'_>) -> &'static Table {
    selection.table.unwrap_or(&TABLES[0])
}

/// RFC 4180, with a head.
pub(super) fn csv(selection: &Selection<'_>, out: &mut dyn Write) -> Result<()> {
    let (table, source) = (asked(selection), selection.source());
    out.write_all(head(&(table.columns)()).as_bytes())?;
    for record in &selection.records {
        for cells in (table.rows)(&source, record) {
            out.write_all(row(&cells).as_bytes())?;
        }
    }
    Ok(())
}

/// An object a line.
pub(super) fn jsonl(selection: &Selection<'_>, out: &mut dyn Write) -> Result<()> {
    let (table, source) = (asked(selection), selection.source());
    let columns = (table.columns)();
    for record in &selection.records {
        for cells in (table.rows)(&source, record) {
            out.write_all(json_line(&columns, &cells).as_bytes())?;
        }
    }
    Ok(())
}

/// One object: what was asked for, and every table with its rows.
pub(super) fn json(selection: &Selection<'_>, out: &mut dyn Write) -> Result<()> {
    let source = selection.source();
    let about = escape_json(&serde_json::Value::from(selection.about.as_str()).to_string()).into_owned();
    let verification = &selection.told.verification;
    let (root, result) = (verification.ledger.chain().root(), verification.outcome().as_str());
    let tip = verification.ledger.tip().map_or_else(|| "null".to_owned(), |tip| format!("\"{tip}\""));
    write!(out, "{{\"schema\":\"git-qms/tables/v1\",\"project\":\"{root}\",\"ledger\":{tip},\"about\":{about},")?;
    write!(out, "\"at\":\"{}\",\"result\":\"{result}\"", selection.told.context.at)?;
    for table in TABLES {
        let columns = (table.columns)();
        write!(out, ",\n\"{}\":[", table.name)?;
        let rows = selection.records.iter().flat_map(|record| (table.rows)(&source, record));
        for (at, cells) in rows.enumerate() {
            let part = if at == 0 { "\n" } else { ",\n" };
            write!(out, "{part}{}", json_line(&columns, &cells).trim_end())?;
        }
        write!(out, "]")?;
    }
    writeln!(out, "}}")?;
    Ok(())
}
