//! What people and programs read: one file a format, one line each in a table.

pub mod audit;
pub mod dossier;
pub mod duty;
pub mod escape;
pub mod drawing;
mod facts;
pub mod findings;
pub mod gaps;
mod github;
mod gitlab;
mod json;
mod junit;
mod markdown;
pub mod measures;
pub mod oscal;
pub mod page;
pub mod paint;
mod sarif;
pub mod sheet;
pub mod story;
pub mod table;
mod text;
pub mod timing;

pub use escape::{escape, escape_json};
pub use paint::{Paint, Tone};
pub use text::explained;

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
    Format {
        name: "sarif",
        doc: "For code scanning: SARIF 2.1.0, a result for each control that is not ok.",
        write: sarif::write,
    },
    Format { name: "junit", doc: "For test reports: JUnit XML, a case for each control.", write: junit::write },
    Format { name: "github", doc: "For the log of GitHub Actions: annotations.", write: github::write },
    Format { name: "gitlab", doc: "For merge requests of GitLab: a code quality report.", write: gitlab::write },
    Format { name: "markdown", doc: "For a comment on a pull request, and a step's summary.", write: markdown::write },
];

/// The format of this name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}
