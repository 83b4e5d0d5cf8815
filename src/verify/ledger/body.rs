//! The records of a ledger, found by id, commit and tree, and their order.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::record::ids::{CommitId, RecordId, TreeId};
use crate::record::kind::Kind;
use crate::record::statement::Record;
use crate::verify::index::Index;
use crate::verify::order::Order;
use crate::verify::verified::Verified;

/// What of a ledger grows with it.
#[derive(Debug, Default)]
pub(in crate::verify) struct Body {
    pub(in crate::verify) order: Order,
    pub(in crate::verify) records: Vec<Verified<Record>>,
    pub(in crate::verify) lost_releases: Vec<Verified<Record>>,
    by_id: Index,
    by_commit: Index,
    by_tree: Index,
    by_kind: BTreeMap<Kind, Vec<u32>>,
    pub(in crate::verify) superseded: HashMap<RecordId, RecordId>,
}

impl Body {
    /// Without records yet.
    pub(in crate::verify) fn of(order: Order) -> Self {
        Self { order, ..Self::default() }
    }

    /// Makes records of equal ids one, the first, and indexes them. Says how many count only by tree.
    pub(in crate::verify) fn settle(&mut self) -> u64 {
        let by_id = |records: &[Verified<Record>]| Index::of(records.iter().map(|record| *record.id.as_bytes()));
        self.by_id = by_id(&self.records);
        // Nearly always none: two lines that hold one payload.
        let alike = self.by_id.alike().flatten().map(|(_, at)| *at as usize);
        let mut seen = HashSet::new();
        let mut again: Vec<_> = alike.filter(|at| !seen.insert(self.records[*at].id)).collect();
        if !again.is_empty() {
            again.sort_unstable();
            let mut at = 0..;
            self.records.retain(|_| at.next().is_some_and(|at| again.binary_search(&at).is_err()));
            self.by_id = by_id(&self.records);
        }
        let records = &self.records;
        std::thread::scope(|scope| {
            let by_commit = scope.spawn(|| Index::of(records.iter().map(|record| record.commit.as_bytes())));
            self.by_tree = Index::of(records.iter().map(|record| record.header.tree.as_bytes()));
            for (at, record) in (0..).zip(records) {
                self.by_kind.entry(record.header.kind).or_default().push(at);
            }
            self.by_commit = by_commit.join().expect("a worker does not panic");
        });
        self.records.iter().filter(|record| record.seal().orphaned).count() as u64
    }

    /// The record of this id.
    pub(in crate::verify) fn record(&self, id: RecordId) -> Option<&Verified<Record>> {
        self.by_id.near(id.as_bytes()).map(|at| &self.records[at]).find(|record| record.id == id)
    }

    /// The records on a commit.
    pub(super) fn on(&self, commit: CommitId) -> impl Iterator<Item = &Verified<Record>> {
        let near = self.by_commit.near(commit.as_bytes()).map(|at| &self.records[at]);
        near.filter(move |record| record.commit == commit)
    }

    /// The records on any commit with this tree.
    pub(super) fn by_tree(&self, tree: TreeId) -> impl Iterator<Item = &Verified<Record>> {
        let near = self.by_tree.near(tree.as_bytes()).map(|at| &self.records[at]);
        near.filter(move |record| record.header.tree == tree)
    }

    /// The records of a kind, in the order of the ledger.
    pub(super) fn of_kind(&self, kind: Kind) -> impl DoubleEndedIterator<Item = &Verified<Record>> {
        self.by_kind.get(&kind).into_iter().flatten().map(|at| &self.records[*at as usize])
    }
}
