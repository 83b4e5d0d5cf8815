//! What the ledger is asked: by id, commit, tree, kind, or outline. Of a ledger that was recalled only the records that are
//! asked for are read, until somebody wants all of them.

use super::{Body, Ledger};
use crate::record::ids::{CommitId, RecordId, TreeId};
use crate::record::kind::Kind;
use crate::record::statement::Record;
use crate::verify::kept::{Lost, Sparse};
use crate::verify::order::Order;
use crate::verify::outline::Outline;
use crate::verify::verified::Verified;

impl Ledger {
    /// Every record that counts, superseded and orphaned ones included, in the order of the ledger. All of them are read: who
    /// wants some asks for those.
    pub fn records(&self) -> &[Verified<Record>] {
        &self.body().records
    }

    /// The records whose outline is wanted, in the order of the ledger.
    pub fn select(&self, wanted: impl Fn(&Outline<'_>) -> bool) -> std::vec::IntoIter<&Verified<Record>> {
        let places = self.sparse().map(|sparse| {
            let wanted = sparse.outlines().enumerate().filter(|(_, outline)| wanted(outline));
            wanted.map(|(at, _)| at).collect::<Vec<_>>()
        });
        let some = places.and_then(|places| self.read(&places));
        let whole = || self.records().iter().filter(|record| wanted(&Outline::of(record))).collect();
        some.unwrap_or_else(whole).into_iter()
    }

    /// Every record in outline, in the order of the ledger.
    pub fn outlines(&self) -> impl Iterator<Item = Outline<'_>> {
        let sparse = self.sparse();
        let whole = if sparse.is_none() { &self.body().records[..] } else { &[] };
        sparse.into_iter().flat_map(Sparse::outlines).chain(whole.iter().map(Outline::of))
    }

    /// The record of this id.
    pub fn record(&self, id: RecordId) -> Option<&Verified<Record>> {
        let some = self.sparse().map(|sparse| sparse.place(id).into_iter().collect());
        self.some_or(some, move |body| body.record(id).into_iter()).next()
    }

    /// The records on a commit.
    pub fn on(&self, commit: CommitId) -> impl Iterator<Item = &Verified<Record>> {
        let some = self.sparse().map(|sparse| sparse.on(commit));
        self.some_or(some, move |body| body.on(commit))
    }

    /// The records on any commit with this tree.
    pub fn by_tree(&self, tree: TreeId) -> impl Iterator<Item = &Verified<Record>> {
        let some = self.sparse().map(|sparse| sparse.by_tree(tree));
        self.some_or(some, move |body| body.by_tree(tree))
    }

    /// The records of a kind, in the order of the ledger.
    pub fn of_kind(&self, kind: Kind) -> impl DoubleEndedIterator<Item = &Verified<Record>> {
        let some = self.sparse().map(|sparse| sparse.of_kind(kind).to_vec());
        self.some_or(some, move |body| body.of_kind(kind))
    }

    /// Those at these places, where there are such; else those of the whole.
    fn some_or<'a, I: Iterator<Item = &'a Verified<Record>>>(
        &'a self,
        places: Option<Vec<usize>>,
        of_whole: impl FnOnce(&'a Body) -> I,
    ) -> Found<'a, I> {
        let some = places.and_then(|places| self.read(&places));
        match some {
            Some(some) => Found::Some(some.into_iter()),
            None => Found::Whole(of_whole(self.body())),
        }
    }

    fn read(&self, places: &[usize]) -> Option<Vec<&Verified<Record>>> {
        let (rest, _) = self.rest.as_ref()?;
        // What cannot be had so is read, or verified, as a whole.
        self.sparse()?.records(places, &**rest).map_err(|Lost| ()).ok()
    }

    /// The record that corrects this one, if any does.
    pub fn superseded_by(&self, id: RecordId) -> Option<RecordId> {
        match self.sparse() {
            Some(sparse) => sparse.superseded.get(&id).copied(),
            None => self.body().superseded.get(&id).copied(),
        }
    }

    /// Whether the ledger contains this commit of it.
    pub fn contains_head(&self, head: CommitId) -> bool {
        self.tip == Some(head) || self.order().place(head).is_some()
    }

    /// Whether the ledger proves that `early` was there when `late` was signed.
    pub fn is_before(&self, early: &Verified<Record>, late: &Verified<Record>) -> bool {
        self.order().is_before(early.seal(), late.seal())
    }

    /// Whether the commit `head` of the ledger contains the record.
    pub fn head_contains(&self, head: CommitId, record: &Verified<Record>) -> bool {
        self.order().reaches(head, &record.seal().introduced)
    }

    /// The same of a record in outline.
    pub fn head_contains_outlined(&self, head: CommitId, record: &Outline<'_>) -> bool {
        self.order().reaches(head, &record.introduced)
    }

    /// Release records whose line was removed, or whose commit cannot be read: they go on binding their tags.
    pub fn lost_releases(&self) -> &[Verified<Record>] {
        // None of a ledger that is kept.
        if self.sparse().is_some() { &[] } else { &self.body().lost_releases }
    }

    /// Lines that verified once and are not in the tip.
    pub fn removed(&self) -> &[super::Removed] {
        &self.removed
    }

    /// Which ledger commit contains which.
    pub(super) fn order(&self) -> &Order {
        self.sparse().map_or_else(|| &self.body().order, |sparse| &sparse.order)
    }
}

/// What was found, one by one or in the whole.
enum Found<'a, I> {
    Some(std::vec::IntoIter<&'a Verified<Record>>),
    Whole(I),
}

impl<'a, I: Iterator<Item = &'a Verified<Record>>> Iterator for Found<'a, I> {
    type Item = &'a Verified<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Some(some) => some.next(),
            Self::Whole(whole) => whole.next(),
        }
    }
}

impl<'a, I: DoubleEndedIterator<Item = &'a Verified<Record>>> DoubleEndedIterator for Found<'a, I> {
    fn next_back(&mut self) -> Option<Self::Item> {
        match self {
            Self::Some(some) => some.next_back(),
            Self::Whole(whole) => whole.next_back(),
        }
    }
}
