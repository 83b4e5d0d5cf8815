//! Questions on history: what contains what, and what came in between.

use std::collections::{BinaryHeap, HashMap, HashSet};

use gix::hash::ObjectId;

use super::reader::{ReadError, Reader, commit_id, object_id};
use super::repository::Repository;
use crate::record::ids::CommitId;

/// A commit waiting its turn; the newest by claimed time comes first, which only makes walks short.
type Waiting = BinaryHeap<(i64, ObjectId)>;

/// Commits that were walked once, each with its generation: one more than the highest of its parents'. Unlike a date it
/// cannot lie, so walks that go by it are exact.
#[derive(Default)]
pub(super) struct Generations(HashMap<ObjectId, (u32, Box<[ObjectId]>)>);

impl Generations {
    fn of(&mut self, reader: &mut Reader, id: ObjectId) -> Result<u32, ReadError> {
        let mut path = vec![id];
        while let Some(&top) = path.last() {
            if self.0.get(&top).is_some_and(|(generation, _)| *generation > 0) {
                path.pop();
                continue;
            }
            let parents = match self.0.get(&top) {
                Some((_, parents)) => parents.clone(),
                None => reader.node(&top)?.parents.into(),
            };
            let known = |parent: &ObjectId| self.0.get(parent).map_or(0, |(generation, _)| *generation);
            let open: Vec<_> = parents.iter().filter(|parent| known(parent) == 0).copied().collect();
            let generation = if open.is_empty() { 1 + parents.iter().map(known).max().unwrap_or(0) } else { 0 };
            self.0.insert(top, (generation, parents));
            path.extend(open);
        }
        Ok(self.0[&id].0)
    }
}

const WANTED: u8 = 1;
const CONTAINED: u8 = 2;

impl Repository {
    /// Whether `ancestor` is `commit` or one of its ancestors.
    pub fn is_ancestor(&self, ancestor: &CommitId, commit: &CommitId) -> Result<bool, ReadError> {
        let (target, start) = (object_id(ancestor.as_bytes())?, object_id(commit.as_bytes())?);
        let mut reader = self.reader();
        let (mut seen, mut waiting) = (HashSet::from([start]), Waiting::from([(i64::MAX, start)]));
        while let Some((_, id)) = waiting.pop() {
            if id == target {
                return Ok(true);
            }
            let node = reader.node(&id)?;
            waiting.extend(
                node.parents.into_iter().filter(|parent| seen.insert(*parent)).map(|parent| (node.time, parent)),
            );
        }
        Ok(false)
    }

    /// A commit without parents that `theirs` contains and `ours` does not: another beginning. What is absent begins nothing.
    pub fn other_root(&self, ours: &CommitId, theirs: &CommitId) -> Result<Option<CommitId>, ReadError> {
        let mut reader = self.reader();
        let mut seen = HashSet::new();
        for (start, is_theirs) in [(ours, false), (theirs, true)] {
            let start = object_id(start.as_bytes())?;
            let mut waiting = vec![start];
            if !seen.insert(start) {
                continue;
            }
            while let Some(id) = waiting.pop() {
                let parents = match reader.node(&id) {
                    Ok(node) => node.parents,
                    Err(ReadError::Missing { .. }) => continue,
                    Err(error) => return Err(error),
                };
                if is_theirs && parents.is_empty() {
                    return Ok(Some(commit_id(&id)));
                }
                waiting.extend(parents.into_iter().filter(|parent| seen.insert(*parent)));
            }
        }
        Ok(None)
    }

    /// Everything that `to` contains, itself too, without what `from` contains; in no order.
    pub fn contained_by(&self, to: &CommitId, from: Option<&CommitId>) -> Result<HashSet<CommitId>, ReadError> {
        let mut reader = self.reader();
        let before = match from {
            Some(from) => ancestors(&mut reader, object_id(from.as_bytes())?)?,
            None => HashSet::new(),
        };
        let start = object_id(to.as_bytes())?;
        let (mut seen, mut waiting) = (HashSet::from([start]), vec![start]);
        while let Some(id) = waiting.pop() {
            let parents = reader.node(&id)?.parents;
            waiting.extend(parents.into_iter().filter(|parent| !before.contains(parent) && seen.insert(*parent)));
        }
        Ok(seen.iter().filter(|id| !before.contains(*id)).map(|id| commit_id(id)).collect())
    }

    /// Everything that any of these contains, themselves too, each commit looked at once.
    pub fn contained_by_any(&self, all: &[CommitId]) -> Result<HashSet<CommitId>, ReadError> {
        let mut reader = self.reader();
        let (mut seen, mut waiting) = (HashSet::new(), Vec::new());
        for commit in all {
            let start = object_id(commit.as_bytes())?;
            waiting.extend(seen.insert(start).then_some(start));
        }
        while let Some(id) = waiting.pop() {
            waiting.extend(reader.node(&id)?.parents.into_iter().filter(|parent| seen.insert(*parent)));
        }
        Ok(seen.iter().map(|id| commit_id(id)).collect())
    }

