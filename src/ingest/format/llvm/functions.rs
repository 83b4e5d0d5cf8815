//! Functions, and the branches in them. What a template, a generic function or a header was made into several times
//! is one function: that which begins at one place of the source.
//!
//! Source: `FunctionCoverageSummary` in `CoverageSummaryInfo.cpp` of LLVM.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::lines;
use super::row::Row;
use crate::ingest::coverage::{Arms, Dimension, Reach, SourceFile};
use crate::record::kind::test::Ratio;

#[derive(Deserialize)]
pub(super) struct Function {
    count: u64,
    filenames: Vec<String>,
    regions: Vec<Row>,
    #[serde(default)]
    branches: Vec<Row>,
}

/// By file, what adding up its functions gives: llvm-cov does so in its summaries. A line that two functions share,
/// such as that of a closure, is two there, and so is a branch of a macro that is used twice.
pub(super) type BySummary = HashMap<String, [Ratio; 3]>;

/// Notes functions and their branches in the files that the export lists.
pub(super) fn note(
    functions: &[Function],
    files: &mut BTreeMap<String, SourceFile>,
    steps: &mut u64,
) -> Result<BySummary, String> {
    let mut groups: HashMap<(&str, u64, u64), [Ratio; 3]> = HashMap::new();
    for function in functions {
        // Where it begins: the first region, in one of the function's files.
        let Some(region) = function.regions.first() else { continue };
        let [line, column, _, _, _, file] = region.first("region")?;
        let name = function.file(file)?;
        let reach = Reach::reached_if(function.count > 0);
        if let Some(file) = files.get_mut(name) {
            file.function(&format!("{line}:{column}"), reach);
        }
        let mut branches = Ratio::default();
        for branch in &function.branches {
            let [_, _, _, _, taken, passed, file] = branch.first("branch")?;
            branches = branches.plus(Ratio { covered: u64::from(taken > 0) + u64::from(passed > 0), total: 2 });
            if let Some(file) = files.get_mut(function.file(file)?) {
                note_branch(branch, file)?;
            }
        }
        let sums = [
            lines::of_function(&function.regions, file, steps)?,
            branches,
            Ratio { covered: u64::from(function.count > 0), total: 1 },
        ];
        let group = groups.entry((name, line, column)).or_default();
        for (known, new) in group.iter_mut().zip(sums) {
            *known = Ratio { covered: known.covered.max(new.covered), total: known.total.max(new.total) };
        }
    }
    let mut by_summary = BySummary::new();
    for ((name, ..), sums) in groups {
        let all = by_summary.entry(name.to_owned()).or_default();
        for of in Dimension::ALL {
            all[of as usize] = all[of as usize].plus(sums[of as usize]);
        }
    }
    Ok(by_summary)
}

/// A branch: four numbers of its place, then how often it was taken and how often not.
pub(super) fn note_branch(branch: &Row, file: &mut SourceFile) -> Result<(), String> {
    let [line, column, last, end, taken, passed] = branch.first("branch")?;
    let place = format!("{column}-{last}:{end}");
    let arm = |way: &str, hits: u64| (format!("{place} {way}"), Reach::reached_if(hits > 0));
    file.branch(line, &Arms::Named(BTreeMap::from([arm("true", taken), arm("false", passed)])));
    Ok(())
}

impl Function {
    fn file(&self, at: u64) -> Result<&str, String> {
        let name = usize::try_from(at).ok().and_then(|at| self.filenames.get(at));
        name.map(String::as_str).ok_or_else(|| format!("a function is in file {at} of {}", self.filenames.len()))
    }
}
