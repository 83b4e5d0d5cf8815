//! Links to requirements, gathered from verified records, commits, source and the requirements themselves.

use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

use super::doubt::Doubt;
use crate::ingest::requirement::{Requirement, Requirements};
use crate::record::kind::test::{CaseOutcome, Suite};
use crate::record::{Claim, CommitId, Name, Record, RecordId, RequirementId, TreeId};
use crate::verify::{Ledger, Verified};

/// The requirements of other commits.
pub trait Past {
    /// As they were at a commit, or why they cannot be read.
    fn requirements_at(&self, commit: CommitId) -> Result<Rc<Requirements>, String>;
}

/// What links are gathered from.
pub struct Sources<'a> {
    /// The requirements of the commit looked at.
    pub requirements: &'a Requirements,
    /// Its tree.
    pub tree: TreeId,
    /// It, and what it contains since the baseline of the policy.
    pub history: &'a HashSet<CommitId>,
    /// The verified records.
    pub ledger: &'a Ledger,
    /// What trailers of these commits name.
    pub commits: &'a [Commit],
    /// The tags in the source at the commit.
    pub tags: &'a [Tag],
    /// The requirements at other commits.
    pub past: &'a dyn Past,
}

/// A trailer of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// The commit.
    pub id: CommitId,
    /// The first line of its message.
    pub subject: String,
    /// The key of the trailer.
    pub key: String,
    /// What it names.
    pub names: RequirementId,
}

/// A tag in a source file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What covers: `impl`, `utest`.
    pub kind: String,
    /// What is covered.
    pub names: RequirementId,
}

/// A link to a requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it comes from.
    pub from: From,
    /// Why it is suspect, if so.
    pub doubt: Option<Doubt>,
}

/// Where a link comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum From {
    /// A test case of a record.
    Test {
        /// The record.
        record: RecordId,
        /// The commit that it is on.
        commit: CommitId,
        /// The type of suite.
        suite: Name,
        /// The case.
        case: String,
        /// How it went.
        outcome: CaseOutcome,
        /// Whether it was run on the tree looked at.
        is_here: bool,
    },
    /// A plan.
    Plan {
        /// The record.
        record: RecordId,
        /// The commit that it is on.
        commit: CommitId,
    },
    /// A trailer of a commit.
    Commit(Commit),
    /// A tag in the source.
    Tag(Tag),
    /// A requirement that is derived from it.
    Child(RequirementId),
}

/// A link to a requirement that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// What is named.
    pub names: RequirementId,
    /// Where.
    pub from: From,
}

/// Every requirement with its links.
#[derive(Debug)]
pub struct Trace<'a> {
    /// Each with its links: children, plans, commits, source, tests.
    pub rows: Vec<(&'a Requirement, Vec<Link>)>,
    /// Links to requirements that are not there.
    pub unknown: Vec<Unknown>,
}

impl<'a> Trace<'a> {
    /// Gathers every link; those to one requirement where `only` names it.
    pub fn of(sources: &Sources<'a>, only: Option<&RequirementId>) -> Self {
        let mut gathering = Gathering { sources, only, links: BTreeMap::new(), unknown: Vec::new() };
        gathering.children();
        let records: Vec<_> = sources
            .ledger
            .select(|outline| !outline.names().requirements.is_empty())
            .filter(|record| gathering.counts(record))
            .collect();
        for record in &records {
            gathering.plan(record);
        }
        for commit in sources.commits {
            gathering.take(&commit.names, From::Commit(commit.clone()), Some(commit.id), None);
        }
        for tag in sources.tags {
            gathering.take(&tag.names, From::Tag(tag.clone()), None, None);
        }
        for record in &records {
            gathering.tests(record);
        }
        let Gathering { mut links, unknown, .. } = gathering;
        let wanted = sources.requirements.all().filter(|one| only.is_none_or(|only| one.id == *only));
        Self { rows: wanted.map(|one| (one, links.remove(&one.id).unwrap_or_default())).collect(), unknown }
    }
}

struct Gathering<'a, 's> {
    sources: &'s Sources<'a>,
    only: Option<&'s RequirementId>,
    links: BTreeMap<RequirementId, Vec<Link>>,
    unknown: Vec<Unknown>,
}

impl Gathering<'_, '_> {
    /// Whether a record says something about this history: it is neither corrected, nor from a dirty work tree.
    fn counts(&self, record: &Verified<Record>) -> bool {
        let is_here = record.header.tree == self.sources.tree || self.sources.history.contains(&record.commit);
        is_here && !record.header.dirty && self.sources.ledger.superseded_by(record.id).is_none()
    }

    fn children(&mut self) {
        for child in self.sources.requirements.all() {
            for parent in &child.parents {
                let from = From::Child(child.id.clone());
                let doubt =
                    self.sources.requirements.linked(&parent.id).and_then(|(one, _)| Doubt::of_stamp(one, parent));
                self.take(&parent.id, from, None, doubt);
            }
        }
    }

    fn plan(&mut self, record: &Verified<Record>) {
        let Claim::Plan(plan) = &record.claim else { return };
        for id in &plan.requirements {
            let from = From::Plan { record: record.id, commit: record.commit };
            self.take(id, from, self.elsewhere(record), None);
        }
    }

    fn tests(&mut self, record: &Verified<Record>) {
        for suite in record.header.test.iter().flat_map(|test| &test.suites) {
            let omitted = unnamed_failures(suite);
            for case in &suite.cases {
                for id in &case.requirements {
                    let from = From::Test {
                        record: record.id,
                        commit: record.commit,
                        suite: suite.kind.clone(),
                        case: case.name.clone(),
                        outcome: case.outcome,
                        is_here: record.header.tree == self.sources.tree,
                    };
                    let doubt = (omitted > 0).then_some(Doubt::CasesOmitted(omitted));
                    self.take(id, from, self.elsewhere(record), doubt);
                }
            }
        }
    }

    /// The commit of a record, where its tree is another one, so that its requirements may be other ones.
    fn elsewhere(&self, record: &Verified<Record>) -> Option<CommitId> {
        (record.header.tree != self.sources.tree).then_some(record.commit)
    }

    /// Notes a link, with the first doubt there is.
    fn take(&mut self, names: &RequirementId, from: From, since: Option<CommitId>, doubt: Option<Doubt>) {
        let Some((one, revision)) = self.sources.requirements.linked(names) else {
            // A trailer may speak of an issue; and who asks for one requirement does not ask for others.
            if !matches!(from, From::Commit(_)) && self.only.is_none() {
                self.unknown.push(Unknown { names: names.clone(), from });
            }
            return;
        };
        if self.only.is_some_and(|only| one.id != *only) {
            return;
        }
        let doubt = Doubt::of_revision(one, revision)
            .or(doubt)
            .or_else(|| Doubt::of_review(one))
            .or_else(|| since.and_then(|commit| Doubt::since(one, commit, self.sources.past)));
        self.links.entry(one.id.clone()).or_default().push(Link { from, doubt });
    }
}

/// Failed cases that the record does not name; they come first, so that these are all that found no room.
fn unnamed_failures(suite: &Suite) -> u64 {
    let named = suite.cases.iter().filter(|case| case.outcome == CaseOutcome::Failed).count();
    suite.failed.saturating_sub(named as u64)
}
