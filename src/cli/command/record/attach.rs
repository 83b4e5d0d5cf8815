//! What goes with a record: reports and other files, by their SHA-256.

use std::path::PathBuf;

use clap::Args;

use super::attached::{Attached, limit};
use crate::cli::context::{Context, FILES, Signing};
use crate::cli::error::{Error, Result};
use crate::cli::secrets;
use crate::cli::write::{Draft, Written};
use crate::record::{FileDigest, FileRef, is_uri};

/// So many bytes are stored with one record: 256 MiB.
const MOST: u64 = 256 << 20;

/// What goes with a record.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "What goes with it")]
pub struct Attach {
    /// A file to store with it; repeat for more
    #[arg(id = "attach", long, value_name = "FILE", num_args = 1..)]
    files: Vec<PathBuf>,
    /// A file kept elsewhere; takes --sha256 and --size, too; repeat all three for more
    #[arg(id = "attach-uri", long, value_name = "URI", requires = "attach-sha256")]
    uris: Vec<String>,
    /// The SHA-256 of the file at --attach-uri
    #[arg(id = "attach-sha256", long = "sha256", value_name = "DIGEST", requires = "attach-uri")]
    sha256: Vec<FileDigest>,
    /// Its size
    #[arg(id = "attach-size", long = "size", value_name = "BYTES", requires = "attach-uri")]
    size: Vec<u64>,
    /// Record the digests of reports alone, and do not store them
    #[arg(id = "no-attach", long)]
    by_digest: bool,
    /// Write it though something looks like a secret; the record says why
    #[arg(long, value_name = "REASON")]
    allow_secret: Option<String>,
}

impl Attach {
    /// Whether nothing goes with it.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.uris.is_empty()
    }

    /// Stores what goes with a draft, then signs and writes it. `reports` are the paths of those that it was made from.
    ///
    /// Whatever looks like a secret is refused before anything is written. A record never comes before its files.
    pub fn record(
        &self,
        context: &Context,
        signing: &Signing,
        mut draft: Draft,
        reports: &[PathBuf],
    ) -> Result<Written> {
        let attached = self.gather(context, std::mem::take(&mut draft.header.files), reports)?;
        let Attached { files, contents, mut seen } = attached;
        draft.header.files = files;
        seen.extend(secrets::in_draft(&draft)?);
        draft.header.allowed_secrets = secrets::allowed(&seen, self.allow_secret.as_deref())?;
        if seen.is_empty() && self.allow_secret.is_some() {
            context
                .ui
                .note("nothing looks like a secret: --allow-secret was not needed, and the record does not mention it");
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
        if !self.by_digest {
            attached.take_reports(context, reports, limit)?;
        }
        for path in &self.files {
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
        let (uris, digests, sizes) = (&self.uris, &self.sha256, &self.size);
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
