//! The layer table and the list of exempt files, read from `docs/architecture.md`.

use std::collections::{BTreeMap, BTreeSet};

/// One row: what a layer may use.
pub(crate) struct Layer {
    /// Whether it may reach out of the program.
    pub(crate) edge: bool,
    /// The layers it may use, itself not among them.
    pub(crate) layers: BTreeSet<String>,
    /// The outside crates it may use, those of every layer among them.
    pub(crate) crates: BTreeSet<String>,
}

/// What the document says.
pub(crate) struct Tables {
    /// By name of the folder.
    pub(crate) layers: BTreeMap<String, Layer>,
    /// The files that may lift a ban of `clippy.toml`.
    pub(crate) exempt: BTreeSet<String>,
}

impl Tables {
    /// Reads both tables; a table that is not there or has another head fails.
    pub(crate) fn parse(document: &str) -> Self {
        let mut layers = BTreeMap::new();
        let mut everywhere = BTreeSet::new();
        for row in rows(document, "| layer | side | makes | may use | outside crates |") {
            let [name, side, _, uses, crates] = row.as_slice() else { panic!("a layer row has five cells: {row:?}") };
            if name == "every" {
                everywhere = items(crates);
                continue;
            }
            let edge = match side.as_str() {
                "pure" => false,
                "edge" => true,
                other => panic!("layer {name} is {other:?}, expected pure or edge"),
            };
            layers.insert(name.clone(), Layer { edge, layers: items(uses), crates: items(crates) });
        }
        for (name, layer) in &layers {
            let unknown: Vec<_> = layer.layers.iter().filter(|used| !layers.contains_key(*used)).collect();
            assert!(unknown.is_empty(), "layer {name} may use {unknown:?}, of which the table has no row");
        }
        for layer in layers.values_mut() {
            layer.crates.extend(everywhere.iter().cloned());
        }
        let exempt = rows(document, "| reach | only in |").iter().flat_map(|row| items(&row[1])).collect();
        Self { layers, exempt }
    }
}

fn rows(document: &str, head: &str) -> Vec<Vec<String>> {
    let rows: Vec<Vec<String>> = document
        .lines()
        .skip_while(|line| *line != head)
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect())
        .collect();
    assert!(!rows.is_empty(), "docs/architecture.md has no table that begins with {head:?}");
    rows
}

fn items(cell: &str) -> BTreeSet<String> {
    cell.split(',').map(str::trim).filter(|item| !item.is_empty() && *item != "–").map(str::to_owned).collect()
}
