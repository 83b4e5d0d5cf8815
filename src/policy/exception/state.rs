//! How an exception stands.

use std::fmt;

/// How an exception stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExceptionState {
    /// Nobody decided yet.
    Open,
    /// An emergency that holds though nobody approved it yet, for as long as the catalog lets it.
    Provisional,
    /// It holds.
    InForce,
    /// It was an emergency, and nobody approved or reviewed it in time: it does not hold.
    Overdue,
    /// Its time is over.
    Expired,
    /// Somebody does not let it hold.
    Rejected,
    /// It is not needed any more.
    Closed,
    /// Another request corrects it.
    Superseded,
    /// It asks for longer than the catalog allows.
    TooLong,
    /// It has no evidence, and is no emergency.
    NoEvidence,
    /// The catalog allows no exception from the control.
    NotAllowed,
    /// The catalog has no such control: it lets nothing go.
    NoControl,
}

impl ExceptionState {
    /// The word for people and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Provisional => "provisional",
            Self::InForce => "in-force",
            Self::Overdue => "overdue",
            Self::Expired => "expired",
            Self::Rejected => "rejected",
            Self::Closed => "closed",
            Self::Superseded => "superseded",
            Self::TooLong => "too-long",
            Self::NoEvidence => "no-evidence",
            Self::NotAllowed => "not-allowed",
            Self::NoControl => "no-control",
        }
    }

    /// Whether it lets its control go.
    pub fn holds(self) -> bool {
        matches!(self, Self::InForce | Self::Provisional)
    }

    /// Whether nothing can be decided about it any more.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Rejected | Self::Closed | Self::Superseded)
    }
}

impl fmt::Display for ExceptionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
