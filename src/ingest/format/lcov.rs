//! LCOV tracefiles, as lcov, gcovr, coverage.py, Istanbul, llvm-cov and others write them.
//!
//! Source: `geninfo(1)`, "tracefile format". Lines come from `DA`, branches from `BRDA`, functions
//! from `FN` and `FNDA` (lcov 2: `FNL` and `FNA`). Keys that are not known are passed over.

use std::collections::{BTreeMap, BTreeSet};

use super::cobertura::reach_of;
use super::{Glance, Source};
use crate::ingest::Report;
use crate::ingest::coverage::{Arms, CoverageReport, Reach, SourceFile};
use crate::ingest::discrepancy::Totals;
use crate::ingest::error::IngestError;
use crate::record::kind::test::Ratio;

pub(super) fn sniff(glance: &Glance) -> bool {
    let lines = glance.body.split(|byte| *byte == b'\n');
    let first = lines.map(<[u8]>::trim_ascii).find(|line| !line.is_empty() && !line.starts_with(b"#"));
    first.is_some_and(|line| line.starts_with(b"TN:") || line.starts_with(b"SF:"))
}

pub(super) fn read(source: &Source) -> Result<Report, IngestError> {
    let mut files: BTreeMap<String, SourceFile> = BTreeMap::new();
    let mut totals = Totals::of(source.file);
    let mut open: Option<Section> = None;
    for (at, line) in source.text()?.lines().enumerate() {
        let refuse = |problem: &str| source.malformed(format!("line {}: {problem}", at + 1));
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if line == "end_of_record" {
            let section = open.take().ok_or_else(|| refuse("end_of_record without SF"))?;
            section.compare(&mut totals);
            section.unite_into(&mut files);
            continue;
        }
        let (key, value) = line.split_once(':').ok_or_else(|| refuse("is neither KEY:value nor end_of_record"))?;
        match (key, &mut open) {
            ("TN", _) => {}
            ("SF", Some(_)) => return Err(refuse("SF inside a record: the one before has no end_of_record")),
            ("SF", None) => open = Some(Section { path: value.to_owned(), ..Section::default() }),
            (_, Some(section)) => section.note(key, value).map_err(|problem| refuse(&problem))?,
            (_, None) => return Err(refuse("stands outside a record: expected SF first")),
        }
    }
    if let Some(section) = open {
        return Err(source.malformed(format!("the file ends inside the record of {}", section.path)));
    }
    if files.values().all(|file| file.lines.is_empty()) {
        return Err(source.nothing("lists no line"));
    }
    Ok(Report::Coverage(CoverageReport { origin: source.origin(), files, discrepancies: totals.finish() }))
}

/// What stands from `SF` to `end_of_record`.
#[derive(Default)]
struct Section {
    path: String,
    file: SourceFile,
    /// Functions by their index, for `FNL` and `FNA`.
    indices: BTreeSet<String>,
    /// How often `DA`, `BRDA`, `FN` occurred: lcov counts a repeated one each time, gcovr once.
    written: [u64; 3],
    /// The section's own totals, by key.
    own: BTreeMap<&'static str, String>,
}

const OWN_TOTALS: [&str; 6] = ["LF", "LH", "BRF", "BRH", "FNF", "FNH"];

impl Section {
    fn note(&mut self, key: &str, value: &str) -> Result<(), String> {
        match key {
            "DA" => {
                let (line, rest) = value.split_once(',').ok_or("DA is not LINE,HITS")?;
                let hits = rest.split(',').next().unwrap_or_default();
                self.file.line(number(line)?, reach(hits)?);
                self.written[0] += 1;
            }
            "BRDA" => self.branch(value)?,
            "FN" => {
                // FN:line,name or, since lcov 2, FN:line,last line,name. Names may hold commas.
                let (line, rest) = value.split_once(',').ok_or("FN is not LINE,NAME")?;
                number(line)?;
                let name = match rest.split_once(',') {
                    Some((end, name)) if end.parse::<u64>().is_ok() => name,
                    _ => rest,
                };
                self.file.function(name, Reach::Missed);
                self.written[2] += 1;
            }
            "FNDA" => {
                let (hits, name) = value.split_once(',').ok_or("FNDA is not HITS,NAME")?;
                self.file.function(name, reach(hits)?);
            }
            "FNL" => {
                let index = value.split(',').next().unwrap_or_default();
                self.indices.insert(index.to_owned());
                self.written[2] += 1;
            }
            "FNA" => {
                let mut parts = value.splitn(3, ',');
                let (Some(index), Some(hits), Some(name)) = (parts.next(), parts.next(), parts.next()) else {
                    return Err("FNA is not INDEX,HITS,NAME".into());
                };
                if !self.indices.contains(index) {
                    return Err(format!("FNA names function {index:?}, which no FNL has"));
                }
                self.file.function(name, reach(hits)?);
            }
            _ => {
                if let Some(known) = OWN_TOTALS.into_iter().find(|known| *known == key) {
                    self.own.insert(known, value.to_owned());
                }
            }
        }
        Ok(())
    }

    /// Reads `LINE,BLOCK,BRANCH,TAKEN`; `-` stands for a branch on a line that was never reached.
    fn branch(&mut self, value: &str) -> Result<(), String> {
        let shape = "BRDA is not LINE,BLOCK,BRANCH,TAKEN";
        let (line, rest) = value.split_once(',').ok_or(shape)?;
        // The branch may be a text with commas.
        let (name, taken) = rest.rsplit_once(',').filter(|(name, _)| name.contains(',')).ok_or(shape)?;
        let reach = if taken.trim() == "-" { Reach::Missed } else { reach(taken)? };
        self.file.branch(number(line)?, &Arms::Named(BTreeMap::from([(name.to_owned(), reach)])));
        self.written[1] += 1;
        Ok(())
    }

    /// Compares the section's own totals with the count.
    fn compare(&self, totals: &mut Totals) {
        let counted = [self.file.line_ratio(), self.file.branch_ratio(), self.file.function_ratio()];
        let keys = [("LF", "LH"), ("BRF", "BRH"), ("FNF", "FNH")];
        for (((found, hit), Ratio { covered, total }), written) in keys.into_iter().zip(counted).zip(self.written) {
            let says = |key: &str| self.own.get(key).map(String::as_str);
            totals.part(found, &self.path, says(found), &[&total.to_string(), &written.to_string()]);
            totals.part(hit, &self.path, says(hit), &[&covered.to_string()]);
        }
    }

    fn unite_into(self, files: &mut BTreeMap<String, SourceFile>) {
        files.entry(self.path).or_default().unite(&self.file);
    }
}

fn number(text: &str) -> Result<u64, String> {
    text.trim().parse().map_err(|_| format!("line number {text:?} is not a number"))
}

fn reach(hits: &str) -> Result<Reach, String> {
    reach_of(hits.trim()).ok_or_else(|| format!("count {hits:?} is not a number"))
}
