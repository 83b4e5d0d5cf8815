//! The index: what verification came to, kept in a SQLite file below the git directory.
//!
//! It is a cache. Whatever is read from it carries a code under a key that is kept outside the repository (HMAC-SHA-256, RFC
//! 2104), which binds it to the place of the repository, to its kind and, of a chunk, to its number; and the state names how
//! many chunks there are and the digest of all their codes. Parts have no codes: chunks name the digests of what is in them, and
//! whoever reads from a part compares. So who can write below the git directory can destroy it, and
//! put back what it once held; no more. What is missing, damaged or locked is as if it were not there.

mod file;
mod look;
mod write;

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use hmac::{Hmac, KeyInit as _, Mac as _};
use rusqlite::{Connection, OptionalExtension as _};
use sha2::{Digest as _, Sha256};

use super::repository::Repository;
use crate::verify::Piece;

pub use look::Look;

type Code = [u8; 32];

/// Takes pieces, and says whether it wants more.
pub(super) type Each<'a> = &'a mut dyn FnMut(Piece) -> bool;

/// Where the index of a repository is, and what authenticates it.
#[derive(Clone)]
pub struct Index {
    file: PathBuf,
    /// What every code is bound to.
    place: PathBuf,
    key: Code,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index").field("file", &self.file).finish_non_exhaustive()
    }
}

/// The state that was kept, authenticated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// What whoever kept it has to say.
    pub text: Vec<u8>,
    /// Of the object files, see [`super::Stamps`].
    pub stamps: Vec<u8>,
    chunks: u32,
    /// So many of them are large and stay as they are.
    sealed: u32,
    root: Code,
}

/// What is kept without a code, opened for as long as it is asked.
pub struct Parts(Mutex<Connection>);

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Parts")
    }
}

impl Parts {
    /// A part, whatever is in it.
    pub fn part(&self, number: u32) -> Option<Vec<u8>> {
        let connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut query = connection.prepare("SELECT bytes FROM part WHERE number = ?1").ok()?;
        query.query_row([number], |row| row.get(0)).ok()
    }
}

impl Repository {
    /// The index, authenticated by this key; whether there is one shows when it is read.
    pub fn index(&self, key: [u8; 32]) -> Index {
        let place = std::fs::canonicalize(self.common_dir()).unwrap_or_else(|_| self.common_dir().to_owned());
        Index { file: place.join("qms").join("index.sqlite"), place, key }
    }
}

impl Index {
    /// The state, if there is one that was kept with this key, for this place.
    pub fn read(&self) -> Option<Kept> {
        // What is no file may be anything, also something that is waited for.
        if !self.file.symlink_metadata().is_ok_and(|file| file.is_file()) {
            return None;
        }
        self.state(&self.open(false).ok()?).ok().flatten()
    }

    /// The chunks of this state, to which another command may have added meanwhile; `None` where it has replaced them.
    pub fn chunks(&self, of: &Kept) -> Option<Vec<Vec<u8>>> {
        self.all_chunks(&self.open(false).ok()?, of).ok().flatten()
    }

    /// The parts; `None` where there is no file that could have any.
    pub fn parts(&self) -> Option<Parts> {
        Some(Parts(Mutex::new(self.open(false).ok()?)))
    }

    fn all_chunks(&self, connection: &Connection, of: &Kept) -> rusqlite::Result<Option<Vec<Vec<u8>>>> {
        let mut query = connection.prepare("SELECT number, mac, bytes FROM chunk WHERE number < ?1 ORDER BY number")?;
        let (mut rows, mut chunks, mut root) = (query.query([of.chunks])?, Vec::new(), Code::default());
        let mut number = 0;
        while let Some(row) = rows.next()? {
            let code: Code = row.get(1)?;
            if row.get::<_, u32>(0)? != number {
                return Ok(None);
            }
            chunks.push((code, row.get::<_, Vec<u8>>(2)?));
            (number, root) = (number + 1, next(root, &code));
        }
        if (number, root) != (of.chunks, of.root) {
            return Ok(None);
        }
        let sound = (0..).zip(&chunks).all(|(number, (code, bytes))| self.code_of_chunk(number, bytes) == *code);
        Ok(sound.then(|| chunks.into_iter().map(|(_, bytes)| bytes).collect()))
    }

    fn state(&self, connection: &Connection) -> rusqlite::Result<Option<Kept>> {
        let sql = "SELECT chunks, sealed, root, mac, text, stamps FROM state WHERE id = 1";
        let found = connection.query_row(sql, [], |row| {
            let (chunks, sealed, root) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok((row.get::<_, Code>(3)?, Kept { chunks, sealed, root, text: row.get(4)?, stamps: row.get(5)? }))
        });
        let found = found.optional()?;
        Ok(found.and_then(|(mac, kept)| (self.code_of_state(&kept) == mac).then_some(kept)))
    }

    fn code_of_state(&self, kept: &Kept) -> Code {
        let numbers = [kept.chunks.to_le_bytes(), kept.sealed.to_le_bytes()].concat();
        self.code(&[b"git-qms index state 1", &numbers, &kept.root, &kept.text, &kept.stamps])
    }

    fn code_of_chunk(&self, number: u32, bytes: &[u8]) -> Code {
        self.code(&[b"git-qms index chunk 1", &number.to_le_bytes(), bytes])
    }

    /// Of these parts, each with its length, so that no two lists of them are one.
    fn code(&self, parts: &[&[u8]]) -> Code {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("a key of any length will do");
        for part in [self.place.as_os_str().as_encoded_bytes()].iter().chain(parts) {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

/// The digest of all codes so far.
fn next(root: Code, code: &Code) -> Code {
    Sha256::new().chain_update(root).chain_update(code).finalize().into()
}

#[cfg(test)]
mod tests;
