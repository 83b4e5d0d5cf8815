//! What a measure is made of: single things that happened, each with the records that tell of it.

use crate::record::{RecordId, UtcTime};

/// One thing that counts into a measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// When it counts.
    pub at: UtcTime,
    /// For how much.
    pub amount: Amount,
    /// What it is, for people: a release, an incident. May hold text of the repository.
    pub what: String,
    /// The records that tell of it.
    pub records: Vec<RecordId>,
    /// Why it is kept and left out of the numbers, if so; or what is to be known of it.
    pub flag: Option<String>,
}

/// For how much a thing counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// So much of so much.
    Of {
        /// What is counted.
        part: u64,
        /// Of how much.
        whole: u64,
    },
    /// So many seconds, or so many.
    Measured(u64),
    /// So many thousandths of a second.
    Thousandths(u64),
    /// So many seconds before it could have happened: a fault of a clock. Kept, and left out of the numbers.
    Negative(u64),
    /// It has not ended yet, and is so many seconds old.
    Censored(u64),
    /// Kept, and left out of the numbers; the flag says why.
    LeftOut(u64),
    /// It stands from `at` until then, or still.
    Standing {
        /// From when on it does not.
        until: Option<UtcTime>,
    },
}

/// All that a measure is made of, in one scope, as of one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gathered {
    /// In the order of time, then of records.
    pub items: Vec<Item>,
    /// What is to be known of the numbers, each a sentence.
    pub notes: Vec<String>,
    /// Why it cannot be computed from what is recorded, and which record would make it possible.
    pub unknown: Option<(String, String)>,
}

impl Gathered {
    /// Of these, in order.
    pub(super) fn of(items: impl IntoIterator<Item = Item>) -> Self {
        let mut items: Vec<_> = items.into_iter().collect();
        items.sort_by(|a, b| (a.at, &a.what, &a.records).cmp(&(b.at, &b.what, &b.records)));
        Self { items, notes: Vec::new(), unknown: None }
    }

    /// It cannot be computed.
    pub(super) fn unknown(why: &str, needs: &str) -> Self {
        Self { unknown: Some((why.to_owned(), needs.to_owned())), ..Self::default() }
    }

    pub(super) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    pub(super) fn note_if(self, when: bool, note: impl FnOnce() -> String) -> Self {
        if when { self.note(note()) } else { self }
    }
}

impl Amount {
    /// From one moment to another, whichever comes first.
    pub(super) fn between(from: UtcTime, to: UtcTime) -> Self {
        let seconds = to.seconds().saturating_sub(from.seconds());
        if seconds < 0 { Self::Negative(seconds.unsigned_abs()) } else { Self::Measured(seconds.unsigned_abs()) }
    }

    /// One of one, or none of one.
    pub(super) fn hit(is_hit: bool) -> Self {
        Self::Of { part: u64::from(is_hit), whole: 1 }
    }
}

/// Seconds from one moment to a later one; none where it is not later.
pub(super) fn age(from: UtcTime, to: UtcTime) -> u64 {
    u64::try_from(to.seconds().saturating_sub(from.seconds())).unwrap_or(0)
}
