//! New objects, gathered in memory until all are known, then put into the object store in one go.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use gix::hash::{Kind as HashKind, ObjectId, oid};
use gix::objs::{Data, Kind, Write as _};

use super::git::GitError;
use super::reader::{ReadError, Reader};
use super::repository::Repository;
use super::write::WriteError;

/// Up to so many objects become files of their own; more become one pack.
const LOOSE: usize = 100;

/// Objects of a write under way, over those that the repository has.
pub(super) struct Batch {
    reader: RefCell<Reader>,
    objects: RefCell<HashMap<ObjectId, (Kind, Vec<u8>)>>,
}

/// Keeps a new pack from being collected as garbage until a reference holds it.
pub(super) struct Keep(Option<PathBuf>);

impl Drop for Keep {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            // A file left behind costs disk space, nothing else.
            std::fs::remove_file(path).ok();
        }
    }
}

impl Batch {
    pub(super) fn new(repository: &Repository) -> Self {
        Self { reader: RefCell::new(repository.reader()), objects: RefCell::default() }
    }

    /// Adds an object.
    pub(super) fn add(&self, kind: Kind, data: &[u8]) -> Result<ObjectId, WriteError> {
        self.write_buf(kind, data).map_err(|error| WriteError::Object(error.to_string()))
    }

    /// Reads an object, new or old.
    pub(super) fn read(&self, kind: Kind, id: &oid) -> Result<Vec<u8>, ReadError> {
        if let Some((found, data)) = self.objects.borrow().get(id)
            && *found == kind
        {
            return Ok(data.clone());
        }
        self.reader.borrow_mut().find(kind, id).map(<[u8]>::to_vec)
    }

    /// Stores everything, and has it on the disk when it returns.
    pub(super) fn store(self, repository: &Repository) -> Result<Keep, WriteError> {
        let objects = self.objects.into_inner();
        if objects.len() > LOOSE {
            return packed(repository, &objects);
        }
        let store = gix::odb::loose::Store::at(repository.common_dir().join("objects"), HashKind::Sha1);
        for (id, (kind, data)) in &objects {
            persist(&store, id, *kind, data)?;
        }
        // It holds the directories that are new; once for all of them.
        flush(&repository.common_dir().join("objects")).map_err(|error| WriteError::Object(error.to_string()))?;
        Ok(Keep(None))
    }
}

/// How often one object is tried: `git gc` may take away the directory that it is written to, or the file
/// before it is flushed.
const TRIES: u32 = 100;

/// Writes one loose object and flushes it and its directory: gix flushes nothing, and a reference must not
/// outlive a power cut that its objects do not. Also what is there already is written: an old object that
/// nobody refers to yet may be about to be collected.
fn persist(store: &gix::odb::loose::Store, id: &ObjectId, kind: Kind, data: &[u8]) -> Result<(), WriteError> {
    let mut tries = 0;
    loop {
        let written = store.write_buf_with_known_id(kind, data, *id).map_err(|error| error.to_string());
        let path = store.object_path(id);
        let mut places = std::iter::once(path.as_path()).chain(path.parent());
        let done = written.and_then(|_| places.try_for_each(flush).map_err(|error| error.to_string()));
        match done {
            Ok(()) => return Ok(()),
            Err(reason) if tries == TRIES => return Err(WriteError::Object(reason)),
            Err(_) => {
                tries += 1;
                std::thread::sleep(std::time::Duration::from_millis(2));
            }
        }
    }
}

fn flush(path: &Path) -> std::io::Result<()> {
    File::open(path)?.sync_all()
}

