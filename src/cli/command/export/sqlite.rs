//! Every table and view as a database of SQLite.

use std::path::Path;

use rusqlite::types::{ToSqlOutput, Value};
use rusqlite::{Connection, ToSql, params_from_iter};

use super::selection::Selection;
use crate::cli::error::Result;
use crate::report::table::{Cell, Column, TABLES, Type, VIEWS};

/// What programs tell a database of git-qms by: "qms1".
const APPLICATION: i32 = 0x716d_7331;

pub(super) fn write(selection: &Selection<'_>, file: &Path) -> Result<()> {
    let source = selection.source();
    let mut database = Connection::open(file)?;
    database.pragma_update(None, "application_id", APPLICATION)?;
    database.pragma_update(None, "user_version", 1)?;
    // Nobody reads it before it is in its place; what fails is thrown away.
    database.pragma_update(None, "journal_mode", "OFF")?;
    let all = database.transaction()?;
    for table in TABLES {
        let columns = (table.columns)();
        all.execute_batch(&declared(table.name, &columns))?;
        let holes = vec!["?"; columns.len()].join(", ");
        let mut insert = all.prepare(&format!("INSERT INTO {} VALUES ({holes})", table.name))?;
        for record in &selection.records {
            for cells in (table.rows)(&source, record) {
                insert.execute(params_from_iter(cells.iter().map(Bound)))?;
            }
        }
    }
    for view in VIEWS {
        all.execute_batch(&format!("CREATE VIEW {} AS\n{};", view.name, view.sql))?;
    }
    all.execute_batch(
        "CREATE INDEX records_by_kind ON records (kind, service, environment, recorded_at);
         CREATE INDEX records_by_commit ON records (commit_id, kind);
         CREATE INDEX records_by_case ON records (case_id) WHERE case_id IS NOT NULL;
         CREATE INDEX records_by_decided ON records (decided_exception) WHERE decided_exception IS NOT NULL;
         CREATE INDEX controls_by_control ON controls (control_id);",
    )?;
    all.commit()?;
    Ok(())
}

/// A strict table: a cell of another type than its column's is refused.
fn declared(name: &str, columns: &[Column]) -> String {
    let columns: Vec<String> = columns
        .iter()
        .map(|column| {
            let kind = match column.kind {
                // A time is text that sorts, and that SQLite's own functions read.
                Type::Text | Type::Time => "TEXT",
                Type::Integer | Type::Boolean => "INTEGER",
            };
            let key = if name == "records" && column.name == "record_id" { " PRIMARY KEY" } else { "" };
            format!("{} {kind}{key}", column.name)
        })
        .collect();
    format!("CREATE TABLE {name} ({}) STRICT;", columns.join(", "))
}

struct Bound<'a>(&'a Cell);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Cell::Absent => ToSqlOutput::Owned(Value::Null),
            Cell::Text(text) => text.as_str().into(),
            Cell::Integer(number) => (*number).into(),
            Cell::Boolean(is) => (*is).into(),
            Cell::Time(time) => ToSqlOutput::Owned(Value::Text(time.to_string())),
        })
    }
}
