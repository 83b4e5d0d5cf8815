//! Measures on a terminal.

use comfy_table::{CellAlignment, ContentArrangement, presets};

use crate::cli::ui::{Tone, Ui};
use crate::measure::Indicator;
use crate::report::measures::{Board, Group, Line, Table, controls as control_table, definition, items, table};

/// Both kinds of indicators of a group, and what is to be known of them.
pub(super) fn all(ui: Ui, board: &Board, group: &Group) {
    if ui.is_quiet() {
        for line in &group.measures {
            ui.line(&format!(
                "{} {} {} {}",
                group.service,
                group.environment,
                line.name,
                line.whole.shown(line.measure)
            ));
        }
        return;
    }
    heading(ui, board, group);
    for indicator in [Indicator::Leading, Indicator::Lagging] {
        show(ui, &table(board, group, indicator), &[1, 2, 3, 4]);
        ui.line("");
    }
    for line in &group.measures {
        tell_notes(ui, line, &format!("{}: ", line.name));
    }
    ui.line("");
}

/// One measure of a group: what it is, its number, and what it is made of where that is asked for.
pub(super) fn one(ui: Ui, board: &Board, group: &Group) {
    for line in &group.measures {
        if ui.is_quiet() {
            ui.line(&line.whole.shown(line.measure));
            continue;
        }
        heading(ui, board, group);
        for text in &definition(line) {
            ui.line(&ui.paint(Tone::Plain, text));
        }
        let indicator = line.measure.indicator;
        ui.line("");
        show(ui, &table(board, group, indicator), &[1, 2, 3, 4]);
        ui.line("");
        tell_notes(ui, line, "");
        if line.items.is_some() {
            show(ui, &items(line), &[]);
            ui.line("");
        }
    }
}

/// How each control of a group fared.
pub(super) fn controls(ui: Ui, group: &Group) {
    ui.line(&format!("{} → {}", ui.paint(Tone::Bold, group.service.as_str()), group.environment));
    show(ui, &control_table(group), &[1, 2, 3, 4, 5, 6]);
    ui.line("");
}

fn heading(ui: Ui, board: &Board, group: &Group) {
    let period = format!("{} to {}, as of {}", board.since.date(), board.until, board.at);
    ui.line(&format!(
        "{} → {}   {}",
        ui.paint(Tone::Bold, group.service.as_str()),
        group.environment,
        ui.paint(Tone::Dim, &period)
    ));
    if let Some(split) = &board.split {
        let what =
            split.control.as_ref().map_or_else(String::new, |control| format!(", when {control} came into force"));
        ui.line(&ui.paint(Tone::Dim, &format!("before and after {}{what}", split.at)));
    }
}

fn tell_notes(ui: Ui, line: &Line, before: &str) {
    if let (Some(why), Some(needs)) = (&line.why, &line.needs) {
        ui.line(&ui.paint(Tone::Dim, &format!("{before}{why}; it takes {needs}")));
    }
    for note in &line.notes {
        ui.line(&ui.paint(Tone::Dim, &format!("{before}{note}")));
    }
}

/// As wide as the terminal, with numbers to the right. The cells are escaped.
fn show(ui: Ui, told: &Table, numbers: &[usize]) {
    let mut table = comfy_table::Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(&told.header);
    told.rows.iter().for_each(|row| {
        table.add_row(row);
    });
    for (at, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if numbers.contains(&at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    ui.line(&table.trim_fmt());
}
