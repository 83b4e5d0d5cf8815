//! The index: what verification came to, kept in a SQLite file below the git directory.
//!
//! It is a cache. Whatever is read from it carries a code under a key that is kept outside the repository (HMAC-SHA-256, RFC
//! 2104), which binds it to the place of the repository, to its kind and, of a chunk, to its number; and the state names how
//! many chunks there are and the digest of all their codes. So who can write below the git directory can destroy it, and
//! put back what it once held; no more. What is missing, damaged or locked is as if it were not there.

mod look;

use std::path::{Path, PathBuf};
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension as _, TransactionBehavior};
use sha2::{Digest as _, Sha256};

use super::repository::Repository;

pub use look::Look;

/// Of the tables below. Another one is made anew.
const SCHEMA: i64 = 1;

/// How long to wait for another command. It is only a cache.
const PATIENCE: Duration = Duration::from_millis(100);

/// So many chunks may be added before they are made one.
const LOOSE_CHUNKS: u32 = 128;

const TABLES: &str = "
    CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), chunks INTEGER NOT NULL, sealed INTEGER NOT NULL,
                        root BLOB NOT NULL, mac BLOB NOT NULL, text BLOB NOT NULL, stamps BLOB NOT NULL);
    CREATE TABLE chunk (number INTEGER PRIMARY KEY, mac BLOB NOT NULL, bytes BLOB NOT NULL);
";

type Code = [u8; 32];

