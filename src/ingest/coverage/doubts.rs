//! What a coverage report says of itself beside what was counted in it, as ratios: for the whole report, and
//! for each file, so that a rule about some files can believe the worse of the two there as well.

use super::super::room::{Room, cut};
use super::SourceFile;
use crate::record::kind::test::{Discrepancy, Ratio};

/// How many files of one report are told apart, and in how many bytes; the others are counted.
const MAX_FILES: usize = 100;
const FILES_ROOM: usize = 20 << 10;

/// How much of a total that is no number is copied, in characters.
const MAX_COPIED: usize = 40;

/// What is covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingest) enum Dimension {
    /// Lines.
    Line,
    /// Arms of branches.
    Branch,
    /// Functions.
    Function,
}

impl Dimension {
    /// All, in the order of [`SourceFile::ratios`].
    pub(in crate::ingest) const ALL: [Self; 3] = [Self::Line, Self::Branch, Self::Function];

    /// The field of a discrepancy about it.
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::Line => "line coverage",
            Self::Branch => "branch coverage",
            Self::Function => "function coverage",
        }
    }
}

/// A total that a report states: covered and all, each as it is written.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::ingest) struct Stated<'a> {
    pub(in crate::ingest) covered: Option<&'a str>,
    pub(in crate::ingest) total: Option<&'a str>,
}

impl Stated<'_> {
    /// As a ratio. A number that is not there is taken from the count; one that cannot be read makes it `Err`.
    fn ratio(self, counted: Ratio) -> Option<Result<Ratio, String>> {
        if self.covered.is_none() && self.total.is_none() {
            return None;
        }
        let read = |text: Option<&str>, counted| text.map_or(Some(counted), |text| text.trim().parse().ok());
        let ratio = match (read(self.covered, counted.covered), read(self.total, counted.total)) {
            (Some(covered), Some(total)) => Ok(Ratio { covered, total }),
            _ => {
                let said = |text: Option<&str>| cut(text.unwrap_or("?"), MAX_COPIED).into_owned();
                Err(format!("{} of {}", said(self.covered), said(self.total)))
            }
        };
        Some(ratio)
    }
}

/// The discrepancies of one report on the way.
pub(in crate::ingest) struct Doubts {
    report: String,
    whole: Vec<Discrepancy>,
    files: Vec<Discrepancy>,
    room: Room,
    /// Files that found no room, in the order of [`Dimension::ALL`].
    more: [u64; 3],
}

impl Doubts {
    pub(in crate::ingest) fn of(report: &str) -> Self {
        let room = Room::new(MAX_FILES, FILES_ROOM);
        Self { report: report.into(), whole: Vec::new(), files: Vec::new(), room, more: [0; 3] }
    }

    /// Compares what is said of a file with what was counted. Where several ways of counting are sound, `allowed`
    /// has them all; the first is what counts. Returns what is said, as far as it is a ratio.
    pub(in crate::ingest) fn file(
        &mut self,
        of: Dimension,
        path: &str,
        stated: Stated<'_>,
        allowed: &[Ratio],
    ) -> Option<Ratio> {
        let counted = allowed.first().copied().unwrap_or_default();
        let said = stated.ratio(counted)?;
        if !said.as_ref().is_ok_and(|said| allowed.contains(said)) {
            let found = self.discrepancy(format!("{} of {path}", of.field()), &said, counted);
            if self.room.take(&found) {
                self.files.push(found);
            } else {
                self.more[of as usize] += 1;
            }
        }
        said.ok()
    }

    /// The same for the whole report.
    pub(in crate::ingest) fn whole(&mut self, of: Dimension, stated: Stated<'_>, allowed: &[Ratio]) {
        let counted = allowed.first().copied().unwrap_or_default();
        if let Some(said) = stated.ratio(counted)
            && !said.as_ref().is_ok_and(|said| allowed.contains(said))
        {
            let found = self.discrepancy(of.field().into(), &said, counted);
            self.whole.push(found);
        }
    }

