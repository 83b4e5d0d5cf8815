//! What the rules were and how they were kept: catalogs, trust, controls, exceptions, retention, clocks, the last audit.

use maud::{Markup, html};

use super::Page;
use crate::record::{Claim, RecordId};
use crate::report::page::part::{self, Mark, code, number, state, table, time};

pub(super) fn rules(page: &Page<'_>) -> Markup {
    let audit = page.audit;
    html! {
        h3 { "Control catalogs that came into force" }
        @if audit.policies.is_empty() { (part::nothing("none in the period")) } @else {
            (table("Ratifications", &["Record", "Catalog", "By", "When", "Retention"], audit.policies.iter().map(|one| {
                vec![
                    code(&one.record.short()), code(&one.digest.short()), html! { (page.name(&one.recorder)) }, time(&one.recorded.to_string()),
                    html! { @if one.shortened.is_empty() { "not shortened" } @else { (state(Mark::Bad, "shortened")) ul { @for text in &one.shortened { li { (text) } } } } },
                ]
            })))
        }
        h3 { "Who may sign what" }
        @if audit.trust_changes.is_empty() { (part::nothing("no change in the period")) } @else {
            (table("Trust versions", &["Version", "When", "What it changed"], audit.trust_changes.iter().map(|one| {
                vec![number(one.version), time(&one.created.to_string()), html! { @for text in &one.changes { (text) br; } }]
            })))
        }
        h3 { "Controls that may be worth nothing" }
        @if audit.controls.is_empty() { (part::nothing("none")) } @else {
            (table("Controls with gaps", &["Control", "Why"], audit.controls.iter().map(|one| vec![html! { (one.id) }, html! { (one.gaps.join(", ")) }])))
        }
    }
}

pub(super) fn exceptions(page: &Page<'_>) -> Markup {
    let all = &page.audit.exceptions;
    let lists: [(&str, Mark, &[RecordId]); 6] = [
        ("open", Mark::Odd, &all.open),
        ("in force", Mark::Odd, &all.in_force),
        ("expiring", Mark::Odd, &all.expiring),
        ("review overdue", Mark::Bad, &all.overdue),
        ("recurring", Mark::Odd, &all.recurring),
        ("emergency", Mark::Odd, &all.emergency),
    ];
    let mut told: Vec<RecordId> = lists.iter().flat_map(|(.., ids)| ids.iter().copied()).collect();
    told.sort_unstable();
    told.dedup();
    let asked = page.ledger.select(|record| told.binary_search(&record.id).is_ok());
    if told.is_empty() {
        return part::nothing("none stands, none was asked for in the period");
    }
    table("Exceptions as they stand", &["Control", "State", "For", "Reason", "Instead", "Expires", "Asked for by", "Record"], asked.filter_map(|record| {
        let Claim::Exception(claim) = &record.claim else { return None };
        let header = &record.header;
        let places = [header.service.as_ref(), header.environment.as_ref()];
        let places: Vec<&str> = places.into_iter().flatten().map(crate::record::Name::as_str).collect();
        Some(vec![
            html! { (claim.control) },
            html! { @for (word, mark, ids) in &lists { @if ids.contains(&record.id) { (state(*mark, word)) br; } } },
            html! { (places.join(", ")) },
            html! { (claim.reason) },
            html! { (claim.compensating) },
            time(&claim.expires.to_string()),
            html! { (page.name(&header.recorder)) br; (time(&header.recorded.to_string())) },
            code(&record.id.short()),
        ])
    }))
}

pub(super) fn retention(page: &Page<'_>) -> Markup {
    let rows = &page.audit.retention;
    if rows.is_empty() {
        return part::nothing("no release yet");
    }
    table(
        "Until when each release is kept",
        &["Release", "Until", "State"],
        rows.iter().map(|one| {
            let (mark, word) = match (&one.until, one.due) {
                (None, _) => (Mark::Odd, "no catalog says until when"),
                (Some(_), true) => (Mark::Odd, "past its day"),
                (Some(_), false) => (Mark::Good, "kept"),
            };
            vec![html! { (one.release) }, html! { (one.until.as_deref().unwrap_or("–")) }, state(mark, word)]
        }),
    )
}

pub(super) fn times(page: &Page<'_>) -> Markup {
    let rows = &page.audit.timing;
    if rows.is_empty() {
        return part::nothing("no record is late, and no clock was found wrong");
    }
    table(
        "Records whose times are odd",
        &["Record", "Finding", "In words"],
        rows.iter().map(|one| {
            let mark = if one.timing == "late" { Mark::Odd } else { Mark::Bad };
            vec![code(&one.record.short()), state(mark, one.timing), html! { (one.text) }]
        }),
    )
}

pub(super) fn since(page: &Page<'_>) -> Markup {
    let Some(last) = &page.audit.since_last_audit else {
        return html! { (part::nothing("no audit is on record")) p { "One that is recorded lets the next tell what came since:" } (part::commands(&["git qms audit --record".to_owned()])) };
    };
    html! {
        (part::facts([
            ("Last audit", Some(html! { (code(&last.audit.short())) " by " (page.name(&last.recorder)) br; (time(&last.recorded.to_string())) })),
            ("The ledger as it was", Some(code(&last.ledger.to_string()))),
            ("Trust versions since", Some(html! { (last.trust) })),
        ]))
        @if last.records.is_empty() { (part::nothing("no record came since")) } @else {
            (table("Records that came since", &["Kind", "Records"], last.records.iter().map(|(kind, count)| vec![html! { (kind) }, number(count)])))
        }
    }
}
