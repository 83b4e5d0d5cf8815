//! What keeps commits *here*, as it was when the ledger was verified, and whether that still says the same of its records.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};

use gix::hash::ObjectId;
use gix::objs::Kind;
use serde::{Deserialize, Serialize};

use super::fanout::Fanout;
use super::reader::{ReadError, Reader, commit_id, object_id};
use super::refs::RefError;
use super::repository::Repository;
use crate::record::ids::CommitId;

/// References by name, and the objects that they name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Here(BTreeMap<String, CommitId>);

impl Here {
    /// Whether all tags are the same.
    pub fn same_tags(&self, other: &Self) -> bool {
        fn tags(here: &Here) -> impl Iterator<Item = (&String, &CommitId)> {
            here.0.iter().filter(|(name, _)| name.starts_with("refs/tags/"))
        }
        tags(self).eq(tags(other))
    }

    /// As it is with these commits besides, which a push brings.
    #[must_use]
    pub fn and(&self, also: &[CommitId]) -> Self {
        let mut here = self.clone();
        let named: HashSet<_> = self.0.values().collect();
        let new = also.iter().filter(|commit| !named.contains(commit));
        here.0.extend(new.map(|commit| (format!("pushed {commit}"), *commit)));
        here
    }
}

/// Commits that are looked at to tell two states apart. Beyond that the whole is verified.
const MOST: usize = 50_000;

/// Reached as it was.
const BEFORE: u8 = 1;
/// Reached as it is.
const NOW: u8 = 2;

impl Repository {
    /// Every reference that keeps commits here.
    pub fn here(&self) -> Result<Here, RefError> {
        let tips = self.tips_here()?.into_iter();
        Ok(Here(tips.map(|tip| (tip.name, commit_id(&tip.target))).collect()))
    }

    /// Whether every record of the ledger at `tip` is here, or orphaned, as it was: `orphaned` are the commits that were
    /// not here, though they could be read, and `absent` those that could not. `false` also where that takes long to tell.
    pub fn is_as_here(
        &self,
        before: &Here,
        now: &Here,
        tip: CommitId,
        orphaned: &HashSet<CommitId>,
        absent: &HashSet<CommitId>,
    ) -> bool {
        let mut reader = self.reader();
        let mut is_absent = |commit: &CommitId| object_id(commit.as_bytes()).is_ok_and(|id| !reader.exists(&id));
        if !absent.iter().all(&mut is_absent) {
            return false;
        }
        if before == now {
            return true;
        }
        let Ok(Some(marks)) = differing(&mut reader, before, now) else { return false };
        let raw = |of: u8| marks.iter().filter(move |(_, mark)| **mark == of).map(|(id, _)| *id);
        if !orphaned.is_empty() && raw(NOW).any(|id| orphaned.contains(&commit_id(&id))) {
            return false;
        }
        let gone: Vec<ObjectId> = raw(BEFORE).collect();
        !has_notes(&mut reader, tip, &gone).unwrap_or(true)
    }
}

/// Whether the ledger has a note on any of these commits.
fn has_notes(reader: &mut Reader, ledger: CommitId, commits: &[ObjectId]) -> Result<bool, ReadError> {
    if commits.is_empty() {
        return Ok(false);
    }
    let root = reader.node(&object_id(ledger.as_bytes())?)?.tree;
    let mut fanout = Fanout::new(reader);
    for commit in commits {
        if fanout.note(root, commit)?.0.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The commits near the tips, and from which side each is reached. One that is reached from one side alone is certainly
/// among them; `None` where there are too many to tell.
fn differing(reader: &mut Reader, before: &Here, now: &Here) -> Result<Option<HashMap<ObjectId, u8>>, ReadError> {
    let (old, new): (HashSet<_>, HashSet<_>) = (before.0.values().collect(), now.0.values().collect());
    let mut starts = Vec::new();
    starts.extend(old.difference(&new).map(|id| (**id, BEFORE)));
    starts.extend(new.difference(&old).map(|id| (**id, NOW)));
    if starts.is_empty() {
        return Ok(Some(HashMap::new()));
    }
    // Branches lead to most of what there is; a tag seldom leads elsewhere, and there may be very many.
    let branches = now.0.iter().filter(|(name, _)| !name.starts_with("refs/tags/")).map(|(_, id)| id);
    let common: HashSet<_> = branches.filter(|id| old.contains(id)).collect();
    starts.extend(common.into_iter().map(|id| (*id, BEFORE | NOW)));
    let mut marks: HashMap<ObjectId, u8> = HashMap::new();
    let mut nodes: HashMap<ObjectId, (i64, Vec<ObjectId>)> = HashMap::new();
    let (mut waiting, mut open) = (BinaryHeap::new(), HashSet::new());
    let mut next = Vec::new();
    for (start, mark) in starts {
        let (kind, id) = reader.peeled(&object_id(start.as_bytes())?)?;
        if kind == Kind::Commit {
            next.push((id, mark));
        }
    }
    loop {
        for (id, mark) in next.drain(..) {
            let marked = marks.entry(id).or_default();
            if *marked | mark == *marked {
                continue;
            }
            *marked |= mark;
            if *marked == BEFORE | NOW {
                open.remove(&id)
            } else {
                open.insert(id)
            };
            let (time, _) = match nodes.entry(id) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => {
                    let node = reader.node(&id)?;
                    new.insert((node.time, node.parents))
                }
            };
            waiting.push((*time, id));
        }
        if open.is_empty() {
            return Ok(Some(marks));
        }
        if nodes.len() > MOST {
            return Ok(None);
        }
        let Some((_, id)) = waiting.pop() else { return Ok(Some(marks)) };
        open.remove(&id);
        next.extend(nodes[&id].1.iter().map(|parent| (*parent, marks[&id])));
    }
}
