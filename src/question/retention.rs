//! Retention: until when what was released is kept, and who would keep it for a shorter time.

use crate::policy::{Policy, Retention};
use crate::record::{Name, TagName, UtcTime};
use crate::release::Manifest;

/// Until when a release is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The release.
    pub release: TagName,
    /// The last day, `YYYY-MM-DD`, where the catalog said.
    pub until: Option<String>,
    /// Whether that day has passed: it may go, and nothing asks for it any more.
    pub is_due: bool,
}

impl Kept {
    /// What a manifest says, as of a moment.
    pub fn of(manifest: &Manifest, at: UtcTime) -> Self {
        let until = manifest.retain_until.clone();
        // Days in this form compare as text.
        let is_due = until.as_ref().is_some_and(|until| *until < at.date());
        Self { release: manifest.tag.clone(), until, is_due }
    }
}

/// A control whose evidence another catalog keeps for a shorter time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortened {
    /// The control.
    pub control: Name,
    /// How long its evidence was kept.
    pub before: Retention,
    /// How long it would be; `None` where the control is gone and no other keeps as long.
    pub after: Option<Retention>,
}

/// What one catalog keeps for a shorter time than the one that it replaces.
///
/// Of a control that is there no more, only where nothing else is kept as long: a release is kept for the longest.
pub fn shortened(before: &Policy, after: &Policy) -> Vec<Shortened> {
    let mut all = Vec::new();
    for control in &before.controls {
        let is_less = |other: &&crate::policy::Control| is_shorter(other.retention, control.retention);
        match after.controls.iter().find(|other| other.id == control.id) {
            Some(other) if is_less(&other) => all.push((control, Some(other.retention))),
            None if after.controls.iter().all(|other| is_less(&other)) => all.push((control, None)),
            _ => {}
        }
    }
    let told = |(control, after): (&crate::policy::Control, _)| Shortened {
        control: control.id.clone(),
        before: control.retention,
        after,
    };
    all.into_iter().map(told).collect()
}

/// Whether it ever ends sooner: a year is 365 days, or 366.
fn is_shorter(one: Retention, other: Retention) -> bool {
    // 1 January of 2000, which is a leap year, and of 2001.
    [946_684_800, 978_307_200].map(UtcTime::from_seconds).iter().any(|from| one.until(*from) < other.until(*from))
}

impl std::fmt::Display for Shortened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.after {
            Some(after) => write!(f, "{} keeps its evidence for {after} instead of {}", self.control, self.before),
            None => write!(f, "{} is gone, and nothing else is kept for {}", self.control, self.before),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f07_a_span_is_shorter_when_it_ever_ends_sooner() {
        let shorter = |one: &str, other: &str| is_shorter(one.parse().expect("a span"), other.parse().expect("a span"));
        assert!(shorter("6y", "7y") && shorter("83m", "7y") && shorter("365d", "1y") && shorter("1y", "366d"));
        assert!(!shorter("84m", "7y") && !shorter("7y", "84m") && !shorter("366d", "1y") && !shorter("8y", "7y"));
    }
}
