//! What is kept, written: as a whole, or added to.

use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use super::file::remove;
use super::{Code, Each, Index, Kept, next};
use crate::verify::Piece;

/// So many chunks may be added before they are made one.
pub(super) const LOOSE_CHUNKS: u32 = 128;

impl Index {
    /// Keeps a state, and its chunks in place of all others.
    pub fn replace(&self, text: &[u8], stamps: &[u8], fill: impl Fn(&mut dyn FnMut(Piece) -> bool)) -> Option<Kept> {
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
        transaction.execute("DELETE FROM part", [])?;
        let mut kept =
            Kept { text: text.to_vec(), stamps: stamps.to_vec(), chunks: 0, sealed: 0, root: Code::default() };
        let mut failed = Ok(());
        fill(&mut |piece| {
            failed = self.add(&transaction, &mut kept, &piece);
            failed.is_ok()
        });
        failed?;
        kept.sealed = kept.chunks;
        self.put(&transaction, &kept)?;
        transaction.commit()?;
        Ok(kept)
    }

    /// Keeps a state in place of another, and what came besides. Where another command was quicker, what it kept
    /// stands.
    pub fn advance(&self, from: &Kept, text: &[u8], stamps: &[u8], new: &[Piece]) -> Option<Kept> {
        let mut connection = self.open(true).ok()?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).ok()?;
        if self.state(&transaction).ok()?.as_ref() != Some(from) {
            return None;
        }
        let mut kept = Kept { text: text.to_vec(), stamps: stamps.to_vec(), ..from.clone() };
        new.iter().try_for_each(|piece| self.add(&transaction, &mut kept, piece)).ok()?;
        if kept.chunks - kept.sealed > LOOSE_CHUNKS {
            self.seal(&transaction, &mut kept).ok()??;
        }
        self.put(&transaction, &kept).ok()?;
        transaction.commit().ok()?;
        Some(kept)
    }

    fn add(&self, connection: &Connection, kept: &mut Kept, piece: &Piece) -> rusqlite::Result<()> {
        match piece {
            Piece::Chunk(bytes) => {
                let code = self.code_of_chunk(kept.chunks, bytes);
                insert(connection, kept.chunks, &code, bytes)?;
                (kept.chunks, kept.root) = (kept.chunks + 1, next(kept.root, &code));
            }
            Piece::Part(number, bytes) => {
                // One that another state left there is of no use to anybody.
                let sql = "INSERT OR REPLACE INTO part (number, bytes) VALUES (?1, ?2)";
                connection.execute(sql, (number, bytes))?;
            }
        }
        Ok(())
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

    fn put(&self, connection: &Connection, kept: &Kept) -> rusqlite::Result<()> {
        let sql = "INSERT OR REPLACE INTO state (id, chunks, sealed, root, mac, text, stamps) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)";
        let mac = self.code_of_state(kept);
        connection.execute(sql, (kept.chunks, kept.sealed, &kept.root, &mac, &kept.text, &kept.stamps))?;
        Ok(())
    }
}

fn insert(connection: &Connection, number: u32, code: &Code, bytes: &[u8]) -> rusqlite::Result<usize> {
    connection.execute("INSERT INTO chunk (number, mac, bytes) VALUES (?1, ?2, ?3)", (number, code, bytes))
}
