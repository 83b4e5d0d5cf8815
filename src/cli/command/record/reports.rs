//! Reports on disk: read within bounds, named, and told apart by content.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::cli::error::{Error, Result};
use crate::ingest::requirement::Names;
use crate::ingest::{self, IngestError, Report};
use crate::record::{FileDigest, FileRef, Kind};

/// A file that was read: what it is, and what was counted in it.
pub struct ReportFile {
    /// By digest, for the record.
    pub file: FileRef,
    /// What was counted.
    pub report: Report,
}

/// Reads every file; one that cannot be read as a report fails the whole command.
pub fn read_all(paths: &[PathBuf]) -> Result<Vec<ReportFile>> {
    paths.iter().map(|path| read(path, None)).collect()
}

/// Reads a file; one that is no report is an error.
pub fn read(path: &Path, names: Option<&Arc<Names>>) -> Result<ReportFile> {
    try_read(path, names)?.map_err(Error::from)
}

/// The same among files of which some may be no reports, or none that feed `kind`: of these there is none. What was
/// meant to be one is an error all the same, truncated or empty.
pub fn read_if_any(path: &Path, kind: Kind, names: Option<&Arc<Names>>) -> Result<Option<ReportFile>> {
    let reportlike =
        ["xml", "json", "jsonl", "trx", "info"].iter().any(|end| path.extension().is_some_and(|own| own == *end));
    match try_read(path, names)? {
        Ok(read) => Ok(read.report.feeds().contains(&kind).then_some(read)),
        Err(IngestError::Unrecognised { .. }) => Ok(None),
        Err(IngestError::Empty { .. }) if !reportlike => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The file could not be read, or what is in it.
fn try_read(path: &Path, names: Option<&Arc<Names>>) -> Result<std::result::Result<ReportFile, IngestError>> {
    let failed = |error: std::io::Error| {
        Error::new(format!("cannot read {}: {error}", path.display())).hint("nothing was recorded; check the path")
    };
    let name = file_name(path)?;
    let mut hashed = BufReader::with_capacity(1 << 16, Hashed::new(File::open(path).map_err(failed)?));
    let media_type = media_type(hashed.fill_buf().map_err(failed)?).to_owned();
    let read = ingest::read_from(&name, &mut hashed, names).map(|report| {
        // What was counted is what is named: a report was read to its end.
        let (sha256, size) = hashed.into_inner().finish();
        ReportFile { file: FileRef { sha256, size, media_type, name, stored: false, uri: None }, report }
    });
    Ok(read)
}

/// Hashes what is read through it.
struct Hashed<R> {
    inner: R,
    digest: Sha256,
    size: u64,
}

impl<R: Read> Hashed<R> {
    fn new(inner: R) -> Self {
        Self { inner, digest: Sha256::new(), size: 0 }
    }

    fn finish(self) -> (FileDigest, u64) {
        let digest: [u8; 32] = self.digest.finalize().into();
        (digest.into(), self.size)
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(into)?;
        self.digest.update(&into[..read]);
        self.size += read as u64;
        Ok(read)
    }
}

/// The bytes of a file, unless there are more than `max`.
pub fn bytes_of(path: &Path, max: usize) -> Result<Vec<u8>> {
    let failed = |error: std::io::Error| {
        Error::new(format!("cannot read {}: {error}", path.display())).hint("nothing was recorded; check the path")
    };
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(max as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > max {
        return Err(Error::new(format!("{} is larger than {max} bytes", path.display())));
    }
    Ok(bytes)
}

/// The last part of a path, which is all that a record says of it.
pub fn file_name(path: &Path) -> Result<String> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err(Error::new(format!("{:?} has no file name that a record could carry", path.display().to_string())));
    }
    Ok(name)
}

fn media_type(bytes: &[u8]) -> &'static str {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    match text.first() {
        Some(b'<') => "application/xml",
        Some(b'{' | b'[') => "application/json",
        _ => "text/plain",
    }
}
