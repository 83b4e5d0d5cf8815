//! What the tip of the ledger holds.

use std::collections::HashMap;

use super::notes::History;
use super::order::Order;
use super::reading::Lines;
use crate::record::ids::{BlobId, CommitId};

/// What the tip holds.
pub(super) struct Tip {
    /// For each line, whether it is there.
    pub(super) lines: Vec<bool>,
    /// Whose notes are not sorted and unique.
    pub(super) disordered: Vec<CommitId>,
    /// Whose notes hold so many lines more that are no envelopes.
    pub(super) crowds: Vec<(CommitId, usize)>,
}

impl Tip {
    /// The lines of the tip. A note that a commit does not list as changed is that of its first parent.
    pub(super) fn of(history: &History, order: &Order, lines: &Lines) -> Self {
        let mut notes = HashMap::with_capacity(lines.notes());
        let mut next = order.tip();
        while let Some(at) = next {
            let commit = &history.commits[at as usize];
            for change in &commit.changes {
                notes.entry(change.annotated).or_insert(change.after);
            }
            next = commit.parents.first().and_then(|parent| u32::try_from(*parent).ok());
        }
        let is_in_tip = |on: &CommitId, note: &BlobId| notes.get(on) == Some(&Some(*note));
        let disordered = lines.disordered.iter().filter(|(on, note)| is_in_tip(on, note));
        let crowds = lines.crowds.iter().filter(|(on, note, _)| is_in_tip(on, note));
        let mut tip = Self {
            lines: vec![false; lines.entries.len()],
            disordered: disordered.map(|(on, _)| *on).collect(),
            crowds: crowds.map(|(on, _, count)| (*on, *count)).collect(),
        };
        for (on, note) in &notes {
            for at in lines.of(*on, *note) {
                tip.lines[*at as usize] = true;
            }
        }
        tip
    }
}