    /// The same where the report states a sum of its own only file by file.
    pub(in crate::ingest) fn sum(&mut self, of: Dimension, said: Ratio, counted: Ratio) {
        if said != counted {
            let found = self.discrepancy(of.field().into(), &Ok(said), counted);
            self.whole.push(found);
        }
    }

    /// All that was noted: first what concerns the whole report.
    pub(in crate::ingest) fn finish(self) -> Vec<Discrepancy> {
        let more = Dimension::ALL.into_iter().zip(self.more).filter(|(_, more)| *more > 0);
        let more = more.map(|(of, more)| Discrepancy {
            report: self.report.clone(),
            field: format!("{} of {more} more files", of.field()),
            reported: "other".into(),
            counted: "as listed".into(),
            suite: None,
        });
        let more: Vec<_> = more.collect();
        self.whole.into_iter().chain(self.files).chain(more).collect()
    }

    fn discrepancy(&self, field: String, said: &Result<Ratio, String>, counted: Ratio) -> Discrepancy {
        let reported = said.as_ref().map_or_else(Clone::clone, |ratio| told(*ratio));
        Discrepancy { report: self.report.clone(), field, reported, counted: told(counted), suite: None }
    }
}

/// `7 of 10`.
pub(in crate::ingest) fn told(ratio: Ratio) -> String {
    format!("{} of {}", ratio.covered, ratio.total)
}

/// The ratios of all files added up, in the order of [`Dimension::ALL`].
pub(in crate::ingest) fn sums<'a>(files: impl Iterator<Item = &'a SourceFile>) -> [Ratio; 3] {
    files.fold([Ratio::default(); 3], |sums, file| {
        let ratios = file.ratios();
        [0, 1, 2].map(|at| sums[at].plus(ratios[at]))
    })
}

/// The field of a discrepancy about a file, with its path put right.
pub(super) fn moved(field: &str, from: &str, to: &str) -> Option<String> {
    let of = Dimension::ALL.into_iter().find(|of| field == format!("{} of {from}", of.field()))?;
    Some(format!("{} of {to}", of.field()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(covered: u64, total: u64) -> Ratio {
        Ratio { covered, total }
    }

    fn stated<'a>(covered: &'a str, total: &'a str) -> Stated<'a> {
        Stated { covered: Some(covered), total: Some(total) }
    }

    #[test]
    fn what_agrees_in_one_way_of_counting_is_no_doubt() {
        let mut doubts = Doubts::of("lcov.info");
        let allowed = [ratio(7, 10), ratio(9, 12)];
        doubts.file(Dimension::Line, "a.c", stated("9", "12"), &allowed);
        doubts.file(Dimension::Line, "a.c", stated("007", " 10"), &allowed);
        doubts.file(Dimension::Line, "a.c", Stated::default(), &allowed);
        doubts.file(Dimension::Line, "a.c", Stated { covered: None, total: Some("10") }, &allowed);
        assert_eq!(doubts.finish(), []);
    }

    #[test]
    fn a_total_that_is_no_number_is_told_and_cut() {
        let mut doubts = Doubts::of("lcov.info");
        let long = "9".repeat(1 << 16);
        doubts.file(Dimension::Branch, "a.c", stated("many", &long), &[ratio(7, 10)]);
        let found = doubts.finish().remove(0);
        assert_eq!((found.field.as_str(), found.counted.as_str()), ("branch coverage of a.c", "7 of 10"));
        assert!(found.reported.starts_with("many of 999") && found.reported.len() < 100, "{}", found.reported);
    }

    #[test]
    fn files_without_room_are_counted() {
        let mut doubts = Doubts::of("lcov.info");
        for at in 0..1_000 {
            doubts.file(Dimension::Line, &format!("{at}.c"), stated("1", "2"), &[ratio(2, 2)]);
        }
        let found = doubts.finish();
        assert_eq!(found.len(), MAX_FILES + 1);
        assert_eq!(found[MAX_FILES].field, "line coverage of 900 more files");
    }
}
