//! The lists of numbers and truths by which the export saves room. Later versions put more at their end.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, SeqAccess, Visitor};

/// How many elements of a list are kept.
const KEPT: usize = 8;

/// The first elements of one list; `true` is 1.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    cells: [u64; KEPT],
    length: usize,
}

impl Row {
    /// The first `N` elements, or what is wrong with a list of fewer.
    pub(super) fn first<const N: usize>(&self, what: &str) -> Result<[u64; N], String> {
        let kept = self.cells.get(..self.length.min(KEPT)).unwrap_or_default();
        let first = kept.get(..N).and_then(|first| first.try_into().ok());
        first.ok_or_else(|| format!("a {what} of {} elements, where {N} are expected", self.length))
    }
}

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Rows)
    }
}

struct Rows;

impl<'de> Visitor<'de> for Rows {
    type Value = Row;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of numbers")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Row, A::Error> {
        let mut row = Row { cells: [0; KEPT], length: 0 };
        while row.length < KEPT {
            let Some(Cell(cell)) = list.next_element()? else { return Ok(row) };
            row.cells[row.length] = cell;
            row.length += 1;
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(row)
    }
}

struct Cell(u64);

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Cells)
    }
}

struct Cells;

impl Visitor<'_> for Cells {
    type Value = Cell;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number that is not negative, or a truth")
    }

    fn visit_u64<E>(self, number: u64) -> Result<Cell, E> {
        Ok(Cell(number))
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Cell, E> {
        Ok(Cell(u64::from(truth)))
    }
}
