//! Records and ledger commits as bytes.
//!
//! A chunk is one piece or several, one after the other. A piece is the number of its commits, each with its parents; then
//! the number of its records, each with its entry. The rest of the records lies in parts, which their entries pin.

use super::bytes::Writer;
use super::entry;
use crate::record::ids::{CommitId, RecordId};
use crate::record::statement::Record;
use crate::verify::ledger::Ledger;
use crate::verify::verified::Verified;

/// About so many bytes of records lie in one part: what is read to read one of them.
const PART: usize = 32 << 10;

/// What is kept of a ledger, one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// To be authenticated, and handed back in order.
    Chunk(Vec<u8>),
    /// To be handed back by its number; chunks pin what is in it.
    Part(u32, Vec<u8>),
}

/// One piece of a chunk, and the part with the rest of its records, whose first is the one at `first` in the ledger.
pub(super) fn piece<'p>(
    commits: &[(CommitId, Vec<u32>)],
    records: impl Iterator<Item = (&'p Verified<Record>, Option<RecordId>)>,
    first: u32,
) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut piece = Writer::default();
    piece.length(commits.len());
    for (id, parents) in commits {
        piece.commit(id);
        piece.places(parents);
    }
    let (at, mut count, mut part) = (piece.0.len(), 0_u32, Vec::new());
    piece.number(0);
    for (record, superseded_by) in records {
        entry::write(record, superseded_by, &mut piece, (first, &mut part))?;
        count += 1;
    }
    piece.0[at..at + 4].copy_from_slice(&count.to_le_bytes());
    Some((piece.0, part))
}

/// All of a ledger: its commits first, then its records.
pub(super) fn pieces_of(ledger: &Ledger, size: usize, each: &mut dyn FnMut(Piece) -> bool) {
    let commits: Vec<_> = ledger.body().order.commits().map(|(id, parents)| (id, parents.to_vec())).collect();
    for some in commits.chunks((size / 32).max(1)) {
        let Some((chunk, _)) = piece(some, std::iter::empty(), 0) else { return };
        if !each(Piece::Chunk(chunk)) {
            return;
        }
    }
    let (mut chunk, mut first) = (Vec::new(), 0);
    for some in ledger.records().chunks(PART >> 10) {
        let records = some.iter().map(|record| (record, ledger.superseded_by(record.id)));
        let (Some((entries, part)), Ok(count)) = (piece(&[], records, first), u32::try_from(some.len())) else {
            return;
        };
        if !each(Piece::Part(first, part)) {
            return;
        }
        chunk.extend(entries);
        if chunk.len() >= size && !each(Piece::Chunk(std::mem::take(&mut chunk))) {
            return;
        }
        first += count;
    }
    if !chunk.is_empty() {
        each(Piece::Chunk(chunk));
    }
}
