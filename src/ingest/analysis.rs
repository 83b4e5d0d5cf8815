//! What static analyses found, run by run, and the claims made of one of them.

use std::collections::BTreeMap;

use super::aside::{Asides, named_counts};
use super::room::{Room, cut};
use super::scan::{Excuse, Finding, Found, ScanReport, Severity};
use super::{Ended, IngestError, Origin, Report};
use crate::record::Kind;
use crate::record::kind::analysis::{Analysis, Level, Levels, MAX_FINDINGS, StaticFinding};
use crate::record::kind::test::Tool;
use crate::record::time::Span;

/// How many bytes of JSON the findings of one record may take.
const FINDINGS_ROOM: usize = 400 << 10;

/// How much of a name in the report is copied, in characters.
const MAX_NAME: usize = 300;

/// One report: one or more runs, of one or more tools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnalysisReport {
    /// Where it is from.
    pub origin: Origin,
    /// Its runs, in its order; at least one.
    pub runs: Vec<AnalysisRun>,
}

/// One run of one tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnalysisRun {
    /// The tool.
    pub tool: Tool,
    /// When it ran, where the report says so.
    pub ran: Option<Span>,
    /// How it ended.
    pub ended: Ended,
    /// What it found, result by result.
    pub results: Vec<AnalysisResult>,
    /// What it found and does not count, and why.
    pub set_aside: Vec<(AnalysisResult, Excuse)>,
    /// What else is in the report and is not counted.
    pub not_counted: BTreeMap<String, u64>,
    /// Whether one of its rules rates how severe a vulnerability is.
    pub rates_severity: bool,
}

/// One result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnalysisResult {
    /// The rule that is broken; never empty.
    pub rule: String,
    /// How serious it is.
    pub level: Level,
    /// How severe its rule says that it is as a vulnerability.
    pub severity: Severity,
    /// The file, as the report writes it.
    pub file: Option<String>,
    /// The line in it.
    pub line: Option<u64>,
}

impl AnalysisResult {
    fn place(&self) -> String {
        match (self.file.as_deref(), self.line) {
            (Some(file), Some(line)) => format!("{}:{line}", cut(file, MAX_NAME)),
            (Some(file), None) => cut(file, MAX_NAME).into_owned(),
            (None, _) => String::new(),
        }
    }
}

impl AnalysisReport {
    /// Its runs as one, if all are of one tool in one version; and how many they are.
    fn united(&self) -> Result<(AnalysisRun, u64), IngestError> {
        let mut runs = self.runs.iter();
        let mut whole = runs.next().cloned().ok_or_else(|| self.nothing("has no run"))?;
        for run in runs {
            if run.tool != whole.tool {
                let tools = self.runs.iter().map(|run| run.tool.name.as_str());
                let named = tools.enumerate().map(|(at, name)| format!("{} {}", at + 1, cut(name, MAX_NAME)));
                return Err(IngestError::SeveralTools {
                    file: self.origin.file.clone(),
                    runs: named.take(20).collect::<Vec<_>>().join(", "),
                });
            }
            whole.ended.and(&run.ended);
            whole.results.extend(run.results.iter().cloned());
            whole.set_aside.extend(run.set_aside.iter().cloned());
            for (what, count) in &run.not_counted {
                *whole.not_counted.entry(what.clone()).or_default() += count;
            }
            whole.rates_severity |= run.rates_severity;
            whole.ran = match (whole.ran, run.ran) {
                (Some(one), Some(other)) => {
                    Some(Span { start: one.start.min(other.start), end: one.end.max(other.end) })
                }
                _ => None,
            };
        }
        Ok((whole, self.runs.len() as u64))
    }

    /// The runs that `chosen` names: by place, from 1, or by tool.
    fn only(&self, chosen: &str) -> Result<Self, IngestError> {
        let at = chosen.parse::<usize>().ok().and_then(|at| at.checked_sub(1));
        let runs: Vec<_> = match at {
            Some(at) => self.runs.get(at).cloned().into_iter().collect(),
            None => self.runs.iter().filter(|run| run.tool.name.eq_ignore_ascii_case(chosen)).cloned().collect(),
        };
        if runs.is_empty() {
            let tools = self.runs.iter().enumerate().map(|(at, run)| format!("{} {}", at + 1, run.tool.name));
            return Err(IngestError::NoSuchRun {
                file: self.origin.file.clone(),
                chosen: cut(chosen, MAX_NAME).into_owned(),
                runs: tools.take(20).collect::<Vec<_>>().join(", "),
            });
        }
        Ok(Self { origin: self.origin.clone(), runs })
    }

