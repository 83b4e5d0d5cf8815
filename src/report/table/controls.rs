//! What decisions say of each control.

use super::Type::Text;
use super::own::{row, with};
use super::{Cell, Table};

pub(super) const CONTROLS: Table = Table {
    name: "controls",
    doc: "A control in a recorded decision.",
    columns: || {
        with(&[
            ("control_id", Text, "The control"),
            ("outcome", Text, "pass, fail, warn, excepted, not-applicable or incomplete"),
            ("required", Text, "What was asked for"),
            ("found", Text, "What was found"),
        ])
    },
    rows: |_, record| {
        let controls = record.header.gate.iter().flat_map(|gate| &gate.controls);
        let one = |control: &crate::record::kind::gate::ControlOutcome| {
            row(
                record,
                [
                    Cell::text(&control.id),
                    Cell::text(&control.outcome),
                    Cell::text(&control.required),
                    Cell::text(&control.found),
                ],
            )
        };
        controls.map(one).collect()
    },
};

pub(super) const EVIDENCE: Table = Table {
    name: "evidence",
    doc: "A record that a decision names for a control.",
    columns: || {
        with(&[
            ("control_id", Text, "The control"),
            ("evidence_id", Text, "The record that shows it, of the table records"),
        ])
    },
    rows: |_, record| {
        let controls = record.header.gate.iter().flat_map(|gate| &gate.controls);
        let each = controls.flat_map(|control| {
            control.records.iter().map(|id| row(record, [Cell::text(&control.id), Cell::text(id)]))
        });
        each.collect()
    },
};
