//! Measures for a terminal: rows of cells, for whoever knows how wide it is.

use super::board::{Board, Group, Line, Part};
use crate::measure::{Indicator, Number};
use crate::report::escape::escape;

/// A table: its header, and its rows.
#[derive(Debug, Clone)]
pub struct Table {
    /// The header.
    pub header: Vec<String>,
    /// The rows, each as long as the header.
    pub rows: Vec<Vec<String>>,
}

/// The indicators of one kind in a group.
pub fn table(board: &Board, group: &Group, indicator: Indicator) -> Table {
    let word = match indicator {
        Indicator::Leading => "LEADING",
        Indicator::Lagging => "LAGGING",
    };
    let mut header = vec![word.to_owned()];
    header.extend(["VALUE", "N", "MEDIAN", "P90"].map(str::to_owned));
    if board.split.is_some() {
        header.extend(["BEFORE", "AFTER"].map(str::to_owned));
    }
    header.push(format!("BY {}", board.window.to_uppercase()));
    let lines = group.measures.iter().filter(|line| line.measure.indicator == indicator);
    let row = |line: &Line| {
        let number = |number: Option<Number>| number.map_or_else(String::new, |number| number.shown(line.measure.unit));
        let mut cells = vec![line.title.to_owned(), line.whole.told(line.measure), line.whole.n.to_string()];
        cells.extend([number(line.whole.median), number(line.whole.p90)]);
        if board.split.is_some() {
            cells.extend(
                [&line.before, &line.after]
                    .map(|part| part.as_ref().map_or_else(String::new, |part| part.told(line.measure))),
            );
        }
        cells.push(sparks(&line.windows));
        cells
    };
    Table { header, rows: lines.map(row).collect() }
}

/// One mark a window, the highest as high as it gets; a dot where there is no number.
fn sparks(windows: &[Part]) -> String {
    const MARKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = windows.iter().filter_map(|part| part.value).max();
    let mark = |part: &Part| {
        let (Some(value), Some(most)) = (part.value, most) else { return '·' };
        let (value, most) = (value.ten_thousandths(), most.ten_thousandths().max(1));
        let at = usize::try_from(value.saturating_mul(7).div_ceil(most)).unwrap_or(7);
        MARKS[at.min(7)]
    };
    windows.iter().map(mark).collect()
}

/// How each control fared.
pub fn controls(group: &Group) -> Table {
    let header = ["CONTROL", "ASKED", "PASSED", "BLOCKED", "LET GO", "WARNED", "UNTOLD", "WHAT TO LOOK AT"];
    let rows = group.controls.iter().map(|row| {
        let counts = [row.asked, row.passed, row.blocked, row.overridden, row.warned, row.incomplete];
        let mut cells = vec![row.id.to_string()];
        cells.extend(counts.map(|count| count.to_string()));
        cells.push(row.advice.unwrap_or_default().to_owned());
        cells
    });
    Table { header: header.map(str::to_owned).to_vec(), rows: rows.collect() }
}

/// What a measure is made of, with the records behind each.
pub fn items(line: &Line) -> Table {
    let header = ["WHEN", "WHAT", "COUNTS", "RECORDS"].map(str::to_owned).to_vec();
    let rows = line.items.iter().flatten().map(|item| {
        let flag = item.flag.as_ref().map_or_else(String::new, |flag| format!(" ({})", escape(flag)));
        let ids: Vec<String> = item.records.iter().map(crate::record::RecordId::short).collect();
        vec![
            item.at.to_string(),
            format!("{}{flag}", escape(&item.what)),
            item.amount.shown(line.measure.unit),
            ids.join(" "),
        ]
    });
    Table { header, rows: rows.collect() }
}

/// What a measure is, where its number comes from, and what is to be known of it.
pub fn definition(line: &Line) -> Vec<String> {
    let mut lines = vec![format!("{} ({}, {}): {}", line.title, line.name, line.indicator, line.measure.doc)];
    if let (Some(why), Some(needs)) = (&line.why, &line.needs) {
        lines.push(format!("unknown: {why}; what would make it possible: {needs}"));
    }
    lines
}
