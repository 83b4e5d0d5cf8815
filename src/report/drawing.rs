//! A trace as something to draw: Graphviz DOT, Mermaid, or nodes with a rank and a place in it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;

use serde::Serialize;

use super::escape::escape;
use crate::question::{Node, Traced};
use crate::record::{Claim, Kind, RecordId, UtcTime};
use crate::verify::Ledger;

/// A trace with a word about everything in it.
#[derive(Debug, Serialize)]
pub struct Drawing {
    /// What was asked about: the place of its node.
    pub of: usize,
    /// Everything, by rank and place.
    pub nodes: Vec<Drawn>,
    /// What leads directly to what: places of nodes.
    pub edges: Vec<(usize, usize)>,
    #[serde(skip)]
    places: HashMap<Node, usize>,
}

/// One node.
#[derive(Debug, Clone, Serialize)]
pub struct Drawn {
    /// Its full id or name.
    pub id: String,
    /// What it is: `requirement`, `change`, `commit`, `artifact`, `release`, `person`, or the kind of a record.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// What it says, where it says something.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Who signed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorder: Option<String>,
    /// When, by their word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded: Option<UtcTime>,
    /// The record that says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordId>,
    /// How far along the way it stands, from 0: the column, or row, of a drawing.
    pub rank: usize,
    /// Its place among those of its rank, from 0.
    pub place: usize,
}

/// From what is wanted to what came of it.
const RANKS: [&[&str]; 10] = [
    &["person", "requirement", "file", "attachment"],
    &["plan"],
    &["change"],
    &["test", "scan", "analysis"],
    &["commit"],
    &["build", "approval", "gate", "exception"],
    &["artifact"],
    &["release"],
    &["deploy"],
    &["monitor", "incident", "defect"],
];

impl Drawing {
    /// Of a trace, by what the ledger says of everything in it.
    pub fn of(ledger: &Ledger, traced: &Traced) -> Self {
        let cases = ledger.cases();
        let by_case: HashMap<(Kind, String), _> =
            cases.iter().map(|case| ((case.last.header.kind, case.id().folded()), case.last)).collect();
        let mut releases = HashMap::new();
        for record in ledger.of_kind(Kind::Release) {
            if let Claim::Release(release) = &record.claim {
                releases.entry(&release.tag).or_insert(record);
            }
        }
        let written = changes(ledger, traced);
        let mut nodes: Vec<(Node, Drawn)> = Vec::new();
        for node in &traced.nodes {
            let record = match node {
                Node::Record(id) => ledger.record(*id),
                Node::Case(kind, id) => by_case.get(&(*kind, id.clone())).copied(),
                Node::Release(tag) => releases.get(tag).copied(),
                _ => None,
            };
            let kind = match (node, record) {
                (Node::Record(_), Some(record)) => record.header.kind.as_str(),
                _ => node.word(),
            };
            let text = match (node, record) {
                (Node::Release(_), _) | (_, None) => String::new(),
                (_, Some(record)) => {
                    let place = record.header.environment.as_ref().map(|name| format!(", in {name}"));
                    record.summary() + &place.unwrap_or_default()
                }
            };
            let id = match (node, record.map(|record| &record.claim)) {
                (Node::Case(..), Some(Claim::Incident(one))) => one.id.to_string(),
                (Node::Case(..), Some(Claim::Defect(one))) => one.id.to_string(),
                (Node::Change(folded), _) => written.get(folded).cloned().unwrap_or_else(|| folded.clone()),
                _ => node.to_string(),
            };
            let drawn = Drawn {
                id,
                kind,
                text,
                recorder: record.map(|record| record.header.recorder.to_string()),
                recorded: record.map(|record| record.header.recorded),
                record: record.map(|record| record.id),
                rank: RANKS.iter().position(|words| words.contains(&kind)).unwrap_or(0),
                place: 0,
            };
            nodes.push((node.clone(), drawn));
        }
        // Within a rank in the order of the ledger, so that the newest stands last.
        let wanted: HashSet<RecordId> = nodes.iter().filter_map(|(_, drawn)| drawn.record).collect();
        let order = ledger.outlines().map(|record| record.id).enumerate().filter(|(_, id)| wanted.contains(id));
        let order: HashMap<RecordId, usize> = order.map(|(at, id)| (id, at)).collect();
        nodes.sort_by(|(a, one), (b, other)| {
            let at = |drawn: &Drawn| drawn.record.and_then(|id| order.get(&id).copied());
            (one.rank, at(one), a).cmp(&(other.rank, at(other), b))
        });
        let mut in_rank: BTreeMap<usize, usize> = BTreeMap::new();
        for (_, drawn) in &mut nodes {
            let next = in_rank.entry(drawn.rank).or_default();
            drawn.place = *next;
            *next += 1;
        }
        let places: HashMap<Node, usize> = nodes.iter().enumerate().map(|(at, (node, _))| (node.clone(), at)).collect();
        let place = |node: &Node| places.get(node).copied();
        let mut edges: Vec<(usize, usize)> =
            traced.edges.iter().filter_map(|(from, to)| Some((place(from)?, place(to)?))).collect();
        edges.sort_unstable();
        let of = place(&traced.of).unwrap_or(0);
        Self { of, nodes: nodes.into_iter().map(|(_, drawn)| drawn).collect(), edges, places }
    }

