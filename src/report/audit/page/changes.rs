//! The population, and what is missing from it.

use maud::{Markup, html};

use super::{Page, ids};
use crate::report::audit::{ChangeRow, Missing};
use crate::report::page::part::{self, Mark, code, state, table, time};

pub(super) fn population(page: &Page<'_>) -> Markup {
    let rows = &page.audit.population;
    if rows.is_empty() {
        return part::nothing("no change of production in the period");
    }
    let head = ["Ended", "What", "Outcome", "Author", "Released", "Approved", "Monitored"];
    table(
        "Every change of production",
        &head,
        rows.iter().map(|row| {
            vec![
                html! { (time(&row.ended.to_string())) br; (code(&row.record.short())) },
                html! { span.wide { (what(row)) } },
                outcome(row),
                html! { span.wide { (row.author.as_deref().unwrap_or("unknown")) } },
                placed(row.released, &html! {}),
                approved(page, row),
                watched(row),
            ]
        }),
    )
}

/// What went where.
pub(super) fn what(row: &ChangeRow) -> Markup {
    html! {
        @match (&row.release, &row.service) {
            (Some(tag), _) => (tag),
            (None, Some(service)) => { (service) " at " (code(&row.commit.short())) },
            (None, None) => (code(&row.commit.short())),
        }
        @if let Some(environment) = &row.environment { " → " (environment) }
        @if let Some(change) = &row.change { br; span.soft { (change) } }
    }
}

fn outcome(row: &ChangeRow) -> Markup {
    let mark = match row.outcome {
        "success" => Mark::Good,
        "failure" => Mark::Bad,
        _ => Mark::Odd,
    };
    html! {
        (state(mark, row.outcome))
        @if !row.planned { br; "unplanned" }
        @if row.verification == "orphaned" { br; (state(Mark::Odd, "orphaned")) }
    }
}

fn placed(word: &str, more: &Markup) -> Markup {
    let mark = match word {
        "before" => Mark::Good,
        "late" => Mark::Odd,
        _ => Mark::Bad,
    };
    html! { (state(mark, word)) (more) }
}

fn approved(page: &Page<'_>, row: &ChangeRow) -> Markup {
    let names: Vec<String> = row.approvers.iter().map(|id| page.name(id)).collect();
    placed(row.approved, &html! { @if !names.is_empty() { br; (names.join(", ")) } })
}

fn watched(row: &ChangeRow) -> Markup {
    let (mark, word) = match row.watched {
        "done" => (Mark::Good, "done"),
        "due" => (Mark::Odd, "due"),
        "overdue" => (Mark::Bad, "overdue"),
        _ => (Mark::None, "nothing"),
    };
    html! {
        (state(mark, word))
        @if let Some(by) = row.watch_by { br; (time(&by.to_string())) }
    }
}

pub(super) fn missing(page: &Page<'_>) -> Markup {
    let all = &page.audit.completeness;
    html! {
        h3 { "Changed without a release" }
        (lacking("Changes that were no release when they went out", &all.without_release))
        h3 { "Changed without an approval" }
        (lacking("Changes that no person had approved when they went out", &all.without_approval))
        h3 { "Not monitored" }
        (lacking("Changes of which it is not recorded how they did", &all.without_monitoring))
        h3 { "Commits that no release contains" }
        @if all.commits_without_release.is_empty() { (part::nothing("none")) } @else {
            (table("Commits of the release branch that wait for a release", &["Commit", "Made", "Subject", "Author", "Services"], all.commits_without_release.iter().map(|one| {
                let services: Vec<&str> = one.services.iter().map(crate::record::Name::as_str).collect();
                vec![code(&one.commit.short()), time(&one.made.to_string()), html! { (one.subject) }, html! { (one.author) }, html! { (services.join(", ")) }]
            })))
        }
    }
}

fn lacking(caption: &str, missing: &[Missing]) -> Markup {
    if missing.is_empty() {
        return part::nothing("none");
    }
    table(
        caption,
        &["Record", "Release", "State", "Due", "What came late"],
        missing.iter().map(|one| {
            let mark = if ["missing", "overdue"].contains(&one.state) { Mark::Bad } else { Mark::Odd };
            vec![
                code(&one.record.short()),
                html! { (one.release.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string)) },
                state(mark, one.state),
                html! { @if let Some(due) = one.due { (time(&due.to_string())) } @else { "–" } },
                html! { @if one.late.is_empty() { "–" } @else { (ids(&one.late)) } },
            ]
        }),
    )
}
