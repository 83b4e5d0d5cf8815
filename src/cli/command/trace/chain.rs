//! Anything with everything that leads to it and that it leads to, over the whole ledger.

use std::collections::BTreeSet;

use serde::Serialize;

use super::case::{CaseJson, case};
use super::now::{Now, now};
use crate::cli::context::Context;
use crate::cli::error::{Error, Exit, Result};
use crate::cli::ui::{Tone, Ui};
use crate::cli::verification::{Verification, VerificationJson};
use crate::question::{Node, Tracer};
use crate::release::{Manifest, TagObject, contents, releases};
use crate::report::drawing::{Drawing, Drawn};
use crate::report::picture::{self, Told};
use crate::verify::Ledger;

/// How to write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// For people: a tree each way
    Text,
    /// For programs
    Json,
    /// A picture
    Svg,
    /// A page with the picture, that needs no network and no script
    Html,
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
    now: &'a [Now],
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<&'a CaseJson>,
    verification: VerificationJson,
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

/// Shows it.
pub(super) fn show(
    context: &Context,
    verification: &Verification,
    tracer: &mut Tracer<'_>,
    manifests: &[Manifest],
    of: &Node,
    format: Format,
) -> Result<Exit> {
    let (ui, ledger, exit) = (context.ui, &verification.ledger, Exit::from(verification.outcome()));
    let traced = tracer.trace(of);
    let drawing = Drawing::of(ledger, &traced);
    let now = now(context, ledger, tracer, &drawing, &traced.of)?;
    let case = case(context, ledger, manifests, &traced.of);
    match format {
        Format::Dot => ui.print(&drawing.dot()),
        Format::Mermaid => ui.print(&drawing.mermaid()),
        Format::Svg => {
            let drawn = picture::svg(&drawing);
            ui.print(&drawn.ok_or_else(|| {
                Error::new(format!("a picture of {} things cannot be looked at", drawing.nodes.len()))
                    .hint(format!("ask about less; --format dot has them all: at most {} are drawn", picture::MOST))
            })?);
        }
        Format::Html => {
            let now: Vec<String> = now.iter().map(Now::text).collect();
            let facts = case.as_ref().map(CaseJson::facts).unwrap_or_default();
            let verified = verification.summary(ui);
            let verified = anstream::adapter::strip_str(&verified).to_string();
            ui.print(&picture::page(&drawing, &Told { facts, now, outcome: verification.outcome(), verified }));
        }
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

fn tell(ui: Ui, drawing: &Drawing, now: &[Now], case: Option<&CaseJson>) {
    let Some(own) = drawing.nodes.get(drawing.of) else { return };
    ui.line(&ui.paint(Tone::Bold, &own.label()));
    for (name, text) in case.map(CaseJson::facts).unwrap_or_default() {
        ui.line(&format!("{name:<14}{}", ui.paint(Tone::Plain, &text)));
    }
    branch(ui, drawing, "comes from", |edge| (edge.1, edge.0));
    branch(ui, drawing, "leads to", |edge| *edge);
    for one in now {
        let text = ui.paint(Tone::Plain, &one.text());
        ui.line(&format!("{}  {text}  {}", ui.paint(Tone::Bold, "now in"), one.deployment.short()));
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