    /// The vulnerabilities, where the rules rate them. What a rule does not rate is of unknown severity.
    pub(super) fn scan(&self) -> Result<ScanReport, IngestError> {
        let (run, runs) = self.united()?;
        // A clean report lists no rules, also where the tool was never told to look for vulnerabilities.
        if !run.rates_severity && !matches!(run.ended, Ended::Failed(_)) {
            return Err(IngestError::NoSeverities {
                file: self.origin.file.clone(),
                tool: cut(&run.tool.name, MAX_NAME).into_owned(),
            });
        }
        let mut scan = ScanReport::new(self.origin.clone(), &run.tool.name, run.tool.version.clone());
        (scan.ran, scan.ended, scan.not_counted) = (run.ran, run.ended, run.not_counted);
        scan.runs = runs;
        // The number keeps apart what has the same rule and place.
        let finding = |at: usize, result: &AnalysisResult| Finding {
            id: result.rule.clone(),
            package: String::new(),
            place: format!("{} #{}", result.place(), at + 1),
        };
        for (at, result) in run.results.iter().enumerate() {
            scan.find(finding(at, result), Found::of(result.severity));
        }
        for (at, (result, excuse)) in run.set_aside.iter().enumerate() {
            scan.set_aside.push((finding(at, result), Found::of(result.severity), excuse.clone()));
        }
        Ok(scan)
    }

    fn nothing(&self, what: &'static str) -> IngestError {
        IngestError::Nothing { file: self.origin.file.clone(), format: self.origin.format, what }
    }

    /// When its runs ran, where all say so.
    pub fn ran(&self) -> Option<Span> {
        let spans: Option<Vec<Span>> = self.runs.iter().map(|run| run.ran).collect();
        spans?.into_iter().reduce(|all, one| Span { start: all.start.min(one.start), end: all.end.max(one.end) })
    }
}

impl Report {
    /// The report, narrowed to the run that `chosen` names; only a report of several runs has any to choose.
    pub fn only(self, chosen: Option<&str>) -> Result<Self, IngestError> {
        match (self, chosen) {
            (report, None) => Ok(report),
            (Self::Analysis(analysis), Some(chosen)) => analysis.only(chosen).map(Self::Analysis),
            (report, Some(chosen)) => Err(IngestError::NoSuchRun {
                file: report.origin().file.clone(),
                chosen: cut(chosen, MAX_NAME).into_owned(),
                runs: format!("{} is one run", report.origin().format),
            }),
        }
    }
}

/// The claim of an analysis record: one record is one tool's run.
pub fn analysis_claim(report: &Report) -> Result<Analysis, IngestError> {
    let Report::Analysis(analysis) = report else { return Err(report.refused_for(Kind::Analysis)) };
    let (mut run, runs) = analysis.united()?;
    let name = |text: &str| cut(text, MAX_NAME).into_owned();
    let mut counts = Levels::default();
    run.results.iter().for_each(|result| counts.add(result.level));
    // Stable: within one level the order of the report stays.
    run.results.sort_by_key(|result| std::cmp::Reverse(result.level));
    let mut room = Room::new(MAX_FINDINGS, FINDINGS_ROOM);
    let findings = run.results.iter().map(|result| StaticFinding {
        rule: name(&result.rule),
        level: result.level,
        file: result.file.as_deref().map(name),
        line: result.line,
    });
    let findings: Vec<_> = findings.take_while(|finding| room.take(finding)).collect();
    let mut asides = Asides::default();
    for (result, excuse) in &run.set_aside {
        asides.add(excuse, &result.rule, &result.place(), result.level.as_str(), result.level as u8);
    }
    Ok(Analysis {
        tool: Tool { name: name(&run.tool.name), version: run.tool.version.as_deref().map(name) },
        run: run.ended.as_run(runs),
        counts,
        omitted: counts.total() - findings.len() as u64,
        findings,
        set_aside: asides.finish(),
        not_counted: named_counts(&run.not_counted),
    })
}
