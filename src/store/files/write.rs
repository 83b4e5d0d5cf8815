//! A new set of attached files takes the place of the old one.

use std::collections::BTreeMap;

use gix::hash::{Kind as HashKind, ObjectId};
use gix::objs::Kind;

use super::{FILES, Files, FilesError, UnitedFiles};
use crate::record::ids::{CommitId, FileDigest};
use crate::store::batch::Batch;
use crate::store::lock::Locked;
use crate::store::reader::{commit_id, object_id};
use crate::store::write::WriteError;
use crate::verify::files::FileState;

/// The same for every set of files, so that two clones with equal files have equal commits.
const WHO: &str = "git-qms <git-qms@localhost> 0 +0000";

impl Locked<'_> {
    /// Adds files to `refs/qms/files`, and has them on the disk when it returns. Those there already stay.
    pub fn add_files<'f>(&self, contents: impl IntoIterator<Item = &'f [u8]>) -> Result<(), WriteError> {
        let mut files = self.files()?;
        let (batch, mut reader) = (Batch::new(self.repository), self.repository.reader());
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
    pub(super) fn write_files(&self, batch: Batch, files: &Files) -> Result<(), WriteError> {
        let mut folders: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for (digest, blob) in &files.blobs {
            let name = digest.to_string();
            let folder = folders.entry(name[..2].to_owned()).or_default();
            folder.extend([b"100644 ", &name.as_bytes()[2..], b"\0", blob.as_bytes()].concat());
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

pub(super) fn unreadable(error: FilesError) -> WriteError {
    match error {
        FilesError::Ref(error) => error.into(),
        FilesError::Object(error) => error.into(),
    }
}
