//! Files of many commits, listed folder by folder: a folder that stays as it is from commit to commit is read once.

use std::collections::HashMap;
use std::sync::Arc;

use gix::bstr::ByteSlice as _;
use gix::hash::ObjectId;

use super::commit::malformed;
use super::reader::{ReadError, Reader, blob_id, object_id};
use super::repository::Repository;
use crate::record::ids::{BlobId, CommitId};

/// Deeper than git itself goes.
const DEEPEST: usize = 2048;

type Files = Arc<[(String, BlobId)]>;

/// What was listed, by the place of a folder and its tree. It is of one selection of files.
#[derive(Debug, Default)]
pub struct Folders(HashMap<(String, ObjectId), Files>);

impl Repository {
    /// The files at a commit that are wanted, each with its blob, sorted by path. As [`Self::blobs_of`] has it, symbolic links,
    /// submodules and paths that are not UTF-8 are none. The same selection has to come with the same `folders`.
    pub fn wanted_blobs(
        &self,
        commit: &CommitId,
        folders: &mut Folders,
        is_wanted: &dyn Fn(&str) -> bool,
    ) -> Result<Vec<(String, BlobId)>, ReadError> {
        let mut reader = self.reader();
        let root = reader.node(&object_id(commit.as_bytes())?)?.tree;
        let mut files = Vec::new();
        list(&mut reader, folders, "", root, is_wanted, 0, &mut files).map_err(|deep| {
            deep.unwrap_or_else(|| malformed("commit", commit, "holds a tree deeper than 2048 levels"))
        })?;
        files.sort_unstable();
        Ok(files)
    }
}

/// `None` is too deep.
fn list(
    reader: &mut Reader,
    folders: &mut Folders,
    prefix: &str,
    tree: ObjectId,
    is_wanted: &dyn Fn(&str) -> bool,
    depth: usize,
    files: &mut Vec<(String, BlobId)>,
) -> Result<(), Option<ReadError>> {
    if depth > DEEPEST {
        return Err(None);
    }
    for entry in reader.tree(&tree).map_err(Some)?.iter() {
        let Ok(name) = entry.name.to_str() else { continue };
        if entry.mode.is_tree() {
            let place = (format!("{prefix}{name}/"), entry.id);
            if let Some(known) = folders.0.get(&place) {
                files.extend(known.iter().cloned());
                continue;
            }
            let from = files.len();
            list(reader, folders, &place.0, entry.id, is_wanted, depth + 1, files)?;
            folders.0.insert(place, files[from..].into());
        } else if entry.mode.is_blob() {
            let path = format!("{prefix}{name}");
            if is_wanted(&path) {
                files.push((path, blob_id(&entry.id)));
            }
        }
    }
    Ok(())
}
