//! Whether the files that objects were read from are the ones they were, without reading them.
//!
//! An object that was read and hashed once need not be again while the file that holds it is untouched. What the system
//! notes of a file is enough for that, and no proof: who sets clocks back can forge it, and `--strict` asks for nothing of it.

use std::fs::Metadata;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::repository::Repository;

/// One file: where it is, how large, when it was changed.
const STAMP: usize = 16;

/// Every pack and loose object of a repository and of those that it borrows from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamps(Vec<[u8; STAMP]>);

impl Stamps {
    /// As they were written.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (stamps, rest) = bytes.as_chunks::<STAMP>();
        (rest.is_empty() && stamps.is_sorted()).then(|| Self(stamps.to_vec()))
    }

    /// To be kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.concat()
    }

    /// Whether each of them is still among `now`; new ones do not matter.
    pub fn still_hold(&self, now: &Self) -> bool {
        let mut now = now.0.iter();
        self.0.iter().all(|stamp| now.by_ref().any(|other| other == stamp))
    }
}

impl Repository {
    /// The files of objects as they are.
    pub fn stamps(&self) -> Stamps {
        let mut stamps = Vec::new();
        for objects in self.reader().directories() {
            for entry in std::fs::read_dir(&objects).into_iter().flatten().flatten() {
                let name = entry.file_name();
                let is_read = name == "pack" || name.len() == 2;
                if is_read {
                    add_folder(&entry.path(), &mut stamps);
                }
            }
        }
        stamps.sort_unstable();
        Stamps(stamps)
    }
}

fn add_folder(folder: &Path, stamps: &mut Vec<[u8; STAMP]>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        // What housekeeping makes besides holds no objects.
        let is_aside = path.extension().is_some_and(|extension| {
            ["rev", "bitmap", "keep", "promisor", "mtimes", "lock"].iter().any(|aside| extension == *aside)
        });
        let is_temporary = entry.file_name().to_string_lossy().starts_with("tmp_");
        if is_aside || is_temporary {
            continue;
        }
        if let Ok(file) = entry.metadata() {
            let mut hash = Sha256::new();
            hash.update(path.as_os_str().as_encoded_bytes());
            hash.update([0]);
            add_times(&file, &mut hash);
            let digest = hash.finalize();
            stamps.push(std::array::from_fn(|at| digest[at]));
        }
    }
}

#[cfg(unix)]
fn add_times(file: &Metadata, hash: &mut Sha256) {
    use std::os::unix::fs::MetadataExt as _;
    for number in [file.mtime(), file.mtime_nsec(), file.ctime(), file.ctime_nsec()] {
        hash.update(number.to_le_bytes());
    }
    hash.update(file.size().to_le_bytes());
    hash.update(file.ino().to_le_bytes());
}

#[cfg(not(unix))]
fn add_times(file: &Metadata, hash: &mut Sha256) {
    hash.update(file.len().to_le_bytes());
    hash.update(format!("{:?}", file.modified().ok()));
}
