use std::collections::BTreeSet;

use super::*;
use crate::record::UtcTime;

#[test]
fn f06_no_two_tables_or_columns_share_a_name_and_none_is_a_word_of_sql() {
    const WORDS: [&str; 12] = [
        "commit",
        "release",
        "order",
        "group",
        "index",
        "exception",
        "trust",
        "values",
        "user",
        "role",
        "end",
        "start",
    ];
    let names: Vec<&str> = TABLES.iter().map(|table| table.name).chain(VIEWS.iter().map(|view| view.name)).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    for table in TABLES {
        let columns = (table.columns)();
        let names: BTreeSet<&str> = columns.iter().map(|column| column.name).collect();
        assert_eq!(names.len(), columns.len(), "{}", table.name);
        assert_eq!((columns[0].name, columns[1].name), ("project", "record_id"), "{}", table.name);
        for column in columns {
            assert!(!WORDS.contains(&column.name) && !column.doc.is_empty(), "{}", column.name);
            assert!(column.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'));
        }
    }
}

#[test]
fn f06_a_cell_is_written_as_what_it_is_and_runs_nowhere() {
    let columns = [("a", Type::Text), ("b", Type::Integer), ("c", Type::Boolean), ("d", Type::Time), ("e", Type::Text)]
        .map(|(name, kind)| Column { name, kind, doc: "" });
    let time: UtcTime = "2026-04-13T09:10:00Z".parse().expect("a time");
    let text = "=cmd|' /C calc'!A0\u{202e}";
    let cells =
        [Cell::text(text), Cell::count(u64::MAX), Cell::Boolean(true), Cell::time(time), Cell::said(None::<String>)];
    assert!(cells.iter().zip(&columns).all(|(cell, column)| cell.fits(column.kind)));
    assert!(!cells[0].fits(Type::Integer));
    assert_eq!(head(&columns), "a,b,c,d,e\r\n");
    let written = row(&cells);
    let shown = text.replace('\u{202e}', "\\u{202e}");
    assert_eq!(written, format!("\"'{shown}\",9223372036854775807,true,2026-04-13T09:10:00Z,\r\n"));
    let line = json_line(&columns, &cells);
    assert!(line.ends_with("}\n") && !line.contains('\u{202e}'), "{line}");
    let back: serde_json::Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!((&back["a"], &back["b"], &back["e"]), (&text.into(), &i64::MAX.into(), &serde_json::Value::Null));
}

#[test]
fn f06_duckdb_is_told_every_table_and_view() {
    let sql = duckdb();
    for name in TABLES.iter().map(|table| table.name).chain(VIEWS.iter().map(|view| view.name)) {
        assert!(sql.contains(&format!("CREATE OR REPLACE VIEW {name} AS")), "{name}");
    }
    assert!(sql.contains("recorded_at: 'TIMESTAMP'") && sql.contains("tests_passed: 'BIGINT'"));
}