    /// Which of these contains a commit first: every commit that any of them contains, with the place of the first that does.
    /// Each commit is looked at once.
    pub fn first_containing(&self, all: &[CommitId]) -> Result<HashMap<CommitId, usize>, ReadError> {
        let mut reader = self.reader();
        let (mut first, mut waiting) = (HashMap::new(), Vec::new());
        for (place, commit) in all.iter().enumerate() {
            waiting.push(object_id(commit.as_bytes())?);
            while let Some(id) = waiting.pop() {
                if let std::collections::hash_map::Entry::Vacant(open) = first.entry(commit_id(&id)) {
                    open.insert(place);
                    waiting.extend(reader.node(&id)?.parents);
                }
            }
        }
        Ok(first)
    }

    /// The commits up to `to` that made a path what it is: where it differs from what every parent has there. In no order.
    pub fn commits_changing(&self, to: &CommitId, path: &str) -> Result<Vec<CommitId>, ReadError> {
        let mut reader = self.reader();
        let start = object_id(to.as_bytes())?;
        let (mut seen, mut waiting) = (HashMap::new(), vec![start]);
        while let Some(id) = waiting.pop() {
            if seen.contains_key(&id) {
                continue;
            }
            let node = reader.node(&id)?;
            let there = reader.entry_at(node.tree, path.as_bytes())?.map(|entry| entry.id);
            waiting.extend(&node.parents);
            seen.insert(id, (there, node.parents));
        }
        let changes = |(there, parents): &(Option<ObjectId>, Vec<ObjectId>)| {
            let before = |parent: &ObjectId| seen.get(parent).and_then(|(there, _)| *there);
            if parents.is_empty() { there.is_some() } else { parents.iter().all(|parent| before(parent) != *there) }
        };
        Ok(seen.iter().filter(|(_, one)| changes(one)).map(|(id, _)| commit_id(id)).collect())
    }

    /// The first-parent line up to `to`, oldest first, without what `from` contains. The whole line without `from`.
    pub fn first_parent_range(&self, from: Option<&CommitId>, to: &CommitId) -> Result<Vec<CommitId>, ReadError> {
        let mut reader = self.reader();
        let from = from.map(|from| object_id(from.as_bytes())).transpose()?;
        let (mut line, mut next) = (Vec::new(), Some(object_id(to.as_bytes())?));
        while let Some(id) = next {
            if Some(id) == from {
                break;
            }
            line.push(id);
            next = reader.node(&id)?.parents.first().copied();
        }
        if let (Some(from), None) = (from, next) {
            // It is not on the line: it was merged into it, or is older by another way.
            let contained = ancestors(&mut reader, from)?;
            let end = line.iter().position(|id| contained.contains(id)).unwrap_or(line.len());
            line.truncate(end);
        }
        Ok(line.iter().rev().map(|id| commit_id(id)).collect())
    }

    /// The commits that a merge brought in: what its other parents contain and its first does not, in no order.
    ///
    /// The first call walks all of history, later ones no more than they need.
    pub fn merged_by(&self, merge: &CommitId) -> Result<Vec<CommitId>, ReadError> {
        let mut reader = self.reader();
        let parents = reader.node(&object_id(merge.as_bytes())?)?.parents;
        let Some((first, others)) = parents.split_first() else { return Ok(Vec::new()) };
        let mut generations = self.generations.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut flags: HashMap<ObjectId, u8> = HashMap::new();
        let mut waiting = BinaryHeap::new();
        // Those that may still turn out to be wanted; the walk ends with the last of them.
        let mut open = HashSet::new();
        let marks = others.iter().map(|id| (*id, WANTED)).chain([(*first, CONTAINED)]);
        let mut marks: Vec<(ObjectId, u8)> = marks.collect();
        loop {
            for (id, mark) in marks.drain(..) {
                let flag = flags.entry(id).or_default();
                if *flag | mark == *flag {
                    continue;
                }
                *flag |= mark;
                if *flag == WANTED {
                    open.insert(id)
                } else {
                    open.remove(&id)
                };
                waiting.push((generations.of(&mut reader, id)?, id));
            }
            if open.is_empty() {
                break;
            }
            let Some((_, id)) = waiting.pop() else { break };
            open.remove(&id);
            marks.extend(generations.0[&id].1.iter().map(|parent| (*parent, flags[&id])));
        }
        Ok(flags.iter().filter(|(_, flag)| **flag == WANTED).map(|(id, _)| commit_id(id)).collect())
    }
}

/// Everything that a commit contains, itself too.
fn ancestors(reader: &mut Reader, start: ObjectId) -> Result<HashSet<ObjectId>, ReadError> {
    let (mut seen, mut waiting) = (HashSet::from([start]), vec![start]);
    while let Some(id) = waiting.pop() {
        waiting.extend(reader.node(&id)?.parents.into_iter().filter(|parent| seen.insert(*parent)));
    }
    Ok(seen)
}
