//! The formats of an export: one line each.

use std::io;
use std::path::Path;

use super::selection::{Released, Selection, Told};
use super::{bundle, html, in_toto, oscal, rows, sqlite};
use crate::cli::error::Result;

/// A way to write an export.
#[derive(Debug)]
pub(super) struct Format {
    pub(super) name: &'static str,
    pub(super) write: Write,
    /// What to do with the file, given its name and the trust root.
    pub(super) next: Option<fn(&str, &str) -> String>,
}

/// How it is written, and of what.
#[derive(Debug, Clone, Copy)]
pub(super) enum Write {
    /// A release, as a whole.
    Release(fn(&Told<'_>, &Released, &mut dyn io::Write) -> Result<()>),
    /// Whatever records, one after the other.
    Lines(fn(&Selection<'_>, &mut dyn io::Write) -> Result<()>),
    /// Likewise, into a file that is there and empty.
    Database(fn(&Selection<'_>, &Path) -> Result<()>),
}

static FORMATS: &[Format] = &[
    Format { name: "html", write: Write::Release(html::write), next: None },
    Format { name: "bundle", write: Write::Release(bundle::write), next: Some(verify) },
    Format { name: "csv", write: Write::Lines(rows::csv), next: None },
    Format { name: "jsonl", write: Write::Lines(rows::jsonl), next: None },
    Format { name: "json", write: Write::Lines(rows::json), next: None },
    Format { name: "sqlite", write: Write::Database(sqlite::write), next: None },
    Format { name: "in-toto", write: Write::Lines(in_toto::write), next: None },
    Format { name: "oscal", write: Write::Lines(oscal::write), next: None },
];

fn verify(file: &str, root: &str) -> String {
    format!("git qms verify {file} --trust-root {root}")
}

/// The format of this name.
pub(super) fn format(text: &str) -> std::result::Result<&'static Format, String> {
    let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
    let (last, others) = names.split_last().expect("there are formats");
    FORMATS.iter().find(|format| format.name == text).ok_or_else(|| format!("expected {} or {last}", others.join(", ")))
}
