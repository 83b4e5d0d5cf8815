//! Pages in a browser: nothing is loaded or run, they can be read by everybody, on a phone and on paper.

#![cfg(feature = "cli")]

use git_qms::report::page::chart::{Figure, line};
use git_qms::report::page::part::{self, Mark};
use git_qms::report::page::{Page, Section};
use maud::html;

mod audit;
mod browser;
mod measures;
#[path = "../support/project.rs"]
mod project;
#[path = "../support/desk.rs"]
mod desk;
mod dossier;

const HOSTILE: &str = "</style><script>alert(1)</script><img src=//evil.example onerror=alert(1)> \u{202e}\"}}@import";

/// A page with everything that pages are made of, and text that would be more.
fn specimen() -> String {
    let states = [(Mark::Good, "verified"), (Mark::Bad, "failed"), (Mark::Odd, "late"), (Mark::None, "not asked for")];
    let rows = states
        .map(|(mark, word)| vec![part::code(HOSTILE), part::state(mark, word), part::number(12), html! { (HOSTILE) }]);
    let points = [Some((10.0, 90.0)), Some((60.0, 40.0)), None, Some((160.0, 55.0)), Some((210.0, 20.0))];
    let figure = Figure {
        id: "lead",
        title: "Lead time",
        words: "Falls from nine days to two, with no release in March.",
        size: (240, 100),
        drawing: html! {
            path.grid d="M0 50H240" {}
            path.axis d="M0 99H240" {}
            (line("first", &points, &[]))
            text.label x="4" y="14" { (HOSTILE) }
        },
        numbers: Some(part::table(
            "Lead time by month",
            &["Month", "Days"],
            [vec![html! { "January" }, part::number(9)]],
        )),
    };
    let body = html! {
        (part::facts([("Commit", Some(part::code(&"4e".repeat(20)))), ("Change", Some(html! { (HOSTILE) })), ("Nothing", None)]))
        h3 { "Table" }
        (part::table("Every state", &["Name", "State", "Number", "Text"], rows))
        h3 { "Notes" }
        @for (mark, word) in states { (part::note(mark, &html! { p { (part::state(mark, word)) " " (HOSTILE) } })) }
        (part::nothing("no record"))
        (part::commands(&[HOSTILE.to_owned(), "git verify-tag 'payments-api@2026.04.13+chg-1842' # and a line that is longer than a phone is wide".to_owned()]))
        ul.records {
            li { div.head { h4 { "9f31c0a4b2d1 plan" } span.when { (part::time("2026-04-13T12:00:00Z")) } } p { (HOSTILE) }
                details { summary { "More" } p { (HOSTILE) } } }
        }
    };
    let sections = vec![
        Section { id: "parts", title: "Parts", body },
        Section { id: "drawing", title: "Drawing", body: figure.render() },
    ];
    let tiles = [
        ("Verified", "9 records".to_owned(), Mark::Good),
        ("Pending", "1".to_owned(), Mark::Odd),
        ("Title", HOSTILE.to_owned(), Mark::None),
    ];
    let lead = html! { p.lede { "Every part of a page. " a href="#parts" { "Look" } "." } (part::tiles(tiles)) };
    Page { kind: "Specimen", title: HOSTILE, lead, sections, origin: html! { p { "Made by a test." } } }.render()
}

#[test]
fn pages_everybody_can_read_every_part_and_nothing_is_loaded_or_run() {
    let page = browser::folder("specimen").join("specimen.html");
    std::fs::write(&page, specimen()).expect("a page");
    browser::look_at(&[page]);
}
