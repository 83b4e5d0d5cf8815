//! What people and programs read: one file a format, one line each in a table.

pub mod duty;
pub mod escape;
pub mod findings;
mod json;
pub mod paint;
pub mod story;
mod text;
pub mod timing;

pub use escape::{escape, escape_json};
pub use paint::{Paint, Tone};

use crate::policy::Verdict;

/// A way to write a verdict.
#[derive(Debug)]
pub struct Format {
    /// The word behind `--format`.
    pub name: &'static str,
    /// Whom it is for, in a sentence.
    pub doc: &'static str,
    /// Writes it; the text ends with a newline.
    pub write: fn(&Verdict, Paint) -> String,
}

/// Every format of a verdict.
pub static FORMATS: &[Format] = &[
    Format { name: "text", doc: "For people: one line a control, with the next step.", write: text::write },
    Format { name: "json", doc: "For programs: one object of the schema git-qms/gate/v1.", write: json::write },
];

/// The format of this name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}
