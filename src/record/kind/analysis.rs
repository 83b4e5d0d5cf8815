//! Analysis: what a static analysis found, by level. One record is one tool's run.
//!
//! Levels are those of SARIF 2.1.0, section 3.27.10.

use serde::{Deserialize, Serialize};

use super::findings::{NotCounted, Run, SetAside, summary};
use super::scan::is_zero;
use super::test::Tool;
use super::{Predicate, Stage, not_empty};

/// How many findings a record lists; the counts cover them all.
pub const MAX_FINDINGS: usize = 1_000;

/// What a static analysis found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Analysis {
    /// The tool.
    pub tool: Tool,
    /// How the run ended: what is counted says nothing of what is not there unless it is complete.
    pub run: Run,
    /// Findings by level, without those set aside.
    pub counts: Levels,
    /// Each finding, up to [`MAX_FINDINGS`], errors first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<StaticFinding>,
    /// How many findings are not listed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub omitted: u64,
    /// Findings that do not count, by cause; each cause once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_aside: Vec<SetAside>,
    /// What else the report holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_counted: Vec<NotCounted>,
}

/// Findings by level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Levels {
    /// A serious problem.
    pub error: u64,
    /// A problem.
    pub warning: u64,
    /// A minor one, or a chance to do better.
    pub note: u64,
    /// Without a level.
    pub none: u64,
}

/// How serious a finding is; the most serious last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Levels do not apply to it.
    None,
    /// A minor problem, or a chance to do better.
    Note,
    /// A problem.
    Warning,
    /// A serious problem.
    Error,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaticFinding {
    /// The rule that it breaks.
    pub rule: String,
    /// How serious it is.
    pub level: Level,
    /// The file, as the report writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line in it, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
}

impl Level {
    /// As SARIF writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Levels {
    /// All findings.
    pub fn total(self) -> u64 {
        [self.error, self.warning, self.note, self.none].iter().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// Counts one more.
    pub fn add(&mut self, level: Level) {
        let count = match level {
            Level::None => &mut self.none,
            Level::Note => &mut self.note,
            Level::Warning => &mut self.warning,
            Level::Error => &mut self.error,
        };
        *count = count.saturating_add(1);
    }
}

impl Predicate for Analysis {
    const TYPE: &'static str = "urn:git-qms:analysis:v1";
    const STAGE: Option<Stage> = Some(Stage::Test);

    fn check(&self) -> Result<(), String> {
        not_empty("name of the tool", &self.tool.name)?;
        self.run.check()?;
        self.set_aside.iter().try_for_each(SetAside::check)?;
        self.findings.iter().try_for_each(|finding| not_empty("rule of a finding", &finding.rule))?;
        let named = (self.findings.len() as u64).saturating_add(self.omitted);
        if named == self.counts.total() {
            Ok(())
        } else {
            Err(format!("{} findings are counted, {named} are listed or omitted", self.counts.total()))
        }
    }

    /// One line: `ruff: 2 errors, 1 warning`.
    fn summary(&self) -> String {
        let plural = |count: u64, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
        let counts = self.counts;
        let mut found = Vec::new();
        for (count, word) in [(counts.error, "error"), (counts.warning, "warning"), (counts.note, "note")] {
            if count > 0 {
                found.push(plural(count, word));
            }
        }
        if counts.none > 0 {
            found.push(format!("{} without level", counts.none));
        }
        let found = if found.is_empty() { "no findings".to_owned() } else { found.join(", ") };
        summary(&self.tool.name, &found, &self.run, &self.set_aside)
    }
}
