//! The page of measures: leading and lagging indicators side by side over time, releases, controls, and what cannot be told.
//!
//! Its filters are choices that the style sheet reads: there is no script, and without the style everything is shown.

use maud::{Markup, html};

use super::board::{Board, Group, Line, Part};
use super::drawing::chart;
use super::rows::{ControlRow, ReleaseRow};
use crate::measure::{Indicator, MEASURES, Number, Unit};
use crate::report::page::part::{self, Mark};
use crate::report::page::{Page, Section};

/// So many services in environments can be chosen one by one; all are always shown together.
const CHOICES: usize = 12;

/// The whole file.
pub fn page(board: &Board, project: &str) -> String {
    let sections = vec![
        Section { id: "indicators", title: "Indicators over time", body: each(board, indicators) },
        Section { id: "releases", title: "Releases", body: each(board, |_, group| releases(group)) },
        Section { id: "controls", title: "Controls", body: each(board, |_, group| controls(group)) },
        Section { id: "untold", title: "What there is no number for", body: each(board, |_, group| untold(group)) },
        Section { id: "definitions", title: "What the numbers are", body: definitions() },
    ];
    let lead = html! {
        p.lede { "From " (day(board.since)) " up to " (part::time(&board.until.to_string())) ", by " (board.window) ", as of "
            (part::time(&board.at.to_string())) ". Every number is made of signed records and of what git knows of commits." }
        @if let Some(split) = &board.split {
            p { "Before and after " (part::time(&split.at.to_string()))
                @if let Some(control) = &split.control { ", when " (control) " came into force" } "." }
        }
        (filters(board))
    };
    let origin = html! {
        p { "Made by " code { "git qms measure --html" } ". A number opens to its records: " code { "git qms measure NAME --records" } "." }
    };
    Page { kind: "Measures", title: project, lead, sections, origin }.render()
}

fn day(moment: crate::record::UtcTime) -> Markup {
    html! { time datetime=(moment) { (moment.date()) } }
}

fn filters(board: &Board) -> Markup {
    let choice = |name: &str, id: &str, text: &str, chosen: bool| {
        html! { label { input type="radio" name=(name) id=(id) checked[chosen] autocomplete="off"; (text) } }
    };
    html! {
        @if (2..=CHOICES).contains(&board.groups.len()) {
            fieldset.filter {
                legend { "Service and environment" }
                (choice("group", "only-0", "All", true))
                @for (at, group) in board.groups.iter().enumerate() {
                    (choice("group", &format!("only-{}", at + 1), &title(group), false))
                }
            }
        }
        fieldset.filter {
            legend { "Indicators" }
            (choice("side", "both", "Both", true))
            (choice("side", "leading", "Leading: what is coming", false))
            (choice("side", "lagging", "Lagging: what came", false))
        }
    }
}

fn title(group: &Group) -> String {
    format!("{} → {}", group.service, group.environment)
}

fn each(board: &Board, body: impl Fn(Context<'_>, &Group) -> Markup) -> Markup {
    html! {
        @for (at, group) in board.groups.iter().enumerate() {
            div.group data-group=(at + 1) {
                h3 { (title(group)) }
                (body(Context { board, at: at + 1 }, group))
            }
        }
    }
}

/// Where on the page one is.
#[derive(Clone, Copy)]
struct Context<'a> {
    board: &'a Board,
    at: usize,
}

fn indicators(context: Context<'_>, group: &Group) -> Markup {
    let side = |indicator: Indicator, heading: &str| {
        let lines = group.measures.iter().filter(|line| line.measure.indicator == indicator && is_told(line));
        html! {
            div data-side=(indicator.as_str()) {
                h4 { (heading) }
                @for line in lines { (indicator_of(context, group, line)) }
            }
        }
    };
    html! {
        (glance(group))
        div.sides { (side(Indicator::Leading, "Leading: what is coming")) (side(Indicator::Lagging, "Lagging: what came")) }
    }
}

/// Whether there is a number anywhere in it that is of something.
fn is_told(line: &Line) -> bool {
    line.whole.value.is_some() && (line.whole.n > 0 || line.windows.iter().any(|part| part.n > 0))
}

fn glance(group: &Group) -> Markup {
    let wanted = ["deployment-frequency", "lead-time", "change-fail-rate", "recovery-time", "missing-approvals"];
    let lines = group.measures.iter().filter(|line| wanted.contains(&line.name));
    part::tiles(lines.map(|line| (line.title, line.whole.told(line.measure), Mark::None)))
}

