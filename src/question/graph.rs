//! What leads to what, over the whole ledger: requirement → plan and test → change → commit → approval → release →
//! deployment → incident, and back. The tracer gathers of it what a question needs.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use crate::record::kind::defect::Defect;
use crate::record::kind::incident::Incident;
use crate::record::{ChangeRef, Claim, CommitId, FileDigest, Kind, MemberId, Record, RecordId, RequirementId, TagName};
use crate::release::Manifest;
use crate::verify::{Ledger, Verified};

/// Something that leads to others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    /// Whoever signed.
    Person(MemberId),
    /// What is wanted.
    Requirement(RequirementId),
    /// A change, folded.
    Change(String),
    /// A file of the tree, by its path.
    File(String),
    /// A commit.
    Commit(CommitId),
    /// A record that is none of the others.
    Record(RecordId),
    /// A file that was built.
    Artifact(FileDigest),
    /// A file that was attached to records.
    Attachment(FileDigest),
    /// A release.
    Release(TagName),
    /// An incident or a defect, its id folded.
    Case(Kind, String),
}

impl Node {
    /// The word for what it is.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Person(_) => "person",
            Self::Requirement(_) => "requirement",
            Self::Change(_) => "change",
            Self::File(_) => "file",
            Self::Commit(_) => "commit",
            Self::Record(_) => "record",
            Self::Artifact(_) => "artifact",
            Self::Attachment(_) => "attachment",
            Self::Release(_) => "release",
            Self::Case(kind, _) => kind.as_str(),
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(id) => id.fmt(f),
            Self::Requirement(id) => id.fmt(f),
            Self::Change(id) | Self::File(id) | Self::Case(_, id) => id.fmt(f),
            Self::Commit(id) => id.fmt(f),
            Self::Record(id) => id.fmt(f),
            Self::Artifact(id) | Self::Attachment(id) => id.fmt(f),
            Self::Release(id) => id.fmt(f),
        }
    }
}

type Edges = HashMap<Node, BTreeSet<Node>>;

/// Links on record.
#[derive(Debug, Default)]
pub(super) struct Graph {
    down: Edges,
    up: Edges,
}

/// The part of a graph that leads to something, and that it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traced {
    /// What was asked about.
    pub of: Node,
    /// It, and everything else.
    pub nodes: BTreeSet<Node>,
    /// What leads directly to what.
    pub edges: BTreeSet<(Node, Node)>,
}

impl Graph {
    /// Adds that one thing leads to another.
    pub(super) fn link(&mut self, from: Node, to: Node) {
        self.up.entry(to.clone()).or_default().insert(from.clone());
        self.down.entry(from).or_default().insert(to);
    }

    /// Whether anything is known of it.
    pub(super) fn has(&self, node: &Node) -> bool {
        self.down.contains_key(node) || self.up.contains_key(node)
    }

    /// What it leads to directly.
    pub(super) fn after(&self, node: &Node) -> impl Iterator<Item = &Node> {
        self.down.get(node).into_iter().flatten()
    }

    /// Everything that leads to it, and that it leads to. Who signed something is told with it; only of a person it is asked
    /// what they signed.
    pub(super) fn trace(&self, of: Node) -> Traced {
        let mut traced = Traced { nodes: BTreeSet::from([of.clone()]), edges: BTreeSet::new(), of };
        for (edges, is_down) in [(&self.down, true), (&self.up, false)] {
            let mut open = vec![&traced.of];
            let mut seen = BTreeSet::from([traced.of.clone()]);
            let mut found = BTreeSet::new();
            while let Some(node) = open.pop() {
                for other in edges.get(node).into_iter().flatten().filter(|other| !matches!(other, Node::Person(_))) {
                    let edge = if is_down { (node, other) } else { (other, node) };
                    found.insert((edge.0.clone(), edge.1.clone()));
                    if seen.insert(other.clone()) {
                        open.push(other);
                    }
                }
            }
            traced.nodes.extend(seen);
            traced.edges.extend(found);
        }
        traced
    }

