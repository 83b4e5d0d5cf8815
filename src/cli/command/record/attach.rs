//! What goes with a record: reports and other files, by their SHA-256.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;

use super::reports::{bytes_of, file_name};
use crate::cli::context::{Context, FILES, Signing};
use crate::cli::digest;
use crate::cli::error::{Error, Result};
use crate::cli::secrets::{self, Seen};
use crate::cli::write::{Draft, Written};
use crate::record::{FileDigest, FileRef, is_uri};
use crate::store::LARGEST_FILE;

/// Files up to so many bytes are stored, unless git's configuration says otherwise: 5 MiB.
const LIMIT: u64 = 5 << 20;

/// So many bytes are stored with one record: 256 MiB.
const MOST: u64 = 256 << 20;

/// What goes with a record.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "What goes with it")]
pub struct Attach {
    /// A file to store with it; repeat for more
    #[arg(long, value_name = "FILE", num_args = 1..)]
    attach: Vec<PathBuf>,
    /// A file kept elsewhere; takes --sha256 and --size, too; repeat all three for more
    #[arg(long, value_name = "URI", requires = "sha256")]
    attach_uri: Vec<String>,
    /// The SHA-256 of the file at --attach-uri
    #[arg(long, value_name = "DIGEST", requires = "attach_uri")]
    sha256: Vec<FileDigest>,
    /// Its size
    #[arg(long, value_name = "BYTES", requires = "attach_uri")]
    size: Vec<u64>,
    /// Record the digests of reports alone, and do not store them
    #[arg(long)]
    no_attach: bool,
    /// Write it though something looks like a secret; the record says why
    #[arg(long, value_name = "REASON")]
    allow_secret: Option<String>,
}

/// Files that were read.
#[derive(Default)]
struct Attached {
    files: Vec<FileRef>,
    /// To be stored.
    contents: BTreeMap<FileDigest, Vec<u8>>,
    seen: Vec<Seen>,
}

impl Attach {
    /// Stores what goes with a draft, then signs and writes it. `reports` are the paths of those that it was made from.
    ///
    /// Whatever looks like a secret is refused before anything is written. A record never comes before its files.
    pub fn record(&self, context: &Context, signing: &Signing, mut draft: Draft, reports: &[PathBuf]) -> Result<Written> {
        let attached = self.gather(context, std::mem::take(&mut draft.header.files), reports)?;
        let Attached { files, contents, mut seen } = attached;
        draft.header.files = files;
        seen.extend(secrets::in_draft(&draft)?);
        draft.header.allowed_secrets = secrets::allowed(&seen, self.allow_secret.as_deref())?;
        if seen.is_empty() && self.allow_secret.is_some() {
            context.ui.note("nothing looks like a secret: --allow-secret was not needed, and the record does not mention it");
        }
        if contents.is_empty() {
            return context.record(signing, draft);
        }
        context.repo.with_lock(|locked| {
            let before = locked.tip(FILES)?;
            locked.add_files(contents.values().map(Vec::as_slice))?;
            let written = context.record_locked(locked, signing, draft);
            if written.is_err() {
                locked.restore_files(before)?;
            }
            written
        })
    }

    fn gather(&self, context: &Context, reported: Vec<FileRef>, reports: &[PathBuf]) -> Result<Attached> {
        let limit = limit(context)?;
        let mut attached = Attached { files: reported, ..Attached::default() };
        if !self.no_attach {
            attached.take_reports(context, reports, limit)?;
        }
        for path in &self.attach {
            attached.take(context, path, limit)?;
        }
        attached.files.extend(self.elsewhere()?);
        let total: u64 = attached.contents.values().map(|content| content.len() as u64).sum();
        if total > MOST {
            return Err(Error::new(format!("{total} bytes would be stored with one record; the limit is {MOST}"))
                .hint("attach some of the files to another record, or keep them elsewhere: --attach-uri"));
        }
        Ok(attached)
    }

    /// The files kept elsewhere.
    fn elsewhere(&self) -> Result<Vec<FileRef>> {
        let (uris, digests, sizes) = (&self.attach_uri, &self.sha256, &self.size);
        if uris.len() != digests.len() || uris.len() != sizes.len() {
            return Err(Error::new(format!(
                "{} files are kept elsewhere, with {} digests and {} sizes",
                uris.len(),
                digests.len(),
                sizes.len()
            ))
            .hint("give the three together for each: --attach-uri URI --sha256 DIGEST --size BYTES"));
        }
        let one = |((uri, sha256), size): ((&String, &FileDigest), &u64)| {
            if !is_uri(uri) {
                return Err(Error::new(format!("{uri:?} is not a URI"))
                    .hint("it has a scheme and no spaces, such as https://files.example.com/trace.bin"));
            }
            let path = uri.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
            Ok(FileRef {
                sha256: *sha256,
                size: *size,
                media_type: "application/octet-stream".to_owned(),
                name: path.rsplit(['/', ':']).next().unwrap_or_default().to_owned(),
                stored: false,
                uri: Some(uri.clone()),
            })
        };
        uris.iter().zip(digests).zip(sizes).map(one).collect()
    }
}

impl Attached {
    /// The reports that the record was made from: those within the limit are stored.
    fn take_reports(&mut self, context: &Context, paths: &[PathBuf], limit: u64) -> Result<()> {
        let mut read = BTreeMap::new();
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
    fn take(&mut self, context: &Context, path: &Path, limit: u64) -> Result<()> {
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
fn limit(context: &Context) -> Result<u64> {
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
