//! Which commits are *here*: reached by a branch, a remote-tracking branch, a tag or the trust reference.

use std::collections::{BinaryHeap, HashMap};

use gix::hash::ObjectId;
use gix::objs::Kind;

use super::commit::Node;
use super::reader::{ReadError, Reader, tree_id};
use crate::verify::notes::Annotated;

/// A walk over all that is *here*, newest first, that goes only as far as it is asked.
pub(super) struct Reach {
    reader: Reader,
    commits: HashMap<ObjectId, Commit>,
    waiting: BinaryHeap<(i64, ObjectId)>,
    /// Where else to begin, once the walk so far has ended.
    further: Vec<ObjectId>,
    /// What could not be read on the way.
    pub(super) unread: Vec<ReadError>,
}

/// What is known of a commit.
#[derive(Default)]
struct Commit {
    /// Read beforehand, or when the walk came by.
    node: Option<Node>,
    way: Way,
}

/// How far the walk is with a commit.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Way {
    #[default]
    NotSeen,
    Waiting,
    Walked,
}

impl Reach {
    /// A walk that knows these commits beforehand.
    pub(super) fn new(reader: Reader, known: impl IntoIterator<Item = (ObjectId, Node)>) -> Self {
        let known = known.into_iter().map(|(id, node)| (id, Commit { node: Some(node), way: Way::NotSeen }));
        Self { reader, commits: known.collect(), waiting: BinaryHeap::new(), further: Vec::new(), unread: Vec::new() }
    }

    /// Begins, among others, at what a reference points at.
    pub(super) fn start(&mut self, tip: ObjectId) {
        match self.reader.peeled(&tip) {
            Ok((Kind::Commit, id)) => self.wait(id, i64::MAX),
            Ok(_) => {}
            Err(error) => self.unread.push(error),
        }
    }

    /// Begins there too, but not before all else was walked.
    pub(super) fn start_later(&mut self, tips: impl IntoIterator<Item = ObjectId>) {
        self.further.extend(tips);
    }

    fn wait(&mut self, id: ObjectId, time: i64) {
        let commit = self.commits.entry(id).or_default();
        if commit.way == Way::NotSeen {
            commit.way = Way::Waiting;
            self.waiting.push((time, id));
        }
    }

    /// Goes one commit further.
    fn walk(&mut self, id: ObjectId) {
        let Some(commit) = self.commits.get_mut(&id) else { return };
        if commit.node.is_none() {
            match self.reader.node(&id) {
                Ok(node) => commit.node = Some(node),
                Err(error) => self.unread.push(error),
            }
        }
        let Some(node) = &mut commit.node else { return };
        commit.way = Way::Walked;
        let (time, parents) = (node.time, std::mem::take(&mut node.parents));
        for parent in parents {
            self.wait(parent, time);
        }
    }

    fn tree(&self, wanted: &ObjectId) -> Option<ObjectId> {
        let commit = self.commits.get(wanted).filter(|commit| commit.way == Way::Walked)?;
        commit.node.as_ref().map(|node| node.tree)
    }

    /// What an object is.
    pub(super) fn annotated(&mut self, wanted: ObjectId) -> Annotated {
        loop {
            if let Some(tree) = self.tree(&wanted) {
                return Annotated::Here(tree_id(&tree));
            }
            match self.waiting.pop() {
                Some((_, id)) => self.walk(id),
                None if self.further.is_empty() => break,
                None => std::mem::take(&mut self.further).into_iter().for_each(|tip| self.start(tip)),
            }
        }
        self.elsewhere(wanted)
    }

    /// What an object is that the walk does not come by.
    fn elsewhere(&mut self, wanted: ObjectId) -> Annotated {
        match self.reader.any("annotated object", &wanted) {
            Ok((Kind::Commit, _)) => match self.reader.node(&wanted) {
                Ok(node) => Annotated::Orphaned(Some(tree_id(&node.tree))),
                Err(_) => Annotated::NotACommit,
            },
            Ok(_) => Annotated::NotACommit,
            Err(ReadError::Missing { .. }) => Annotated::Orphaned(None),
            Err(error) => {
                self.unread.push(error);
                Annotated::Orphaned(None)
            }
        }
    }
}
