//! What tests reached, line by line, so that several reports of one file unite exactly.

use std::collections::BTreeMap;

use super::Origin;
use super::room::Room;
use crate::record::kind::test::{Coverage, Discrepancy, FileCoverage, MAX_COVERED_FILES, Ratio};

mod doubts;
mod places;

pub(super) use doubts::{Dimension, Doubts, Stated, sums};
pub use places::{Base, Places};

/// How many bytes of JSON the files of one record may take.
const FILES_ROOM: usize = 350 << 10;

/// One coverage report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageReport {
    /// Where it is from.
    pub origin: Origin,
    /// By path, as the report writes it, or from the top of the repository once [`super::Report::located`].
    /// Together they have at least one line.
    pub files: BTreeMap<String, SourceFile>,
    /// What these paths are relative to.
    pub base: Base,
    /// Where its own totals differ from what was counted.
    pub discrepancies: Vec<Discrepancy>,
}

/// What tests reached in one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceFile {
    /// By line number: whether it was reached.
    pub lines: BTreeMap<u64, Reach>,
    /// By line number: the ways that lead on from it.
    pub branches: BTreeMap<u64, Arms>,
    /// By name: whether it was entered.
    pub functions: BTreeMap<String, Reach>,
}

/// Whether something was reached. The better of two wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Never.
    Missed,
    /// At least once.
    Reached,
}

/// The arms of the branches on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arms {
    /// Each by its name, so that two reports unite exactly.
    Named(BTreeMap<String, Reach>),
    /// Only how many of how many. Of two reports the larger numbers count: a lower bound.
    Counted(Ratio),
}

impl Reach {
    /// Reached where `yes`.
    pub fn reached_if(yes: bool) -> Self {
        if yes { Self::Reached } else { Self::Missed }
    }
}

impl Arms {
    fn ratio(&self) -> Ratio {
        match self {
            Self::Named(arms) => ratio(arms.values()),
            Self::Counted(ratio) => *ratio,
        }
    }

    fn unite(&mut self, other: &Self) {
        if let (Self::Named(mine), Self::Named(others)) = (&mut *self, other) {
            for (name, coverage) in others {
                note(mine, name.clone(), *coverage);
            }
        } else {
            let (mine, other) = (self.ratio(), other.ratio());
            *self =
                Self::Counted(Ratio { covered: mine.covered.max(other.covered), total: mine.total.max(other.total) });
        }
    }
}

impl SourceFile {
    /// Notes that a line was reached or missed; reached wins.
    pub(super) fn line(&mut self, number: u64, coverage: Reach) {
        note(&mut self.lines, number, coverage);
    }

    /// The same for a function.
    pub(super) fn function(&mut self, name: &str, coverage: Reach) {
        note(&mut self.functions, name.to_owned(), coverage);
    }

    /// Adds the arms of a line to those already known.
    pub(super) fn branch(&mut self, line: u64, arms: &Arms) {
        self.branches.entry(line).and_modify(|known| known.unite(arms)).or_insert_with(|| arms.clone());
    }

    /// Adds what another report says of the same file.
    pub(super) fn unite(&mut self, other: &Self) {
        other.lines.iter().for_each(|(number, coverage)| self.line(*number, *coverage));
        other.branches.iter().for_each(|(number, arms)| self.branch(*number, arms));
        other.functions.iter().for_each(|(name, coverage)| self.function(name, *coverage));
    }

    /// Its lines: how many were reached, of how many.
    pub fn line_ratio(&self) -> Ratio {
        ratio(self.lines.values())
    }

    /// The same for the arms of its branches.
    pub fn branch_ratio(&self) -> Ratio {
        self.branches.values().map(Arms::ratio).fold(Ratio::default(), Ratio::plus)
    }

    /// The same for its functions.
    pub fn function_ratio(&self) -> Ratio {
        ratio(self.functions.values())
    }

    /// The three of them, in the order of [`Dimension::ALL`].
    pub(super) fn ratios(&self) -> [Ratio; 3] {
        [self.line_ratio(), self.branch_ratio(), self.function_ratio()]
    }
}

fn note<K: Ord>(known: &mut BTreeMap<K, Reach>, key: K, coverage: Reach) {
    known.entry(key).and_modify(|old| *old = coverage.max(*old)).or_insert(coverage);
}

fn ratio<'a>(all: impl ExactSizeIterator<Item = &'a Reach>) -> Ratio {
    let total = all.len();
    let covered = all.filter(|coverage| **coverage == Reach::Reached).count();
    Ratio { covered: covered as u64, total: total as u64 }
}

/// Of nothing there is no ratio.
fn present(ratio: Ratio) -> Option<Ratio> {
    (ratio.total > 0).then_some(ratio)
}

/// Unites reports: a line reached in one of them is reached. `None` without reports.
pub(super) fn unite<'a>(reports: impl IntoIterator<Item = &'a CoverageReport>) -> Option<Coverage> {
    let mut files: BTreeMap<&str, SourceFile> = BTreeMap::new();
    for (path, file) in reports.into_iter().flat_map(|report| &report.files) {
        files.entry(path).or_default().unite(file);
    }
    if files.is_empty() {
        return None;
    }
    let mut coverage = Coverage::default();
    let [mut line, mut branch, mut function] = [Ratio::default(); 3];
    let mut room = Room::new(MAX_COVERED_FILES, FILES_ROOM);
    for (path, file) in files {
        let [lines, branches, functions] = file.ratios();
        if [lines, branches, functions].iter().all(|ratio| ratio.total == 0) {
            continue;
        }
        line = line.plus(lines);
        branch = branch.plus(branches);
        function = function.plus(functions);
        let entry = FileCoverage {
            path: path.to_owned(),
            line: present(lines),
            branch: present(branches),
            function: present(functions),
        };
        if room.take(&entry) {
            coverage.files.push(entry);
        } else {
            coverage.omitted += 1;
        }
    }
    Some(Coverage { line: present(line), branch: present(branch), function: present(function), ..coverage })
}

#[cfg(test)]
mod tests {
    use super::Reach::{Missed, Reached};
    use super::*;

    fn named(arms: &[(&str, Reach)]) -> Arms {
        Arms::Named(arms.iter().map(|(name, coverage)| ((*name).to_owned(), *coverage)).collect())
    }

    #[test]
    fn what_one_of_two_runs_reached_is_reached() {
        let [mut first, mut second] = [SourceFile::default(), SourceFile::default()];
        first.line(1, Reached);
        first.line(2, Missed);
        first.branch(1, &named(&[("a", Reached), ("b", Missed)]));
        second.line(1, Missed);
        second.line(2, Reached);
        second.line(3, Missed);
        second.branch(1, &named(&[("a", Missed), ("b", Reached)]));
        first.unite(&second);
        assert_eq!(first.line_ratio(), Ratio { covered: 2, total: 3 });
        assert_eq!(first.branch_ratio(), Ratio { covered: 2, total: 2 });
    }

    #[test]
    fn counted_arms_unite_to_a_lower_bound() {
        let mut arms = Arms::Counted(Ratio { covered: 1, total: 2 });
        arms.unite(&Arms::Counted(Ratio { covered: 1, total: 4 }));
        arms.unite(&named(&[("a", Reached), ("b", Reached)]));
        assert_eq!(arms.ratio(), Ratio { covered: 2, total: 4 });
    }
}
