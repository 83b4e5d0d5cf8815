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
    #[error(
        "{file}: is {format}, which feeds {}, not {wanted}: git qms record {} --from {file}",
        named(feeds),
        likeliest(feeds)
    )]
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
    /// Runs of several tools, where one record is one tool's run.
    #[error(
        "{file}: holds runs of several tools ({runs}), and one record is one tool's run: choose with --tool-run N or --tool-run TOOL, and record each"
    )]
    SeveralTools {
        /// The file's name.
        file: String,
        /// Place and tool of each run.
        runs: String,
    },
    /// There is no such run in the report.
    #[error("{file}: has no run {chosen:?}: {runs}")]
    NoSuchRun {
        /// The file's name.
        file: String,
        /// The run asked for.
        chosen: String,
        /// What there is.
        runs: String,
    },
    /// Static analysis, where a scan for vulnerabilities was asked for.
    #[error(
        "{file}: no rule of {tool} has a security-severity, so nothing says that it looked for vulnerabilities: git qms record analysis --from {file}, or give the scanner's own JSON"
    )]
    NoSeverities {
        /// The file's name.
        file: String,
        /// The tool.
        tool: String,
    },
    /// Statements on exploitability, where a scan was asked for.
    #[error(
        "{file}: says which vulnerabilities can be exploited, not which were found: give the scanner's report with --from, and this one with --vex {file}"
    )]
    OnlyVex {
        /// The file's name.
        file: String,
    },
    /// Something else, where statements on exploitability were asked for.
    #[error(
        "{file}: is {format}, and says of no vulnerability whether it can be exploited: --vex takes OpenVEX, or CycloneDX with analysis.state"
    )]
    NoVex {
        /// The file's name.
        file: String,
        /// What it was read as.
        format: &'static str,
    },
    /// More comparisons than are made.
    #[error(
        "{file}: names too many products to compare with every finding: give the statements that are about this scan"
    )]
    TooManyStatements {
        /// The document's name.
        file: String,
    },
    /// A statement about other files than those that are recorded.
    #[error(
        "{file}: attests other files than those recorded: none of its {subjects} subjects has the SHA-256 of {artifacts}; build and attest the same bytes"
    )]
    NoSuchSubject {
        /// The file's name.
        file: String,
        /// How many subjects it has.
        subjects: usize,
        /// The recorded artifacts.
        artifacts: String,
    },
    /// No report at all was given.
    #[error("no report for a {0} record: name at least one with --from FILE")]
    NoReport(Kind),
}

fn named(kinds: &[Kind]) -> String {
    kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(" or ")
}

/// The first of them; every format feeds one at least.
fn likeliest(kinds: &[Kind]) -> &'static str {
    kinds.first().map_or("KIND", |kind| kind.as_str())
}

fn understood() -> String {
    FORMATS.iter().map(|format| format.name).collect::<Vec<_>>().join(", ")
}
