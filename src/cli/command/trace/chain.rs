//! Anything with everything that leads to it and that it leads to, over the whole ledger.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::error::{Error, Exit, Result};
use crate::cli::target::Target;
use crate::cli::ui::{Tone, Ui};
use crate::cli::verification::{Verification, VerificationJson};
use crate::question::{Graph, Node, deployed_now};
use crate::record::{Claim, CommitId, FileDigest, Kind, RecordId, TagName};
use crate::release::{Manifest, TagObject, contents, releases};
use crate::report::drawing::{Drawing, Drawn};
use crate::verify::Ledger;

/// How to write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// For people: a tree each way
    Text,
    /// For programs
    Json,
    /// For Graphviz
    Dot,
    /// For Mermaid
    Mermaid,
    /// For spreadsheets
    Csv,
}

#[derive(Serialize)]
struct Output<'a> {
    schema: &'static str,
    graph: &'a Drawing,
    /// Where it is now: the last successful deployment to each environment.
    now: &'a [NowJson],
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<&'a CaseJson>,
    verification: VerificationJson,
}

/// What is in an environment now.
#[derive(Debug, Serialize)]
pub(super) struct NowJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    release: Option<String>,
    deployment: RecordId,
}

/// Of an incident or a defect: where it came from, and what let it pass.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CaseJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    introduced_by: Option<CommitId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    /// The type of suite that should have caught it.
    #[serde(skip_serializing_if = "Option::is_none")]
    missed_by: Option<String>,
    /// The runs of that suite that the release at fault relies on.
    ran: Vec<RecordId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    release: Option<TagName>,
    approvers: Vec<String>,
    /// The decision that let the release pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<RecordId>,
    /// What it says of each control, with the records that show that it ran.
    controls: Vec<ControlJson>,
}

#[derive(Serialize)]
struct ControlJson {
    id: String,
    outcome: String,
    records: Vec<RecordId>,
}

/// The manifest of every release that can be read.
pub(super) fn manifests(context: &Context, ledger: &Ledger) -> Result<Vec<Manifest>> {
    let (tags, _) = context.tags()?;
    let by_name: std::collections::HashMap<&str, _> = tags.iter().map(|tag| (tag.name.as_str(), tag)).collect();
    let mut seen = BTreeSet::new();
    let new = releases(ledger).filter(|(record, _)| seen.insert(record.id));
    let read = new.filter_map(|(_, release)| {
        let (_, raw) = by_name.get(release.tag.as_str())?.object.as_ref()?;
        Some(contents(&TagObject::parse(raw).ok()?, release).ok()?.1)
    });
    Ok(read.collect())
}

/// What a word names: in this order a release, a record, an incident or defect, a change, a requirement, a member, an artifact by
/// digest or name, a file of the tree, a commit.
pub(super) fn named(context: &Context, ledger: &Ledger, graph: &mut Graph, text: &str) -> Result<Option<Node>> {
    let target = context.target(ledger, Some(text));
    match target {
        Ok(Target::Release { tag, .. }) => return Ok(Some(Node::Release(tag))),
        Ok(Target::Record(id)) => {
            return Ok(Some(match ledger.record(id).map(|record| (&record.claim, &record.header.kind)) {
                Some((Claim::Incident(one), kind)) => Node::Case(*kind, one.id.folded()),
                Some((Claim::Defect(one), kind)) => Node::Case(*kind, one.id.folded()),
                Some((Claim::Release(one), _)) => Node::Release(one.tag.clone()),
                _ => Node::Record(id),
            }));
        }
        _ => {}
    }
    let folded = text.to_ascii_lowercase();
    let mut all = vec![
        Node::Case(Kind::Incident, folded.clone()),
        Node::Case(Kind::Defect, folded.clone()),
        Node::Change(folded),
    ];
    all.extend(text.parse().ok().map(Node::Requirement));
    all.extend(text.parse().ok().map(Node::Person));
    if let Some(node) = all.into_iter().find(|node| graph.has(node)) {
        return Ok(Some(node));
    }
    if let Some(digest) = artifact(ledger, text)? {
        return Ok(Some(Node::Artifact(digest)));
    }
    if let Ok(Target::Commit(commit)) = target {
        contained(context, ledger, graph, &[commit.id])?;
        return Ok(Some(Node::Commit(commit.id)));
    }
    let head = context.commit(None)?;
    let changed = context.repo.commits_changing(&head.id, text)?;
    if changed.is_empty() {
        return Ok(None);
    }
    for commit in &changed {
        graph.link(Node::File(text.to_owned()), Node::Commit(*commit));
    }
    contained(context, ledger, graph, &changed)?;
    Ok(Some(Node::File(text.to_owned())))
}

