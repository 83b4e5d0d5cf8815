//! Lines from segments, by the rule of llvm-cov: a line counts as often as the busiest region that begins on it,
//! or that it lies in. Gaps between regions, such as a closing brace, begin no line.
//!
//! Source: `LineCoverageStats` in `CoverageMapping.cpp` of LLVM.

use super::row::Row;
use crate::ingest::coverage::{Reach, SourceFile};
use crate::record::kind::test::Ratio;

/// The most lines of one report. Two segments are enough to claim any number of them.
pub(super) const MAX_LINES: u64 = 5_000_000;

/// How many open regions are looked at over all functions: a bound for regions that all lie in one another.
pub(super) const MAX_STEPS: u64 = 50_000_000;

/// From here on to the next segment the source was run so many times.
#[derive(Clone, Copy)]
struct Segment {
    line: u64,
    column: u64,
    count: u64,
    has_count: bool,
    begins: bool,
    is_gap: bool,
}

impl Segment {
    fn read(row: &Row) -> Result<Self, String> {
        let [line, column, count, has_count, begins] = row.first("segment")?;
        // Before LLVM 10 there was no word on gaps.
        let is_gap = row.first::<6>("segment").is_ok_and(|[.., gap]| gap == 1);
        Ok(Self { line, column, count, has_count: has_count == 1, begins: begins == 1, is_gap })
    }

    fn begins_region(&self) -> bool {
        self.begins && self.has_count && !self.is_gap
    }
}

/// Notes the lines of one file. `room` is how many more the report may have.
pub(super) fn note(rows: &[Row], file: &mut SourceFile, room: &mut u64) -> Result<(), String> {
    let segments = rows.iter().map(Segment::read).collect::<Result<Vec<_>, _>>()?;
    if !segments.is_sorted_by_key(|segment| (segment.line, segment.column)) {
        return Err("its segments are out of order".into());
    }
    let mut before: Option<Segment> = None;
    for here in segments.chunk_by(|a, b| a.line == b.line) {
        let Some(first) = here.first() else { continue };
        // The lines between the last segment and this one lie in what the last one began.
        if let Some(before) = before.filter(|segment| segment.has_count) {
            take(room, first.line - before.line - 1)?;
            (before.line + 1..first.line).for_each(|line| file.line(line, Reach::reached_if(before.count > 0)));
        }
        if let Some(count) = count(here, before) {
            take(room, 1)?;
            file.line(first.line, Reach::reached_if(count > 0));
        }
        before = here.last().copied();
    }
    Ok(())
}

/// How often the line with these segments was run; `None` where it holds no code.
fn count(here: &[Segment], before: Option<Segment>) -> Option<u64> {
    let wrapped = before.filter(|segment| segment.has_count);
    let skipped = here.first().is_some_and(|first| !first.has_count && first.begins);
    let begun = here.iter().filter(|segment| segment.begins_region());
    let any_begins = here.iter().any(|segment| segment.begins && segment.has_count);
    let is_mapped = any_begins || (!skipped && wrapped.is_some());
    let counts = begun.map(|segment| segment.count).chain(wrapped.map(|segment| segment.count));
    is_mapped.then(|| counts.max().unwrap_or(0))
}

fn take(room: &mut u64, lines: u64) -> Result<(), String> {
    *room = room.checked_sub(lines).ok_or_else(|| format!("the report claims more than {MAX_LINES} lines"))?;
    Ok(())
}

/// Kinds of regions: code, the use of a macro, what the preprocessor left out, and what lies between statements.
const SKIPPED: u64 = 2;
const GAP: u64 = 3;

/// A region of a function: from a place up to another, run so many times.
struct Region {
    start: (u64, u64),
    end: (u64, u64),
    count: u64,
    kind: u64,
}

/// The lines of one function in its own file, counted alone.
pub(super) fn of_function(rows: &[Row], file: u64, steps: &mut u64) -> Result<Ratio, String> {
    let mut regions = Vec::new();
    for row in rows {
        let [line, column, last, end, count, in_file, _, kind] = row.first("region")?;
        if in_file == file && kind <= GAP && (line, column) <= (last, end) {
            regions.push(Region { start: (line, column), end: (last, end), count, kind });
        }
    }
    // Outer regions come before those in them.
    regions.sort_by_key(|region| (region.start, std::cmp::Reverse(region.end)));
    // Between these lines nothing changes, so that the first of a run stands for all of it.
    let edges = regions.iter().flat_map(|region| [region.start.0, region.end.0]);
    let mut edges: Vec<u64> = edges.flat_map(|line| [line, line.saturating_add(1)]).collect();
    edges.sort_unstable();
    edges.dedup();
    let last = regions.iter().map(|region| region.end.0).max().unwrap_or(0);
    let mut ratio = Ratio::default();
    let mut next = 0;
    let mut open: Vec<&Region> = Vec::new();
    for (at, line) in edges.iter().copied().enumerate().take_while(|(_, line)| *line <= last) {
        *steps = steps.checked_sub(1 + open.len() as u64).ok_or("its regions are nested deeper than any real ones")?;
        // What lasts from an earlier line: the innermost region around its first column.
        open.retain(|region| region.end > (line, 1));
        let wrapped = open.last().filter(|region| region.kind != SKIPPED);
        let here = regions[next..].iter().take_while(|region| region.start.0 == line);
        let begun = here.clone().filter(|region| region.kind != SKIPPED && region.kind != GAP);
        let skipped = here.clone().next().is_some_and(|region| region.kind == SKIPPED);
        let counts = begun.clone().map(|region| region.count).chain(wrapped.map(|region| region.count));
        if begun.clone().next().is_some() || (!skipped && wrapped.is_some()) {
            let lines = edges.get(at + 1).map_or(1, |after| after - line);
            let is_covered = counts.max().unwrap_or(0) > 0;
            ratio = ratio.plus(Ratio { covered: if is_covered { lines } else { 0 }, total: lines });
        }
        let begun = here.count();
        open.extend(&regions[next..next + begun]);
        next += begun;
    }
    Ok(ratio)
}
