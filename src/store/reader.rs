//! Objects, re-hashed as they are read.

use std::path::PathBuf;
use std::sync::Arc;

use gix::hash::{ObjectId, oid};
use gix::objs::{Find as _, Kind};
use gix::parallel::OwnShared;

use super::objects::{Look, Objects};
use super::places::{Near, Place, Places};
use crate::record::ids::{BlobId, CommitId, TagId, TreeId};
use crate::verify::notes::Unreadable;

/// Decoded bases of deltas are kept up to this many bytes a thread: ten times quicker than gix's own choice for notes.
pub(super) const PACK_CACHE: usize = 64 << 20;

/// Reads objects; one a thread.
pub struct Reader {
    objects: Arc<Objects>,
    look: Arc<Look>,
    stores: Vec<gix::odb::Handle>,
    /// Where the next object should be, and what reads it there.
    near: Option<(Near, Option<Place>)>,
    buffer: Vec<u8>,
}

/// Why an object cannot be relied on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It is not there, or cannot be read: shallow, partial or damaged clone.
    #[error("{what} {id} is not in this clone ({reason}): fetch it, or use a full clone")]
    Missing {
        /// What was looked for.
        what: &'static str,
        /// Its id.
        id: String,
        /// What is known about it.
        reason: String,
    },
    /// Its bytes have another hash than its id says.
    #[error(
        "{what} {id} holds other bytes than its id says: {reason}; the object store was tampered with or is damaged"
    )]
    WrongHash {
        /// What was looked for.
        what: &'static str,
        /// Its id.
        id: String,
        /// The hash found.
        reason: String,
    },
    /// It is there and whole, and is not what it should be.
    #[error("{what} {id} {reason}")]
    Malformed {
        /// What was looked for.
        what: &'static str,
        /// Its id.
        id: String,
        /// What is wrong.
        reason: String,
    },
}

impl From<ReadError> for Unreadable {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Missing { .. } => Self::Missing(error.to_string()),
            // A blob that is a tree under the same id would be a collision: other bytes than promised.
            ReadError::WrongHash { .. } | ReadError::Malformed { .. } => Self::WrongHash(error.to_string()),
        }
    }
}

impl Reader {
    pub(super) fn new(objects: Arc<Objects>) -> Self {
        let look = objects.latest();
        Self { stores: handles(&look), look, objects, near: None, buffer: Vec::new() }
    }

    /// One that can be told where objects are.
    pub(super) fn with_packs(self, packs: Arc<Places>) -> Self {
        Self { near: Some((Near::new(packs), None)), ..self }
    }

    /// Says where the object is that is read next. If it is elsewhere, it is searched for.
    pub(super) fn next_at(&mut self, place: Option<Place>) {
        if let Some((_, next)) = &mut self.near {
            *next = place;
        }
    }

    /// Opens the object directories anew, if packs came or went. Says whether that is worth a try.
    fn look_again(&mut self) -> bool {
        let Some(look) = self.objects.after(&self.look) else { return false };
        self.stores = handles(&look);
        self.look = look;
        true
    }

    /// Reads any object.
    pub(super) fn any(&mut self, what: &'static str, id: &oid) -> Result<(Kind, &[u8]), ReadError> {
        if let Some(kind) = self.nearby(id) {
            return Ok((kind, &self.buffer));
        }
        let kind = loop {
            match self.search(id) {
                Ok(kind) => break kind,
                Err(_) if self.look_again() => {}
                Err(reason) => return Err(ReadError::Missing { what, id: id.to_string(), reason }),
            }
        };
        let wrong = |reason: String| ReadError::WrongHash { what, id: id.to_string(), reason };
        // gix does not check on reading. Its SHA-1 notices the known collision attacks.
        let actual =
            gix::objs::compute_hash(id.kind(), kind, &self.buffer).map_err(|error| wrong(error.to_string()))?;
        if actual == id { Ok((kind, &self.buffer)) } else { Err(wrong(format!("their hash is {actual}"))) }
    }

