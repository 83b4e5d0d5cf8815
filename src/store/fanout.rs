//! The tree of a notes reference: which note is on what, whatever the fanout.
//!
//! Source: git's `notes.c`: a note lies at the hex digits of what it is on, of which any number of leading pairs may be
//! directories.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use gix::bstr::{BString, ByteSlice as _};
use gix::hash::{Kind as HashKind, ObjectId};
use gix::objs::{Kind, TreeRefIter};

use super::commit::malformed;
use super::reader::{ReadError, Reader, hex};

/// Raw bytes of an annotated id, or the end of it, filled up with zeros.
type Raw = [u8; 20];

const RAW: usize = 20;

/// One directory, sorted.
#[derive(Default)]
struct Directory {
    notes: Vec<(Raw, ObjectId)>,
    below: Vec<(u8, ObjectId)>,
    odd: Vec<(BString, &'static str)>,
}

/// Reads notes trees, and keeps what it read: a history repeats itself.
pub(super) struct Fanout<'r> {
    reader: &'r mut Reader,
    kept: Kept,
}

/// What was read lately. A directory is looked for again when the next commit has the same or changes it; at the root that is
/// the next one, and below it one in a few hundred.
#[derive(Default)]
struct Kept {
    young: HashMap<(ObjectId, usize), Arc<Directory>>,
    old: HashMap<(ObjectId, usize), Arc<Directory>>,
    /// In the young ones.
    entries: usize,
}

impl Kept {
    fn get(&mut self, key: (ObjectId, usize)) -> Option<Arc<Directory>> {
        if let Some(known) = self.young.get(&key) {
            return Some(known.clone());
        }
        let known = self.old.remove(&key)?;
        self.put(key, known.clone());
        Some(known)
    }

    fn put(&mut self, key: (ObjectId, usize), directory: Arc<Directory>) {
        self.entries += directory.notes.len() + directory.below.len() + 1;
        if self.entries > KEPT_ENTRIES / 2 {
            self.old = std::mem::take(&mut self.young);
            self.entries = 0;
        }
        self.young.insert(key, directory);
    }
}

/// What two notes trees do not have in common.
#[derive(Default)]
pub(super) struct Difference {
    /// Objects whose note lies elsewhere or differs; where only the fanout changed, the notes may still be equal.
    pub(super) touched: Vec<ObjectId>,
    /// Paths in the newer tree that are no notes, and why.
    pub(super) odd: Vec<(String, &'static str)>,
}

/// The directories kept at a time hold about this many entries: 20 MB a thread.
const KEPT_ENTRIES: usize = 1 << 19;

/// Objects of any id.
pub(super) const ALL: RangeInclusive<u8> = 0..=u8::MAX;

/// The reason given where two paths name one object.
pub(super) const SECOND: &str = "a second note of one object";

impl<'r> Fanout<'r> {
    pub(super) fn new(reader: &'r mut Reader) -> Self {
        Self { reader, kept: Kept::default() }
    }

    /// Compares two trees; subtrees of one id are passed over. Objects whose id begins with a byte outside `part` are left
    /// out, and odd paths in the root are told by the part that begins at 0.
    pub(super) fn difference(
        &mut self,
        old: Option<ObjectId>,
        new: Option<ObjectId>,
        part: &RangeInclusive<u8>,
        found: &mut Difference,
    ) -> Result<(), ReadError> {
        self.compare(old, new, &mut [0; RAW], 0, part, found)
    }

    /// In how many directories of the root, or notes in it, two trees differ.
    pub(super) fn breadth(&mut self, old: Option<ObjectId>, new: ObjectId) -> Result<usize, ReadError> {
        let (old, new) = (self.directory(old, 0)?, self.directory(Some(new), 0)?);
        Ok(differing(&old.notes, &new.notes).len() + differing(&old.below, &new.below).len())
    }

    fn compare(
        &mut self,
        old: Option<ObjectId>,
        new: Option<ObjectId>,
        prefix: &mut Raw,
        depth: usize,
        part: &RangeInclusive<u8>,
        found: &mut Difference,
    ) -> Result<(), ReadError> {
        if old == new {
            return Ok(());
        }
        let (old, new) = (self.directory(old, depth)?, self.directory(new, depth)?);
        let in_part = |first: u8| depth > 0 || part.contains(&first);
        for rest in differing(&old.notes, &new.notes).into_iter().filter(|rest| in_part(rest[0])) {
            let mut id = *prefix;
            id[depth..].copy_from_slice(&rest[..RAW - depth]);
            found.touched.push(ObjectId::Sha1(id));
        }
        for (name, reason) in new.odd.iter().filter(|odd| in_part(0) && !old.odd.contains(odd)) {
            found.odd.push((path(&prefix[..depth], name.as_bstr()), reason));
        }
        for byte in differing(&old.below, &new.below).into_iter().filter(|byte| in_part(*byte)) {
            let side = |directory: &Directory| {
                directory.below.binary_search_by_key(&byte, |(key, _)| *key).ok().map(|at| directory.below[at].1)
            };
            prefix[depth] = byte;
            self.compare(side(&old), side(&new), prefix, depth + 1, part, found)?;
        }
        Ok(())
    }

