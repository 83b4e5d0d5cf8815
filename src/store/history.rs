//! The history of a ledger: its commits, parents first, and the notes that each one changed.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use gix::hash::ObjectId;

use super::commit::Node;
use super::fanout::{Difference, Fanout, SECOND};
use super::reader::{ReadError, Reader, blob_id, commit_id};
use super::repository::Repository;
use crate::verify::notes::{Change, History, LedgerCommit, OddPath};

/// Neighbours share most of their trees, so that many commits are taken at a time.
const TAKEN: usize = 256;

/// Odd paths are listed up to this many; one is too many already.
const LISTED: usize = 1000;

/// Reads everything that `tip` contains.
pub(super) fn history(repository: &Repository, tip: Option<ObjectId>) -> History {
    let mut history = History::default();
    let Some(tip) = tip else { return history };
    let order = parents_first(&mut repository.reader(), tip, &mut history);
    let next = AtomicUsize::new(0);
    let mut parts = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads().min(order.len().div_ceil(TAKEN)))
            .map(|_| scope.spawn(|| changes_of(&mut repository.reader(), &order, &next)))
            .collect();
        let done = workers.into_iter().map(|worker| worker.join().expect("a worker does not panic"));
        done.flatten().collect::<Vec<_>>()
    });
    parts.sort_unstable_by_key(|part| part.place);
    for (part, (id, _, parents)) in parts.into_iter().zip(&order) {
        for error in part.errors {
            note(&mut history, &error);
        }
        history.odd_paths.extend(part.odd.into_iter().take(LISTED.saturating_sub(history.odd_paths.len())));
        history.commits.push(LedgerCommit { id: commit_id(id), parents: parents.clone(), changes: part.changes });
    }
    history
}

pub(super) fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn note(history: &mut History, error: &ReadError) {
    let list = match error {
        ReadError::Missing { .. } => &mut history.missing,
        ReadError::WrongHash { .. } | ReadError::Malformed { .. } => &mut history.damaged,
    };
    let text = format!("ledger: {error}");
    if !list.contains(&text) {
        list.push(text);
    }
}

type Ordered = Vec<(ObjectId, Node, Vec<usize>)>;

/// All commits, every parent before its children. A parent that cannot be read is left out, and said.
fn parents_first(reader: &mut Reader, tip: ObjectId, history: &mut History) -> Ordered {
    let mut places: HashMap<ObjectId, Option<usize>> = HashMap::new();
    let mut order: Ordered = Vec::new();
    let mut open: Vec<(ObjectId, Option<Node>)> = vec![(tip, None)];
    while let Some((id, node)) = open.pop() {
        match node {
            // Its parents are done.
            Some(node) => {
                let parents = node.parents.iter().filter_map(|parent| places.get(parent).copied().flatten()).collect();
                places.insert(id, Some(order.len()));
                order.push((id, node, parents));
            }
            None if places.contains_key(&id) => {}
            None => {
                places.insert(id, None);
                match reader.node(&id) {
                    Ok(node) => {
                        let parents: Vec<_> = node.parents.iter().rev().copied().collect();
                        open.push((id, Some(node)));
                        open.extend(
                            parents.into_iter().filter(|parent| !places.contains_key(parent)).map(|id| (id, None)),
                        );
                    }
                    Err(error) => note(history, &error),
                }
            }
        }
    }
    order
}

/// What of a history's commits cannot be read.
pub(super) fn missing_commits(reader: &mut Reader, tip: ObjectId) -> Vec<String> {
    let mut history = History::default();
    parents_first(reader, tip, &mut history);
    history.missing.into_iter().chain(history.damaged).collect()
}

struct Part {
    place: usize,
    changes: Vec<Change>,
    odd: Vec<OddPath>,
    errors: Vec<ReadError>,
}

fn changes_of(reader: &mut Reader, order: &Ordered, next: &AtomicUsize) -> Vec<Part> {
    let mut fanout = Fanout::new(reader);
    let mut parts = Vec::new();
    loop {
        let start = next.fetch_add(TAKEN, Ordering::Relaxed);
        if start >= order.len() {
            return parts;
        }
        for place in start..(start + TAKEN).min(order.len()) {
            let mut part = Part { place, changes: Vec::new(), odd: Vec::new(), errors: Vec::new() };
            if let Err(error) = fill(&mut fanout, order, &mut part) {
                part.errors.push(error);
            }
            parts.push(part);
        }
    }
}

/// Compares one commit with each of its parents.
fn fill(fanout: &mut Fanout<'_>, order: &Ordered, part: &mut Part) -> Result<(), ReadError> {
    let (id, node, parents) = &order[part.place];
    let trees: Vec<_> = parents.iter().map(|parent| order[*parent].1.tree).collect();
    let mut found = Difference::default();
    if trees.is_empty() {
        fanout.difference(None, Some(node.tree), &mut found)?;
    }
    for tree in &trees {
        fanout.difference(Some(*tree), Some(node.tree), &mut found)?;
    }
    found.touched.sort_unstable();
    found.touched.dedup();
    found.odd.sort_unstable();
    found.odd.dedup();
    let odd = |(path, reason)| OddPath { commit: commit_id(id), path, reason };
    part.odd.extend(found.odd.into_iter().take(LISTED).map(odd));
    for annotated in &found.touched {
        let (after, further) = fanout.note(node.tree, annotated)?;
        let rest = LISTED.saturating_sub(part.odd.len());
        part.odd.extend(further.into_iter().take(rest).map(|path| odd((path, SECOND))));
        let before =
            trees.iter().map(|tree| Ok(fanout.note(*tree, annotated)?.0)).collect::<Result<Vec<_>, ReadError>>()?;
        // A note that only moved to another fanout did not change.
        if after.is_some() && before.is_empty() || before.iter().any(|note| *note != after) {
            let blob = |note: Option<ObjectId>| note.map(|note| blob_id(&note));
            part.changes.push(Change {
                annotated: commit_id(annotated),
                before: before.into_iter().map(blob).collect(),
                after: blob(after),
            });
        }
    }
    Ok(())
}
