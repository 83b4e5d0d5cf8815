//! Exception: a person asks that a control may go unsatisfied for a time; another person decides.
//!
//! The request is one record, each decision about it another: approved, rejected, reviewed, renewed or closed.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Predicate, Stage, not_empty};
use crate::record::ids::{CommitId, RecordId};
use crate::record::name::Name;
use crate::record::time::UtcTime;

/// So many commits can be named one by one.
pub const MOST_COMMITS: usize = 1000;

/// So many patterns of paths can be named.
pub const MOST_PATHS: usize = 100;

/// A request. Service, environment, release and change that it is for are in the header: absent is absent, not a
/// wildcard. What it names besides narrows it further.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Exception {
    /// The control of the catalog that may go unsatisfied.
    pub control: Name,
    /// Which commits it is for.
    pub reach: Reach,
    /// Of reach `range`, and of no other: the commits, the oldest first; the annotated one is among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commits: Vec<CommitId>,
    /// Patterns that every file that the release changes has to match; none for any file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<String>,
    /// Why.
    pub reason: String,
    /// What is done instead.
    pub compensating: String,
    /// The first second at which it does not hold any more.
    pub expires: UtcTime,
    /// Of an emergency, and of no other: until when another person has to have reviewed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_by: Option<UtcTime>,
}

/// Which commits an exception is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reach {
    /// The annotated commit alone, or one with its tree and change.
    Commit,
    /// The commits that it names, and nothing that brings in another.
    Range,
    /// Every commit of the service and environment in the header.
    Service,
}

impl Reach {
    /// The word in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Range => "range",
            Self::Service => "service",
        }
    }
}

impl Predicate for Exception {
    const TYPE: &'static str = "urn:git-qms:exception:v1";
    const STAGE: Option<Stage> = None;

    fn check(&self) -> Result<(), String> {
        not_empty("reason", &self.reason)?;
        not_empty("compensating", &self.compensating)?;
        if (self.reach == Reach::Range) == self.commits.is_empty() {
            return Err("reach range names its commits, and no other reach does".into());
        }
        if self.commits.len() > MOST_COMMITS || self.paths.len() > MOST_PATHS {
            return Err(format!("more than {MOST_COMMITS} commits or {MOST_PATHS} paths"));
        }
        self.paths.iter().try_for_each(|path| not_empty("paths", path))
    }

    fn summary(&self) -> String {
        let reason = self.reason.lines().next().unwrap_or_default();
        let emergency = if self.review_by.is_some() { "emergency exception" } else { "exception" };
        format!("{emergency} from {} until {}: {reason}", self.control, self.expires)
    }
}

/// A decision about a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExceptionDecision {
    /// The request.
    pub exception: RecordId,
    /// What was decided.
    pub decision: Decided,
    /// The role it is decided in; the signer must hold it.
    pub role: Name,
    /// In the person's words; only an approval may go without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Of a renewal, and of nothing else: until when it holds now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<UtcTime>,
}

/// What was decided about an exception.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decided {
    /// It holds until it expires.
    Approved,
    /// It does not hold, from now on.
    Rejected,
    /// Looked at again: it is still right.
    Reviewed,
    /// It holds longer.
    Renewed,
    /// It is not needed any more.
    Closed,
}

impl Decided {
    /// The word in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Reviewed => "reviewed",
            Self::Renewed => "renewed",
            Self::Closed => "closed",
        }
    }
}

impl fmt::Display for Decided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Predicate for ExceptionDecision {
    const TYPE: &'static str = "urn:git-qms:exception-decision:v1";
    const STAGE: Option<Stage> = None;

    fn check(&self) -> Result<(), String> {
        self.comment.as_deref().map_or(Ok(()), |text| not_empty("comment", text))?;
        if self.comment.is_none() && self.decision != Decided::Approved {
            return Err(format!("{} needs a comment: why", self.decision));
        }
        if self.expires.is_some() != (self.decision == Decided::Renewed) {
            return Err("renewed needs expires, and no other decision has it".into());
        }
        Ok(())
    }

    fn summary(&self) -> String {
        let until = self.expires.map_or(String::new(), |until| format!(" until {until}"));
        format!("exception {} {}{until} as {}", self.exception.short(), self.decision, self.role)
    }
}
