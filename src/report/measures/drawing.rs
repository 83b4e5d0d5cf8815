//! One measure over time, drawn: a line through the windows, with its words for who does not see it.

use maud::{Markup, html};

use super::board::{Line, Part, Split};
use crate::measure::Number;
use crate::report::page::chart::line as drawn;

const WIDTH: f64 = 360.0;
const TOP: f64 = 24.0;
const GROUND: f64 = 74.0;

/// The drawing. `id` is of its own in the page.
pub(super) fn chart(id: &str, group: &str, line: &Line, split: Option<&Split>) -> Markup {
    let most = line.windows.iter().filter_map(|part| part.value).max();
    let top = most.map_or(0.0, value).max(f64::MIN_POSITIVE);
    let points: Vec<Option<(f64, f64)>> = line
        .windows
        .iter()
        .enumerate()
        .map(|(at, part)| Some((across(at, line.windows.len()), GROUND - value(part.value?) / top * (GROUND - TOP))))
        .collect();
    let labels: Vec<String> =
        line.windows.iter().map(|part| format!("{}: {}", part.since.date(), part.shown(line.measure))).collect();
    let (first, last) = (line.windows.first(), line.windows.last());
    let split = split.and_then(|split| place(&line.windows, split));
    html! {
        svg.chart viewBox="0 0 360 92" role="img" aria-labelledby={ (id) "-t " (id) "-d" } {
            title id={ (id) "-t" } { (line.title) " of " (group) }
            desc id={ (id) "-d" } { (words(line)) }
            path.axis d="M0 74.5H360" {}
            @if let Some(x) = split { path.split d={ "M" (format!("{x:.1}")) " 16V74" } {} }
            (drawn("first", &points, &labels))
            text.label x="0" y="11" { @if let Some(most) = most { "up to " (most.shown(line.measure.unit)) } }
            text.label x="0" y="89" { @if let Some(first) = first { (month(first)) } }
            text.label x="360" y="89" text-anchor="end" { @if let Some(last) = last { (month(last)) } }
        }
    }
}

/// For drawing alone: what is shown in words is exact.
fn value(number: Number) -> f64 {
    number.decimal().parse().unwrap_or(0.0)
}

fn across(at: usize, of: usize) -> f64 {
    let whole = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    4.0 + (WIDTH - 8.0) * if of < 2 { 0.5 } else { whole(at) / whole(of - 1) }
}

/// Between the windows before and after it.
fn place(windows: &[Part], split: &Split) -> Option<f64> {
    let at = windows.iter().position(|part| part.since <= split.at && split.at < part.until)?;
    let step = if windows.len() < 2 { 0.0 } else { across(1, windows.len()) - across(0, windows.len()) };
    Some((across(at, windows.len()) - step / 2.0).max(0.0))
}

fn month(part: &Part) -> String {
    part.since.date()[..7].to_owned()
}

/// What is to be seen, for who does not see it.
fn words(line: &Line) -> String {
    let told: Vec<&Part> = line.windows.iter().filter(|part| part.value.is_some()).collect();
    let silent = line.windows.len() - told.len();
    let (Some(first), Some(last)) = (told.first(), told.last()) else { return "No number in any window.".to_owned() };
    let said = |part: &Part| format!("{} in the window from {}", part.shown(line.measure), part.since.date());
    let highest = told.iter().copied().rev().max_by_key(|part| part.value);
    let highest = highest.map_or_else(String::new, |part| format!("; the highest is {}", said(part)));
    let silent = if silent == 0 {
        String::new()
    } else {
        format!("; {silent} of {} windows have no number", line.windows.len())
    };
    format!("From {} to {}{highest}{silent}.", said(first), said(last))
}
