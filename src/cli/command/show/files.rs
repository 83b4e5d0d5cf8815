//! Attached files: listed with what is known of their bytes, or one of them written out.

use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::error::{Error, Exit, Result};
use crate::cli::ui::{Tone, Ui};
use crate::record::{FileDigest, FileRef, Record};
use crate::report::escape;
use crate::verify::expunged::{expunged, tombstones};
use crate::verify::files::with_expunged;
use crate::verify::{FileState, Ledger, Verified};

#[derive(Serialize)]
struct Output<'a> {
    schema: &'static str,
    #[serde(flatten)]
    file: FileJson<'a>,
}

/// A file as a record names it.
#[derive(Serialize)]
pub(super) struct FileJson<'a> {
    #[serde(flatten)]
    file: &'a FileRef,
    state: &'static str,
    records: Vec<String>,
}

/// A file that records name, and what is known of its bytes.
pub(super) struct Listed<'a> {
    file: &'a FileRef,
    records: Vec<String>,
    state: State,
}

enum State {
    Stored(FileState),
    /// Not stored: nothing is looked up.
    Elsewhere,
}

impl State {
    fn as_str(&self) -> &'static str {
        match self {
            Self::Stored(state) => state.as_str(),
            Self::Elsewhere => "unavailable",
        }
    }
}

/// The files of these records, each once, with what is known of their bytes.
pub(super) fn list<'a>(
    context: &Context,
    ledger: &Ledger,
    records: impl Iterator<Item = &'a Verified<Record>>,
) -> Result<Vec<Listed<'a>>> {
    let mut listed: Vec<Listed<'a>> = Vec::new();
    for record in records {
        for file in &record.header.files {
            let is_same = |known: &&mut Listed<'_>| {
                (known.file.sha256, &known.file.name, known.file.stored, &known.file.uri)
                    == (file.sha256, &file.name, file.stored, &file.uri)
            };
            match listed.iter_mut().find(is_same) {
                Some(known) => known.records.push(record.id.to_string()),
                None => listed.push(Listed { file, records: vec![record.id.to_string()], state: State::Elsewhere }),
            }
        }
    }
    let digests: Vec<FileDigest> =
        listed.iter().filter(|listed| listed.file.stored).map(|listed| listed.file.sha256).collect();
    if !digests.is_empty() {
        let states = context.repo.check_files(&context.repo.files()?, &digests);
        let states = with_expunged(&digests, states, &expunged(ledger));
        let stored = listed.iter_mut().filter(|listed| listed.file.stored);
        stored.zip(states).for_each(|(listed, state)| listed.state = State::Stored(state));
    }
    Ok(listed)
}

impl<'a> Listed<'a> {
    /// A stored one, with what is known of its bytes.
    pub(super) fn stored(&self) -> Option<(&'a FileRef, &FileState)> {
        match &self.state {
            State::Stored(state) => Some((self.file, state)),
            State::Elsewhere => None,
        }
    }

    /// `verified`, `mismatched`, `missing` or `unavailable`.
    pub(super) fn word(&self) -> &'static str {
        self.state.as_str()
    }

    /// For JSON output.
    pub(super) fn json(&self) -> FileJson<'a> {
        FileJson { file: self.file, state: self.state.as_str(), records: self.records.clone() }
    }

    /// `junit.xml  3f9a…  verified, 512 bytes`.
    pub(super) fn text(&self, ui: Ui) -> String {
        let FileRef { sha256, size, name, uri, .. } = self.file;
        let tone = match &self.state {
            State::Stored(FileState::Verified) => Tone::Good,
            State::Stored(FileState::Mismatched(_)) => Tone::Bad,
            State::Stored(_) | State::Elsewhere => Tone::Odd,
        };
        let at = uri.as_ref().map(|uri| format!(", at {uri}")).unwrap_or_default();
        let what = format!("{}  {name}", sha256.short());
        format!(
            "{}  {}, {size} bytes{}",
            ui.paint(Tone::Plain, &what),
            ui.paint(tone, self.state.as_str()),
            ui.paint(Tone::Plain, &at)
        )
    }
}

