//! Measures, as people and programs read them: one [`Board`], told as text, JSON and CSV.

mod board;
mod csv;
mod rows;
mod text;

pub use board::{Board, Group, Line, Part, Period, Split};
pub use csv::csv;
pub use rows::{ControlRow, ItemRow, ReleaseRow, SizeJson};
pub use text::{Table, controls, definition, items, table};
