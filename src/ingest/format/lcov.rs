//! LCOV tracefiles, as lcov, gcovr, coverage.py, Istanbul, llvm-cov and others write them.
//!
//! Source: `geninfo(1)`, "tracefile format". Lines come from `DA`, branches from `BRDA`, functions
//! from `FN` and `FNDA` (lcov 2: `FNL` and `FNA`). Keys that are not known are passed over.

use std::collections::BTreeMap;

use super::cobertura::reach_of;
use super::{Glance, Source};
use crate::ingest::Report;
use crate::ingest::coverage::{Arms, Base, CoverageReport, Dimension, Doubts, Reach, SourceFile, Stated, sums};
use crate::ingest::error::IngestError;
use crate::record::kind::test::Ratio;

pub(super) fn sniff(glance: &Glance) -> bool {
    let lines = glance.body.split(|byte| *byte == b'\n');
    let first = lines.map(<[u8]>::trim_ascii).find(|line| !line.is_empty() && !line.starts_with(b"#"));
    first.is_some_and(|line| line.starts_with(b"TN:") || line.starts_with(b"SF:"))
}

pub(super) fn read(source: &Source) -> Result<Report, IngestError> {
    let mut files: BTreeMap<String, SourceFile> = BTreeMap::new();
    let mut doubts = Doubts::of(source.file);
    // What the sections say that they cover, and what was counted in them, added up.
    let mut whole = [[Ratio::default(); 2]; 3];
    let mut open: Option<Section> = None;
    for (at, line) in source.text()?.lines().enumerate() {
        let refuse = |problem: &str| source.malformed(format!("line {}: {problem}", at + 1));
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if line == "end_of_record" {
            let section = open.take().ok_or_else(|| refuse("end_of_record without SF"))?;
            section.compare(&mut doubts, &mut whole);
            files.entry(section.path).or_default().unite(&section.file);
            continue;
        }
        let (key, value) = line.split_once(':').ok_or_else(|| refuse("is neither KEY:value nor end_of_record"))?;
        match (key, &mut open) {
            ("TN", _) => {}
            ("SF", Some(_)) => return Err(refuse("SF inside a record: the one before has no end_of_record")),
            ("SF", None) if value.trim().is_empty() => return Err(refuse("SF names no file")),
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
    // Where a file has several sections, their sum is more than the file: only what differs section by section is a doubt.
    let counted = sums(files.values());
    for (of, ([said, in_sections], counted)) in Dimension::ALL.into_iter().zip(whole.into_iter().zip(counted)) {
        if said != in_sections {
            doubts.sum(of, said, counted);
        }
    }
    let discrepancies = doubts.finish();
    Ok(Report::Coverage(CoverageReport { origin: source.origin(), files, base: Base::Folder, discrepancies }))
}

/// What stands from `SF` to `end_of_record`.
#[derive(Default)]
struct Section {
    path: String,
    file: SourceFile,
    /// Functions by their index, and whether one of their names was reached, for `FNL` and `FNA`.
    indices: BTreeMap<String, Reach>,
    /// Every `DA`, `BRDA` and `FN` as often as it occurs: lcov counts a repeated one each time, gcovr once.
    written: [Ratio; 3],
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
                let hits = reach(hits)?;
                self.file.line(number(line)?, hits);
                self.written[0] = self.written[0].plus(one(hits));
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
                self.written[2].total += 1;
            }
            "FNDA" => {
                let (hits, name) = value.split_once(',').ok_or("FNDA is not HITS,NAME")?;
                let hits = reach(hits)?;
                self.file.function(name, hits);
                self.written[2].covered += one(hits).covered;
            }
            "FNL" => {
                let index = value.split(',').next().unwrap_or_default();
                self.indices.entry(index.to_owned()).or_insert(Reach::Missed);
            }
            "FNA" => {
                let mut parts = value.splitn(3, ',');
                let (Some(index), Some(hits), Some(name)) = (parts.next(), parts.next(), parts.next()) else {
                    return Err("FNA is not INDEX,HITS,NAME".into());
                };
                let known = self.indices.get_mut(index);
                let known = known.ok_or_else(|| format!("FNA names function {index:?}, which no FNL has"))?;
                let hits = reach(hits)?;
                *known = hits.max(*known);
                self.file.function(name, hits);
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
        self.written[1] = self.written[1].plus(one(reach));
        Ok(())
    }

    /// Compares the section's own totals with the count, and adds both up.
    fn compare(&self, doubts: &mut Doubts, whole: &mut [[Ratio; 2]; 3]) {
        // lcov 2 counts a function once, whatever names it has.
        let functions = self.indices.values().fold(Ratio::default(), |sum, reach| sum.plus(one(*reach)));
        let keys = [("LF", "LH"), ("BRF", "BRH"), ("FNF", "FNH")];
        for (of, (found, hit)) in Dimension::ALL.into_iter().zip(keys) {
            let counted = self.file.ratios()[of as usize];
            let other =
                if of == Dimension::Function { functions.plus(self.written[2]) } else { self.written[of as usize] };
            let allowed = [counted, self.written[of as usize], other];
            let says = |key: &str| self.own.get(key).map(String::as_str);
            let stated = Stated { covered: says(hit), total: says(found) };
            let said = doubts.file(of, &self.path, stated, &allowed);
            let said = said.filter(|said| !allowed.contains(said)).unwrap_or(counted);
            let [all_said, all_counted] = &mut whole[of as usize];
            (*all_said, *all_counted) = (all_said.plus(said), all_counted.plus(counted));
        }
    }
}

fn one(reach: Reach) -> Ratio {
    Ratio { covered: u64::from(reach == Reach::Reached), total: 1 }
}

fn number(text: &str) -> Result<u64, String> {
    text.trim().parse().map_err(|_| format!("line number {text:?} is not a number"))
}

fn reach(hits: &str) -> Result<Reach, String> {
    reach_of(hits.trim()).ok_or_else(|| format!("count {hits:?} is not a number"))
}
