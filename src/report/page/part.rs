//! What pages are made of: states, tables, lists of facts, notes and digests.

use maud::{Markup, html};

/// How something stands. Said by a word and a shape; the colour only repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// As it should be.
    Good,
    /// Wrong.
    Bad,
    /// To be looked at: open, late, let go.
    Odd,
    /// Neither: not asked for, not there.
    None,
}

impl Mark {
    fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Odd => "odd",
            Self::None => "none",
        }
    }

    /// A tick in a disc, a cross in an octagon, a bar in a triangle, a dash in a ring.
    fn shape(self) -> Markup {
        let (outline, inner) = match self {
            Self::Good => ("M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1z", "M4.8 8.2l2.2 2.2 4.2-4.6"),
            Self::Bad => ("M5 1h6l4 4v6l-4 4H5l-4-4V5z", "M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2"),
            Self::Odd => ("M8 1.2L15.4 14.4H.6z", "M8 6v3.6M8 11.6v1.2"),
            Self::None => ("M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1z", "M5 8h6"),
        };
        html! {
            svg.shape viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false" {
                path.outline d=(outline) {}
                path.inner d=(inner) {}
            }
        }
    }
}

/// A state: its shape, and its word.
pub fn state(mark: Mark, word: &str) -> Markup {
    html! { span class={ "state " (mark.class()) } { (mark.shape()) (word) } }
}

/// Facts, each with its name. Those without a value are left out.
pub fn facts(facts: impl IntoIterator<Item = (&'static str, Option<Markup>)>) -> Markup {
    html! {
        dl.facts {
            @for (name, value) in facts {
                @if let Some(value) = value { div { dt { (name) } dd { (value) } } }
            }
        }
    }
}

/// A table. The first cell of a row names it. It scrolls where it is wider than the page.
pub fn table(caption: &str, head: &[&str], rows: impl IntoIterator<Item = Vec<Markup>>) -> Markup {
    let rows: Vec<Vec<Markup>> = rows.into_iter().collect();
    // Over numbers the heading stands where they do.
    let is_number = |at: usize| rows.iter().all(|row| row.get(at).is_some_and(|cell| cell.0.starts_with(NUMBER)));
    html! {
        div.scroll role="region" aria-label=(caption) tabindex="0" {
            table {
                caption { (caption) }
                thead { tr { @for (at, name) in head.iter().enumerate() { th scope="col" { @if is_number(at) && !rows.is_empty() { span.number { (name) } } @else { (name) } } } } }
                tbody {
                    @for row in rows {
                        tr {
                            @for (at, cell) in row.into_iter().enumerate() {
                                @if at == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// How a number begins.
const NUMBER: &str = "<span class=\"number\">";

/// A number in a cell, lined up with those above it.
pub fn number(text: impl std::fmt::Display) -> Markup {
    html! { span.number { (text.to_string()) } }
}

/// An id, digest or path: a short one stays on its line, a longer one may break anywhere.
pub fn code(text: &str) -> Markup {
    html! { @if text.len() <= SHORT { code.whole { (text) } } @else { code { (text) } } }
}

/// As many bytes as the beginning of an id has.
const SHORT: usize = 12;

/// A moment, as programs read it too.
pub fn time(moment: &str) -> Markup {
    let (day, clock) = moment.split_once('T').unwrap_or((moment, ""));
    html! {
        time datetime=(moment) {
            span.whole { (day) }
            @if !clock.is_empty() { " " span.whole { (clock.replace('Z', " UTC")) } }
        }
    }
}

/// A few lines that stand out.
pub fn note(mark: Mark, body: &Markup) -> Markup {
    html! { div class={ "note " (mark.class()) } { (body) } }
}

/// A command to be typed, or several; each on its line.
pub fn commands(lines: &[String]) -> Markup {
    html! { pre tabindex="0" { code { @for line in lines { (line) "\n" } } } }
}

/// What is asked for and not there.
pub fn nothing(text: &str) -> Markup {
    html! { p.nothing { (state(Mark::None, text)) } }
}

/// Numbers at a glance, each with its name and its state where it has one.
pub fn tiles<'a>(tiles: impl IntoIterator<Item = (&'a str, String, Mark)>) -> Markup {
    html! {
        ul.tiles {
            @for (name, value, mark) in tiles {
                li class=(mark.class()) {
                    span.name { (name) }
                    span.value { @if mark != Mark::None { (mark.shape()) } (value) }
                }
            }
        }
    }
}
