//! Why requirements cannot be read. Whatever the cause, none is used: a part would look like the whole.

use super::format::FORMS;
use crate::record::RequirementId;

/// Why the requirements of a tree cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequirementError {
    /// It is there and cannot be read.
    #[error("{file}: {reason}")]
    Unreadable {
        /// What was read.
        file: String,
        /// Why not.
        reason: String,
    },
    /// Wanted, and of no form that is understood.
    #[error(
        "{file}: holds no requirements that are understood: expected {}; narrow [requirements] paths in .qms/policy.toml",
        understood()
    )]
    Unrecognised {
        /// The file.
        file: String,
    },
    /// Recognised, but broken.
    #[error("{file}{}: is not sound {form}: {reason}", at(*line))]
    Malformed {
        /// The file.
        file: String,
        /// The line, from 1, where that is known.
        line: Option<usize>,
        /// What it was read as.
        form: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// Two requirements of one id.
    #[error("requirement {id} is written twice: in {first} and in {second}; give one of them another id")]
    Duplicate {
        /// The id.
        id: RequirementId,
        /// Where it is first.
        first: String,
        /// Where it is again.
        second: String,
    },
    /// More than are read.
    #[error("more than {limit} {what}: narrow [requirements] paths in .qms/policy.toml")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many are read.
        limit: usize,
    },
}

fn at(line: Option<usize>) -> String {
    line.map_or_else(String::new, |line| format!(":{line}"))
}

fn understood() -> String {
    FORMS.iter().map(|form| form.name).collect::<Vec<_>>().join(", ")
}
