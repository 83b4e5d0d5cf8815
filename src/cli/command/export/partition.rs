//! Every table as JSON lines, in files parted by project and month: what engines read that go over many repositories.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::selection::Selection;
use super::{Written, unwritable};
use crate::cli::error::{Error, Result, While as _};
use crate::cli::replace::New;
use crate::question::Filter;
use crate::record::{Record, UtcTime};
use crate::report::table::{TABLES, duckdb, json_line};
use crate::verify::Verified;

/// Writes `<table>/project=<root>/month=<YYYY-MM>/rows.jsonl` for every table and month, empty ones too: so none is left
/// from before, and no table is without a file. All are written before the first takes its place.
pub(super) fn write(selection: &Selection<'_>, within: &Filter, folder: &Path) -> Result<Written> {
    for (option, moment) in [("--since", within.since), ("--until", within.until)] {
        if moment.is_some_and(|moment| !moment.to_string().ends_with("-01T00:00:00Z")) {
            let moment = moment.map(|moment| moment.to_string()).unwrap_or_default();
            return Err(Error::new(format!("{option} {moment} is within a month: its file would lack the rest of it"))
                .hint("whole months: --period 2026-04, or leave the period out"));
        }
    }
    let mut months: BTreeMap<String, Vec<&Verified<Record>>> = BTreeMap::new();
    for record in &selection.records {
        months.entry(month(record.header.recorded)).or_default().push(record);
    }
    let (source, root) = (selection.source(), selection.told.verification.ledger.chain().root());
    let (mut written, mut bytes) = (Vec::new(), 0);
    for table in TABLES {
        let columns = (table.columns)();
        for (month, records) in &months {
            let place = [table.name.to_owned(), format!("project={root}"), format!("month={month}")];
            let place: PathBuf = place.iter().collect();
            let mut new = begun(&folder.join(place), "rows.jsonl")?;
            for record in records {
                for cells in (table.rows)(&source, record) {
                    let line = json_line(&columns, &cells);
                    bytes += line.len() as u64;
                    new.write_all(line.as_bytes()).while_(format!("writing {}", new.path().display()))?;
                }
            }
            written.push(new.finish().map_err(|error| unwritable(folder, &error))?);
        }
    }
    let sql = duckdb();
    let mut declared = begun(folder, "tables.sql")?;
    declared.write_all(sql.as_bytes()).while_(format!("writing {}", declared.path().display()))?;
    written.push(declared.finish().map_err(|error| unwritable(folder, &error))?);
    let files = written.len();
    for new in written {
        new.put().map_err(|error| unwritable(folder, &error))?;
    }
    Ok(Written { place: folder.to_owned(), bytes: bytes + sql.len() as u64, sha256: None, files: Some(files) })
}

fn begun(folder: &Path, name: &str) -> Result<New> {
    std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    New::beside(&folder.join(name)).map_err(|error| unwritable(&folder.join(name), &error))
}

/// The month that a record was recorded in: `2026-04`.
fn month(recorded: UtcTime) -> String {
    recorded.to_string().chars().take(7).collect()
}
