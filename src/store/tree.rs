//! Trees: files at a commit, and what changed between two.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use gix::bstr::{BString, ByteSlice as _};
use gix::hash::{Kind as HashKind, ObjectId};
use gix::objs::tree::EntryMode;
use gix::objs::{Kind, TreeRefIter};

use super::commit::malformed;
use super::reader::{ReadError, Reader, blob_id, object_id};
use super::repository::Repository;
use crate::record::ids::{BlobId, CommitId};

/// One entry of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: BString,
    pub(super) mode: EntryMode,
    pub(super) id: ObjectId,
}

/// git's own limit.
const DEEPEST: usize = 2048;

impl Reader {
    /// The entries of a tree, as they are stored.
    pub(super) fn tree(&mut self, id: &ObjectId) -> Result<Arc<[Entry]>, ReadError> {
        let data = self.find(Kind::Tree, id)?;
        let entries = TreeRefIter::from_bytes(data, HashKind::Sha1).map(|entry| {
            let entry = entry.map_err(|error| malformed("tree", id, &error.to_string()))?;
            Ok(Entry { name: entry.filename.to_owned(), mode: entry.mode, id: entry.oid.to_owned() })
        });
        entries.collect()
    }

    pub(super) fn entry_at(&mut self, root: ObjectId, path: &[u8]) -> Result<Option<Entry>, ReadError> {
        let (mut tree, mut parts) = (root, path.split(|byte| *byte == b'/').peekable());
        while let Some(part) = parts.next() {
            let found = self.tree(&tree)?.iter().find(|entry| entry.name == part).cloned();
            match found {
                Some(entry) if parts.peek().is_none() => return Ok(Some(entry)),
                Some(entry) if entry.mode.is_tree() => tree = entry.id,
                _ => return Ok(None),
            }
        }
        Ok(None)
    }
}

impl Repository {
    /// A file at a commit, up to `max` bytes; none if there is no such file. A symbolic link is no file.
    pub fn read_blob_at(&self, commit: &CommitId, path: &str, max: usize) -> Result<Option<Vec<u8>>, ReadError> {
        let mut reader = self.reader();
        let root = reader.node(&object_id(commit.as_bytes())?)?.tree;
        let Some(entry) = reader.entry_at(root, path.as_bytes())?.filter(|entry| entry.mode.is_blob()) else {
            return Ok(None);
        };
        let data = reader.find(Kind::Blob, &entry.id)?;
        if data.len() > max {
            let reason = format!("({path:?}) has {} bytes: the limit is {max}", data.len());
            return Err(malformed("file", entry.id, &reason));
        }
        Ok(Some(data.to_vec()))
    }

    /// The blob of a file at a commit; none if there is no such file. A symbolic link is no file.
    pub fn blob_at(&self, commit: &CommitId, path: &str) -> Result<Option<BlobId>, ReadError> {
        let mut reader = self.reader();
        let root = reader.node(&object_id(commit.as_bytes())?)?.tree;
        let entry = reader.entry_at(root, path.as_bytes())?.filter(|entry| entry.mode.is_blob());
        Ok(entry.map(|entry| blob_id(&entry.id)))
    }

    /// Every file at a commit with its blob, sorted by path. Symbolic links and submodules are no files; a path that
    /// is not UTF-8 is none either, since nobody could name it.
    pub fn blobs_of(&self, commit: &CommitId) -> Result<Vec<(String, BlobId)>, ReadError> {
        let mut reader = self.reader();
        let root = reader.node(&object_id(commit.as_bytes())?)?.tree;
        let (mut files, mut open) = (Vec::new(), vec![(String::new(), root, 0)]);
        while let Some((prefix, tree, depth)) = open.pop() {
            if depth > DEEPEST {
                return Err(malformed("commit", commit, "holds a tree deeper than 2048 levels"));
            }
            for entry in reader.tree(&tree)?.iter() {
                let Ok(name) = entry.name.to_str() else { continue };
                if entry.mode.is_tree() {
                    open.push((format!("{prefix}{name}/"), entry.id, depth + 1));
                } else if entry.mode.is_blob() {
                    files.push((format!("{prefix}{name}"), blob_id(&entry.id)));
                }
            }
        }
        files.sort_unstable();
        Ok(files)
    }