/// Takes chunks, and says whether it wants more.
pub(super) type Each<'a> = &'a mut dyn FnMut(Vec<u8>) -> bool;

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

    /// Keeps a state, and its chunks in place of all others.
    pub fn replace(&self, text: &[u8], stamps: &[u8], fill: impl Fn(&mut dyn FnMut(Vec<u8>) -> bool)) -> Option<Kept> {
        match self.try_replace(text, stamps, &fill) {
            Ok(kept) => Some(kept),
            Err(error) if matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DiskFull)) => {
                None
            }
            // Tables of another shape, or none at all.
            Err(_) => {
                remove(&self.file);
                self.try_replace(text, stamps, &fill).ok()
            }
        }
    }

    fn try_replace(&self, text: &[u8], stamps: &[u8], fill: &dyn Fn(Each<'_>)) -> rusqlite::Result<Kept> {
        let mut connection = self.open(true)?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute("DELETE FROM chunk", [])?;
        let (mut chunks, mut root, mut failed) = (0, Code::default(), Ok(0));
        fill(&mut |bytes| {
            let code = self.code_of_chunk(chunks, &bytes);
            failed = insert(&transaction, chunks, &code, &bytes);
            (chunks, root) = (chunks + 1, next(root, &code));
            failed.is_ok()
        });
        let kept = Kept { text: text.to_vec(), stamps: stamps.to_vec(), chunks, sealed: chunks, root };
        failed?;
        self.put(&transaction, &kept)?;
        transaction.commit()?;
        Ok(kept)
    }

    /// Keeps a state in place of another, and one more chunk, if there is one. Where another command was quicker, what it kept
    /// stands.
    pub fn advance(&self, from: &Kept, text: &[u8], stamps: &[u8], chunk: Option<&[u8]>) -> Option<Kept> {
        let mut connection = self.open(true).ok()?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).ok()?;
        if self.state(&transaction).ok()?.as_ref() != Some(from) {
            return None;
        }
        let mut kept = Kept { text: text.to_vec(), stamps: stamps.to_vec(), ..from.clone() };
        if let Some(bytes) = chunk {
            let code = self.code_of_chunk(kept.chunks, bytes);
            insert(&transaction, kept.chunks, &code, bytes).ok()?;
            (kept.chunks, kept.root) = (kept.chunks + 1, next(kept.root, &code));
        }
        if kept.chunks - kept.sealed > LOOSE_CHUNKS {
            self.seal(&transaction, &mut kept).ok()??;
        }
        self.put(&transaction, &kept).ok()?;
        transaction.commit().ok()?;
        Some(kept)
    }

    /// Makes the chunks that were added one by one a single one.
    fn seal(&self, connection: &Connection, kept: &mut Kept) -> rusqlite::Result<Option<()>> {
        let Some(chunks) = self.all_chunks(connection, kept)? else { return Ok(None) };
        let sealed = usize::try_from(kept.sealed).unwrap_or(usize::MAX);
        let Some((before, loose)) = chunks.split_at_checked(sealed) else { return Ok(None) };
        connection.execute("DELETE FROM chunk WHERE number >= ?1", [kept.sealed])?;
        let all = loose.concat();
        let code = self.code_of_chunk(kept.sealed, &all);
        insert(connection, kept.sealed, &code, &all)?;
        let codes = (0..).zip(before).map(|(number, bytes)| self.code_of_chunk(number, bytes));
        kept.root = codes.chain([code]).fold(Code::default(), |root, code| next(root, &code));
        kept.sealed += 1;
        kept.chunks = kept.sealed;
        Ok(Some(()))
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

    fn put(&self, connection: &Connection, kept: &Kept) -> rusqlite::Result<()> {
        let sql = "INSERT OR REPLACE INTO state (id, chunks, sealed, root, mac, text, stamps) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)";
        let mac = self.code_of_state(kept);
        connection.execute(sql, (kept.chunks, kept.sealed, &kept.root, &mac, &kept.text, &kept.stamps))?;
        Ok(())
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

    /// Opens the file; where it is to be written, makes it, and makes it anew if it is no index or of another schema.
    fn open(&self, to_write: bool) -> rusqlite::Result<Connection> {
        if !to_write {
            return connect(&self.file, OpenFlags::SQLITE_OPEN_READ_ONLY);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        if let Some(folder) = self.file.parent() {
            // What fails here fails below with what SQLite says.
            let _made = std::fs::create_dir_all(folder);
        }
        let is_new = make_private(&self.file);
        let opened = connect(&self.file, flags).and_then(|connection| set_up(&connection).map(|()| connection));
        match opened {
            Err(rusqlite::Error::SqliteFailure(error, _)) if !is_new && is_unusable(error.code) => {
                remove(&self.file);
                make_private(&self.file);
                let connection = connect(&self.file, flags)?;
                set_up(&connection)?;
                Ok(connection)
            }
            opened => opened,
        }
    }
}

fn is_unusable(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt | ErrorCode::Unknown)
}

/// The digest of all codes so far.
fn next(root: Code, code: &Code) -> Code {
    Sha256::new().chain_update(root).chain_update(code).finalize().into()
}

fn insert(connection: &Connection, number: u32, code: &Code, bytes: &[u8]) -> rusqlite::Result<usize> {
    connection.execute("INSERT INTO chunk (number, mac, bytes) VALUES (?1, ?2, ?3)", (number, code, bytes))
}

fn connect(file: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    // A link would lead a command to write elsewhere.
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(PATIENCE)?;
    // The file may have been made by anybody: nothing in it is run, and it is not believed about its own shape.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    Ok(connection)
}

/// A power failure may leave it torn; then it is made anew.
fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "page_size", 16384)?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    let schema: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if schema == SCHEMA {
        return Ok(());
    }
    let objects: i64 = connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))?;
    if schema != 0 || objects != 0 {
        let other = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_NOTADB);
        return Err(rusqlite::Error::SqliteFailure(other, Some("an index of another schema".to_owned())));
    }
    connection.execute_batch(&format!("BEGIN IMMEDIATE; {TABLES} PRAGMA user_version = {SCHEMA}; COMMIT"))
}

fn remove(file: &Path) {
    for end in ["", "-journal", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(end);
        let _gone = std::fs::remove_file(PathBuf::from(name));
    }
}

