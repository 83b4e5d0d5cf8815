//! The JSON of coverage.py: `coverage json`, with or without branches.
//!
//! Source: <https://coverage.readthedocs.io/en/latest/commands/cmd_json.html>. Functions are there since coverage.py
//! 7.6; what stands outside any function has no name and is none.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Glance, Source};
use crate::ingest::Report;
use crate::ingest::coverage::{Arms, Base, CoverageReport, Dimension, Doubts, Reach, SourceFile, Stated, sums};
use crate::ingest::error::IngestError;

pub(super) fn sniff(glance: &Glance) -> bool {
    // Whatever breaks off after the files is still meant to be one.
    glance.has("meta") && glance.has("files") && !glance.has("data")
}

#[derive(Deserialize)]
struct File {
    files: BTreeMap<String, Measured>,
    totals: Summary,
}

#[derive(Deserialize)]
struct Measured {
    executed_lines: Vec<u64>,
    missing_lines: Vec<u64>,
    #[serde(default)]
    executed_branches: Vec<(i64, i64)>,
    #[serde(default)]
    missing_branches: Vec<(i64, i64)>,
    #[serde(default)]
    functions: BTreeMap<String, Function>,
    summary: Summary,
}

#[derive(Deserialize)]
struct Function {
    executed_lines: Vec<u64>,
    missing_lines: Vec<u64>,
}

#[derive(Deserialize)]
struct Summary {
    covered_lines: u64,
    num_statements: u64,
    covered_branches: Option<u64>,
    num_branches: Option<u64>,
}

impl Summary {
    /// Covered and total of a dimension, as written.
    fn of(&self, of: Dimension) -> [Option<String>; 2] {
        let [covered, total] = match of {
            Dimension::Line => [Some(self.covered_lines), Some(self.num_statements)],
            Dimension::Branch => [self.covered_branches, self.num_branches],
            Dimension::Function => [None; 2],
        };
        [covered, total].map(|count| count.map(|count| count.to_string()))
    }
}

pub(super) fn read(source: &Source) -> Result<Report, IngestError> {
    let report: File = source.json()?;
    let mut files = BTreeMap::new();
    let mut doubts = Doubts::of(source.file);
    for (path, measured) in &report.files {
        let file = measured.count().map_err(|problem| source.malformed(format!("{path}: {problem}")))?;
        for (of, counted) in Dimension::ALL.into_iter().zip(file.ratios()) {
            let [covered, total] = measured.summary.of(of);
            doubts.file(of, path, Stated { covered: covered.as_deref(), total: total.as_deref() }, &[counted]);
        }
        files.insert(path.clone(), file);
    }
    if files.values().all(|file| file.lines.is_empty()) {
        return Err(source.nothing("lists no line"));
    }
    for (of, counted) in Dimension::ALL.into_iter().zip(sums(files.values())) {
        let [covered, total] = report.totals.of(of);
        doubts.whole(of, Stated { covered: covered.as_deref(), total: total.as_deref() }, &[counted]);
    }
    let discrepancies = doubts.finish();
    Ok(Report::Coverage(CoverageReport { origin: source.origin(), files, base: Base::Folder, discrepancies }))
}

impl Measured {
    fn count(&self) -> Result<SourceFile, String> {
        let mut file = SourceFile::default();
        self.executed_lines.iter().for_each(|line| file.line(*line, Reach::Reached));
        self.missing_lines.iter().for_each(|line| file.line(*line, Reach::Missed));
        let branches = [(&self.executed_branches, Reach::Reached), (&self.missing_branches, Reach::Missed)];
        for (from, to, reach) in
            branches.into_iter().flat_map(|(all, reach)| all.iter().map(move |(a, b)| (a, b, reach)))
        {
            let line = u64::try_from(*from).map_err(|_| format!("a branch leads on from line {from}"))?;
            // A negative line is the way out of the function that begins there.
            file.branch(line, &Arms::Named(BTreeMap::from([(to.to_string(), reach)])));
        }
        for (name, function) in self.functions.iter().filter(|(name, _)| !name.is_empty()) {
            if !function.executed_lines.is_empty() || !function.missing_lines.is_empty() {
                file.function(name, Reach::reached_if(!function.executed_lines.is_empty()));
            }
        }
        Ok(file)
    }
}