    /// The note of an object, the one nearest to the root, and the paths of further ones.
    pub(super) fn note(&mut self, root: ObjectId, id: &ObjectId) -> Result<(Option<ObjectId>, Vec<String>), ReadError> {
        let raw = id.as_bytes();
        let (mut tree, mut note, mut further) = (Some(root), None, Vec::new());
        for depth in 0..RAW {
            if tree.is_none() {
                break;
            }
            let directory = self.directory(tree, depth)?;
            let mut rest = [0; RAW];
            rest[..RAW - depth].copy_from_slice(&raw[depth..]);
            if let Ok(at) = directory.notes.binary_search_by_key(&rest, |(key, _)| *key) {
                if note.is_none() {
                    note = Some(directory.notes[at].1);
                } else {
                    further.push(path(&raw[..depth], name(&raw[depth..]).as_bstr()));
                }
            }
            let below = directory.below.binary_search_by_key(&raw[depth], |(key, _)| *key);
            tree = below.ok().map(|at| directory.below[at].1);
        }
        Ok((note, further))
    }

    fn directory(&mut self, id: Option<ObjectId>, depth: usize) -> Result<Arc<Directory>, ReadError> {
        let Some(id) = id else { return Ok(Arc::default()) };
        if let Some(known) = self.kept.get((id, depth)) {
            return Ok(known);
        }
        let directory = Arc::new(parsed(self.reader.find(Kind::Tree, &id)?, &id, depth)?);
        self.kept.put((id, depth), directory.clone());
        Ok(directory)
    }
}

fn parsed(data: &[u8], id: &ObjectId, depth: usize) -> Result<Directory, ReadError> {
    let digits = 2 * (RAW - depth);
    // Most directories hold either notes or directories; the first entry tells.
    let (notes, below) = if data.starts_with(b"100") { (data.len() / (digits + 28), 0) } else { (0, data.len() / 29) };
    let mut directory =
        Directory { notes: Vec::with_capacity(notes), below: Vec::with_capacity(below.min(256)), odd: Vec::new() };
    for entry in TreeRefIter::from_bytes(data, HashKind::Sha1) {
        let entry = entry.map_err(|error| malformed("notes tree", id, &error.to_string()))?;
        let mut raw = [0; RAW];
        let (is_note, is_below) = (entry.mode.is_blob(), entry.mode.is_tree() && depth + 1 < RAW);
        match entry.filename.len() {
            length if length == digits && is_note && from_hex(entry.filename, &mut raw) => {
                directory.notes.push((raw, entry.oid.to_owned()));
            }
            2 if is_below && from_hex(entry.filename, &mut raw) => directory.below.push((raw[0], entry.oid.to_owned())),
            _ => directory
                .odd
                .push((entry.filename.to_owned(), "not a note: its path is no object id in lower-case hex")),
        }
    }
    directory.notes.sort_unstable();
    directory.below.sort_unstable();
    // One name twice is no tree that git makes; the first stands, and the rest is said.
    for raw in repeated(&mut directory.notes) {
        directory.odd.push((name(&raw[..RAW - depth]), SECOND));
    }
    for byte in repeated(&mut directory.below) {
        directory.odd.push((name(&[byte]), "a second directory of one name"));
    }
    Ok(directory)
}

fn name(raw: &[u8]) -> BString {
    hex(raw).into()
}

fn path(prefix: &[u8], name: &gix::bstr::BStr) -> String {
    let mut parts: Vec<_> = prefix.chunks(1).map(hex).collect();
    parts.push(name.to_str_lossy().into_owned());
    parts.join("/")
}

/// Takes out entries of a name that was there before.
fn repeated<K: Copy + PartialEq>(entries: &mut Vec<(K, ObjectId)>) -> Vec<K> {
    let mut again = Vec::new();
    entries.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            again.push(next.0);
        }
        same
    });
    again
}

/// The keys of two sorted lists that do not have the same id on both sides.
fn differing<K: Copy + Ord>(old: &[(K, ObjectId)], new: &[(K, ObjectId)]) -> Vec<K> {
    let (mut left, mut right, mut keys) = (0, 0, Vec::new());
    while left < old.len() || right < new.len() {
        let (a, b) = (old.get(left), new.get(right));
        if a == b {
            left += 1;
            right += 1;
            continue;
        }
        let key = match (a, b) {
            (Some(a), Some(b)) => a.0.min(b.0),
            (Some((key, _)), None) | (None, Some((key, _))) => *key,
            (None, None) => break,
        };
        left += usize::from(a.is_some_and(|(k, _)| *k == key));
        right += usize::from(b.is_some_and(|(k, _)| *k == key));
        keys.push(key);
    }
    keys
}

fn from_hex(name: &[u8], out: &mut Raw) -> bool {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    out.iter_mut().zip(name.chunks_exact(2)).all(|(byte, pair)| match (digit(pair[0]), digit(pair[1])) {
        (Some(high), Some(low)) => {
            *byte = high << 4 | low;
            true
        }
        _ => false,
    })
}
