//! A trace as a picture: columns from what is wanted to what came of it; alone as SVG, or in a page with what it says in words.

mod layout;
mod page;

use maud::{Markup, html};

use super::drawing::Drawing;
use super::escape::escape_page;
use layout::{Layout, Spot};
pub use page::{Told, page};

/// So many boxes are drawn; more are no picture.
pub const MOST: usize = 600;

/// The size of a box, and what is between boxes.
const BOX: (u32, u32) = (196, 44);
const GAP: (u32, u32) = (56, 14);
const MARGIN: u32 = 12;

/// So many columns of text fit in a box.
const LETTERS: usize = 26;

/// Black on white, or the reverse where that is wanted.
const COLOURS: &str = "svg{color:#1c1c1c;background:#fff;font-family:sans-serif}.box{fill:#fff}\
@media(prefers-color-scheme:dark){svg{color:#e8e8e8;background:#161616}.box{fill:#161616}}";

/// The picture alone; `None` where there is too much to be drawn.
pub fn svg(drawing: &Drawing) -> Option<String> {
    let layout = Layout::of(drawing)?;
    let (width, height) = layout.size;
    let drawn = html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(width) height=(height) viewBox={ "0 0 " (width) " " (height) } role="img" {
            title { (title(drawing)) }
            style { (maud::PreEscaped(COLOURS)) }
            (inside(drawing, &layout))
        }
    };
    Some(escape_page(&drawn.into_string()).into_owned() + "\n")
}

/// As part of a page.
fn figure(drawing: &Drawing) -> Option<Markup> {
    let layout = Layout::of(drawing)?;
    let (width, height) = layout.size;
    Some(html! {
        div.scroll role="region" aria-label="The picture" tabindex="0" {
            svg.picture width=(width) height=(height) viewBox={ "0 0 " (width) " " (height) } role="img" aria-labelledby="picture-t picture-d" {
                title id="picture-t" { (title(drawing)) }
                desc id="picture-d" {
                    (drawing.nodes.len()) " boxes in columns, " (drawing.edges.len())
                    " lines from what led to something on the left to what came of it on the right. The table below says the same."
                }
                (inside(drawing, &layout))
            }
        }
    })
}

fn title(drawing: &Drawing) -> String {
    let of = drawing.nodes.get(drawing.of).map(|node| format!("{} {}", node.kind, node.short()));
    format!("What led to {0}, and what came of it", of.unwrap_or_default())
}

/// Lines first, boxes over them.
fn inside(drawing: &Drawing, layout: &Layout) -> Markup {
    html! {
        g fill="none" stroke="currentColor" stroke-opacity="0.55" {
            @for (from, to) in &drawing.edges { path d=(line(layout.spots[*from], layout.spots[*to])) {} }
        }
        @for (at, node) in drawing.nodes.iter().enumerate() {
            @let Spot { x, y } = layout.spots[at];
            @let is_it = at == drawing.of;
            g {
                title { (node.label()) @if let Some(time) = node.recorded { ", " (time.to_string()) } }
                rect.box x=(x) y=(y) width=(BOX.0) height=(BOX.1) rx="6" fill="Canvas" stroke="currentColor" stroke-width=(if is_it { "3" } else { "1" }) {}
                text x=(x + 10) y=(y + 18) fill="currentColor" font-size="12" font-weight="bold" { (cut(&format!("{} {}", node.kind, node.short()))) }
                text x=(x + 10) y=(y + 35) fill="currentColor" font-size="11" {
                    (cut(&[&node.text[..], node.recorder.as_deref().unwrap_or_default()].join(" ")))
                }
            }
        }
    }
}

/// From the right side of one box to the left side of another, with a head.
fn line(from: Spot, to: Spot) -> String {
    let (x1, y1) = (from.x + BOX.0, from.y + BOX.1 / 2);
    let (x2, y2) = (to.x, to.y + BOX.1 / 2);
    let bend = GAP.0 / 2 + x2.saturating_sub(x1) / 4;
    let head = format!("M{} {}L{x2} {y2}L{} {}", x2.saturating_sub(7), y2 - 4, x2.saturating_sub(7), y2 + 4);
    format!("M{x1} {y1}C{} {y1} {} {y2} {x2} {y2}{head}", x1 + bend, x2.saturating_sub(bend))
}

/// What fits in a box. A letter outside ASCII may be twice as wide.
fn cut(text: &str) -> String {
    let text = text.trim();
    let mut room = LETTERS;
    let fits = text.chars().take_while(|c| {
        let width = if c.is_ascii() { 1 } else { 2 };
        let fits = room >= width;
        room = room.saturating_sub(width);
        fits
    });
    let fits: String = fits.collect();
    if fits.len() == text.len() {
        return fits;
    }
    let kept: String = fits.chars().take(fits.chars().count().saturating_sub(1)).collect();
    kept + "…"
}

#[cfg(test)]
mod tests;