    /// For tests: these nodes and lines, the first of them asked about.
    #[cfg(test)]
    pub(super) fn of_parts(nodes: Vec<Drawn>, edges: Vec<(usize, usize)>) -> Self {
        Self { of: 0, nodes, edges, places: HashMap::new() }
    }

    /// Where a node stands.
    pub fn place(&self, node: &Node) -> Option<usize> {
        self.places.get(node).copied()
    }

    /// For Graphviz: `dot -Tsvg`.
    pub fn dot(&self) -> String {
        let mut out = String::from("digraph trace {\n  rankdir=LR;\n  node [shape=box];\n");
        for (at, node) in self.nodes.iter().enumerate() {
            let bold = if at == self.of { ", style=bold" } else { "" };
            let label = node.label().replace('\\', "\\\\").replace('"', "\\\"");
            writeln!(out, "  n{at} [label=\"{label}\"{bold}];").expect("writing to a string does not fail");
        }
        for (from, to) in &self.edges {
            writeln!(out, "  n{from} -> n{to};").expect("writing to a string does not fail");
        }
        out + "}\n"
    }

    /// For Mermaid: a flowchart, as forges draw it in Markdown.
    pub fn mermaid(&self) -> String {
        let mut out = String::from("flowchart LR\n");
        for (at, node) in self.nodes.iter().enumerate() {
            // Whatever could end the label, or begin markup, is an entity.
            let mut label = String::new();
            for c in node.label().chars() {
                if c.is_alphanumeric() || " .,:-_/@+".contains(c) {
                    label.push(c);
                } else {
                    write!(label, "#{};", u32::from(c)).expect("writing to a string does not fail");
                }
            }
            writeln!(out, "  n{at}[\"{label}\"]").expect("writing to a string does not fail");
        }
        for (from, to) in &self.edges {
            writeln!(out, "  n{from} --> n{to}").expect("writing to a string does not fail");
        }
        out
    }
}

/// The changes of a trace as the first record of each writes it.
fn changes(ledger: &Ledger, traced: &Traced) -> HashMap<String, String> {
    let wanted = traced.nodes.iter().filter_map(|node| if let Node::Change(id) = node { Some(id) } else { None });
    let wanted: HashSet<&String> = wanted.collect();
    let mut written = HashMap::new();
    if wanted.is_empty() {
        return written;
    }
    for change in ledger.outlines().filter_map(|record| record.change) {
        let folded = change.to_ascii_lowercase();
        if wanted.contains(&folded) {
            written.entry(folded).or_insert_with(|| change.to_string());
        }
    }
    written
}

impl Drawn {
    /// Its id as people read it.
    pub fn short(&self) -> String {
        let is_hash = matches!(self.kind, "commit" | "artifact" | "attachment")
            || self.record.is_some_and(|id| id.to_string() == self.id);
        let length = if self.kind == "commit" { 7 } else { 12 };
        if is_hash { self.id.get(..length).unwrap_or(&self.id).to_owned() } else { self.id.clone() }
    }

    /// In a line, escaped.
    pub fn label(&self) -> String {
        let text = if self.text.is_empty() { String::new() } else { format!(": {}", self.text) };
        let who = self.recorder.as_ref().map_or(String::new(), |who| format!(" ({who})"));
        escape(&format!("{} {}{text}{who}", self.kind, self.short())).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f02_what_a_repository_says_ends_no_label() {
        let node = |text: &str| Drawn {
            id: "X-1".into(),
            kind: "change",
            text: text.into(),
            recorder: None,
            recorded: None,
            record: None,
            rank: 2,
            place: 0,
        };
        let drawing = Drawing {
            of: 0,
            nodes: vec![node("a\"];b[\"<script>\\\u{1b}\n"), node("c")],
            edges: vec![(0, 1)],
            places: HashMap::new(),
        };
        let dot = drawing.dot();
        assert!(dot.contains(r#"n0 [label="change X-1: a\"];b[\"<script>\\\\u{1b}\\u{a}", style=bold];"#), "{dot}");
        assert!(dot.contains("n0 -> n1;"));
        let mermaid = drawing.mermaid();
        assert!(mermaid.contains("n0[\"change X-1: a#34;#93;#59;b#91;#34;#60;script#62;"), "{mermaid}");
        assert_eq!(mermaid.lines().count(), 4);
    }
}
