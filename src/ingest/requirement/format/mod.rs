//! The forms in which requirements are written: one file each, one line each in the table below.

use std::fmt;

use super::error::RequirementError;
use super::{Requirement, Review, Selection, Tree};
use crate::ingest::json;
use crate::record::{FileDigest, RequirementId};

mod doorstop;
mod fingerprint;
mod list;
mod openfasttrace;
mod sphinx_needs;
mod strictdoc;

pub(super) use openfasttrace::ItemId;

/// Every form that is understood. The first one that knows the content reads it.
pub const FORMS: &[Form] = &[
    Form { name: "sphinx-needs JSON", sniff: sphinx_needs::sniff, read: sphinx_needs::read },
    Form { name: "StrictDoc", sniff: strictdoc::sniff, read: strictdoc::read },
    Form { name: "Doorstop", sniff: doorstop::sniff, read: doorstop::read },
    Form { name: "YAML", sniff: list::sniff_yaml, read: list::read_yaml },
    Form { name: "OpenFastTrace Markdown", sniff: openfasttrace::sniff, read: openfasttrace::read },
    Form { name: "CSV", sniff: list::sniff_csv, read: list::read_csv },
];

/// A form of requirements.
pub struct Form {
    /// Its name, for people.
    pub name: &'static str,
    /// Whether a file is meant to be of this form, sound or not.
    sniff: fn(&str, &str) -> bool,
    read: fn(&Source<'_>) -> Result<Vec<Requirement>, RequirementError>,
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// A file whose form is known.
struct Source<'a> {
    tree: &'a dyn Tree,
    path: &'a str,
    form: &'static str,
    text: &'a str,
    selection: Selection<'a>,
}

impl Source<'_> {
    fn malformed(&self, line: Option<usize>, reason: impl Into<String>) -> RequirementError {
        RequirementError::Malformed { file: self.path.into(), line, form: self.form, reason: reason.into() }
    }

    fn id(&self, line: Option<usize>, text: &str) -> Result<RequirementId, RequirementError> {
        text.trim().parse().map_err(|error| self.malformed(line, format!("{text:?} is no id: {error}")))
    }

    /// A requirement in force, without anything that not every form has.
    fn requirement(&self, id: RequirementId, title: &str, text: &str) -> Requirement {
        Requirement {
            id,
            title: one_line(title),
            kind: None,
            revision: None,
            digest: digest(title, text),
            parents: Vec::new(),
            critical: false,
            status: None,
            active: true,
            review: Review::NotKept,
            stamp: None,
            file: self.path.into(),
            form: self.form,
        }
    }

    /// Whether things of this type are requirements.
    fn is_wanted(&self, kind: &str) -> bool {
        self.selection.types.is_empty() || self.selection.types.iter().any(|wanted| wanted.eq_ignore_ascii_case(kind))
    }

    /// Whether a status leaves a requirement in force.
    fn is_active(&self, status: &str) -> bool {
        !self.selection.inactive.iter().any(|word| word.eq_ignore_ascii_case(status.trim()))
    }

    /// A word for yes or no.
    fn truth(&self, line: Option<usize>, name: &str, word: &str) -> Result<bool, RequirementError> {
        match word.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => Ok(true),
            "false" | "no" | "off" | "0" | "" => Ok(false),
            other => Err(self.malformed(line, format!("{name} is {other:?}, where true or false is expected"))),
        }
    }
}

/// Finds the form and reads the file.
pub(super) fn read(
    tree: &dyn Tree,
    path: &str,
    bytes: &[u8],
    selection: Selection<'_>,
) -> Result<Vec<Requirement>, RequirementError> {
    let text = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).map_err(|error| {
        let reason = format!("is not UTF-8 (byte {})", error.valid_up_to());
        RequirementError::Unreadable { file: path.into(), reason }
    })?;
    match FORMS.iter().find(|form| (form.sniff)(path, text)) {
        Some(form) => (form.read)(&Source { tree, path, form: form.name, text, selection }),
        // Prose between requirements, and a tool's own settings, hold none.
        None if has_extension(path, &["md", "markdown"]) || doorstop::is_settings(path) => Ok(Vec::new()),
        None => Err(RequirementError::Unrecognised { file: path.into() }),
    }
}

fn has_extension(path: &str, any: &[&str]) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    extension.is_some_and(|extension| any.contains(&extension.as_str()))
}

/// SHA-256 of title and text, however their lines end and whatever stands invisibly behind them.
fn digest(title: &str, text: &str) -> FileDigest {
    let lines: Vec<&str> = text.trim().lines().map(str::trim_end).collect();
    FileDigest::of(format!("{}\n\n{}", one_line(title), lines.join("\n")).as_bytes())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
