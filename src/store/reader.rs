//! Objects, re-hashed as they are read.

use std::path::PathBuf;
use std::sync::Arc;

use gix::hash::{ObjectId, oid};
use gix::objs::{Find as _, Kind};
use gix::parallel::OwnShared;

use super::places::{Near, Place, Places};
use crate::record::ids::{BlobId, CommitId, TagId, TreeId};
use crate::verify::notes::Unreadable;

/// Decoded bases of deltas are kept up to this many bytes a thread: ten times quicker than gix's own choice for notes.
pub(super) const PACK_CACHE: usize = 64 << 20;

/// Reads objects; one a thread.
pub struct Reader {
    stores: Vec<gix::odb::Handle>,
    /// Where the next object should be, and what reads it there.
    near: Option<(Near, Option<Place>)>,
    buffer: Vec<u8>,
    /// How often it may still look again for what it did not find.
    looks: u8,
}

/// Housekeeping moves objects from file to file, and a look at the wrong moment misses one that is there. So many
/// misses a reader are looked into anew; where more is missing, the clone is not whole.
const LOOKS: u8 = 20;

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
    pub(super) fn new(stores: impl Iterator<Item = OwnShared<gix::odb::Store>>) -> Self {
        let stores = stores.map(|store| handle(&store)).collect();
        Self { stores, near: None, buffer: Vec::new(), looks: LOOKS }
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

    /// Opens the object directories anew, as they are now. Says whether that is still worth a try.
    fn look_again(&mut self) -> bool {
        if self.looks == 0 {
            return false;
        }
        self.looks -= 1;
        std::thread::sleep(std::time::Duration::from_millis(2));
        for store in &mut self.stores {
            let (path, options) = (store.store_ref().path().to_owned(), gix::odb::store::init::Options::default());
            let none = &mut std::iter::empty();
            if let Ok(fresh) = gix::odb::Store::at_opts(path, gix::hash::Kind::Sha1, none, options) {
                *store = handle(&OwnShared::new(fresh));
            }
        }
        true
    }

    /// Reads any object.
    pub(super) fn any(&mut self, what: &'static str, id: &oid) -> Result<(Kind, &[u8]), ReadError> {
        if let Some(kind) = self.nearby(id) {
            return Ok((kind, &self.buffer));
        }
        let mut looks = 0;
        let kind = loop {
            match self.look(id) {
                Ok(kind) => break kind,
                Err(_) if looks < 4 && self.look_again() => looks += 1,
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
    fn look(&mut self, id: &oid) -> Result<Kind, String> {
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
    pub(super) fn exists(&self, id: &oid) -> bool {
        self.stores.iter().any(|store| gix::objs::Exists::exists(store, id))
    }

    /// How many bytes an object claims to have, if it is found.
    pub(super) fn size(&self, id: &oid) -> Option<u64> {
        self.stores
            .iter()
            .find_map(|store| gix::objs::FindHeader::try_header(store, id).ok().flatten())
            .map(|header| header.size)
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

fn handle(store: &OwnShared<gix::odb::Store>) -> gix::odb::Handle {
    let mut handle = store.to_handle();
    handle.ignore_replacements = true;
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
