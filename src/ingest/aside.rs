//! Findings that do not count, as a record tells them: by cause, all counted, the severest named.

use std::collections::BTreeMap;

use super::room::{Room, cut};
use super::scan::Excuse;
use crate::record::kind::findings::{Cause, Excused, MAX_SET_ASIDE, NotCounted, SetAside};

/// How many bytes of JSON they may take in one record.
const ASIDE_ROOM: usize = 100 << 10;

/// How much of each text is copied, in characters.
const MAX_COPIED: usize = 200;

/// How many sorts of results that are not counted a record lists.
const MAX_SORTS: usize = 30;

/// Collects them.
#[derive(Default)]
pub(super) struct Asides(BTreeMap<Cause, Vec<(u8, Excused)>>);

impl Asides {
    /// One finding; `rank` grows with its severity.
    pub(super) fn add(&mut self, excuse: &Excuse, id: &str, place: &str, severity: &str, rank: u8) {
        let text = |text: &str| cut(text, MAX_COPIED).into_owned();
        let excused = Excused {
            id: text(id),
            place: Some(text(place)).filter(|place| !place.is_empty()),
            severity: severity.to_owned(),
            reason: excuse.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty()).map(text),
            statement: excuse.statement,
        };
        self.0.entry(excuse.cause).or_default().push((rank, excused));
    }

    /// All of them, by cause.
    pub(super) fn finish(self) -> Vec<SetAside> {
        let mut room = Room::new(MAX_SET_ASIDE, ASIDE_ROOM);
        let of_cause = |(cause, mut all): (Cause, Vec<(u8, Excused)>)| {
            let count = all.len() as u64;
            all.sort_by(|(one, a), (other, b)| other.cmp(one).then_with(|| (&a.id, &a.place).cmp(&(&b.id, &b.place))));
            let named = all.into_iter().map(|(_, excused)| excused);
            SetAside { cause, count, findings: named.take_while(|excused| room.take(excused)).collect() }
        };
        self.0.into_iter().map(of_cause).collect()
    }
}

/// Results of other sorts, by name.
pub(super) fn named_counts(counts: &BTreeMap<String, u64>) -> Vec<NotCounted> {
    let all = counts.iter().map(|(what, count)| NotCounted { what: cut(what, MAX_COPIED).into_owned(), count: *count });
    all.take(MAX_SORTS).collect()
}
