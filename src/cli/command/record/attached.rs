//! Files read to go with a record: within the limit, searched for secrets, by their SHA-256.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::reports::{bytes_of, file_name};
use crate::cli::context::Context;
use crate::cli::digest;
use crate::cli::error::{Error, Result};
use crate::cli::secrets::{self, Seen};
use crate::record::{FileDigest, FileRef};
use crate::store::LARGEST_FILE;

/// Files up to so many bytes are stored, unless git's configuration says otherwise: 5 MiB.
const LIMIT: u64 = 5 << 20;

/// Files that were read.
#[derive(Default)]
pub(super) struct Attached {
    pub(super) files: Vec<FileRef>,
    /// To be stored.
    pub(super) contents: BTreeMap<FileDigest, Vec<u8>>,
    pub(super) seen: Vec<Seen>,
}

impl Attached {
    /// The reports that the record was made from: those within the limit are stored.
    pub(super) fn take_reports(&mut self, context: &Context, paths: &[PathBuf], limit: u64) -> Result<()> {
        // A pipe has been read to its end, and says nothing twice.
        let (paths, pipes): (Vec<_>, Vec<_>) = paths.iter().partition(|path| path.is_file());
        let (mut read, has_pipe) = (BTreeMap::new(), !pipes.is_empty());
        for path in paths {
            // What has grown beyond the limit since it was read is found out below.
            if let Ok(bytes) = bytes_of(path, usize::try_from(limit).unwrap_or(usize::MAX)) {
                read.insert(FileDigest::of(&bytes), bytes);
            }
        }
        for file in &mut self.files {
            if file.size > limit {
                let text = "is recorded by its digest and not stored: it is larger than";
                context.ui.note(&format!("{} {text} {limit} bytes", file.name));
                continue;
            }
            let bytes = match read.remove(&file.sha256) {
                Some(bytes) => bytes,
                None if self.contents.contains_key(&file.sha256) => {
                    file.stored = true;
                    continue;
                }
                None if has_pipe => {
                    context.ui.note(&format!("{} is recorded by its digest and not stored: it is no file", file.name));
                    continue;
                }
                None => {
                    return Err(Error::new(format!("{} was changed while it was being recorded", file.name))
                        .hint("nothing was recorded; repeat once it is complete"));
                }
            };
            file.stored = true;
            search(context, &mut self.seen, &file.name, &bytes, true);
            self.contents.insert(file.sha256, bytes);
        }
        Ok(())
    }

    /// A file that is attached by name.
    pub(super) fn take(&mut self, context: &Context, path: &Path, limit: u64) -> Result<()> {
        let name = file_name(path)?;
        let size = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file).map(|file| file.len());
        if size.is_some_and(|size| size > limit) {
            let (sha256, size) = digest::of_file(path)?;
            return Err(Error::new(format!("{name} has {size} bytes; up to {limit} are stored in git"))
                .hint(format!("keep it elsewhere and name it: --attach-uri URI --sha256 {sha256} --size {size}; or raise the limit for this clone: git config qms.maxFileSize BYTES")));
        }
        let bytes = bytes_of(path, usize::try_from(limit).unwrap_or(usize::MAX))?;
        let file = FileRef {
            sha256: FileDigest::of(&bytes),
            size: bytes.len() as u64,
            media_type: media_type(&bytes).to_owned(),
            name,
            stored: true,
            uri: None,
        };
        search(context, &mut self.seen, &file.name, &bytes, false);
        self.contents.insert(file.sha256, bytes);
        if !self.files.iter().any(|known| known.sha256 == file.sha256 && known.name == file.name && known.stored) {
            self.files.push(file);
        }
        Ok(())
    }
}

fn search(context: &Context, seen: &mut Vec<Seen>, name: &str, bytes: &[u8], is_report: bool) {
    match secrets::in_file(name, bytes, is_report) {
        Some(found) => seen.extend(found),
        None => context.ui.note(&format!("{name} is not text: it was not searched for secrets")),
    }
}

/// How large a file may be to be stored: `qms.maxFileSize` of git's configuration, in bytes or with k, m or g.
pub(super) fn limit(context: &Context) -> Result<u64> {
    let Some(text) = context.repo.config("qms.maxFileSize") else { return Ok(LIMIT) };
    let lower = text.trim().to_ascii_lowercase();
    let (digits, shift) = match lower.strip_suffix(['k', 'm', 'g']) {
        Some(digits) if lower.ends_with('k') => (digits, 10),
        Some(digits) if lower.ends_with('m') => (digits, 20),
        Some(digits) => (digits, 30),
        None => (&lower[..], 0),
    };
    let bytes = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(1 << shift));
    bytes.filter(|bytes| *bytes <= LARGEST_FILE).ok_or_else(|| {
        Error::new(format!("qms.maxFileSize is {text:?}; expected a number of bytes up to 100m"))
            .hint("git config qms.maxFileSize 5m")
    })
}

/// The IANA media type, as far as the first bytes tell.
fn media_type(bytes: &[u8]) -> &'static str {
    const KNOWN: [(&[u8], &str); 6] = [
        (b"%PDF-", "application/pdf"),
        (b"\x89PNG\r\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"\x1f\x8b", "application/gzip"),
        (b"PK\x03\x04", "application/zip"),
        (b"<?xml", "application/xml"),
    ];
    let known = KNOWN.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, name)| *name);
    let is_text = || std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0'));
    known.unwrap_or_else(|| if is_text() { "text/plain" } else { "application/octet-stream" })
}