/// Writes one file to standard output, if its bytes are those that were signed for.
pub(super) fn write_out(context: &Context, ledger: &Ledger, prefix: &str) -> Result<Exit> {
    let sha256 = resolve(ledger, prefix)?;
    let of = ledger.select(|outline| outline.names().files.contains(&sha256));
    let listed = list(context, ledger, of)?;
    let same = || listed.iter().filter(|listed| listed.file.sha256 == sha256);
    let found = same().find(|listed| listed.file.stored).or_else(|| same().next());
    let listed = found.ok_or_else(|| Error::new(format!("no record names file {sha256}")))?;
    let ui = context.ui;
    if ui.is_json() {
        ui.json(&Output { schema: "git-qms/file/v1", file: listed.json() })?;
        return Ok(exit(&listed.state));
    }
    if !listed.file.stored {
        return Err(Error::new(format!("file {sha256} ({}) is not stored in git", listed.file.name)).hint(
            match &listed.file.uri {
                Some(uri) => format!("it is kept at {uri}; check what you get: sha256sum"),
                None => "the record has its digest alone: whoever has the file can compare it: sha256sum".to_owned(),
            },
        ));
    }
    if let Some(signed) = tombstones(ledger).get(&sha256).filter(|signed| signed.is_in_force()) {
        return Err(Error::no(format!("file {sha256} ({}) was {}", listed.file.name, signed.told()))
            .hint("its digest stands in the record; whoever has the file elsewhere can compare it: sha256sum"));
    }
    let bytes =
        context.repo.read_file(&context.repo.files()?, &sha256).map_err(|state| unreadable(listed.file, state))?;
    if !ui.is_terminal() {
        ui.bytes(&bytes);
        return Ok(Exit::Yes);
    }
    let text = std::str::from_utf8(&bytes).ok().filter(|text| !text.contains('\0'));
    let Some(text) = text else {
        return Err(Error::new(format!("{} is no text for a terminal: {}", listed.file.name, listed.file.media_type))
            .hint(format!("write it to a file: git qms show --file {} > FILE", sha256.short())));
    };
    ui.page(&context.environment);
    for line in text.lines() {
        // Tabs are harmless; all else that cannot be seen is shown.
        ui.line(&line.split('\t').map(escape).collect::<Vec<_>>().join("\t"));
    }
    Ok(Exit::Yes)
}

fn exit(state: &State) -> Exit {
    match state {
        State::Stored(FileState::Verified) => Exit::Yes,
        State::Stored(FileState::Mismatched(_) | FileState::Expunged | FileState::NotYetExpunged) => Exit::No,
        State::Stored(_) | State::Elsewhere => Exit::CouldNotTell,
    }
}

fn unreadable(file: &FileRef, state: FileState) -> Error {
    let name = format!("file {} ({})", file.sha256, file.name);
    match state {
        FileState::Mismatched(what) => {
            Error::no(format!("{name} was replaced in refs/qms/files: {what}")).hint("look closer with: git qms verify")
        }
        FileState::Unreadable(crate::verify::Unreadable::WrongHash(why)) => Error::no(format!("{name}: {why}")),
        FileState::Unreadable(crate::verify::Unreadable::Missing(why)) => Error::new(format!("{name}: {why}")),
        FileState::Missing | FileState::Verified | FileState::Expunged | FileState::NotYetExpunged => {
            Error::new(format!("{name} is not in refs/qms/files here"))
                .hint("take it from a clone that has it: git qms sync")
        }
    }
}

/// The digest of a file that a counting record names, from 12 or more digits of it.
pub(crate) fn resolve(ledger: &Ledger, prefix: &str) -> Result<FileDigest> {
    let prefix = prefix.strip_prefix("sha256:").unwrap_or(prefix);
    let hex = prefix.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    if !hex || !(12..=64).contains(&prefix.len()) {
        return Err(Error::new(format!("{prefix:?} is not the SHA-256 of a file in 12 to 64 lower-case hex digits"))
            .hint("git qms show RECORD lists the files of a record"));
    }
    let files = ledger.outlines().flat_map(|outline| outline.names().files);
    let found: std::collections::BTreeSet<_> = files.filter(|digest| digest.begins(prefix)).collect();
    let mut found = found.into_iter();
    match (found.next(), found.next()) {
        (Some(digest), None) => Ok(digest),
        (None, _) => Err(Error::new(format!("no record that counts names a file whose SHA-256 begins with {prefix}"))
            .hint("git qms show RECORD lists the files of a record")),
        (Some(_), Some(_)) => {
            Err(Error::new(format!("{prefix} is the beginning of several digests")).hint("give more digits"))
        }
    }
}
