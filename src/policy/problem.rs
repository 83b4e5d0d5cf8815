//! What is wrong with a catalog, each with its place, shown as compilers do.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// One fault of a catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyError {
    /// The bytes of the file at fault.
    pub at: Range<usize>,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What was found.
    pub found: String,
    /// What was expected.
    pub expected: String,
    /// How to mend it.
    pub mend: String,
}

/// Everything that is wrong with a catalog; at least one fault, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyErrors {
    file_name: String,
    text: String,
    errors: Vec<PolicyError>,
}

impl PolicyErrors {
    /// The faults.
    pub fn errors(&self) -> &[PolicyError] {
        &self.errors
    }
}

impl std::error::Error for PolicyErrors {}

impl fmt::Display for PolicyErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, error) in self.errors.iter().enumerate() {
            let gap = if at == 0 { "" } else { "\n\n" };
            let snippet = Snippet::source(&self.text)
                .path(&self.file_name)
                .annotation(AnnotationKind::Primary.span(error.at.clone()).label(&error.expected));
            let report: Group<'_> =
                Level::ERROR.primary_title(&error.found).element(snippet).element(Level::HELP.message(&error.mend));
            // The renderer leaves some control characters of the file as they are.
            let shown: String = Renderer::plain().render(&[report]).chars().map(seen).collect();
            write!(f, "{gap}{shown}")?;
        }
        Ok(())
    }
}

/// Faults as they are found.
#[derive(Debug)]
pub(super) struct Problems<'t> {
    text: &'t str,
    errors: Vec<PolicyError>,
}

impl<'t> Problems<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self { text, errors: Vec::new() }
    }

    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    /// The line of a place, from 1.
    pub(super) fn line_of(&self, at: usize) -> usize {
        self.text[..floor(self.text, at)].matches('\n').count() + 1
    }

    pub(super) fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// Notes a fault.
    pub(super) fn add(
        &mut self,
        at: Range<usize>,
        found: impl AsRef<str>,
        expected: impl AsRef<str>,
        mend: impl AsRef<str>,
    ) {
        let start = floor(self.text, at.start);
        let at = start..floor(self.text, at.end).max(start);
        let before = &self.text[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        self.errors.push(PolicyError {
            line: self.line_of(start),
            column: before[line_start..].chars().count() + 1,
            at,
            found: quoted(found.as_ref()),
            expected: quoted(expected.as_ref()),
            mend: quoted(mend.as_ref()),
        });
    }

    /// Nothing, or all that was noted.
    pub(super) fn finish(mut self, file_name: &str) -> Result<(), PolicyErrors> {
        if self.errors.is_empty() {
            return Ok(());
        }
        self.errors.sort_by_key(|error| error.at.start);
        Err(PolicyErrors { file_name: file_name.into(), text: self.text.into(), errors: self.errors })
    }
}

fn seen(c: char) -> char {
    if c.is_control() && c != '\n' { char::REPLACEMENT_CHARACTER } else { c }
}

/// Text of the file in a message: what steers a terminal is spelled out.
fn quoted(text: &str) -> String {
    let shown = |c: char| match c {
        '"' | '\'' | '\\' => c.to_string(),
        c => c.escape_debug().to_string(),
    };
    text.chars().map(shown).collect()
}

/// The place itself, or the beginning of the character it lies in.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
