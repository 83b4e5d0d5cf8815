//! The JSON that `llvm-cov export` and `cargo llvm-cov --json` write.
//!
//! Source: `CoverageExporterJson.cpp` of LLVM, which describes the format, versions 2 and 3. Lines come from the
//! segments of a file, functions and branches from the list of all functions: what a template, a macro or a generic
//! function was made into several times counts once, where it stands in the source.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Glance, Source};
use crate::ingest::Report;
use crate::ingest::coverage::{Base, CoverageReport, Dimension, Doubts, SourceFile, Stated, sums};
use crate::ingest::error::IngestError;
use crate::record::kind::test::{Discrepancy, Ratio};
use functions::{BySummary, Function};
use row::Row;

mod functions;
mod lines;
mod row;

const KIND: &str = "llvm.coverage.json.export";

pub(super) fn sniff(glance: &Glance) -> bool {
    let head: Vec<u8> = glance.body.iter().take(200).copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let whole = glance.has("data") && glance.has("type") && glance.has("version");
    // A broken one has no type yet.
    whole || [&br#"{"data":[{"files":"#[..], br#"{"data":[{"functions":"#].iter().any(|start| head.starts_with(start))
}

#[derive(Deserialize)]
struct Export {
    data: Vec<Unit>,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct Unit {
    files: Vec<Measured>,
    #[serde(default)]
    functions: Vec<Function>,
    totals: Summary,
}

#[derive(Deserialize)]
struct Measured {
    filename: String,
    #[serde(default)]
    segments: Vec<Row>,
    #[serde(default)]
    branches: Vec<Row>,
    summary: Summary,
}

#[derive(Deserialize)]
struct Summary {
    lines: Option<Counter>,
    branches: Option<Counter>,
    functions: Option<Counter>,
}

#[derive(Deserialize)]
struct Counter {
    count: u64,
    covered: u64,
}

impl Summary {
    /// Covered and total of a dimension, as written.
    fn of(&self, of: Dimension) -> [Option<String>; 2] {
        let counter = match of {
            Dimension::Line => &self.lines,
            Dimension::Branch => &self.branches,
            Dimension::Function => &self.functions,
        };
        let counter = counter.as_ref();
        [counter.map(|one| one.covered.to_string()), counter.map(|one| one.count.to_string())]
    }
}

pub(super) fn read(source: &Source) -> Result<Report, IngestError> {
    let export: Export = source.json()?;
    if export.kind != KIND {
        let kind: String = export.kind.chars().take(60).collect();
        return Err(source.malformed(format!("type is {kind:?}, where {KIND:?} is expected")));
    }
    let mut files: BTreeMap<String, SourceFile> = BTreeMap::new();
    let (mut room, mut steps) = (lines::MAX_LINES, lines::MAX_STEPS);
    let mut by_summary = BySummary::new();
    for unit in &export.data {
        for measured in &unit.files {
            let at = |problem: String| source.malformed(format!("{}: {problem}", measured.filename));
            let file = files.entry(measured.filename.clone()).or_default();
            lines::note(&measured.segments, file, &mut room).map_err(at)?;
            // Without functions there are only these, among them what the compiler knew beforehand.
            if unit.functions.is_empty() {
                measured.branches.iter().try_for_each(|one| functions::note_branch(one, file)).map_err(at)?;
            }
        }
        by_summary =
            functions::note(&unit.functions, &mut files, &mut steps).map_err(|problem| source.malformed(problem))?;
    }
    if files.values().all(|file| file.lines.is_empty()) {
        return Err(source.nothing("lists no segment (is it a summary only?)"));
    }
    // The summaries of several units may share files, and then their sum says nothing about the whole.
    let discrepancies = match export.data.as_slice() {
        [unit] => discrepancies(source.file, unit, &files, &by_summary),
        _ => Vec::new(),
    };
    Ok(Report::Coverage(CoverageReport { origin: source.origin(), files, base: Base::Folder, discrepancies }))
}

/// Compares the summaries with the count.
fn discrepancies(
    report: &str,
    unit: &Unit,
    files: &BTreeMap<String, SourceFile>,
    by_summary: &BySummary,
) -> Vec<Discrepancy> {
    let mut doubts = Doubts::of(report);
    let is_compared = |of: &Dimension| *of != Dimension::Function || !unit.functions.is_empty();
    let mut whole = [Ratio::default(); 3];
    for measured in &unit.files {
        let counted = files.get(&measured.filename).map(SourceFile::ratios).unwrap_or_default();
        let summed = by_summary.get(&measured.filename).copied().unwrap_or(counted);
        for of in Dimension::ALL {
            whole[of as usize] = whole[of as usize].plus(summed[of as usize]);
        }
        for of in Dimension::ALL.into_iter().filter(is_compared) {
            let [covered, total] = measured.summary.of(of);
            let stated = Stated { covered: covered.as_deref(), total: total.as_deref() };
            doubts.file(of, &measured.filename, stated, &[counted[of as usize], summed[of as usize]]);
        }
    }
    let counted = sums(files.values());
    for of in Dimension::ALL.into_iter().filter(is_compared) {
        let [covered, total] = unit.totals.of(of);
        let stated = Stated { covered: covered.as_deref(), total: total.as_deref() };
        doubts.whole(of, stated, &[counted[of as usize], whole[of as usize]]);
    }
    doubts.finish()
}