    /// Reads an object into the buffer, if it is where it was said to be.
    fn nearby(&mut self, id: &oid) -> Option<Kind> {
        let (near, next) = self.near.as_mut()?;
        let kind = near.read(next.take()?, &mut self.buffer)?;
        let actual = gix::objs::compute_hash(id.kind(), kind, &self.buffer).ok()?;
        (actual == id).then_some(kind)
    }

    /// Reads an object into the buffer, if it is found.
    fn search(&mut self, id: &oid) -> Result<Kind, String> {
        let mut trouble = "no such object".to_owned();
        for store in &self.stores {
            match store.try_find(id, &mut self.buffer) {
                Ok(Some(data)) => return Ok(data.kind),
                Ok(None) => {}
                Err(error) => trouble = error.to_string(),
            }
        }
        Err(trouble)
    }

    /// Reads an object of a known kind.
    pub(super) fn find(&mut self, kind: Kind, id: &oid) -> Result<&[u8], ReadError> {
        let what = name(kind);
        let (actual, data) = self.any(what, id)?;
        if actual == kind {
            Ok(data)
        } else {
            Err(ReadError::Malformed { what, id: id.to_string(), reason: format!("is a {actual}") })
        }
    }

    /// Whether the object can be found; its bytes are not looked at.
    pub(super) fn exists(&mut self, id: &oid) -> bool {
        loop {
            if self.stores.iter().any(|store| gix::objs::Exists::exists(store, id)) {
                return true;
            }
            if !self.look_again() {
                return false;
            }
        }
    }

    /// How many bytes an object claims to have, if it is found.
    pub(super) fn size(&mut self, id: &oid) -> Option<u64> {
        loop {
            let mut headers = self.stores.iter().map(|store| gix::objs::FindHeader::try_header(store, id));
            if let Some(header) = headers.find_map(|header| header.ok().flatten()) {
                return Some(header.size);
            }
            if !self.look_again() {
                return None;
            }
        }
    }

    /// The directories of objects that it reads from, alternates too.
    pub(super) fn directories(&self) -> Vec<PathBuf> {
        let of = |store: &gix::odb::Handle| {
            let store = store.store_ref();
            // Alternates that cannot be told hold nothing that could be read either.
            let alternates = store.alternate_db_paths().unwrap_or_default();
            std::iter::once(store.path().to_owned()).chain(alternates)
        };
        self.stores.iter().flat_map(of).collect()
    }
}

fn handles(look: &Look) -> Vec<gix::odb::Handle> {
    look.stores.iter().map(handle).collect()
}

fn handle(store: &OwnShared<gix::odb::Store>) -> gix::odb::Handle {
    let mut handle = store.to_handle();
    handle.ignore_replacements = true;
    handle.refresh_never();
    // Places in packs are remembered, and maintenance may run meanwhile.
    handle.prevent_pack_unload();
    gix::odb::Cache::from(handle)
        .with_pack_cache(|| Box::new(gix::odb::pack::cache::lru::MemoryCappedHashmap::new(PACK_CACHE)))
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Commit => "commit",
        Kind::Tree => "tree",
        Kind::Blob => "blob",
        Kind::Tag => "tag object",
    }
}

/// An id of ours as gix has it. A SHA-256 id names nothing in a SHA-1 repository.
pub(super) fn object_id(raw: &[u8]) -> Result<ObjectId, ReadError> {
    ObjectId::try_from(raw).map_err(|_| ReadError::Missing {
        what: "object",
        id: hex(raw),
        reason: "a SHA-256 id in a SHA-1 repository".to_owned(),
    })
}

/// Lower-case hex.
pub(super) fn hex(raw: &[u8]) -> String {
    let digit = |nibble: u8| char::from(b"0123456789abcdef"[usize::from(nibble)]);
    raw.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

macro_rules! from_oid {
    ($($function:ident -> $name:ident),*) => {$(
        /// An id of gix's as the type that says what it names.
        pub(super) fn $function(id: &oid) -> $name {
            $name::from_bytes(id.as_bytes()).expect("git ids have 20 or 32 bytes")
        }
    )*};
}
from_oid!(commit_id -> CommitId, tree_id -> TreeId, blob_id -> BlobId, tag_id -> TagId);
