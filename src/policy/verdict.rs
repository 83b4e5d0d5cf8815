//! The verdict: one value that every report is written from.

use crate::policy::catalog::Enforcement;
use crate::policy::exception::{Excepted, RETROACTIVE};
use crate::policy::tiering::Reason;
use crate::record::{CommitId, FileDigest, MemberId, Name, RecordId, UtcTime};
use crate::verify::Outcome;

/// The gate's own lines; no control can be named so.
pub const RESERVED: [&str; 9] =
    ["LEDGER", "POLICY", "SUBJECT", "REJECTED", "TIER", "CHANGE-TYPE", "RELEASED", "DEPLOYER", RETROACTIVE];

/// May it go out?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The answer.
    pub result: Outcome,
    /// As of when: what was recorded later is left out.
    pub at: UtcTime,
    /// What was judged.
    pub commit: CommitId,
    /// The service that would go out.
    pub service: Option<Name>,
    /// Where it would go.
    pub environment: Option<Name>,
    /// The risk tier it was judged in.
    pub tier: Option<Name>,
    /// How that came about, what puts it highest first.
    pub tier_reasons: Vec<Reason>,
    /// SHA-256 of the catalog it was judged by.
    pub policy: FileDigest,
    /// What that catalog is.
    pub state: PolicyState,
    /// The gate's own lines first, then the controls in the order of the catalog.
    pub controls: Vec<ControlVerdict>,
}

impl Verdict {
    /// Every record relied on, each once, sorted.
    pub fn records(&self) -> Vec<RecordId> {
        let mut ids: Vec<_> =
            self.controls.iter().flat_map(|control| &control.records).map(|proof| proof.record).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// Whether a release may be made on it: it passes, by a ratified catalog that the tree does not change.
    pub fn allows_release(&self) -> bool {
        self.result == Outcome::Pass && self.state == PolicyState::InForce
    }
}

/// What the catalog is that was judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyState {
    /// The last one ratified, and the tree's own.
    InForce,
    /// The last one ratified; the tree has another, which is only proposed. A release is refused.
    TreeDiffers,
    /// Not the last one ratified: the verdict is a preview. A release is refused.
    Proposed,
    /// Several were ratified at the same time. Nothing passes.
    Ambiguous,
}

impl PolicyState {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InForce => "in-force",
            Self::TreeDiffers => "tree-differs",
            Self::Proposed => "proposed",
            Self::Ambiguous => "ambiguous",
        }
    }

    /// Whether it is the last one ratified.
    pub fn is_ratified(self) -> bool {
        matches!(self, Self::InForce | Self::TreeDiffers)
    }
}

/// The verdict on one control, or a line of the gate's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlVerdict {
    /// Its id.
    pub id: Name,
    /// In a few words. May hold text of the repository, as the texts below.
    pub title: String,
    /// What it is there for; the gate's own lines say it in their title.
    pub objective: Option<String>,
    /// Paragraphs of standards and regulations it supports compliance with.
    pub frameworks: Vec<String>,
    /// The line of the catalog it stands on, from 1.
    pub line: Option<usize>,
    /// What happens when it is not satisfied.
    pub enforcement: Enforcement,
    /// Whether it is satisfied.
    pub outcome: Judgement,
    /// What is lacking, if anything is.
    pub shortfall: Option<Shortfall>,
    /// What was asked for.
    pub required: String,
    /// What there was.
    pub found: String,
    /// What shows it.
    pub records: Vec<ProvingRecord>,
    /// The exception that lets it go unsatisfied.
    pub exception: Option<Excepted>,
    /// What to do next.
    pub hint: Option<String>,
    /// The role that answers for it.
    pub owner: Option<Name>,
    /// The role to turn to when it blocks.
    pub escalation: Option<Name>,
}

/// A record that was relied on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvingRecord {
    /// Its id.
    pub record: RecordId,
    /// Who signed it.
    pub recorder: MemberId,
}

/// The outcome of one control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// Satisfied.
    Pass,
    /// Not satisfied, and it blocks.
    Fail,
    /// Not satisfied, and it only warns.
    Warn,
    /// Not satisfied, and an exception lets it pass.
    Excepted,
    /// Not asked for on the way to this environment.
    NotApplicable,
    /// The ledger could not be read whole, so it cannot be told.
    Incomplete,
}

impl Judgement {
    /// The word in JSON and in gate records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Warn => "warn",
            Self::Excepted => "excepted",
            Self::NotApplicable => "not-applicable",
            Self::Incomplete => "incomplete",
        }
    }
}

/// Why a control is not satisfied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shortfall {
    /// There is no evidence.
    Absent,
    /// There is, and it does not suffice.
    Breach,
}
