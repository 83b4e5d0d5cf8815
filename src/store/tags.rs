//! Tags: what each reference below `refs/tags/` is, and new ones.

use gix::hash::{Kind as HashKind, ObjectId};
use gix::objs::{Kind, TagRef};

use super::batch::Batch;
use super::commit::malformed;
use super::lock::Locked;
use super::reader::{ReadError, Reader, commit_id, object_id, tag_id};
use super::refs::{RefError, Tip};
use super::repository::Repository;
use super::write::WriteError;
use crate::record::ids::{CommitId, TagId};
use crate::record::name::TagName;

/// A tag object may have 4 MiB.
const LARGEST: usize = 4 << 20;

/// One reference below `refs/tags/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagRecord {
    /// Its name, without `refs/tags/`.
    pub name: String,
    /// The object it points at, of whatever kind.
    pub target: TagId,
    /// The bytes of the tag object; none for a lightweight tag.
    pub annotated: Option<Vec<u8>>,
    /// The commit it leads to, if it leads to one.
    pub commit: Option<CommitId>,
}

/// Why tags cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TagReadError {
    /// The references.
    #[error(transparent)]
    Ref(#[from] RefError),
    /// An object behind one.
    #[error("tag {name:?}: {source}")]
    Object {
        /// The tag.
        name: String,
        /// What is wrong.
        source: ReadError,
    },
}

impl Repository {
    /// Every tag, by name; one that cannot be read is an error in its place.
    pub fn tags(&self) -> Result<Vec<Result<TagRecord, TagReadError>>, RefError> {
        let mut reader = self.reader();
        Ok(self.tips_below("refs/tags/")?.into_iter().map(|tip| read(&mut reader, tip)).collect())
    }

    /// One tag.
    pub fn tag(&self, name: &TagName) -> Result<Option<TagRecord>, TagReadError> {
        let name = format!("refs/tags/{name}");
        let target = self.target(&name)?;
        target.map(|target| read(&mut self.reader(), Tip { name, target })).transpose()
    }

    /// The bytes of a tag object, whether a reference holds it or not.
    pub fn tag_object(&self, id: &TagId) -> Result<Vec<u8>, ReadError> {
        self.reader().find(Kind::Tag, &object_id(id.as_bytes())?).map(<[u8]>::to_vec)
    }
}

fn read(reader: &mut Reader, tip: Tip) -> Result<TagRecord, TagReadError> {
    let name = tip.name.strip_prefix("refs/tags/").unwrap_or(&tip.name).to_owned();
    let read = record(reader, &name, tip.target);
    read.map_err(|source| TagReadError::Object { name, source })
}

fn record(reader: &mut Reader, name: &str, target: ObjectId) -> Result<TagRecord, ReadError> {
    let (kind, data) = reader.any("tagged object", &target)?;
    if kind == Kind::Tag && data.len() > LARGEST {
        return Err(malformed("tag object", target, "is larger than 4 MiB"));
    }
    let annotated = (kind == Kind::Tag).then(|| data.to_vec());
    let (kind, end) = reader.peeled(&target)?;
    let commit = (kind == Kind::Commit).then(|| commit_id(&end));
    Ok(TagRecord { name: name.to_owned(), target: tag_id(&target), annotated, commit })
}

impl Locked<'_> {
    /// Stores a tag object, signature and all. No reference holds it yet.
    pub fn write_tag_object(&self, raw: &[u8]) -> Result<TagId, WriteError> {
        TagRef::from_bytes(raw, HashKind::Sha1).map_err(|error| WriteError::Object(format!("not a tag: {error}")))?;
        if raw.len() > LARGEST {
            return Err(WriteError::Object("a tag has at most 4 MiB: shorten its notes".to_owned()));
        }
        let batch = Batch::new(self.repository);
        let id = batch.add(Kind::Tag, raw)?;
        batch.store(self.repository)?;
        Ok(tag_id(&id))
    }

    /// Makes the reference of a tag, which must not exist: a tag is never moved.
    pub fn create_tag_ref(&self, name: &TagName, object: &TagId) -> Result<(), WriteError> {
        self.repository.tag_object(object)?;
        self.update_ref(&format!("refs/tags/{name}"), &object.to_string(), None, "git qms release")
    }
}
