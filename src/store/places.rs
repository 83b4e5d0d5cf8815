//! Where objects lie in packs: quick to read are neighbours, one after the other, and where no search comes first.

use std::sync::Arc;

use gix::hash::{Kind as HashKind, oid};
use gix::objs::Kind;
use gix::odb::pack::Bundle;
use gix::odb::pack::cache::lru::MemoryCappedHashmap;
use gix::zlib::Inflate;

use super::reader::PACK_CACHE;
use super::repository::Repository;

/// All packs. gix's own search unpacks each object that it locates.
pub(super) struct Places(Vec<Bundle>);

/// The pack, the offset in it, and the number of the object in the pack's index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pack: usize,
    offset: u64,
    entry: u32,
}

impl Places {
    /// The packs that are there now. One that comes or goes meanwhile costs time, nothing else.
    pub(super) fn of(repository: &Repository) -> Self {
        let folders = repository.reader().directories().into_iter().map(|objects| objects.join("pack"));
        let files = folders.filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
        let mut paths: Vec<_> = files.map(|file| file.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "idx"));
        paths.sort_unstable();
        Self(paths.iter().filter_map(|path| Bundle::at(path, HashKind::Sha1).ok()).collect())
    }

    /// Where an object is; of a loose one it is not known. The next id in order is found the quickest.
    pub(super) fn of_object(&self, id: &oid) -> Option<Place> {
        self.0.iter().enumerate().find_map(|(pack, bundle)| {
            let entry = bundle.index.lookup(id)?;
            Some(Place { pack, offset: bundle.index.pack_offset_at_index(entry), entry })
        })
    }
}

/// Reads objects whose places are known. What it reads has not been checked: the place of an object is no proof of its id.
pub(super) struct Near {
    packs: Arc<Places>,
    inflate: Inflate,
    bases: MemoryCappedHashmap,
}

impl Near {
    /// For one thread.
    pub(super) fn new(packs: Arc<Places>) -> Self {
        Self { packs, inflate: Inflate::default(), bases: MemoryCappedHashmap::new(PACK_CACHE) }
    }

    /// Reads what lies at a place; `None` where that cannot be done.
    pub(super) fn read(&mut self, place: Place, out: &mut Vec<u8>) -> Option<Kind> {
        let bundle = self.packs.0.get(place.pack)?;
        let read = bundle.get_object_by_index(place.entry, out, &mut self.inflate, &mut self.bases);
        read.ok().map(|(data, _)| data.kind)
    }
}
