//! What lies where the index would be, for who wonders why every command takes long.

use rusqlite::{Connection, ErrorCode};

use super::Index;
use super::file::remove;

/// What was found there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// Nothing is kept.
    Absent,
    /// It holds: so many bytes of a state, to which chunks of records belong.
    Sound {
        /// What whoever kept it has to say.
        text: Vec<u8>,
    },
    /// Something that is no file: it is never opened.
    NoFile,
    /// It cannot be opened, or holds other tables.
    Damaged(String),
    /// The code on it is not one of this user's key for this place.
    Foreign,
    /// Another command holds it just now.
    Busy,
}

impl Index {
    /// Looks, and changes nothing.
    pub fn look(&self) -> Look {
        match self.file.symlink_metadata() {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Look::Absent,
            Err(error) => return Look::Damaged(error.to_string()),
            Ok(found) if !found.is_file() => return Look::NoFile,
            Ok(_) => {}
        }
        match self.open(false).and_then(|connection| self.look_into(&connection)) {
            Ok(look) => look,
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Look::Busy,
            Err(error) => Look::Damaged(error.to_string()),
        }
    }

    fn look_into(&self, connection: &Connection) -> rusqlite::Result<Look> {
        let states: u32 = connection.query_row("SELECT count(*) FROM state", [], |row| row.get(0))?;
        if states == 0 {
            return Ok(Look::Absent);
        }
        let Some(kept) = self.state(connection)? else { return Ok(Look::Foreign) };
        Ok(match self.all_chunks(connection, &kept)? {
            Some(_) => Look::Sound { text: kept.text },
            None => Look::Damaged("its records are not those that its state names".to_owned()),
        })
    }

    /// Takes it away: it is only a cache.
    pub fn discard(&self) {
        remove(&self.file);
    }

    /// Where it is.
    pub fn file(&self) -> &std::path::Path {
        &self.file
    }
}
