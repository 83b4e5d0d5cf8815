//! Of all links on record those that a trace needs: a record is read when something that was reached touches it.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::graph::{Graph, Node, Traced};
use crate::record::{Claim, FileDigest, Kind, Name, Record, RecordId, TagName};
use crate::release::Manifest;
use crate::verify::{Ledger, Verified};

/// What a record touches, by the word for it and its name.
type Key<'a> = (&'static str, Cow<'a, str>);

/// Gathers links over the records that nobody corrected and the manifests of the releases.
#[derive(Debug)]
pub struct Tracer<'a> {
    ledger: &'a Ledger,
    manifests: &'a [Manifest],
    graph: Graph,
    /// The records that touch something, in the order of the ledger.
    touching: HashMap<Key<'a>, Vec<RecordId>>,
    holding: HashMap<FileDigest, Vec<RecordId>>,
    /// The manifests that rely on a record, by their places.
    relying: HashMap<RecordId, Vec<usize>>,
    /// Of which every link is in the graph.
    gathered: HashSet<Node>,
    linked: HashSet<RecordId>,
    placed: HashSet<(TagName, Name)>,
}

impl<'a> Tracer<'a> {
    /// Over a ledger and the manifests of its releases.
    pub fn new(ledger: &'a Ledger, manifests: &'a [Manifest]) -> Self {
        let mut tracer = Self {
            ledger,
            manifests,
            graph: Graph::default(),
            touching: HashMap::new(),
            holding: HashMap::new(),
            relying: HashMap::new(),
            gathered: HashSet::new(),
            linked: HashSet::new(),
            placed: HashSet::new(),
        };
        for outline in ledger.outlines() {
            let (id, names) = (outline.id, outline.names());
            let mut touches = vec![("person", Cow::Borrowed(outline.recorder))];
            touches.extend(outline.change.map(|change| ("change", Cow::Owned(change.to_ascii_lowercase()))));
            touches.extend(outline.release.map(|release| ("release", Cow::Borrowed(release))));
            touches.extend(names.requirements.into_iter().map(|name| ("requirement", Cow::Borrowed(name))));
            for key in touches {
                tracer.touching.entry(key).or_default().push(id);
            }
            for (_, digest) in names.artifacts {
                tracer.holding.entry(digest).or_default().push(id);
            }
        }
        for (at, manifest) in manifests.iter().enumerate() {
            for id in &manifest.records {
                tracer.relying.entry(*id).or_default().push(at);
            }
        }
        // They may be about anything.
        for record in ledger.of_kind(Kind::Incident).chain(ledger.of_kind(Kind::Defect)) {
            tracer.record(record);
        }
        tracer
    }

    /// Adds that one thing leads to another.
    pub fn link(&mut self, from: Node, to: Node) {
        self.graph.link(from, to);
    }

    /// Whether anything is known of it.
    pub fn has(&mut self, node: &Node) -> bool {
        self.gather(node);
        self.graph.has(node)
    }

    /// What it leads to directly.
    pub fn after(&mut self, node: &Node) -> impl Iterator<Item = &Node> {
        self.gather(node);
        self.graph.after(node)
    }

    /// Everything that leads to it, and that it leads to.
    pub fn trace(&mut self, of: &Node) -> Traced {
        loop {
            let traced = self.graph.trace(of.clone());
            let new: Vec<&Node> = traced.nodes.iter().filter(|node| !self.gathered.contains(*node)).collect();
            if new.is_empty() {
                return traced;
            }
            for node in new {
                self.gather(node);
            }
        }
    }

    /// Takes in every link of a node.
    fn gather(&mut self, node: &Node) {
        if !self.gathered.insert(node.clone()) {
            return;
        }
        let (ledger, manifests) = (self.ledger, self.manifests);
        let key = match node {
            Node::Person(id) => Some(id.to_string()),
            Node::Requirement(id) => Some(id.to_string()),
            Node::Release(id) => Some(id.to_string()),
            Node::Change(folded) => Some(folded.clone()),
            _ => None,
        };
        let touching = key.and_then(|key| self.touching.get(&(node.word(), Cow::Owned(key))));
        let mut records: Vec<&Verified<Record>> =
            touching.into_iter().flatten().filter_map(|id| ledger.record(*id)).collect();
        match node {
            Node::Commit(commit) => {
                records.extend(ledger.on(*commit));
                for manifest in manifests.iter().filter(|manifest| manifest.commit == *commit) {
                    self.graph.link(node.clone(), Node::Release(manifest.tag.clone()));
                }
            }
            Node::Record(id) => {
                records.extend(ledger.record(*id));
                self.rely(*id);
            }
            Node::Artifact(digest) => {
                let holding = self.holding.get(digest).cloned().unwrap_or_default();
                records.extend(holding.iter().filter_map(|id| ledger.record(*id)));
                for id in holding {
                    self.rely(id);
                }
            }
            Node::Release(tag) => {
                let is_it =
                    |record: &&Verified<Record>| matches!(&record.claim, Claim::Release(one) if one.tag == *tag);
                records.extend(ledger.of_kind(Kind::Release).filter(is_it));
                for manifest in manifests.iter().filter(|manifest| manifest.tag == *tag) {
                    self.graph.release(ledger, manifest);
                }
            }
            Node::Person(_)
            | Node::Requirement(_)
            | Node::Change(_)
            | Node::File(_)
            | Node::Attachment(_)
            | Node::Case(..) => {}
        }
        for record in records {
            self.record(record);
        }
    }

    /// Takes in that releases rely on a record.
    fn rely(&mut self, id: RecordId) {
        let Some(record) = self.ledger.record(id) else { return };
        let from: Vec<Node> = match record.header.kind {
            Kind::Approval | Kind::Gate | Kind::Exception => vec![Node::Record(id)],
            Kind::Build => record.artifacts.iter().map(|file| Node::Artifact(file.sha256)).collect(),
            _ => return,
        };
        for at in self.relying.get(&id).into_iter().flatten() {
            for from in &from {
                self.graph.link(from.clone(), Node::Release(self.manifests[*at].tag.clone()));
            }
        }
    }

    /// Takes in the links of a record.
    fn record(&mut self, record: &Verified<Record>) {
        if self.ledger.superseded_by(record.id).is_some() || !self.linked.insert(record.id) {
            return;
        }
        self.graph.record(record);
        if let (Claim::Deploy(_) | Claim::Monitor(_), Some(release), Some(environment)) =
            (&record.claim, &record.header.release, &record.header.environment)
        {
            self.place(release, environment);
        }
    }

    /// How a release did in an environment belongs to the deployment before.
    fn place(&mut self, release: &TagName, environment: &Name) {
        if !self.placed.insert((release.clone(), environment.clone())) {
            return;
        }
        let ledger = self.ledger;
        let there = self.touching.get(&("release", Cow::Borrowed(release.as_str()))).into_iter().flatten();
        let counts = |record: &&Verified<Record>| {
            record.header.environment.as_ref() == Some(environment) && ledger.superseded_by(record.id).is_none()
        };
        let mut from = Node::Release(release.clone());
        for record in there.filter_map(|id| ledger.record(*id)).filter(counts) {
            match record.header.kind {
                Kind::Deploy => from = Node::Record(record.id),
                Kind::Monitor => self.graph.link(from.clone(), Node::Record(record.id)),
                _ => {}
            }
        }
    }
}
