//! Approval: a person's word on what they reviewed. The signer is the approver.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Predicate, Stage};
use crate::record::ids::RecordId;
use crate::record::name::Name;

/// One person's signature with its meaning (21 CFR 11.50 asks for printed name, time and meaning;
/// name and time are in the header and the trust).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The role it is given in; the signer must hold it.
    pub role: Name,
    /// What the signature means.
    pub meaning: Meaning,
    /// In the person's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Where in the approval chain it stands, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<u32>,
    /// The plan records the person saw.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<RecordId>,
}

/// What a signature means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Meaning {
    /// Wrote it.
    Authored,
    /// Read it.
    Reviewed,
    /// Lets it pass.
    Approved,
    /// Puts it into service.
    Released,
    /// Does not let it pass.
    Rejected,
}

impl Meaning {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Authored, Self::Reviewed, Self::Approved, Self::Released, Self::Rejected];

    /// The word in records and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Authored => "authored",
            Self::Reviewed => "reviewed",
            Self::Approved => "approved",
            Self::Released => "released",
            Self::Rejected => "rejected",
        }
    }
}

impl fmt::Display for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Predicate for Approval {
    const TYPE: &'static str = "urn:git-qms:approval:v1";
    const STAGE: Option<Stage> = Some(Stage::Approve);

    fn check(&self) -> Result<(), String> {
        if self.order == Some(0) { Err("order 0: the first approval has order 1".into()) } else { Ok(()) }
    }

    fn summary(&self) -> String {
        format!("{} as {}", self.meaning, self.role)
    }
}
