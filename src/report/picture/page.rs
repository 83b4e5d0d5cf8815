//! The page of a trace: where it is now, the picture, and everything in it as a table.

use maud::{Markup, html};

use super::figure;
use crate::report::drawing::{Drawing, Drawn};
use crate::report::page::part::{self, Mark};
use crate::report::page::{Page, Section};
use crate::verify::Outcome;

/// What is told besides the picture.
#[derive(Debug)]
pub struct Told {
    /// Of an incident or a defect: where it came from, and what let it pass.
    pub facts: Vec<(&'static str, String)>,
    /// Where it is now, a line each.
    pub now: Vec<String>,
    /// What verification came to.
    pub outcome: Outcome,
    /// The same in a line.
    pub verified: String,
}

/// The whole file.
pub fn page(drawing: &Drawing, told: &Told) -> String {
    let name = drawing.nodes.get(drawing.of).map(|node| format!("{} {}", node.kind, node.short())).unwrap_or_default();
    let own = drawing.nodes.get(drawing.of).map(Drawn::label).unwrap_or_default();
    let mark = match told.outcome {
        Outcome::Pass => Mark::Good,
        Outcome::Fail => Mark::Bad,
        Outcome::Incomplete => Mark::Odd,
    };
    let lead = html! {
        p.lede { (own) }
        (part::note(mark, &html! { p { (part::state(mark, &told.verified)) } }))
    };
    let mut sections = vec![Section { id: "now", title: "Where it is now", body: now(told) }];
    if !told.facts.is_empty() {
        let facts = told.facts.iter().map(|(name, text)| vec![html! { (name.trim()) }, html! { (text) }]);
        let body = part::table("Where it came from, and what let it pass", &["what", "as recorded"], facts);
        sections.push(Section { id: "case", title: "Where it came from", body });
    }
    let drawn = figure(drawing).unwrap_or_else(|| part::nothing("too much to be drawn: the table has it all"));
    sections.push(Section { id: "picture", title: "What led to it, and what came of it", body: drawn });
    sections.push(Section { id: "everything", title: "Everything in it", body: everything(drawing) });
    let origin = html! {
        p { "Made by " code { "git qms trace --format html" } " from the repository alone. A record in full: " code { "git qms show RECORD" } "." }
    };
    Page { kind: "Trace", title: &name, lead, sections, origin }.render()
}

fn now(told: &Told) -> Markup {
    if told.now.is_empty() {
        return part::nothing("in no environment, by the records");
    }
    html! { ul { @for line in &told.now { li { (line) } } } }
}

fn everything(drawing: &Drawing) -> Markup {
    let mut after: Vec<Vec<&Drawn>> = vec![Vec::new(); drawing.nodes.len()];
    for (from, to) in &drawing.edges {
        after[*from].extend(drawing.nodes.get(*to));
    }
    let rows = drawing.nodes.iter().zip(&after).map(|(node, after)| {
        vec![
            html! { span.whole { (node.kind) } },
            part::code(&node.short()),
            html! { (node.text) },
            html! { (node.recorder.as_deref().unwrap_or_default()) },
            html! { @if let Some(time) = node.recorded { (part::time(&time.to_string())) } },
            html! { @for (at, node) in after.iter().enumerate() { @if at > 0 { ", " } (node.kind) " " (part::code(&node.short())) } },
        ]
    });
    part::table("Everything, and what it leads to", &["what", "id", "says", "by", "recorded", "leads to"], rows)
}