/// An artifact that records name so, or whose digest begins so.
fn artifact(ledger: &Ledger, text: &str) -> Result<Option<FileDigest>> {
    let hex = text.strip_prefix("sha256:").unwrap_or(text);
    let is_hex = (12..=64).contains(&hex.len()) && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    let artifacts = ledger.records().iter().flat_map(|record| &record.artifacts);
    let is_it = |file: &&crate::record::statement::Artifact| {
        file.name == text || (is_hex && file.sha256.to_string().starts_with(hex))
    };
    let found: BTreeSet<FileDigest> = artifacts.filter(is_it).map(|file| file.sha256).collect();
    let mut found = found.into_iter();
    match (found.next(), found.next()) {
        (one, None) => Ok(one),
        (Some(one), Some(other)) => Err(Error::new(format!("{text:?} names several artifacts"))
            .detail(format!("sha256:{one}"))
            .detail(format!("sha256:{other}"))
            .hint("name it by 12 or more digits of its SHA-256")),
        (None, _) => Ok(None),
    }
}

/// A commit leads to the first release of each service that contains it.
fn contained(context: &Context, ledger: &Ledger, graph: &mut Graph, commits: &[CommitId]) -> Result<()> {
    let mut by_service: BTreeMap<_, Vec<(CommitId, &TagName)>> = BTreeMap::new();
    for (record, release) in releases(ledger) {
        by_service.entry(&record.header.service).or_default().push((record.commit, &release.tag));
    }
    for all in by_service.into_values() {
        let heads: Vec<CommitId> = all.iter().map(|(commit, _)| *commit).collect();
        let first = context.repo.first_containing(&heads)?;
        for commit in commits {
            if let Some((_, tag)) = first.get(commit).and_then(|place| all.get(*place)) {
                graph.link(Node::Commit(*commit), Node::Release((*tag).clone()));
            }
        }
    }
    Ok(())
}

/// Shows it.
pub(super) fn show(
    context: &Context,
    verification: &Verification,
    graph: &Graph,
    manifests: &[Manifest],
    of: Node,
    format: Format,
) -> Result<Exit> {
    let (ui, ledger, exit) = (context.ui, &verification.ledger, Exit::from(verification.outcome()));
    let traced = graph.trace(of);
    let drawing = Drawing::of(ledger, &traced);
    let now: Vec<NowJson> = now(ledger, &drawing);
    let case = case(context, ledger, manifests, &traced.of);
    match format {
        Format::Dot => ui.print(&drawing.dot()),
        Format::Mermaid => ui.print(&drawing.mermaid()),
        Format::Json => ui.json(&Output {
            schema: "git-qms/trace/v1",
            graph: &drawing,
            now: &now,
            case: case.as_ref(),
            verification: verification.json(),
        })?,
        // Refused before: a graph is no table.
        Format::Csv => {}
        Format::Text if ui.is_quiet() => {
            drawing.nodes.iter().for_each(|node| ui.line(&ui.paint(Tone::Plain, &node.id)));
        }
        Format::Text => {
            ui.page(&context.environment);
            tell(ui, &drawing, &now, case.as_ref());
            verification.tell_findings(ui, false);
            ui.line(&verification.summary(ui));
        }
    }
    Ok(exit)
}

/// What of the drawing is in an environment now.
fn now(ledger: &Ledger, drawing: &Drawing) -> Vec<NowJson> {
    let there = deployed_now(ledger).into_iter().filter(|record| drawing.place(&Node::Record(record.id)).is_some());
    let text = |name: &Option<crate::record::Name>| name.as_ref().map(ToString::to_string);
    let json = |record: &crate::verify::Verified<crate::record::Record>| NowJson {
        service: text(&record.header.service),
        environment: text(&record.header.environment),
        release: record.header.release.as_ref().map(ToString::to_string),
        deployment: record.id,
    };
    there.map(json).collect()
}

