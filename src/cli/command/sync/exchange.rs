//! What one exchange did: what came, what went, what was put back.

use std::collections::BTreeMap;

use serde::Serialize;

use super::restore::Restored;
use crate::cli::verification::Verification;
use crate::record::kind::release::Release;
use crate::record::{CommitId, Record};
use crate::release::releases;
use crate::store::MovedTag;
use crate::verify::{Ledger, Verified};

/// What one exchange did.
#[derive(Default)]
pub(super) struct Exchange {
    pub(super) came: Vec<Counted>,
    pub(super) went: Vec<Counted>,
    /// The number of a trust version that came.
    pub(super) trust: Option<u64>,
    pub(super) files: Files,
    pub(super) tags: Vec<String>,
    pub(super) moved: Vec<MovedTag>,
    /// Records that somebody had removed, and that stand again.
    pub(super) restored: Vec<Restored>,
}

/// How many attached files came and went, and the digests of those that were not taken.
#[derive(Clone, Default, Serialize)]
pub(super) struct Files {
    pub(super) came: usize,
    pub(super) went: usize,
    pub(super) refused: Vec<String>,
    /// Taken out, because two people said so.
    pub(super) expunged: usize,
}

/// Records of one kind by one member.
#[derive(Serialize)]
pub(super) struct Counted {
    pub(super) kind: String,
    pub(super) recorder: String,
    pub(super) records: u64,
}

/// A tag that is no longer at the remote what it was when first seen.
#[derive(Serialize)]
pub(super) struct Moved {
    tag: String,
    had: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<String>,
    /// Whether it is a release: then it may never move.
    pub(super) release: bool,
}

impl Moved {
    pub(super) fn of(moved: &MovedTag, ledger: &Ledger) -> Self {
        let is_it = |release: &Release| release.tag.as_str() == moved.name && Some(release.object) != moved.now;
        let release = releases(ledger).any(|(_, release)| is_it(release));
        let (had, now) = (moved.had.to_string(), moved.now.map(|now| now.to_string()));
        Self { tag: moved.name.clone(), had, now, release }
    }

    pub(super) fn text(&self, remote: &str) -> String {
        let Self { tag, had, now, release } = self;
        let kind = if *release { "release" } else { "tag" };
        let became = now.as_ref().map_or("was deleted".to_owned(), |now| format!("was moved to {now}"));
        let hint = if *release { "; find out who did it, then put it back with git push" } else { "" };
        format!("{kind} {tag} at {remote} {became}: it was {had}{hint}")
    }
}

/// The records that a ledger head does not contain, by kind and person.
pub(super) fn counted(verification: &Verification, head: Option<CommitId>) -> Vec<Counted> {
    let ledger = &verification.ledger;
    let is_new = |record: &&Verified<Record>| head.is_none_or(|head| !ledger.head_contains(head, record));
    by_kind_and_person(ledger.records().iter().filter(is_new))
}

/// How many there are of each kind by each person.
pub(super) fn by_kind_and_person<'a>(records: impl Iterator<Item = &'a Verified<Record>>) -> Vec<Counted> {
    let mut counts: BTreeMap<(String, String), u64> = BTreeMap::new();
    for record in records {
        *counts.entry((record.header.kind.to_string(), record.header.recorder.to_string())).or_default() += 1;
    }
    counts.into_iter().map(|((kind, recorder), records)| Counted { kind, recorder, records }).collect()
}
