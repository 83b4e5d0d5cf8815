//! The file of the index: opened, made anew where it is of no use, and taken away.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::Index;

/// Of the tables below. Another one is made anew.
const SCHEMA: i64 = 2;

/// How long to wait for another command. It is only a cache.
const PATIENCE: Duration = Duration::from_millis(100);

const TABLES: &str = "
    CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), chunks INTEGER NOT NULL, sealed INTEGER NOT NULL,
                        root BLOB NOT NULL, mac BLOB NOT NULL, text BLOB NOT NULL, stamps BLOB NOT NULL);
    CREATE TABLE chunk (number INTEGER PRIMARY KEY, mac BLOB NOT NULL, bytes BLOB NOT NULL);
    CREATE TABLE part (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
";

impl Index {
    /// Opens the file; where it is to be written, makes it, and makes it anew if it is no index or of another schema.
    pub(super) fn open(&self, to_write: bool) -> rusqlite::Result<Connection> {
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

/// Takes the file away, and what SQLite keeps beside it.
pub(super) fn remove(file: &Path) {
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
