//! The history of a ledger: its commits, parents first, and the notes that each one changed.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicUsize, Ordering};

use gix::hash::ObjectId;

use super::commit::Node;
use super::fanout::{ALL, Difference, Fanout, SECOND};
use super::reader::{ReadError, Reader, blob_id, commit_id};
use super::repository::Repository;
use crate::verify::notes::{Change, History, LedgerCommit, OddPath};

/// Neighbours share most of their trees, so that many commits are taken at a time.
const TAKEN: usize = 256;

/// A commit that changed so many directories of the root, or notes in it, is divided between threads.
const WIDE: usize = 64;

/// Into so many parts, on any machine, so that what can still be told of a damaged one is the same on all.
const SHARES: usize = 8;

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
            .map(|_| scope.spawn(|| changes_of(repository, &order, &next)))
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

/// The commits after `base` up to `tip`, if they are one line of at most `most`; the first one has no parent in it.
pub(super) fn line(repository: &Repository, base: ObjectId, tip: ObjectId, most: usize) -> Option<History> {
    let mut reader = repository.reader();
    let (mut nodes, mut next) = (Vec::new(), tip);
    while next != base {
        let node = reader.node(&next).ok().filter(|node| node.parents.len() == 1 && nodes.len() < most)?;
        let parent = node.parents[0];
        nodes.push((next, node));
        next = parent;
    }
    let mut order: Ordered = vec![(base, reader.node(&base).ok()?, Vec::new())];
    order.extend(nodes.into_iter().rev().enumerate().map(|(at, (id, node))| (id, node, vec![at])));
    let (mut history, mut fanout) = (History::default(), Fanout::new(&mut reader));
    for (place, (id, ..)) in order.iter().enumerate().skip(1) {
        let mut part = Part { place, ..Part::default() };
        fill(&mut fanout, &order, &mut part, &ALL).ok()?;
        history.odd_paths.extend(part.odd);
        history.commits.push(LedgerCommit { id: commit_id(id), parents: Vec::new(), changes: part.changes });
    }
    Some(history)
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

#[derive(Default)]
struct Part {
    place: usize,
    changes: Vec<Change>,
    odd: Vec<OddPath>,
    errors: Vec<ReadError>,
}

fn changes_of(repository: &Repository, order: &Ordered, next: &AtomicUsize) -> Vec<Part> {
    let mut reader = repository.reader();
    let mut fanout = Fanout::new(&mut reader);
    let mut parts = Vec::new();
    loop {
        let start = next.fetch_add(TAKEN, Ordering::Relaxed);
        if start >= order.len() {
            return parts;
        }
        for place in start..(start + TAKEN).min(order.len()) {
            let mut part = Part { place, ..Part::default() };
            if is_wide(&mut fanout, order, place) {
                divided(repository, order, &mut part);
            } else if let Err(error) = fill(&mut fanout, order, &mut part, &ALL) {
                part.errors.push(error);
            }
            parts.push(part);
        }
    }
}

/// Whether a commit changed so much that it is work for several threads: a bulk write.
fn is_wide(fanout: &mut Fanout<'_>, order: &Ordered, place: usize) -> bool {
    let (_, node, parents) = &order[place];
    // What cannot be read here is told by who reads it in earnest.
    let first = parents.first().map(|parent| order[*parent].1.tree);
    fanout.breadth(first, node.tree).is_ok_and(|breadth| breadth >= WIDE)
}

/// Compares one commit with its parents, on all cores, each for a part of the ids.
fn divided(repository: &Repository, order: &Ordered, part: &mut Part) {
    let byte = |at: usize| u8::try_from(at).unwrap_or(u8::MAX);
    let (place, width) = (part.place, 256 / SHARES);
    let done = std::thread::scope(|scope| {
        let shares = (0..256).step_by(width).map(|first| byte(first)..=byte(first + width - 1));
        let workers = shares.map(|share| {
            scope.spawn(move || {
                let (mut reader, mut part) = (repository.reader(), Part { place, ..Part::default() });
                if let Err(error) = fill(&mut Fanout::new(&mut reader), order, &mut part, &share) {
                    part.errors.push(error);
                }
                part
            })
        });
        let workers: Vec<_> = workers.collect();
        workers.into_iter().map(|worker| worker.join().expect("a worker does not panic")).collect::<Vec<_>>()
    });
    for share in done {
        part.changes.extend(share.changes);
        part.odd.extend(share.odd);
        part.errors.extend(share.errors);
    }
}

/// Compares one commit with each of its parents, for objects whose id begins with one of these bytes.
fn fill(
    fanout: &mut Fanout<'_>,
    order: &Ordered,
    part: &mut Part,
    bytes: &RangeInclusive<u8>,
) -> Result<(), ReadError> {
    let (id, node, parents) = &order[part.place];
    let trees: Vec<_> = parents.iter().map(|parent| order[*parent].1.tree).collect();
    let mut found = Difference::default();
    if trees.is_empty() {
        fanout.difference(None, Some(node.tree), bytes, &mut found)?;
    }
    for tree in &trees {
        fanout.difference(Some(*tree), Some(node.tree), bytes, &mut found)?;
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
