//! The sample, each change with its whole story.

use maud::{Markup, html};

use super::changes::what;
use super::{Page, ids};
use crate::report::audit::{Drawn, Sample};
use crate::report::page::part::{self, Mark, code, note, state, table, time};

pub(super) fn sample(page: &Page<'_>, sample: &Sample) -> Markup {
    html! {
        p { (sample.drawn.len()) " of " (sample.population) " changes, seed " (code(&sample.seed)) ". Drawn are " (sample.how) "." }
        @if sample.drawn.is_empty() { (part::nothing("there is nothing to draw from")) }
        @for (at, one) in sample.drawn.iter().enumerate() { (story(page, at + 1, one)) }
    }
}

fn story(page: &Page<'_>, number: usize, one: &Drawn) -> Markup {
    let change = &one.change;
    let caption = format!("Records of change {number}");
    html! {
        h3 { (number) ". " (what(change)) }
        (part::facts([
            ("Ended", Some(time(&change.ended.to_string()))),
            ("Commit", Some(code(&change.commit.to_string()))),
            ("Author", change.author.as_ref().map(|author| html! { (author) })),
            ("Approved by", (!change.approvers.is_empty()).then(|| html! { (change.approvers.iter().map(|id| page.name(id)).collect::<Vec<_>>().join(", ")) })),
            ("Decision", change.decision.map(|id| code(&id.short()))),
            ("Exceptions", (!change.exceptions.is_empty()).then(|| ids(&change.exceptions))),
            ("Rank", Some(code(&one.rank.to_string()))),
        ]))
        (table(&caption, &["Stage", "Record", "Kind", "What it says", "By", "Recorded"], one.steps.iter().map(|step| {
            vec![
                html! { (step.stage) },
                code(&step.id.short()),
                html! { (step.kind) },
                html! { (step.summary) @if let Some(by) = step.superseded_by { br; (state(Mark::Odd, "superseded")) " by " (code(&by.short())) } },
                html! { (page.name(&step.recorder)) },
                time(&step.recorded.to_string()),
            ]
        })))
        @if !one.pending.is_empty() {
            (note(Mark::Odd, &html! { p { (state(Mark::Odd, "pending")) } ul { @for text in &one.pending { li { (text) } } } }))
        }
    }
}
