//! The formats of reports: one file each, one line each in the table below.

use std::borrow::Cow;
use std::fmt;

use super::error::IngestError;
use super::{Origin, Report, json, xml};
use crate::record::Kind;

mod cargo_audit;
mod cobertura;
mod coverage_py;
mod cyclonedx;
mod grype;
mod in_toto;
mod jacoco;
mod junit;
mod lcov;
mod llvm;
mod npm_audit;
mod openvex;
mod osv_scanner;
mod pip_audit;
mod sarif;
mod spdx;
mod trivy;

/// Every format that is understood. The first one that knows the content reads it.
pub const FORMATS: &[Format] = &[
    Format { name: "JUnit XML", feeds: &[Kind::Test], sniff: junit::sniff, read: junit::read },
    Format { name: "Cobertura XML", feeds: &[Kind::Test], sniff: cobertura::sniff, read: cobertura::read },
    Format { name: "JaCoCo XML", feeds: &[Kind::Test], sniff: jacoco::sniff, read: jacoco::read },
    Format { name: "LCOV", feeds: &[Kind::Test], sniff: lcov::sniff, read: lcov::read },
    Format { name: "coverage.py JSON", feeds: &[Kind::Test], sniff: coverage_py::sniff, read: coverage_py::read },
    Format { name: "llvm-cov JSON", feeds: &[Kind::Test], sniff: llvm::sniff, read: llvm::read },
    Format { name: "Trivy JSON", feeds: &[Kind::Scan], sniff: trivy::sniff, read: trivy::read },
    Format {
        name: "CycloneDX JSON",
        feeds: &[Kind::Build, Kind::Scan],
        sniff: cyclonedx::sniff,
        read: cyclonedx::read,
    },
    Format { name: "SPDX JSON", feeds: &[Kind::Build], sniff: spdx::sniff, read: spdx::read },
    Format { name: "Grype JSON", feeds: &[Kind::Scan], sniff: grype::sniff, read: grype::read },
    Format { name: "npm audit JSON", feeds: &[Kind::Scan], sniff: npm_audit::sniff, read: npm_audit::read },
    Format { name: "cargo-audit JSON", feeds: &[Kind::Scan], sniff: cargo_audit::sniff, read: cargo_audit::read },
    Format { name: "pip-audit JSON", feeds: &[Kind::Scan], sniff: pip_audit::sniff, read: pip_audit::read },
    Format { name: "SARIF", feeds: &[Kind::Analysis, Kind::Scan], sniff: sarif::sniff, read: sarif::read },
    Format { name: "OpenVEX", feeds: &[Kind::Scan], sniff: openvex::sniff, read: openvex::read },
    Format { name: "in-toto attestation", feeds: &[Kind::Build], sniff: in_toto::sniff, read: in_toto::read },
    // It has one member that many tools use, so it comes last.
    Format { name: "OSV-Scanner JSON", feeds: &[Kind::Scan], sniff: osv_scanner::sniff, read: osv_scanner::read },
];

/// A format of reports.
pub struct Format {
    /// Its name, for people.
    pub name: &'static str,
    /// The kinds of record it can feed, the likeliest first.
    pub feeds: &'static [Kind],
    /// Whether a file is meant to be of this format, sound or not.
    sniff: fn(&Glance) -> bool,
    /// Counts what is in it.
    read: fn(&Source) -> Result<Report, IngestError>,
}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// What a first glance at a file shows.
struct Glance<'a> {
    /// The name of the root element, if it is XML.
    root: Option<String>,
    /// The names of the outermost members, if it is a JSON object.
    members: Vec<String>,
    /// The file without byte order mark and white space in front.
    body: &'a [u8],
}

impl<'a> Glance<'a> {
    fn at(body: &'a [u8]) -> Self {
        let xml = body.starts_with(b"<");
        Self { root: xml.then(|| xml::root_name(body)).flatten(), members: json::members(body), body }
    }

    fn has(&self, member: &str) -> bool {
        self.members.iter().any(|name| name == member)
    }
}

/// A file whose format is known.
struct Source<'a> {
    file: &'a str,
    format: &'static str,
    /// All of it, as it lies on disk.
    bytes: &'a [u8],
}

impl Source<'_> {
    fn origin(&self) -> Origin {
        Origin { file: self.file.into(), format: self.format }
    }

    /// The text of an XML document.
    fn xml(&self) -> Result<Cow<'_, str>, IngestError> {
        xml::decode(self.file, self.bytes)
    }

    /// The text of anything else.
    fn text(&self) -> Result<&str, IngestError> {
        std::str::from_utf8(without_mark(self.bytes)).map_err(|error| IngestError::Encoding {
            file: self.file.into(),
            encoding: format!("something else than UTF-8 (byte {})", error.valid_up_to()),
        })
    }

    /// The value of a JSON document.
    fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, IngestError> {
        json::read(without_mark(self.bytes)).map_err(|error| self.malformed(error.to_string()))
    }

    fn malformed(&self, reason: impl Into<String>) -> IngestError {
        IngestError::Malformed { file: self.file.into(), format: self.format, reason: reason.into() }
    }

    fn nothing(&self, what: &'static str) -> IngestError {
        IngestError::Nothing { file: self.file.into(), format: self.format, what }
    }
}

/// Finds the format and reads the file.
pub(super) fn read(file: &str, bytes: &[u8]) -> Result<Report, IngestError> {
    let body = without_mark(bytes).trim_ascii_start();
    if body.is_empty() {
        return Err(IngestError::Empty { file: file.into() });
    }
    if let Some(encoding) = wide_encoding(bytes) {
        return Err(IngestError::Encoding { file: file.into(), encoding: encoding.into() });
    }
    let glance = Glance::at(body);
    let format = FORMATS.iter().find(|format| (format.sniff)(&glance));
    let format = format.ok_or_else(|| IngestError::Unrecognised { file: file.into(), start: start_of(body) })?;
    (format.read)(&Source { file, format: format.name, bytes })
}

fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// Shells write UTF-16 where a tool wrote ASCII; `<` and `{` tell also without a byte order mark.
fn wide_encoding(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, ..] | [b'<' | b'{', 0, ..] => Some("UTF-16 (little-endian)"),
        [0xfe, 0xff, ..] | [0, b'<' | b'{', ..] => Some("UTF-16 (big-endian)"),
        _ => None,
    }
}

/// The first bytes, harmless for a terminal.
fn start_of(body: &[u8]) -> String {
    body[..body.len().min(40)].escape_ascii().to_string()
}
