//! Measures, as people and programs read them: one [`Board`], told as text, JSON, CSV and a page.

mod board;
mod drawing;
mod page;
mod rows;
mod spreadsheet;
mod text;

pub use board::{Board, Group, Line, Part, Period, Split};
pub use page::page;
pub use rows::{ControlRow, ItemRow, ReleaseRow, SizeJson};
pub use spreadsheet::csv;
pub use text::{Table, controls, definition, items, table};
