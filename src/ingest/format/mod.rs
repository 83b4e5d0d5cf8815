//! The formats of reports: one file each, one line each in the table below.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell};
use std::fmt;
use std::io::BufRead;
use std::sync::Arc;

use super::cases::Cases;
use super::content::Content;
use super::error::IngestError;
use super::requirement::Names;
use super::xml::Document;
use super::{Origin, Report, json, xml};
use crate::record::Kind;

mod cargo_audit;
mod cobertura;
mod coverage_py;
mod cyclonedx;
mod go_test;
mod grype;
mod in_toto;
mod jacoco;
mod junit;
mod lcov;
mod llvm;
mod npm_audit;
mod nunit;
mod openvex;
mod osv_scanner;
mod pip_audit;
mod sarif;
mod spdx;
mod trivy;
mod trx;

/// Every format that is understood. The first one that knows the content reads it.
pub const FORMATS: &[Format] = &[
    Format { name: "JUnit XML", feeds: &[Kind::Test], sniff: junit::sniff, read: junit::read },
    Format { name: "go test JSON", feeds: &[Kind::Test], sniff: go_test::sniff, read: go_test::read },
    Format { name: "NUnit 3 XML", feeds: &[Kind::Test], sniff: nunit::sniff, read: nunit::read },
    Format { name: "TRX", feeds: &[Kind::Test], sniff: trx::sniff, read: trx::read },
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
    /// The names of the outermost members, if it is a JSON object, or of those of the first one in JSON lines.
    members: Vec<String>,
    /// The file without byte order mark and white space in front: all of a JSON object, else 64 KiB.
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

/// A file whose format is known. It is read once: as a stream, or whole.
struct Source<'a> {
    file: &'a str,
    format: &'static str,
    content: Cell<Option<Content<'a>>>,
    whole: OnceCell<Vec<u8>>,
    /// What links test cases to requirements by their names.
    names: Option<Arc<Names>>,
}

impl<'a> Source<'a> {
    /// Cases, none yet.
    fn cases(&self) -> Cases {
        Cases::linking(self.names.clone())
    }

    fn origin(&self) -> Origin {
        Origin { file: self.file.into(), format: self.format }
    }

    /// All of it, as it lies on disk; up to [`MAX_REPORT`](super::MAX_REPORT) bytes.
    fn bytes(&self) -> Result<&[u8], IngestError> {
        if let Some(mut content) = self.content.take() {
            content.read_whole(self.file)?;
            return Ok(self.whole.get_or_init(|| content.head));
        }
        Ok(self.whole.get().map(Vec::as_slice).unwrap_or_default())
    }

    /// The text of an XML document.
    fn xml(&self) -> Result<Cow<'_, str>, IngestError> {
        xml::decode(self.file, self.bytes()?)
    }

    /// The text of anything else.
    fn text(&self) -> Result<&str, IngestError> {
        std::str::from_utf8(without_mark(self.bytes()?)).map_err(|error| IngestError::Encoding {
            file: self.file.into(),
            encoding: format!("something else than UTF-8 (byte {})", error.valid_up_to()),
        })
    }

    /// The value of a JSON document.
    fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, IngestError> {
        json::read(without_mark(self.bytes()?)).map_err(|error| self.malformed(error.to_string()))
    }

    /// An XML document from front to back, of any length up to [`MAX_STREAMED`](super::MAX_STREAMED) bytes.
    fn document(&self) -> Result<Document<'a>, IngestError> {
        let content = self.unread()?;
        let head = content.head.clone();
        Document::stream(self.file, &head, content.stream())
    }

    /// The same for anything else.
    fn stream(&self) -> Result<impl BufRead + 'a, IngestError> {
        Ok(self.unread()?.stream())
    }

    fn unread(&self) -> Result<Content<'a>, IngestError> {
        self.content.take().ok_or_else(|| self.malformed("it was read before"))
    }

    fn malformed(&self, reason: impl Into<String>) -> IngestError {
        IngestError::Malformed { file: self.file.into(), format: self.format, reason: reason.into() }
    }

    fn nothing(&self, what: &'static str) -> IngestError {
        IngestError::Nothing { file: self.file.into(), format: self.format, what }
    }
}

/// Finds the format and reads the file.
pub(super) fn read(file: &str, reader: &mut dyn BufRead, names: Option<&Arc<Names>>) -> Result<Report, IngestError> {
    let mut content = Content::begin(file, reader)?;
    if let Some(encoding) = wide_encoding(&content.head) {
        return Err(IngestError::Encoding { file: file.into(), encoding: encoding.into() });
    }
    // The member that tells the format may stand at the end of a JSON object.
    if body_of(&content.head).starts_with(b"{") && !json::is_complete(body_of(&content.head)) {
        content.read_whole(file)?;
    }
    let body = body_of(&content.head);
    if body.is_empty() {
        return Err(IngestError::Empty { file: file.into() });
    }
    let glance = Glance::at(body);
    let format = FORMATS.iter().find(|format| (format.sniff)(&glance));
    let format = format.ok_or_else(|| IngestError::Unrecognised { file: file.into(), start: start_of(body) })?;
    let (content, whole) = (Cell::new(Some(content)), OnceCell::new());
    let source = Source { file, format: format.name, content, whole, names: names.cloned() };
    (format.read)(&source)
}

/// Without what may stand in front of a document.
fn body_of(bytes: &[u8]) -> &[u8] {
    without_mark(bytes).trim_ascii_start()
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