    /// Adds what a record says by itself.
    pub(super) fn record(&mut self, record: &Verified<Record>) {
        let (own, commit) = (Node::Record(record.id), Node::Commit(record.commit));
        let change = record.header.change.as_ref().map(ChangeRef::folded).map(Node::Change);
        let release = record.header.release.clone().map(Node::Release);
        let artifacts = record.artifacts.iter().map(|file| Node::Artifact(file.sha256));
        if let Some(change) = &change {
            self.link(change.clone(), commit.clone());
        }
        match &record.claim {
            Claim::Plan(plan) => {
                for id in &plan.requirements {
                    self.link(Node::Requirement(id.clone()), own.clone());
                }
                self.link(own.clone(), change.unwrap_or(commit));
            }
            Claim::Test(_) => {
                let cases = record.header.test.iter().flat_map(|test| &test.suites).flat_map(|suite| &suite.cases);
                for id in cases.flat_map(|case| &case.requirements) {
                    self.link(Node::Requirement(id.clone()), own.clone());
                }
                self.link(own.clone(), commit);
            }
            Claim::Scan(_) | Claim::Analysis(_) => self.link(own.clone(), commit),
            Claim::Build(_) => {
                self.link(commit, own.clone());
                artifacts.for_each(|artifact| self.link(own.clone(), artifact));
            }
            Claim::Approval(_) | Claim::Gate(_) | Claim::Exception(_) => self.link(commit, own.clone()),
            Claim::Release(claim) => self.link(commit, Node::Release(claim.tag.clone())),
            Claim::Deploy(_) => {
                self.link(release.unwrap_or(commit), own.clone());
                artifacts.for_each(|artifact| self.link(artifact, own.clone()));
            }
            Claim::Incident(Incident { id, deployment, introduced_by, .. })
            | Claim::Defect(Defect { id, deployment, introduced_by, .. }) => {
                self.case(record, id.folded(), *deployment, *introduced_by);
            }
            Claim::Monitor(_)
            | Claim::Policy(_)
            | Claim::Checkpoint(_)
            | Claim::ExceptionDecision(_)
            | Claim::Tombstone(_) => return,
        }
        self.link(Node::Person(record.header.recorder.clone()), own);
    }

    fn case(&mut self, record: &Record, id: String, deployment: Option<RecordId>, introduced: Option<CommitId>) {
        let case = Node::Case(record.header.kind, id);
        let release = record.header.release.clone().map(Node::Release);
        let from = deployment.map(Node::Record).or(release).unwrap_or(Node::Commit(record.commit));
        self.link(from, case.clone());
        if let Some(commit) = introduced {
            self.link(Node::Commit(commit), case.clone());
        }
        self.link(Node::Person(record.header.recorder.clone()), case);
    }

    /// What a release relies on leads to it.
    pub(super) fn release(&mut self, ledger: &Ledger, manifest: &Manifest) {
        let tag = Node::Release(manifest.tag.clone());
        self.link(Node::Commit(manifest.commit), tag.clone());
        for record in manifest.records.iter().filter_map(|id| ledger.record(*id)) {
            match record.header.kind {
                Kind::Approval | Kind::Gate | Kind::Exception => self.link(Node::Record(record.id), tag.clone()),
                Kind::Build => {
                    for file in &record.artifacts {
                        self.link(Node::Artifact(file.sha256), tag.clone());
                    }
                }
                _ => {}
            }
        }
    }
}

/// What is in each environment of each service now, by the record: the last deployment that succeeded and that nobody took
/// back.
pub fn deployed_now(ledger: &Ledger) -> Vec<&Verified<Record>> {
    use crate::record::kind::deploy::DeployOutcome;
    let mut standing: BTreeMap<_, Vec<&Verified<Record>>> = BTreeMap::new();
    for record in ledger.of_kind(Kind::Deploy).filter(|record| ledger.superseded_by(record.id).is_none()) {
        let Claim::Deploy(deploy) = &record.claim else { continue };
        let place = standing.entry((record.header.service.as_ref(), record.header.environment.as_ref())).or_default();
        let gone = match deploy.outcome {
            DeployOutcome::RolledBack => record.header.release.as_ref(),
            DeployOutcome::Success => deploy.rollback_of.as_ref(),
            DeployOutcome::Failure | DeployOutcome::Partial => None,
        };
        if gone.is_some() {
            place.retain(|other| other.header.release.as_ref() != gone);
        }
        if deploy.outcome == DeployOutcome::Success {
            place.push(record);
        }
    }
    standing.into_values().filter_map(|all| all.last().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::id;

    fn change(name: &str) -> Node {
        Node::Change(name.into())
    }

    #[test]
    fn f02_a_trace_goes_both_ways_and_not_sideways() {
        let mut graph = Graph::default();
        let person = || Node::Person("ada".parse().expect("an id"));
        for (from, to) in [
            (change("a"), Node::Commit(id(1))),
            (change("b"), Node::Commit(id(1))),
            (Node::Commit(id(1)), change("c")),
            (Node::Commit(id(2)), change("c")),
            (person(), change("c")),
            (person(), change("d")),
        ] {
            graph.link(from, to);
        }
        let traced = graph.trace(change("a"));
        assert_eq!(traced.nodes, BTreeSet::from([change("a"), Node::Commit(id(1)), change("c")]));
        assert_eq!(traced.edges.len(), 2);
        let back = graph.trace(change("c"));
        let all = [change("a"), change("b"), change("c"), Node::Commit(id(1)), Node::Commit(id(2))];
        assert_eq!(back.nodes, BTreeSet::from(all));
        assert_eq!(graph.trace(person()).nodes, BTreeSet::from([person(), change("c"), change("d")]));
        assert!(!graph.has(&change("e")) && graph.has(&change("d")));
    }

    #[test]
    fn f02_a_circle_ends() {
        let mut graph = Graph::default();
        graph.link(change("a"), change("b"));
        graph.link(change("b"), change("a"));
        assert_eq!(graph.trace(change("a")).nodes.len(), 2);
    }
}