/// Makes the file, empty, for its owner alone; says whether it was not there.
fn make_private(file: &Path) -> bool {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(file).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(folder: &Path, key: u8, place: &str) -> Index {
        let folder = std::fs::canonicalize(folder).expect("a folder");
        Index { file: folder.join("qms").join("index.sqlite"), place: place.into(), key: [key; 32] }
    }

    fn kept(index: &Index, chunks: &[&[u8]]) -> Kept {
        let fill = |each: Each<'_>| {
            chunks.iter().all(|chunk| each(chunk.to_vec()));
        };
        index.replace(b"state", b"stamps", fill).expect("kept")
    }

    #[test]
    fn what_was_kept_is_read_and_added_to() {
        let folder = tempfile::tempdir().expect("a folder");
        let index = index(folder.path(), 1, "/here");
        assert_eq!(index.read(), None);
        assert!(!index.file.exists());
        let first = kept(&index, &[b"one", b"two"]);
        assert_eq!(index.read(), Some(first.clone()));
        let mut last = first.clone();
        for number in 0..2 * LOOSE_CHUNKS {
            last = index.advance(&last, format!("{number}").as_bytes(), b"", Some(b"x")).expect("added");
        }
        assert_eq!(index.read(), Some(last.clone()));
        let chunks = index.chunks(&last).expect("all of them");
        assert_eq!(chunks.concat(), [&b"onetwo"[..], &vec![b'x'; 2 * LOOSE_CHUNKS as usize]].concat());
        assert!(chunks.len() < 2 * LOOSE_CHUNKS as usize, "they were made one on the way");
        assert_eq!(index.chunks(&first), Some(vec![b"one".to_vec(), b"two".to_vec()]));
        // Somebody else was quicker.
        assert_eq!(index.advance(&first, b"late", b"", None), None);
    }

    #[test]
    fn another_key_place_row_or_file_is_as_if_there_were_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let good = index(folder.path(), 1, "/here");
        let first = kept(&good, &[b"one", b"two"]);
        assert_eq!(index(folder.path(), 2, "/here").read(), None);
        assert_eq!(index(folder.path(), 1, "/there").read(), None);
        for (sql, has_state) in [
            ("UPDATE chunk SET bytes = x'00' WHERE number = 1", true),
            ("DELETE FROM chunk WHERE number = 1", true),
            ("UPDATE chunk SET number = 1 - number + 10; UPDATE chunk SET number = number - 10", true),
            ("UPDATE state SET text = x'00'", false),
            ("UPDATE state SET chunks = 1", false),
            ("DELETE FROM state", false),
            ("DROP TABLE chunk; CREATE VIEW chunk AS SELECT 0 AS number, x'' AS mac, x'' AS bytes", true),
            ("DROP TABLE state; CREATE TABLE state (id TEXT)", false),
        ] {
            let there = Connection::open(&good.file).expect("opens");
            there.execute_batch(sql).expect(sql);
            drop(there);
            assert_eq!(good.read().is_some(), has_state, "{sql}");
            // Chunks have codes of their own: where they alone are as they were, they may be had.
            assert_eq!(good.chunks(&first).is_some(), !has_state, "{sql}");
            remove(&good.file);
            kept(&good, &[b"one", b"two"]);
        }
        for bytes in [&b""[..], b"no database", &std::fs::read(&good.file).expect("a file")[..20_000]] {
            std::fs::write(&good.file, bytes).expect("written");
            assert_eq!(good.read(), None);
            // And it is made anew.
            let made = kept(&good, &[b"three"]);
            assert_eq!(good.read(), Some(made));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_its_place_leads_nowhere() {
        let folder = tempfile::tempdir().expect("a folder");
        let (index, elsewhere) = (index(folder.path(), 1, "/here"), folder.path().join("elsewhere"));
        std::fs::create_dir(folder.path().join("qms")).expect("a folder");
        for content in [None, Some("")] {
            if let Some(content) = content {
                std::fs::write(&elsewhere, content).expect("written");
            }
            let _gone = std::fs::remove_file(&index.file);
            std::os::unix::fs::symlink(&elsewhere, &index.file).expect("a link");
            assert_eq!(index.read(), None);
            kept(&index, &[b"one"]);
            assert_eq!(std::fs::read(&elsewhere).ok(), content.map(|content| content.as_bytes().to_vec()));
        }
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_reads_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let index = index(folder.path(), 1, "/here");
        kept(&index, &[]);
        assert_eq!(std::fs::metadata(&index.file).expect("a file").permissions().mode() & 0o777, 0o600);
    }
}
