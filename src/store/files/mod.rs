//! Attached files: blobs in one tree, keyed by their SHA-256. It is a set, and nothing in it is trusted.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use gix::bstr::{BStr, ByteSlice as _};
use gix::hash::ObjectId;
use gix::objs::Kind;

use crate::record::ids::{CommitId, FileDigest};
use crate::store::history::threads;
use crate::store::reader::{ReadError, Reader, object_id};
use crate::store::refs::RefError;
use crate::store::repository::Repository;
use crate::verify::files::FileState;

mod expunge;
mod write;

/// The reference of the attached files.
pub const FILES: &str = "refs/qms/files";

/// No attached file is larger: 100 MiB. Larger ones are refused by most forges.
pub const LARGEST_FILE: u64 = 100 << 20;

/// Why the files cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// The reference.
    #[error(transparent)]
    Ref(#[from] RefError),
    /// A commit or tree of it.
    #[error("attached files: {0}")]
    Object(#[from] ReadError),
}

/// What a tree of attached files names.
#[derive(Debug, Default)]
pub struct Files {
    tip: Option<ObjectId>,
    /// The trees themselves.
    trees: HashSet<ObjectId>,
    blobs: BTreeMap<FileDigest, ObjectId>,
    odd: Vec<(String, &'static str)>,
}

impl Files {
    /// Whether there is such a tree at all.
    pub fn is_here(&self) -> bool {
        self.tip.is_some()
    }

    /// Whether it names a file of this digest; its bytes have not been looked at.
    pub fn contains(&self, sha256: &FileDigest) -> bool {
        self.blobs.contains_key(sha256)
    }

    /// The digests that it names, sorted.
    pub fn digests(&self) -> impl Iterator<Item = &FileDigest> {
        self.blobs.keys()
    }

    /// Paths that are no files, and why.
    pub fn odd(&self) -> &[(String, &'static str)] {
        &self.odd
    }
}

/// What uniting with the files of a remote came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct UnitedFiles {
    /// How many came.
    pub came: usize,
    /// Named there with other bytes, or bytes that are not there: not taken.
    pub refused: Vec<FileDigest>,
}

impl Repository {
    /// The attached files here.
    pub fn files(&self) -> Result<Files, FilesError> {
        self.files_at(self.ref_tip(FILES)?)
    }

    /// The attached files of a commit.
    pub fn files_at(&self, tip: Option<CommitId>) -> Result<Files, FilesError> {
        let Some(tip) = tip else { return Ok(Files::default()) };
        let (mut reader, tip) = (self.reader(), object_id(tip.as_bytes())?);
        let node = reader.node(&tip)?;
        let mut files = Files { tip: Some(tip), trees: HashSet::from([node.tree]), ..Files::default() };
        if !node.parents.is_empty() {
            files.odd.push((FILES.to_owned(), "its commit has parents: attached files have no history"));
        }
        for entry in &*reader.tree(&node.tree)? {
            let name = entry.name.as_bstr();
            if !entry.mode.is_tree() || !is_hex(name, 2) {
                files.odd.push((path(name), "not a directory named by two hex digits"));
                continue;
            }
            files.trees.insert(entry.id);
            for file in &*reader.tree(&entry.id)? {
                let full = [path(name), path(file.name.as_bstr())];
                let digest = if is_hex(file.name.as_bstr(), 62) { full.concat().parse().ok() } else { None };
                match digest.filter(|_| file.mode.is_blob()) {
                    None => files.odd.push((full.join("/"), "not a file named by its SHA-256")),
                    Some(digest) if files.blobs.contains_key(&digest) => {
                        files.odd.push((full.join("/"), "a second file of one name"));
                    }
                    Some(digest) => {
                        files.blobs.insert(digest, file.id);
                    }
                }
            }
        }
        Ok(files)
    }

    /// Reads the bytes of each file and holds them against its digest, on all cores, one file at a time in each.
    pub fn check_files(&self, files: &Files, digests: &[FileDigest]) -> Vec<FileState> {
        let (next, states) = (AtomicUsize::new(0), Mutex::new(vec![FileState::Missing; digests.len()]));
        std::thread::scope(|scope| {
            for _ in 0..threads().min(digests.len()) {
                scope.spawn(|| {
                    let mut reader = self.reader();
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some(digest) = digests.get(at) else { return };
                        let Some(blob) = files.blobs.get(digest) else { continue };
                        let state =
                            state(&mut reader, digest, blob).map_or_else(|state| state, |_| FileState::Verified);
                        states.lock().unwrap_or_else(PoisonError::into_inner)[at] = state;
                    }
                });
            }
        });
        states.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// The bytes of a file, held against its digest; or what is there instead.
    pub fn read_file(&self, files: &Files, sha256: &FileDigest) -> Result<Vec<u8>, FileState> {
        let blob = files.blobs.get(sha256).ok_or(FileState::Missing)?;
        state(&mut self.reader(), sha256, blob).map(<[u8]>::to_vec)
    }
}

fn state<'r>(reader: &'r mut Reader, sha256: &FileDigest, blob: &ObjectId) -> Result<&'r [u8], FileState> {
    let other = |found: String| Err(FileState::Mismatched(found));
    match reader.size(blob) {
        Some(size) if size > LARGEST_FILE => {
            return other(format!("it has {size} bytes, and none has more than 100 MiB"));
        }
        _ => {}
    }
    match reader.find(Kind::Blob, blob) {
        Ok(bytes) => {
            let found = FileDigest::of(bytes);
            if found == *sha256 { Ok(bytes) } else { other(format!("the SHA-256 of its bytes is {found}")) }
        }
        Err(ReadError::Malformed { reason, .. }) => other(format!("the object {reason}")),
        Err(error) => Err(FileState::Unreadable(error.into())),
    }
}

fn is_hex(name: &BStr, digits: usize) -> bool {
    name.len() == digits && name.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn path(name: &BStr) -> String {
    name.to_str_lossy().into_owned()
}
