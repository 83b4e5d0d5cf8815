//! What stands below the numbers: single things, controls, releases.

use serde::Serialize;

use crate::measure::{self, Amount, ControlUse, Item};
use crate::record::kind::scan::Severities;
use crate::record::{CommitId, Name, RecordId, UtcTime};

/// One thing that counts, with the records that tell of it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemRow {
    /// When it counts.
    pub at: UtcTime,
    /// What it is. May hold text of the repository.
    pub what: String,
    /// For how much it counts.
    #[serde(flatten)]
    pub amount: AmountJson,
    /// Why it is kept and left out, or what is to be known of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flag: Option<String>,
    /// The records that tell of it.
    pub records: Vec<RecordId>,
}

/// For how much a thing counts.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "counts", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum AmountJson {
    /// So much of so much.
    Of {
        /// What is counted.
        part: u64,
        /// Of how much.
        whole: u64,
    },
    /// So much.
    Measured {
        /// Of the measure's unit.
        value: u64,
    },
    /// So many thousandths.
    Thousandths {
        /// Of the measure's unit.
        value: u64,
    },
    /// A fault of a clock.
    Negative {
        /// Seconds before it could have happened.
        value: u64,
    },
    /// Not over yet.
    Censored {
        /// Its age in seconds.
        value: u64,
    },
    /// Left out.
    LeftOut {
        /// What it would count for.
        value: u64,
    },
    /// It stands from its moment on.
    Standing {
        /// Until when, if it does not stand any more.
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<UtcTime>,
    },
}

impl ItemRow {
    pub(super) fn of(item: &Item) -> Self {
        let amount = match item.amount {
            Amount::Of { part, whole } => AmountJson::Of { part, whole },
            Amount::Measured(value) => AmountJson::Measured { value },
            Amount::Thousandths(value) => AmountJson::Thousandths { value },
            Amount::Negative(value) => AmountJson::Negative { value },
            Amount::Censored(value) => AmountJson::Censored { value },
            Amount::LeftOut(value) => AmountJson::LeftOut { value },
            Amount::Standing { until } => AmountJson::Standing { until },
        };
        Self { at: item.at, what: item.what.clone(), amount, flag: item.flag.clone(), records: item.records.clone() }
    }
}

/// How one control fared in recorded decisions.
#[derive(Debug, Clone, Serialize)]
pub struct ControlRow {
    /// Its id.
    pub id: Name,
    /// How often it was asked for.
    pub asked: u64,
    /// How often it was satisfied.
    pub passed: u64,
    /// How often it stopped a change.
    pub blocked: u64,
    /// How often an exception let it go.
    pub overridden: u64,
    /// How often it only warned.
    pub warned: u64,
    /// How often it could not be told.
    pub incomplete: u64,
    /// What to look at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<&'static str>,
    /// The decisions that it stopped, or in which it was let go.
    pub records: Vec<RecordId>,
}

impl From<(Name, ControlUse)> for ControlRow {
    fn from((id, known): (Name, ControlUse)) -> Self {
        let advice = known.advice();
        let ControlUse { asked, passed, blocked, overridden, warned, incomplete, records } = known;
        Self { id, asked, passed, blocked, overridden, warned, incomplete, advice, records }
    }
}

/// One release in one environment.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReleaseRow {
    /// Its tag, or else its commit.
    pub name: String,
    /// Its commit.
    pub commit: CommitId,
    /// When it first reached users.
    pub deployed: UtcTime,
    /// How large it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<SizeJson>,
    /// How long its tests took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_milliseconds: Option<u64>,
    /// What scanners found in it; absent where nobody scanned, which is not zero.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vulnerabilities: Option<Severities>,
    /// Why it had to be mended; empty where it had not.
    pub failed: Vec<&'static str>,
    /// The gravest incident that blames it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incident: Option<&'static str>,
    /// The records that tell it.
    pub records: Vec<RecordId>,
}

/// How large a release is.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct SizeJson {
    /// Whether there is none before it.
    pub first: bool,
    /// Commits since the one before.
    pub commits: u64,
    /// Files that differ.
    pub files: u64,
    /// Lines added and removed.
    pub lines: u64,
}

impl From<measure::ReleaseRow> for ReleaseRow {
    fn from(row: measure::ReleaseRow) -> Self {
        let size = |size: measure::Size| SizeJson {
            first: size.first,
            commits: size.commits,
            files: size.files,
            lines: size.lines,
        };
        Self {
            name: row.name,
            commit: row.commit,
            deployed: row.deployed,
            size: row.size.map(size),
            test_milliseconds: row.tests,
            vulnerabilities: row.vulnerabilities,
            failed: row.failed,
            incident: row.incident.map(crate::record::kind::incident::Severity::as_str),
            records: row.records,
        }
    }
}

impl AmountJson {
    /// For people.
    pub fn shown(&self, unit: measure::Unit) -> String {
        let number = |value| measure::Number::whole(value).shown(unit);
        let seconds = |value| measure::Number::whole(value).shown(measure::Unit::Seconds);
        match self {
            Self::Of { part, whole: 1 } => if *part > 0 { "yes" } else { "no" }.to_owned(),
            Self::Of { part, whole: 0 } => part.to_string(),
            Self::Of { part, whole } => format!("{part} of {whole}"),
            Self::Measured { value } => number(*value),
            Self::Thousandths { value } => format!("{value} ms"),
            Self::Negative { value } => format!("-{}, a fault of a clock", seconds(*value)),
            Self::Censored { value } => format!("not over for {}", seconds(*value)),
            Self::LeftOut { value } => format!("left out: {}", number(*value)),
            Self::Standing { until: None } => "stands".to_owned(),
            Self::Standing { until: Some(until) } => format!("until {until}"),
        }
    }
}