/// One pack without deltas. git checks and flushes it.
fn packed(repository: &Repository, objects: &HashMap<ObjectId, (Kind, Vec<u8>)>) -> Result<Keep, WriteError> {
    let pack = pack(objects).map_err(|error| WriteError::Object(error.to_string()))?;
    let output = repository.git.write(&["index-pack", "--stdin", "--keep=git-qms"], Some(&pack))?.success()?;
    let text = String::from_utf8_lossy(&output);
    let name = text.trim().rsplit(['\t', ' ']).next().unwrap_or_default();
    let keep = repository.common_dir().join(format!("objects/pack/pack-{name}.keep"));
    // "pack" instead of "keep" means that another process holds the same pack already.
    Ok(Keep(text.starts_with("keep").then_some(keep)))
}

/// Source: git's `gitformat-pack(5)`.
fn pack(objects: &HashMap<ObjectId, (Kind, Vec<u8>)>) -> std::io::Result<Vec<u8>> {
    let count = u32::try_from(objects.len()).map_err(std::io::Error::other)?;
    let mut pack = [b"PACK".as_slice(), &2_u32.to_be_bytes(), &count.to_be_bytes()].concat();
    let level = gix::zlib::Compression::new(1).unwrap_or_default();
    for (kind, data) in objects.values() {
        let kind = match kind {
            Kind::Commit => 1_u8,
            Kind::Tree => 2,
            Kind::Blob => 3,
            Kind::Tag => 4,
        };
        let mut size = data.len();
        let mut byte = kind << 4 | u8::try_from(size & 15).expect("four bits");
        size >>= 4;
        while size > 0 {
            pack.push(byte | 0x80);
            byte = u8::try_from(size & 0x7f).expect("seven bits");
            size >>= 7;
        }
        pack.push(byte);
        let mut compressed = gix::zlib::stream::deflate::Write::new(pack, level);
        compressed.write_all(data)?;
        compressed.flush()?;
        pack = compressed.into_inner();
    }
    let mut hasher = gix::hash::hasher(HashKind::Sha1);
    hasher.update(&pack);
    let trailer = hasher.try_finalize().map_err(|error| std::io::Error::other(error.to_string()))?;
    pack.extend_from_slice(trailer.as_bytes());
    Ok(pack)
}

impl gix::objs::Find for Batch {
    fn try_find<'a>(&self, id: &oid, buffer: &'a mut Vec<u8>) -> gix::Result<Option<Data<'a>>> {
        let kind = if id == ObjectId::empty_tree(HashKind::Sha1).as_ref() as &oid {
            buffer.clear();
            Kind::Tree
        } else if let Some((kind, data)) = self.objects.borrow().get(id) {
            buffer.clone_from(data);
            *kind
        } else {
            let mut reader = self.reader.borrow_mut();
            let (kind, data) = reader.any("object", id).map_err(gix::Error::from_error)?;
            buffer.clear();
            buffer.extend_from_slice(data);
            kind
        };
        Ok(Some(Data::new(buffer, kind, HashKind::Sha1)))
    }
}

impl gix::objs::Write for Batch {
    fn write_buf(&self, kind: Kind, data: &[u8]) -> gix::Result<ObjectId> {
        let id = gix::objs::compute_hash(HashKind::Sha1, kind, data)?;
        self.write_buf_with_known_id(kind, data, id)
    }

    fn write_buf_with_known_id(&self, kind: Kind, data: &[u8], id: ObjectId) -> gix::Result<ObjectId> {
        self.objects.borrow_mut().entry(id).or_insert_with(|| (kind, data.to_vec()));
        Ok(id)
    }

    fn write_stream(&self, kind: Kind, _size: u64, from: &mut dyn std::io::Read) -> gix::Result<ObjectId> {
        let mut data = Vec::new();
        from.read_to_end(&mut data).map_err(gix::Error::from_error)?;
        self.write_buf(kind, &data)
    }

    fn write_stream_with_known_id(
        &self,
        kind: Kind,
        size: u64,
        from: &mut dyn std::io::Read,
        _id: ObjectId,
    ) -> gix::Result<ObjectId> {
        self.write_stream(kind, size, from)
    }
}

impl From<GitError> for WriteError {
    fn from(error: GitError) -> Self {
        Self::Git(error)
    }
}