/// Where an incident or a defect came from, and what let it pass.
fn case(context: &Context, ledger: &Ledger, manifests: &[Manifest], of: &Node) -> Option<CaseJson> {
    let Node::Case(kind, id) = of else { return None };
    let case = ledger.case(*kind, &id.parse().ok()?)?;
    let (introduced_by, missed_by, deployment) = match &case.last.claim {
        Claim::Incident(one) => (one.introduced_by, &one.missed_by, one.deployment),
        Claim::Defect(one) => (one.introduced_by, &one.missed_by, one.deployment),
        _ => return None,
    };
    let of_deployment = || ledger.record(deployment?)?.header.release.clone();
    let release = case.last.header.release.clone().or_else(of_deployment);
    let manifest = release.as_ref().and_then(|tag| manifests.iter().find(|manifest| manifest.tag == *tag));
    let relied = || manifest.iter().flat_map(|manifest| &manifest.records).filter_map(|id| ledger.record(*id));
    let ran = |record: &&crate::verify::Verified<crate::record::Record>| {
        let mut suites = record.header.test.iter().flat_map(|test| &test.suites);
        missed_by.as_ref().is_some_and(|missed| suites.any(|suite| suite.kind == *missed))
    };
    let decision = manifest.and_then(|manifest| ledger.record(manifest.gate.record));
    let controls = decision.and_then(|record| record.header.gate.as_ref()).map(|gate| &gate.controls[..]);
    let author = introduced_by.and_then(|commit| context.commit_info(commit).ok());
    let approver = |one: &crate::release::manifest::Approver| format!("{} as {}, {}", one.name, one.role, one.time);
    Some(CaseJson {
        introduced_by,
        author: author.map(|info| format!("{} <{}>", info.author.name, info.author.email)),
        missed_by: missed_by.as_ref().map(ToString::to_string),
        ran: relied().filter(ran).map(|record| record.id).collect(),
        release,
        approvers: manifest.map(|manifest| manifest.approvers.iter().map(approver).collect()).unwrap_or_default(),
        decision: decision.map(|record| record.id),
        controls: controls
            .unwrap_or_default()
            .iter()
            .map(|one| ControlJson {
                id: one.id.to_string(),
                outcome: one.outcome.to_string(),
                records: one.records.clone(),
            })
            .collect(),
    })
}

fn tell(ui: Ui, drawing: &Drawing, now: &[NowJson], case: Option<&CaseJson>) {
    let Some(own) = drawing.nodes.get(drawing.of) else { return };
    ui.line(&ui.paint(Tone::Bold, &own.label()));
    if let Some(case) = case {
        let list = |ids: &[RecordId]| ids.iter().map(RecordId::short).collect::<Vec<_>>().join(", ");
        let field = |name: &str, text: String| ui.line(&format!("{name:<14}{}", ui.paint(Tone::Plain, &text)));
        let unknown = || "not recorded".to_owned();
        let author = case.author.as_ref().map_or(String::new(), |author| format!(" by {author}"));
        field("introduced", case.introduced_by.map_or_else(unknown, |commit| format!("{}{author}", commit.short())));
        let ran = if case.ran.is_empty() {
            "which did not run".to_owned()
        } else {
            format!("which ran in {}", list(&case.ran))
        };
        field("missed by", case.missed_by.as_ref().map_or_else(unknown, |suite| format!("{suite}, {ran}")));
        field("approved by", if case.approvers.is_empty() { unknown() } else { case.approvers.join("; ") });
        field("let pass by", case.decision.map_or_else(unknown, |id| id.short()));
        for control in &case.controls {
            field("  control", format!("{} {}  {}", control.id, control.outcome, list(&control.records)));
        }
    }
    branch(ui, drawing, "comes from", |edge| (edge.1, edge.0));
    branch(ui, drawing, "leads to", |edge| *edge);
    for one in now {
        let name = |name: &Option<String>| name.clone().unwrap_or_else(|| "-".to_owned());
        let text = format!("{} → {}: {}", name(&one.service), name(&one.environment), name(&one.release));
        ui.line(&format!(
            "{}  {}  {}",
            ui.paint(Tone::Bold, "now in"),
            ui.paint(Tone::Plain, &text),
            one.deployment.short()
        ));
    }
}

/// One way, as a tree; what was told once is only named again.
pub(super) fn branch(ui: Ui, drawing: &Drawing, title: &str, way: impl Fn(&(usize, usize)) -> (usize, usize)) {
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); drawing.nodes.len()];
    for (from, to) in drawing.edges.iter().map(way) {
        next[from].push(to);
    }
    if next[drawing.of].is_empty() {
        return;
    }
    ui.line(&ui.paint(Tone::Bold, title));
    let mut told = vec![false; drawing.nodes.len()];
    told[drawing.of] = true;
    let mut open: Vec<(usize, usize)> = next[drawing.of].iter().rev().map(|at| (*at, 1)).collect();
    while let Some((at, depth)) = open.pop() {
        let indent = "  ".repeat(depth);
        let node: &Drawn = &drawing.nodes[at];
        if std::mem::replace(&mut told[at], true) {
            ui.line(&format!("{indent}{}", ui.paint(Tone::Dim, &format!("{} {}, see above", node.kind, node.short()))));
            continue;
        }
        let when = node.recorded.map_or(String::new(), |time| format!(", {time}"));
        ui.line(&format!("{indent}{}{}", ui.paint(Tone::Plain, &node.label()), ui.paint(Tone::Dim, &when)));
        open.extend(next[at].iter().rev().map(|to| (*to, depth + 1)));
    }
}
