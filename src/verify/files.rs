//! Attached files: each one that a counting record says is stored has to be there, byte for byte.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::expunged::Tombstones;
use super::finding::{Code, Finding, Severity};
use super::ledger::Ledger;
use super::notes::Unreadable;
use crate::record::header::FileRef;
use crate::record::ids::{FileDigest, RecordId};

/// The reference that holds attached files.
const FILES: &str = "refs/qms/files";

/// What is known of the bytes of a stored file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileState {
    /// They are there, and have the digest.
    Verified,
    /// Others are there in their place; what was found.
    Mismatched(String),
    /// `refs/qms/files` names no such file.
    Missing,
    /// It names them, but they cannot be read.
    Unreadable(Unreadable),
    /// Two people took it out, and it is gone.
    Expunged,
    /// Two people took it out, and this clone still has it.
    NotYetExpunged,
}

impl FileState {
    /// The word in reports.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Mismatched(_) => "mismatched",
            Self::Missing | Self::Unreadable(_) => "missing",
            Self::Expunged | Self::NotYetExpunged => "expunged",
        }
    }
}

/// A file as the records that count name it.
#[derive(Debug, Clone, Copy)]
pub struct Named<'l> {
    /// What the first record says of it.
    pub file: &'l FileRef,
    /// The first record that names it.
    pub record: RecordId,
    /// How many records name it.
    pub records: u64,
}

/// How many files that counting records name are what; each counts once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileCounts {
    /// Stored, read, and as their digest says.
    pub verified: u64,
    /// Stored, with other bytes.
    pub mismatched: u64,
    /// Said to be stored, and not there or not readable.
    pub missing: u64,
    /// Kept elsewhere, by a URI or not at all: not looked up.
    pub unavailable: u64,
    /// Taken out by two people.
    pub expunged: u64,
}

impl std::ops::AddAssign for FileCounts {
    fn add_assign(&mut self, more: Self) {
        let Self { verified, mismatched, missing, unavailable, expunged } = more;
        self.verified += verified;
        self.mismatched += mismatched;
        self.missing += missing;
        self.unavailable += unavailable;
        self.expunged += expunged;
    }
}

/// What was found in `refs/qms/files`.
#[derive(Debug)]
pub struct Found<'f> {
    /// Whether there is such a reference.
    pub is_here: bool,
    /// Whether objects were left out of this clone on purpose, so that absence proves nothing.
    pub is_cut: bool,
    /// Paths in its tree that are no files, and why.
    pub odd: &'f [(String, &'static str)],
    /// The tombstones that count.
    pub tombstones: &'f BTreeMap<FileDigest, Tombstones<'f>>,
}

/// The files that counting records name, superseded and orphaned ones included: those stored, and the others.
///
/// One that any record says is stored has to be.
pub fn named(ledger: &Ledger) -> (BTreeMap<FileDigest, Named<'_>>, BTreeMap<FileDigest, Named<'_>>) {
    let (mut stored, mut elsewhere) = (BTreeMap::new(), BTreeMap::new());
    for record in ledger.select(|outline| !outline.names().files.is_empty()) {
        for file in &record.header.files {
            let of = if file.stored { &mut stored } else { &mut elsewhere };
            of.entry(file.sha256).or_insert(Named { file, record: record.id, records: 0 }).records += 1;
        }
    }
    elsewhere.retain(|digest, _| !stored.contains_key(digest));
    (stored, elsewhere)
}

/// What two people took out is expunged, whatever stands in its place.
pub fn with_expunged(
    digests: &[FileDigest],
    states: Vec<FileState>,
    expunged: &BTreeSet<FileDigest>,
) -> Vec<FileState> {
    let of = |(digest, state)| match state {
        FileState::Verified if expunged.contains(digest) => FileState::NotYetExpunged,
        _ if expunged.contains(digest) => FileState::Expunged,
        state => state,
    };
    digests.iter().zip(states).map(of).collect()
}

/// What the states of the stored files mean, in the order of `stored`.
pub fn judge(stored: &BTreeMap<FileDigest, Named<'_>>, states: &[FileState], found: &Found<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        stored.values().zip(states).filter_map(|(named, state)| finding(named, state, found)).collect();
    findings.extend(found.odd.iter().map(|(path, reason)| {
        let text = format!("path {path} of the attached files: {reason}; it counts for nothing");
        Finding::new(Code::FilesPath, text).at_ref(FILES)
    }));
    findings
}

fn finding(named: &Named<'_>, state: &FileState, found: &Found<'_>) -> Option<Finding> {
    let FileRef { sha256, name, .. } = named.file;
    let more = if named.records > 1 { format!(" and {} more records", named.records - 1) } else { String::new() };
    let text = |what: &str| format!("file {sha256} ({name:?}), which the record{more} names, {what}");
    let finding = match state {
        FileState::Verified => return None,
        FileState::Expunged | FileState::NotYetExpunged => {
            let told = found.tombstones.get(sha256).map_or("expunged".to_owned(), Tombstones::told);
            if *state == FileState::Expunged {
                Finding::new(Code::FileExpunged, text(&format!("was {told}")))
            } else {
                Finding::new(Code::FileExpunged, text(&format!("was {told}, and is still here")))
                    .weighing(Severity::Warning)
                    .hint("git qms sync takes it out; then: git gc --prune=now")
            }
        }
        FileState::Mismatched(what) => Finding::new(Code::FileWrong, text(&format!("was replaced: {what}")))
            .hint("take it from a clone that has it: git qms sync; and find out who pushed the other one"),
        FileState::Missing if !found.is_here => {
            Finding::new(Code::FileMissing, text("cannot be looked up: there is no refs/qms/files here"))
                .weighing(Severity::Incomplete)
                .hint("fetch it: git qms sync --fetch-only")
        }
        FileState::Missing => {
            let finding = Finding::new(Code::FileMissing, text("is stored, by its word, and not in refs/qms/files"))
                .hint("take it from a clone that has it: git qms sync");
            if found.is_cut { finding.weighing(Severity::Incomplete) } else { finding }
        }
        FileState::Unreadable(Unreadable::Missing(why)) => {
            Finding::new(Code::ObjectMissing, text(&format!("cannot be read: {why}")))
                .hint("fetch it: git qms sync; after damage: git fsck, and take it from another clone")
        }
        FileState::Unreadable(Unreadable::WrongHash(why)) => {
            Finding::new(Code::ObjectWrong, text(&format!("cannot be read: {why}")))
        }
    };
    Some(finding.at_ref(FILES).at_record(named.record))
}

/// How many are what.
pub fn count(states: &[FileState], elsewhere: usize) -> FileCounts {
    let mut counts = FileCounts { unavailable: elsewhere as u64, ..FileCounts::default() };
    for state in states {
        *match state {
            FileState::Verified => &mut counts.verified,
            FileState::Mismatched(_) => &mut counts.mismatched,
            FileState::Missing | FileState::Unreadable(_) => &mut counts.missing,
            FileState::Expunged | FileState::NotYetExpunged => &mut counts.expunged,
        } += 1;
    }
    counts
}
