//! What scans and static analyses have in common: how the tool's run ended, and which findings were
//! set aside, by whose word.

use serde::{Deserialize, Serialize};

use super::not_empty;
use crate::record::ids::FileDigest;

/// How many findings that were set aside a record names; the counts cover them all.
pub const MAX_SET_ASIDE: usize = 500;

/// How a tool's run ended. Only a complete run says what is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// How it ended.
    pub outcome: RunOutcome,
    /// Why it is not complete, by the report's word; none where it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// How many runs of the tool the report holds, where they are more than one and counted as one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged: Option<u64>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunOutcome {
    /// It looked at everything it was asked to.
    Complete,
    /// It left something out.
    Partial,
    /// It broke off.
    Failed,
}

impl RunOutcome {
    /// The word in a record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Partial => "partial",
            Self::Failed => "failed",
        }
    }
}

impl Run {
    /// A run to the end.
    pub fn complete() -> Self {
        Self { outcome: RunOutcome::Complete, reasons: Vec::new(), merged: None }
    }

    /// What a partial or failed run has to be called in a sentence; `None` for a complete one.
    pub fn shortfall(&self) -> Option<String> {
        let word = match self.outcome {
            RunOutcome::Complete => return None,
            RunOutcome::Partial => "the run is incomplete",
            RunOutcome::Failed => "the run failed",
        };
        let more = match self.reasons.len() {
            0 | 1 => String::new(),
            count => format!(" (and {} more)", count - 1),
        };
        Some(format!("{word}: {}{more}", self.reasons.first().map_or("", String::as_str)))
    }

    pub(super) fn check(&self) -> Result<(), String> {
        match (self.outcome, self.reasons.is_empty()) {
            (RunOutcome::Complete, false) => Err("a complete run has no reasons why it is not".into()),
            (RunOutcome::Partial | RunOutcome::Failed, true) => {
                Err("a run that is not complete has to say why, in reasons".into())
            }
            _ => self.reasons.iter().try_for_each(|reason| not_empty("reason of a run", reason)),
        }?;
        match self.merged {
            Some(count @ (0 | 1)) => Err(format!("merged {count}: left out unless several runs count as one")),
            _ => Ok(()),
        }
    }
}

/// Findings that do not count, for one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetAside {
    /// Why they do not count.
    pub cause: Cause,
    /// How many there are.
    pub count: u64,
    /// Which they are, the severest first, up to [`MAX_SET_ASIDE`] in a record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Excused>,
}

/// Why a finding does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Suppressed in the source or beside it, and the suppression is accepted.
    Suppressed,
    /// The tool was told to ignore it.
    Ignored,
    /// VEX: the product is not affected.
    NotAffected,
    /// VEX: it is fixed there.
    Fixed,
    /// VEX: the scanner was wrong.
    FalsePositive,
    /// It was there in the baseline, and is no more.
    Absent,
}

impl Cause {
    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Suppressed => "suppressed",
            Self::Ignored => "ignored",
            Self::NotAffected => "not affected",
            Self::Fixed => "fixed",
            Self::FalsePositive => "false positive",
            Self::Absent => "absent since the baseline",
        }
    }
}

/// One finding that does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Excused {
    /// The vulnerability or rule.
    pub id: String,
    /// The package, or the file and line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Its severity or level, had it counted.
    pub severity: String,
    /// By whose word, and what they said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The statement that set it aside, where it came from a VEX document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<StatementRef>,
}

/// A statement of a VEX document that the record lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementRef {
    /// SHA-256 of the document.
    pub sha256: FileDigest,
    /// Its place among the document's statements, from 1.
    pub number: u64,
}

impl SetAside {
    pub(super) fn check(&self) -> Result<(), String> {
        if self.count == 0 || self.findings.len() as u64 > self.count {
            return Err(format!("{} set aside, {} named", self.count, self.findings.len()));
        }
        self.findings.iter().try_for_each(|finding| not_empty("id of a finding set aside", &finding.id))
    }
}

/// Results of another sort, which the record does not count: told, so that nobody takes them for absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotCounted {
    /// What they are, for instance `misconfigurations`.
    pub what: String,
    /// How many.
    pub count: u64,
}

/// `2 not affected, 1 ignored`, or nothing.
pub(super) fn set_aside_words(set_aside: &[SetAside]) -> Option<String> {
    let each: Vec<_> = set_aside.iter().map(|aside| format!("{} {}", aside.count, aside.cause.words())).collect();
    (!each.is_empty()).then(|| each.join(", "))
}

/// A line for lists: what was found, what was set aside, and whether the run can be relied on.
pub(super) fn summary(tool: &str, found: &str, run: &Run, set_aside: &[SetAside]) -> String {
    let aside = set_aside_words(set_aside).map(|words| format!("; set aside: {words}")).unwrap_or_default();
    match (run.outcome, run.shortfall()) {
        (RunOutcome::Failed, Some(shortfall)) => format!("{tool}: {shortfall}; nothing is known"),
        (_, Some(shortfall)) => format!("{tool}: {found}{aside}; {shortfall}"),
        (_, None) => format!("{tool}: {found}{aside}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_complete_run_has_no_reasons() {
        let run = |outcome, reasons: &[&str]| Run {
            outcome,
            reasons: reasons.iter().map(|&reason| reason.to_owned()).collect(),
            merged: None,
        };
        assert!(run(RunOutcome::Complete, &[]).check().is_ok());
        assert!(run(RunOutcome::Failed, &["it crashed"]).check().is_ok());
        for (outcome, reasons) in
            [(RunOutcome::Complete, &["it crashed"][..]), (RunOutcome::Failed, &[]), (RunOutcome::Partial, &[" "])]
        {
            assert!(run(outcome, reasons).check().is_err(), "{outcome:?} {reasons:?}");
        }
        assert!(Run { merged: Some(1), ..Run::complete() }.check().is_err());
    }

    #[test]
    fn a_failed_run_tells_no_counts() {
        let failed = Run { outcome: RunOutcome::Failed, reasons: vec!["A".into(), "B".into()], merged: None };
        assert_eq!(
            summary("semgrep", "no vulnerabilities", &failed, &[]),
            "semgrep: the run failed: A (and 1 more); nothing is known"
        );
        let partial = Run { outcome: RunOutcome::Partial, ..failed };
        assert_eq!(summary("x", "1 high", &partial, &[]), "x: 1 high; the run is incomplete: A (and 1 more)");
    }
}
