//! Records and ledger commits as bytes, and back.
//!
//! A chunk is one piece or several, one after the other. A piece is the number of its commits, each with its parents; then
//! the number of its records, each with where it stands and its payload.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::bytes::{Reader, Writer};
use crate::record::ids::{CommitId, RecordId};
use crate::record::statement::{self, Record};
use crate::verify::ledger::{Body, Ledger};
use crate::verify::order::Order;
use crate::verify::supersede;
use crate::verify::verified::{Seal, Verified};

/// No head, where the place of one is expected.
const NO_HEAD: u32 = u32::MAX;

/// One piece.
pub(super) fn piece<'p>(
    commits: &[(CommitId, Vec<u32>)],
    records: impl Iterator<Item = &'p Verified<Record>>,
) -> Option<Vec<u8>> {
    let mut piece = Writer::default();
    piece.length(commits.len());
    for (id, parents) in commits {
        piece.commit(id);
        piece.places(parents);
    }
    let (at, mut count) = (piece.0.len(), 0_u32);
    piece.number(0);
    for record in records {
        write(&mut piece, record)?;
        count += 1;
    }
    piece.0[at..at + 4].copy_from_slice(&count.to_le_bytes());
    Some(piece.0)
}

fn write(piece: &mut Writer, record: &Verified<Record>) -> Option<()> {
    let seal = record.seal();
    piece.0.extend(seal.line.as_bytes());
    piece.0.extend(seal.key.as_bytes());
    piece.0.extend(record.id.as_bytes());
    piece.0.push(u8::from(seal.orphaned));
    piece.number(seal.head.unwrap_or(NO_HEAD));
    piece.places(&seal.introduced);
    let payload = statement::written(record.commit, &record.header, &record.artifacts, &record.claim).ok()?;
    piece.length(payload.len());
    piece.0.extend(payload);
    Some(())
}

/// All of a ledger: its commits first, then its records.
pub(super) fn chunks_of(ledger: &Ledger, size: usize, each: &mut dyn FnMut(Vec<u8>) -> bool) {
    let commits: Vec<_> = ledger.body().order.commits().map(|(id, parents)| (id, parents.to_vec())).collect();
    for part in commits.chunks((size / 32).max(1)) {
        if !piece(part, std::iter::empty()).is_some_and(&mut *each) {
            return;
        }
    }
    let mut chunk = Vec::new();
    for part in ledger.records().chunks(64) {
        let Some(piece) = piece(&[], part.iter()) else { return };
        chunk.extend(piece);
        if chunk.len() >= size && !each(std::mem::take(&mut chunk)) {
            return;
        }
    }
    if !chunk.is_empty() {
        each(chunk);
    }
}

/// What one chunk holds.
#[derive(Default)]
struct Part {
    commits: Vec<(CommitId, Box<[u32]>)>,
    records: Vec<Verified<Record>>,
}

/// The ledger's body from its chunks; `None` where they are not what was written.
pub(in crate::verify) fn body_of(chunks: &[Vec<u8>], commits: u32, records: u64) -> Option<Body> {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(chunks.len()).max(1);
    let mut parts = std::thread::scope(|scope| {
        let read_some = || {
            let mut read = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(chunk) = chunks.get(at) else { return Some(read) };
                read.push((at, part(chunk, commits)?));
            }
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(read_some)).collect();
        let done: Option<Vec<_>> = workers.into_iter().map(|worker| worker.join().ok().flatten()).collect();
        done
    })?
    .into_iter()
    .flatten()
    .collect::<Vec<_>>();
    parts.sort_unstable_by_key(|(at, _)| *at);
    let (mut all, mut body) = (Vec::new(), Body::default());
    for (_, part) in parts {
        all.extend(part.commits);
        body.records.extend(part.records);
    }
    let follows =
        |(at, (_, parents)): (usize, &(CommitId, Box<[u32]>))| parents.iter().all(|place| (*place as usize) < at);
    let fits = all.len() == commits as usize && body.records.len() as u64 == records;
    if !fits || !all.iter().enumerate().all(follows) {
        return None;
    }
    body.order = Order::of_commits(all.into_iter());
    body.settle();
    // Their findings are in the summary.
    supersede::settle(&mut body);
    Some(body)
}

fn part(chunk: &[u8], commits: u32) -> Option<Part> {
    let (mut reader, mut part) = (Reader(chunk), Part::default());
    while !reader.0.is_empty() {
        for _ in 0..reader.length()? {
            let id = reader.commit()?;
            part.commits.push((id, reader.places(commits)?.into()));
        }
        for _ in 0..reader.length()? {
            part.records.push(read(&mut reader, commits)?);
        }
    }
    Some(part)
}

fn read(reader: &mut Reader<'_>, commits: u32) -> Option<Verified<Record>> {
    let (line, key) = (reader.array::<32>()?.into(), reader.array::<32>()?.into());
    let id = RecordId::from(reader.array::<32>()?);
    let orphaned = reader.byte()? != 0;
    let head = Some(reader.number()?).filter(|head| *head != NO_HEAD);
    if head.is_some_and(|head| head >= commits) {
        return None;
    }
    let introduced = reader.places(commits)?.into_iter().collect();
    let length = reader.length()?;
    let record = statement::read(reader.take(length)?, id).ok()?;
    Some(Verified::admit(Box::new(record), Seal { line, key, orphaned, introduced, head }))
}
