//! The entry of a record: what it is in outline, and where the rest of it lies, pinned by a digest. So few records can be
//! read of very many, and each of them is the one that was verified.

use super::bytes::{Reader, Writer};
use crate::record::ids::{FileDigest, RecordId, TreeId};
use crate::record::kind::{Kind, Stage};
use crate::record::statement::{self, Record};
use crate::record::time::UtcTime;
use crate::verify::few::Few;
use crate::verify::outline::{Lists, Names, Outline};
use crate::verify::verified::{Seal, Verified};

/// No head, where the place of one is expected.
const NO_HEAD: u32 = u32::MAX;

/// An entry, as it lies in a chunk.
pub(super) struct Entry<'b> {
    pub(super) outline: Outline<'b>,
    /// The record that corrects it.
    pub(super) superseded_by: Option<RecordId>,
    pub(super) rest: Place,
}

/// Where the rest of a record lies.
pub(super) struct Place {
    /// The part, by the place in the ledger of its first record.
    pub(super) part: u32,
    pub(super) start: usize,
    pub(super) length: usize,
    /// The SHA-256 of these bytes.
    digest: FileDigest,
}

/// Writes the rest of a record to the end of a part, and its entry to a piece.
pub(super) fn write(
    record: &Verified<Record>,
    superseded_by: Option<RecordId>,
    piece: &mut Writer,
    (part, bytes): (u32, &mut Vec<u8>),
) -> Option<()> {
    let (seal, start) = (record.seal(), bytes.len());
    let mut rest = Writer::default();
    rest.0.extend(seal.line.as_bytes());
    rest.0.extend(seal.key.as_bytes());
    rest.0.push(u8::from(seal.orphaned));
    rest.number(seal.head.unwrap_or(NO_HEAD));
    rest.0.extend(statement::written(record.commit, &record.header, &record.artifacts, &record.claim).ok()?);
    let outline = Outline::of(record);
    let mut entry = Writer::default();
    entry.0.extend(outline.id.as_bytes());
    entry.commit(&outline.commit);
    entry.short(outline.tree.as_bytes());
    entry.0.push(byte_of(Kind::ALL, outline.kind)?);
    entry.0.push(outline.stage.map_or(Some(0), |stage| byte_of(&Stage::ALL, stage).map(|at| at + 1))?);
    entry.short(superseded_by.as_ref().map_or(&[][..], |id| id.as_bytes()));
    entry.places(&seal.introduced);
    entry.number(part);
    entry.length(start);
    entry.length(rest.0.len());
    entry.0.extend(FileDigest::of(&rest.0).as_bytes());
    entry.short(outline.recorder.as_bytes());
    entry.0.extend(outline.recorded.seconds().to_le_bytes());
    entry.0.extend(outline.ended.seconds().to_le_bytes());
    for text in [outline.service, outline.environment, outline.release, outline.change] {
        // None of these names is empty.
        entry.short(text.unwrap_or_default().as_bytes());
    }
    let Names { artifacts, files, requirements } = outline.names();
    let mut lists = Writer::default();
    lists.length(artifacts.len());
    for (name, digest) in artifacts {
        lists.long(name.as_bytes());
        lists.0.extend(digest.as_bytes());
    }
    lists.length(files.len());
    for digest in files {
        lists.0.extend(digest.as_bytes());
    }
    lists.length(requirements.len());
    for id in requirements {
        lists.short(id.as_bytes());
    }
    entry.long(&lists.0);
    piece.long(&entry.0);
    bytes.extend(rest.0);
    Some(())
}

fn byte_of<T: PartialEq + Copy>(all: &[T], one: T) -> Option<u8> {
    all.iter().position(|other| *other == one).and_then(|at| u8::try_from(at).ok())
}

/// Reads an entry of a ledger of so many commits.
pub(super) fn read(bytes: &[u8], commits: u32) -> Option<Entry<'_>> {
    let mut reader = Reader(bytes);
    let id = RecordId::from(reader.array::<32>()?);
    let commit = reader.commit()?;
    let tree = TreeId::from_bytes(reader.short()?)?;
    let kind = *Kind::ALL.get(usize::from(reader.byte()?))?;
    let stage = match reader.byte()? {
        0 => None,
        at => Some(*Stage::ALL.get(usize::from(at) - 1)?),
    };
    let superseded_by = match reader.short()? {
        [] => None,
        id => Some(RecordId::from(<[u8; 32]>::try_from(id).ok()?)),
    };
    let introduced = reader.places(commits)?.into_iter().collect::<Few<u32>>();
    let rest = Place {
        part: reader.number()?,
        start: reader.length()?,
        length: reader.length()?,
        digest: reader.array::<32>()?.into(),
    };
    let recorder = text(reader.short()?)?;
    let mut time = || reader.array().map(|bytes| UtcTime::from_seconds(i64::from_le_bytes(bytes)));
    let (recorded, ended) = (time()?, time()?);
    let mut name = || reader.short().and_then(text).map(|name| Some(name).filter(|name| !name.is_empty()));
    let (service, environment, release, change) = (name()?, name()?, name()?, name()?);
    let lists = reader.long()?;
    let outline = Outline {
        id,
        commit,
        tree,
        kind,
        stage,
        recorder,
        recorded,
        ended,
        service,
        environment,
        release,
        change,
        introduced,
        lists: Lists::Kept(lists),
    };
    reader.0.is_empty().then_some(Entry { outline, superseded_by, rest })
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// What an entry names besides.
pub(in crate::verify) fn names(bytes: &[u8]) -> Option<Names<'_>> {
    let (mut reader, mut names) = (Reader(bytes), Names::default());
    for _ in 0..reader.length()? {
        names.artifacts.push((text(reader.long()?)?, reader.array::<32>()?.into()));
    }
    for _ in 0..reader.length()? {
        names.files.push(reader.array::<32>()?.into());
    }
    for _ in 0..reader.length()? {
        names.requirements.push(text(reader.short()?)?);
    }
    Some(names)
}

impl Entry<'_> {
    /// The record, from the part in which the rest of it lies; `None` where that is not what was written.
    pub(super) fn record(&self, part: &[u8], commits: u32) -> Option<Verified<Record>> {
        let bytes = part.get(self.rest.start..)?.get(..self.rest.length)?;
        if FileDigest::of(bytes) != self.rest.digest {
            return None;
        }
        let mut reader = Reader(bytes);
        let (line, key) = (reader.array::<32>()?.into(), reader.array::<32>()?.into());
        let orphaned = reader.byte()? != 0;
        let head = Some(reader.number()?).filter(|head| *head != NO_HEAD);
        if head.is_some_and(|head| head >= commits) {
            return None;
        }
        let record = statement::read(reader.0, self.outline.id).ok()?;
        let introduced = self.outline.introduced.clone();
        Some(Verified::admit(Box::new(record), Seal { line, key, orphaned, introduced, head }))
    }
}
