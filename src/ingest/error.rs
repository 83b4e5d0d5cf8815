//! Why reports do not become a claim. Whatever the cause, nothing is recorded.

use super::format::FORMATS;
use crate::record::Kind;

/// Why a report could not be read, or reports not be united.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IngestError {
    /// More bytes than are read.
    #[error(
        "{file}: is longer than {} bytes, the most that is read of its format; split the report",
        super::MAX_REPORT
    )]
    TooLarge {
        /// The file's name.
        file: String,
    },
    /// Its bytes could not be had.
    #[error("{file}: cannot be read: {reason}")]
    Unreadable {
        /// The file's name.
        file: String,
        /// What the system says.
        reason: String,
    },
    /// Nothing but white space.
    #[error("{file}: is empty: nothing recorded; did the tool run?")]
    Empty {
        /// The file's name.
        file: String,
    },
    /// Text in an encoding that is not read.
    #[error(
        "{file}: is written in {encoding}: expected UTF-8 (or ISO-8859-1, ISO-8859-15, windows-1252 declared in XML); convert it"
    )]
    Encoding {
        /// The file's name.
        file: String,
        /// The encoding, as declared or recognised.
        encoding: String,
    },
    /// No format knows the content.
    #[error("{file}: is no report that is understood: it begins with \"{start}\"; expected {}", understood())]
    Unrecognised {
        /// The file's name.
        file: String,
        /// Its first bytes, escaped.
        start: String,
    },
    /// Recognised, but broken: truncated, ill-formed, or without what the format demands.
    #[error("{file}: is not sound {format}: {reason}; nothing recorded")]
    Malformed {
        /// The file's name.
        file: String,
        /// What it was read as.
        format: &'static str,
        /// What is wrong with it, and where.
        reason: String,
    },
    /// Sound, but without a single thing to count.
    #[error("{file}: this {format} report {what}: nothing recorded; did the tool run to its end?")]
    Nothing {
        /// The file's name.
        file: String,
        /// What it was read as.
        format: &'static str,
        /// What it lacks, for instance `has no test case`.
        what: &'static str,
    },
    /// A report of another kind of evidence.
    #[error("{file}: is {format}, which feeds {}, not {wanted}: git qms record {} --from {file}", named(feeds), feeds[0])]
    WrongKind {
        /// The file's name.
        file: String,
        /// What it was read as.
        format: &'static str,
        /// The kinds that it feeds.
        feeds: &'static [Kind],
        /// The kind that was asked for.
        wanted: Kind,
    },
    /// No report at all was given.
    #[error("no report for a {0} record: name at least one with --from FILE")]
    NoReport(Kind),
}

fn named(kinds: &[Kind]) -> String {
    kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(" or ")
}

fn understood() -> String {
    FORMATS.iter().map(|format| format.name).collect::<Vec<_>>().join(", ")
}
