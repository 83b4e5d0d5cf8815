//! Where objects lie in packs: quick to read are neighbours, one after the other.

use gix::hash::{Kind as HashKind, oid};
use gix::odb::pack::index;

use super::repository::Repository;

/// The indices of all packs. gix's own search unpacks each object that it locates.
pub(super) struct Places(Vec<index::File>);

impl Places {
    /// The packs that are there now. One that comes or goes meanwhile costs time, nothing else.
    pub(super) fn of(repository: &Repository) -> Self {
        let folders = repository.reader().directories().into_iter().map(|objects| objects.join("pack"));
        let files = folders.filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
        let mut paths: Vec<_> = files.map(|file| file.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "idx"));
        paths.sort_unstable();
        Self(paths.iter().filter_map(|path| index::File::at(path, HashKind::Sha1).ok()).collect())
    }

    /// The pack and the offset in it; loose objects come last.
    pub(super) fn of_object(&self, id: &oid) -> (usize, u64) {
        let found = |(pack, index): (usize, &index::File)| {
            index.lookup(id).map(|entry| (pack, index.pack_offset_at_index(entry)))
        };
        self.0.iter().enumerate().find_map(found).unwrap_or((usize::MAX, 0))
    }
}
