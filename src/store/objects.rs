//! The object directories, as they were when last looked at. Housekeeping moves objects from file to file: what is not
//! found is looked for anew as long as packs came or went.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use gix::odb::Store;
use gix::odb::store::init::Options;
use gix::parallel::OwnShared;

/// No object of a pack is taken into memory that claims to be larger: 1 GiB.
pub(super) const LARGEST_OBJECT: usize = 1 << 30;

/// The directory of the repository itself, and those of a push under way.
pub(super) struct Objects {
    directories: Vec<PathBuf>,
    latest: Mutex<Arc<Look>>,
}

/// What one look found. It is never refreshed: gix, in doing so, takes packs that go meanwhile for a fault of its own and
/// panics, or runs out of places for them.
pub(super) struct Look {
    pub(super) stores: Vec<OwnShared<Store>>,
    packs: Packs,
}

/// The packs and their indexes, by path; an index of many packs keeps its name when it changes.
type Packs = Vec<(PathBuf, Option<SystemTime>)>;

impl Objects {
    pub(super) fn of(directories: Vec<PathBuf>) -> Self {
        let look = Mutex::new(Arc::new(Look::at(&directories, packs(&directories))));
        Self { directories, latest: look }
    }

    /// The last look.
    pub(super) fn latest(&self) -> Arc<Look> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A look that came after `look`; none where it would find the same packs.
    pub(super) fn after(&self, look: &Arc<Look>) -> Option<Arc<Look>> {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if Arc::ptr_eq(&latest, look) {
            // Listed before they are opened, so that a pack which comes or goes in between is noticed the next time.
            let packs = packs(&self.directories);
            if packs == look.packs {
                return None;
            }
            *latest = Arc::new(Look::at(&self.directories, packs));
        }
        Some(latest.clone())
    }
}

impl Look {
    fn at(directories: &[PathBuf], packs: Packs) -> Self {
        let open = |path: &PathBuf| {
            let options = Options { alloc_limit_bytes: Some(LARGEST_OBJECT), ..Options::default() };
            Store::at_opts(path.clone(), gix::hash::Kind::Sha1, &mut std::iter::empty(), options).ok()
        };
        Self { stores: directories.iter().filter_map(open).map(OwnShared::new).collect(), packs }
    }
}

fn packs(directories: &[PathBuf]) -> Packs {
    let mut packs = Packs::new();
    for directory in directories {
        // Alternates that cannot be told hold nothing that could be read either.
        let alternates = gix::odb::alternate::resolve(directory.clone(), directory).unwrap_or_default();
        for objects in std::iter::once(directory).chain(&alternates) {
            for entry in std::fs::read_dir(objects.join("pack")).into_iter().flatten().flatten() {
                let path = entry.path();
                if is_of_many(&path) {
                    packs.push((path, entry.metadata().and_then(|file| file.modified()).ok()));
                } else if path.extension().is_some_and(|extension| extension == "idx" || extension == "pack") {
                    packs.push((path, None));
                }
            }
        }
    }
    packs.sort_unstable();
    packs
}

fn is_of_many(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "multi-pack-index")
}
