//! One cell, and what it may be.

use crate::record::UtcTime;

/// What the cells of a column are. Any may be absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// UTF-8; ids and digests are lower-case hex.
    Text,
    /// A whole number; what is beyond 2^63 - 1 is written as that.
    Integer,
    /// Yes or no.
    Boolean,
    /// A moment in UTC, to the second, as RFC 3339 writes it.
    Time,
}

impl Type {
    /// For the documentation.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::Time => "time",
        }
    }
}

/// One cell. Text may come from the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// The record does not say; that is neither zero nor no.
    Absent,
    /// A text.
    Text(String),
    /// A number.
    Integer(i64),
    /// Yes or no.
    Boolean(bool),
    /// A moment.
    Time(UtcTime),
}

impl Cell {
    /// Text of whatever has one.
    #[expect(clippy::needless_pass_by_value, reason = "ids are passed as they are, names by reference")]
    pub(super) fn text(value: impl ToString) -> Self {
        Self::Text(value.to_string())
    }

    /// Likewise, of what may be absent.
    pub(super) fn said(value: Option<impl ToString>) -> Self {
        value.map_or(Self::Absent, Self::text)
    }

    /// A count.
    pub(super) fn count(value: impl Into<Option<u64>>) -> Self {
        let whole = |count: u64| Self::Integer(i64::try_from(count).unwrap_or(i64::MAX));
        value.into().map_or(Self::Absent, whole)
    }

    /// A moment.
    pub(super) fn time(value: impl Into<Option<UtcTime>>) -> Self {
        value.into().map_or(Self::Absent, Self::Time)
    }

    /// Whether it may stand in a column of this type.
    pub fn fits(&self, kind: Type) -> bool {
        match self {
            Self::Absent => true,
            Self::Text(_) => kind == Type::Text,
            Self::Integer(_) => kind == Type::Integer,
            Self::Boolean(_) => kind == Type::Boolean,
            Self::Time(_) => kind == Type::Time,
        }
    }
}
