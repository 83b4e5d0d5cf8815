//! Reports on disk: read within bounds, named, and told apart by content.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::cli::error::{Error, Result};
use crate::ingest::{self, Report};
use crate::record::{FileDigest, FileRef};

/// A file that was read: what it is, and what was counted in it.
pub struct ReportFile {
    /// By digest, for the record.
    pub file: FileRef,
    /// What was counted.
    pub report: Report,
}

/// Reads every file; one that cannot be read as a report fails the whole command.
pub fn read_all(paths: &[PathBuf]) -> Result<Vec<ReportFile>> {
    paths.iter().map(|path| read(path)).collect()
}

fn read(path: &Path) -> Result<ReportFile> {
    let bytes = bytes_of(path, ingest::MAX_REPORT)?;
    let name = file_name(path)?;
    let report = ingest::read(&name, &bytes)?;
    let file = FileRef {
        sha256: FileDigest::of(&bytes),
        size: bytes.len() as u64,
        media_type: media_type(&bytes).to_owned(),
        name,
        stored: false,
        uri: None,
    };
    Ok(ReportFile { file, report })
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
