//! The same numbers as CSV (RFC 4180): one row a measure and window.

use std::fmt::Write as _;

use super::board::{Board, Part};
use crate::measure::Number;

/// No field holds text of the repository: names, words of this program, times and numbers need no quotes.
pub fn csv(board: &Board) -> String {
    let mut text =
        String::from("service,environment,measure,indicator,unit,part,since,until,state,value,n,median,p90\r\n");
    for group in &board.groups {
        for line in &group.measures {
            let mut row = |word: &str, part: &Part| {
                let shown = |number: Option<Number>| number.map(Number::decimal).unwrap_or_default();
                let _ = write!(
                    text,
                    "{},{},{},{},{},{word},{},{},{},{},{},{},{}\r\n",
                    group.service,
                    group.environment,
                    line.name,
                    line.indicator,
                    line.unit,
                    part.since,
                    part.until,
                    part.state,
                    shown(part.value),
                    part.n,
                    shown(part.median),
                    shown(part.p90),
                );
            };
            row("period", &line.whole);
            line.windows.iter().for_each(|part| row("window", part));
            line.before.iter().for_each(|part| row("before", part));
            line.after.iter().for_each(|part| row("after", part));
        }
    }
    text
}