    /// The bytes of a blob, up to `max`.
    pub fn blob(&self, id: &BlobId, max: usize) -> Result<Vec<u8>, ReadError> {
        let mut reader = self.reader();
        let data = reader.find(Kind::Blob, &object_id(id.as_bytes())?)?;
        if data.len() > max {
            return Err(malformed("file", id, &format!("has {} bytes: the limit is {max}", data.len())));
        }
        Ok(data.to_vec())
    }

    /// The paths that differ between two commits, sorted; all paths of `commit` without a base. A mode alone is a
    /// difference, a submodule one path. Bytes that are not UTF-8 are replaced.
    pub fn changed_paths(&self, base: Option<&CommitId>, commit: &CommitId) -> Result<Vec<String>, ReadError> {
        let mut paths: Vec<String> = self.differences(base, commit)?.into_iter().map(|(path, ..)| path).collect();
        paths.dedup();
        Ok(paths)
    }

    /// The same, each path with what is there on either side.
    pub(super) fn differences(&self, base: Option<&CommitId>, commit: &CommitId) -> Result<Vec<Changed>, ReadError> {
        let mut reader = self.reader();
        let mut root = |id: &CommitId| Ok::<_, ReadError>(reader.node(&object_id(id.as_bytes())?)?.tree);
        let (before, after) = (base.map(&mut root).transpose()?, root(commit)?);
        let mut paths = Vec::new();
        let mut pairs = vec![(BString::default(), before, Some(after), 0)];
        while let Some((prefix, before, after, depth)) = pairs.pop() {
            if depth > DEEPEST {
                return Err(malformed("commit", commit, "holds a tree deeper than 2048 levels"));
            }
            let mut side = |id: Option<ObjectId>| id.map_or_else(|| Ok(Arc::default()), |id| reader.tree(&id));
            let (old, new) = (side(before)?, side(after)?);
            for (old, new) in differing(&old, &new) {
                let Some(entry) = old.or(new) else { continue };
                let mut path = prefix.clone();
                path.extend_from_slice(&entry.name);
                let subtree = |entry: Option<&Entry>| entry.filter(|entry| entry.mode.is_tree()).map(|entry| entry.id);
                let is_file = |entry: Option<&Entry>| entry.is_some_and(|entry| !entry.mode.is_tree());
                if is_file(old) || is_file(new) {
                    let side = |entry: Option<&Entry>| {
                        entry.filter(|entry| is_file(Some(entry))).map(|entry| (entry.id, entry.mode.is_commit()))
                    };
                    paths.push((path.to_str_lossy().into_owned(), side(old), side(new)));
                }
                let (old, new) = (subtree(old), subtree(new));
                if old != new {
                    path.push(b'/');
                    pairs.push((path, old, new, depth + 1));
                }
            }
        }
        paths.sort_unstable();
        Ok(paths)
    }
}

/// A path, and the blob or submodule there before and after; the flag tells a submodule.
pub(super) type Changed = (String, Option<(ObjectId, bool)>, Option<(ObjectId, bool)>);

type Pair<'a> = (Option<&'a Entry>, Option<&'a Entry>);

/// The entries of one name that are not the same on both sides. Names need not be in git's order.
pub(super) fn differing<'a>(old: &'a [Entry], new: &'a [Entry]) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    let (mut left, mut right) = (0, 0);
    // Most entries are equal and in one order: step over them first, so that a large tree costs one pass.
    let mut rest_old = Vec::new();
    let mut rest_new = Vec::new();
    while left < old.len() && right < new.len() {
        let (a, b) = (&old[left], &new[right]);
        let order = a.name.cmp(&b.name);
        match order {
            Ordering::Equal if a != b => pairs.push((Some(a), Some(b))),
            Ordering::Equal => {}
            Ordering::Less => rest_old.push(a),
            Ordering::Greater => rest_new.push(b),
        }
        left += usize::from(order.is_le());
        right += usize::from(order.is_ge());
    }
    rest_old.extend(&old[left..]);
    rest_new.extend(&new[right..]);
    // git sorts a tree as if its name ended in a slash, so a name may have been passed on one side only.
    let mut by_name: BTreeMap<&BString, Vec<&Entry>> = BTreeMap::new();
    for entry in rest_old {
        by_name.entry(&entry.name).or_default().push(entry);
    }
    for entry in rest_new {
        let partner = by_name.get_mut(&entry.name).and_then(Vec::pop);
        if partner != Some(entry) {
            pairs.push((partner, Some(entry)));
        }
    }
    pairs.extend(by_name.into_values().flatten().map(|entry| (Some(entry), None)));
    pairs
}
