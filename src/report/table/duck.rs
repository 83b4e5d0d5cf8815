//! The tables and views over partitions of JSON lines, as DuckDB declares them.

use std::fmt::Write as _;

use super::{TABLES, Table, Type, VIEWS};

/// SQL that makes the tables and views over files `<table>/project=…/month=…/*.jsonl`, to be run where they are. Types are
/// declared, not guessed: a column that no file fills is still what it is.
pub fn duckdb() -> String {
    let mut sql = String::from("-- git-qms: tables over these files. In this folder: duckdb -init tables.sql\n\n");
    for table in TABLES {
        sql += &declared(table);
    }
    for view in VIEWS {
        let _ = write!(sql, "-- {}\nCREATE OR REPLACE VIEW {} AS\n{};\n\n", view.doc, view.name, view.sql);
    }
    sql
}

fn declared(table: &Table) -> String {
    let columns: Vec<String> = (table.columns)()
        .iter()
        .map(|column| {
            let kind = match column.kind {
                Type::Text => "VARCHAR",
                Type::Integer => "BIGINT",
                Type::Boolean => "BOOLEAN",
                Type::Time => "TIMESTAMP",
            };
            format!("    {}: '{kind}'", column.name)
        })
        .collect();
    format!(
        "-- {doc}\nCREATE OR REPLACE VIEW {name} AS SELECT * FROM read_json('{name}/*/*/*.jsonl',\n  format = \
         'newline_delimited', hive_partitioning = true, hive_types = {{'project': VARCHAR, 'month': VARCHAR}},\n  columns = \
         {{\n{columns}\n  }});\n\n",
        doc = table.doc,
        name = table.name,
        columns = columns.join(",\n")
    )
}
