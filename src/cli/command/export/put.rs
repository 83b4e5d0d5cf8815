//! Where an export goes, and what is said of it.

use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::Export;
use super::selection::Told;
use crate::cli::context::Context;
use crate::cli::digest;
use crate::cli::error::{Error, Exit, Result, While as _};
use crate::cli::replace::New;
use crate::cli::ui::Tone;
use crate::record::FileDigest;
use crate::verify::Outcome;

#[derive(Serialize)]
struct Output {
    schema: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    release: Option<String>,
    format: &'static str,
    /// How many records it tells of; absent of a page or a package.
    #[serde(skip_serializing_if = "Option::is_none")]
    records: Option<usize>,
    file: String,
    bytes: u64,
    /// Absent of a folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<FileDigest>,
    /// How many files are in the folder, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    files: Option<usize>,
    result: &'static str,
}

/// What was written, and where.
pub(super) struct Written {
    pub(super) place: PathBuf,
    pub(super) bytes: u64,
    /// Of a folder there is none.
    pub(super) sha256: Option<FileDigest>,
    pub(super) files: Option<usize>,
}

impl Export {
    /// Writes a file whole or not at all; or all of it to standard output.
    pub(super) fn put(
        &self,
        context: &Context,
        write: &mut dyn FnMut(&mut dyn io::Write) -> Result<()>,
    ) -> Result<Written> {
        let file = self.file();
        if self.is_stream() {
            let mut bytes = Vec::new();
            write(&mut bytes)?;
            context.ui.bytes(&bytes);
            return Ok(Written { place: file.to_owned(), bytes: bytes.len() as u64, sha256: None, files: None });
        }
        let mut new = New::beside(file).map_err(|error| unwritable(file, &error))?;
        write(&mut new).while_(format!("writing {}", file.display()))?;
        new.put().map_err(|error| unwritable(file, &error))?;
        Written::of(file)
    }

    pub(super) fn tell(&self, told: &Told<'_>, records: Option<usize>, written: &Written) -> Result<Exit> {
        let (ui, verification) = (told.context.ui, told.verification);
        let outcome = verification.outcome();
        let file = written.place.display().to_string();
        if ui.is_json() {
            ui.json(&Output {
                schema: "git-qms/export/v1",
                release: told.released.map(|one| one.tag.to_string()),
                format: self.format.name,
                records,
                file,
                bytes: written.bytes,
                sha256: written.sha256,
                files: written.files,
                result: outcome.as_str(),
            })?;
            return Ok(Exit::from(outcome));
        }
        if self.is_stream() {
            if outcome != Outcome::Pass {
                ui.warn("the repository does not verify, and what does not count is not in the export: git qms verify");
            }
            return Ok(Exit::from(outcome));
        }
        if ui.is_quiet() {
            ui.line(&ui.paint(Tone::Plain, &file));
            return Ok(Exit::from(outcome));
        }
        verification.tell_findings(ui, false);
        let records =
            records.map_or(String::new(), |count| format!("{count} record{}, ", if count == 1 { "" } else { "s" }));
        let files = written.files.map_or(String::new(), |count| format!("{count} files, "));
        let digest = written.sha256.map_or(String::new(), |digest| format!(", SHA-256 {digest}"));
        ui.line(&format!("{}  {records}{files}{} bytes{digest}", ui.paint(Tone::Plain, &file), written.bytes));
        ui.line(&verification.summary(ui));
        if let Some(next) = self.format.next {
            ui.note(&format!("next    {}", next(&file, &verification.ledger.chain().root().to_string())));
        }
        Ok(Exit::from(outcome))
    }
}

impl Written {
    pub(super) fn of(file: &Path) -> Result<Self> {
        let (sha256, bytes) = digest::of_file(file)?;
        Ok(Self { place: file.to_owned(), bytes, sha256: Some(sha256), files: None })
    }
}

/// A file that could not be written, with what to do about it.
pub(super) fn unwritable(file: &Path, error: &io::Error) -> Error {
    let hint = match error.kind() {
        io::ErrorKind::NotFound => "name a file in a folder that is there",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => "name a file where you may write",
        io::ErrorKind::StorageFull => "make room, or name a file elsewhere",
        _ => "name another file",
    };
    Error::new(format!("writing {}: {error}", file.display())).hint(hint)
}