fn indicator_of(context: Context<'_>, group: &Group, line: &Line) -> Markup {
    let id = format!("m{}-{}", context.at, line.name);
    let number = |number: Option<Number>| {
        part::number(number.map_or_else(|| "–".to_owned(), |number| number.shown(line.measure.unit)))
    };
    let row = |part: &Part| {
        vec![
            day(part.since),
            part::number(part.told(line.measure)),
            part::number(part.n),
            number(part.median),
            number(part.p90),
        ]
    };
    let caption = format!("{} of {}, by {}", line.title, title(group), context.board.window);
    let half = |name: &str, part: &Part| html! { (name) " " strong { (part.told(line.measure)) } " (n " (part.n) ")" };
    html! {
        figure {
            figcaption { span { (line.title) } span.value { (line.whole.told(line.measure)) } }
            (chart(&id, &title(group), line, context.board.split.as_ref()))
            p.when {
                "n " (line.whole.n)
                @if let Some(median) = line.whole.median { ", median " (median.shown(line.measure.unit)) }
                @if let Some(p90) = line.whole.p90 { ", 90th percentile " (p90.shown(line.measure.unit)) }
                @if let (Some(before), Some(after)) = (&line.before, &line.after) {
                    "; " (half("before", before)) ", " (half("after", after))
                }
            }
            @for note in &line.notes { p.when { (note) } }
            details {
                summary { "The numbers" }
                (part::table(&caption, &["From", "Value", "N", "Median", "P90"], line.windows.iter().map(row)))
            }
        }
    }
}

fn releases(group: &Group) -> Markup {
    if group.releases.is_empty() {
        return part::nothing("nothing was deployed in the period");
    }
    let row = |row: &ReleaseRow| {
        let fate = match (row.failed.is_empty(), row.incident) {
            (true, _) => part::state(Mark::Good, "stood"),
            (false, incident) => {
                let severity = incident.map_or_else(String::new, |severity| format!(", {severity}"));
                part::state(Mark::Bad, &format!("{}{severity}", row.failed.join(", ")))
            }
        };
        let size = |pick: fn(&super::rows::SizeJson) -> u64| {
            part::number(row.size.as_ref().map_or_else(|| "–".to_owned(), |size| pick(size).to_string()))
        };
        let tests = row.test_milliseconds.and_then(|value| Number::ratio(value, 1_000));
        let found = row.vulnerabilities.as_ref().map_or_else(
            || part::state(Mark::None, "not scanned"),
            |found| part::number(format!("{} / {} / {}", found.critical, found.high, found.total())),
        );
        vec![
            html! { (row.name) @if row.size.as_ref().is_some_and(|size| size.first) { " (the first)" } },
            day(row.deployed),
            fate,
            size(|size| size.commits),
            size(|size| size.files),
            size(|size| size.lines),
            part::number(tests.map_or_else(|| "–".to_owned(), |tests| tests.shown(Unit::Seconds))),
            found,
            html! { @for id in row.records.iter().take(3) { (part::code(&id.short())) " " } },
        ]
    };
    let head =
        ["Release", "Deployed", "How it did", "Commits", "Files", "Lines", "Tests", "Critical / high / all", "Records"];
    part::table(&format!("Releases of {}", title(group)), &head, group.releases.iter().rev().map(row))
}

fn controls(group: &Group) -> Markup {
    let row = |row: &ControlRow| {
        let mut cells = vec![html! { (row.id) }];
        let counts = [row.asked, row.passed, row.blocked, row.overridden, row.warned, row.incomplete];
        cells.extend(counts.iter().map(part::number));
        cells.push(html! { (row.advice.unwrap_or_default()) });
        cells
    };
    let head = ["Control", "Asked", "Passed", "Blocked", "Let go", "Warned", "Untold", "What to look at"];
    part::table(&format!("Recorded decisions on {}", title(group)), &head, group.controls.iter().map(row))
}

fn untold(group: &Group) -> Markup {
    let row = |line: &Line| {
        let why = match (&line.why, &line.needs) {
            (Some(why), Some(needs)) => html! { (why) "; it takes " (needs) },
            _ => html! { "nothing in the period that it could be of" },
        };
        vec![html! { (line.title) }, part::state(Mark::None, &line.whole.shown(line.measure)), why]
    };
    let lines: Vec<_> = group.measures.iter().filter(|line| !is_told(line)).map(row).collect();
    if lines.is_empty() {
        return html! { p { "Every measure has a number." } };
    }
    part::table(&format!("No number of {}", title(group)), &["Measure", "State", "Why"], lines)
}

fn definitions() -> Markup {
    let rows = MEASURES.iter().map(|measure| {
        vec![
            html! { (measure.title) },
            html! { (measure.indicator.as_str()) },
            part::code(measure.name),
            html! { (measure.doc) },
        ]
    });
    html! {
        p { "What has no denominator is n/a, never 0 and never 100 %. What ends before it begins is a fault of a clock, and what is not over yet
            is told with its age: neither is in a number. Windows are in UTC." }
        (part::table("Measures", &["Measure", "Kind", "Name", "What it is"], rows))
    }
}
