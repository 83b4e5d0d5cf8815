//! Attached files: blobs in one tree, keyed by their SHA-256. It is a set, and nothing in it is trusted.

use std::collections::{BTreeMap, HashSet};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

use gix::bstr::{BStr, ByteSlice as _};
use gix::hash::{Kind as HashKind, ObjectId};
use gix::objs::Kind;

use super::batch::Batch;
use super::history::threads;
use super::lock::Locked;
use super::reader::{ReadError, Reader, commit_id, object_id};
use super::refs::RefError;
use super::repository::Repository;
use super::write::WriteError;
use crate::record::ids::{CommitId, FileDigest};
use crate::verify::files::FileState;

/// The reference of the attached files.
pub const FILES: &str = "refs/qms/files";

/// No attached file is larger: 100 MiB. Larger ones are refused by most forges.
pub const LARGEST_FILE: u64 = 100 << 20;

/// The same for every set of files, so that two clones with equal files have equal commits.
const WHO: &str = "git-qms <git-qms@localhost> 0 +0000";

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
                        let state = state(&mut reader, digest, blob).map_or_else(|state| state, |_| FileState::Verified);
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
        Some(size) if size > LARGEST_FILE => return other(format!("it has {size} bytes, and none has more than 100 MiB")),
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

impl Locked<'_> {
    /// Adds files to `refs/qms/files`, and has them on the disk when it returns. Those there already stay.
    pub fn add_files<'f>(&self, contents: impl IntoIterator<Item = &'f [u8]>) -> Result<(), WriteError> {
        let mut files = self.files()?;
        let (batch, reader) = (Batch::new(self.repository), self.repository.reader());
        for content in contents {
            let blob = object_hash(Kind::Blob, content)?;
            let known = files.blobs.insert(FileDigest::of(content), blob);
            if known != Some(blob) || !reader.exists(&blob) {
                batch.add(Kind::Blob, content)?;
            }
        }
        self.write_files(batch, &files)
    }

    /// Brings in the files of another tree, each only if its bytes have the digest that it is named by.
    pub fn unite_files(&self, theirs: CommitId) -> Result<UnitedFiles, WriteError> {
        let mut files = self.files()?;
        if files.tip == Some(object_id(theirs.as_bytes())?) {
            return Ok(UnitedFiles::default());
        }
        let theirs = self.repository.files_at(Some(theirs)).map_err(unreadable)?;
        let new: Vec<_> = theirs.blobs.iter().filter(|(name, blob)| files.blobs.get(*name) != Some(*blob)).collect();
        let digests: Vec<FileDigest> = new.iter().map(|(digest, _)| **digest).collect();
        let states = self.repository.check_files(&theirs, &digests);
        let mut united = UnitedFiles::default();
        for ((digest, blob), state) in new.into_iter().zip(states) {
            if state == FileState::Verified {
                files.blobs.insert(*digest, *blob);
                united.came += 1;
            } else {
                united.refused.push(*digest);
            }
        }
        self.write_files(Batch::new(self.repository), &files)?;
        Ok(united)
    }

    /// Puts the reference back where it was before a write that came to nothing.
    pub fn restore_files(&self, before: Option<CommitId>) -> Result<(), WriteError> {
        let now = self.tip(FILES)?.map(|now| now.to_string());
        match (now, before.map(|before| before.to_string())) {
            (now, before) if now == before => Ok(()),
            (now, Some(before)) => self.replace_ref(FILES, &before, now.as_deref()),
            (None, None) => Ok(()),
            (Some(now), None) => self.delete_ref(FILES, &now),
        }
    }

    fn files(&self) -> Result<Files, WriteError> {
        self.repository.files().map_err(unreadable)
    }

    /// One commit without parents, the same for the same files. Without reflog: a file that is taken out has to be gone.
    fn write_files(&self, batch: Batch, files: &Files) -> Result<(), WriteError> {
        let mut folders: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for (digest, blob) in &files.blobs {
            let name = digest.to_string();
            let folder = folders.entry(name[..2].to_owned()).or_default();
            folder.extend([b"100644 ", name[2..].as_bytes(), b"\0", blob.as_bytes()].concat());
        }
        let mut root = Vec::new();
        for (name, folder) in &folders {
            let tree = unless_known(&batch, files, folder)?;
            root.extend([b"40000 ", name.as_bytes(), b"\0", tree.as_bytes()].concat());
        }
        let tree = unless_known(&batch, files, &root)?;
        let text = format!("tree {tree}\nauthor {WHO}\ncommitter {WHO}\n\nqms: attached files\n");
        let id = batch.add(Kind::Commit, text.as_bytes())?;
        if files.tip == Some(id) || files.blobs.is_empty() && files.tip.is_none() {
            return Ok(());
        }
        let _keep = batch.store(self.repository)?;
        let old = files.tip.map(|tip| commit_id(&tip).to_string());
        self.replace_ref(FILES, &id.to_string(), old.as_deref())
    }
}

/// Adds a tree unless the reference holds it: of many folders a write touches few.
fn unless_known(batch: &Batch, files: &Files, tree: &[u8]) -> Result<ObjectId, WriteError> {
    let id = object_hash(Kind::Tree, tree)?;
    if files.trees.contains(&id) { Ok(id) } else { batch.add(Kind::Tree, tree) }
}

fn object_hash(kind: Kind, data: &[u8]) -> Result<ObjectId, WriteError> {
    gix::objs::compute_hash(HashKind::Sha1, kind, data).map_err(|error| WriteError::Object(error.to_string()))
}

fn unreadable(error: FilesError) -> WriteError {
    match error {
        FilesError::Ref(error) => error.into(),
        FilesError::Object(error) => error.into(),
    }
}
