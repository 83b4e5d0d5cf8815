//! Which records are asked for: every dimension by itself, and all that are given together.

use std::collections::BTreeSet;

use super::period::Period;
use crate::record::kind::approval::Meaning;
use crate::record::{ChangeRef, Claim, FileDigest, Kind, MemberId, Name, Record, RecordId, Stage, TagName, UtcTime};
use crate::release::Manifest;
use crate::verify::{Ledger, Outline, Verified};

/// What a record has to be; what is absent is not asked for. Absent in a record is absent, not a wildcard.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Its kind.
    pub kind: Option<Kind>,
    /// Its stage.
    pub stage: Option<Stage>,
    /// The service it is about.
    pub service: Option<Name>,
    /// The environment it is about.
    pub environment: Option<Name>,
    /// The release that it names, or that relies on it.
    pub release: Option<Concerned<TagName>>,
    /// The change it is about, in whatever case it is written.
    pub change: Option<ChangeRef>,
    /// Who signed it.
    pub person: Option<MemberId>,
    /// Who approves by it: an approval with the meaning approved or released.
    pub approver: Option<MemberId>,
    /// The control that it judges, lets go or shows.
    pub control: Option<Concerned<Name>>,
    /// The SHA-256 of a file among its artifacts.
    pub artifact: Option<FileDigest>,
    /// The first second it may be recorded at.
    pub since: Option<UtcTime>,
    /// The first second it may not be recorded at any more.
    pub until: Option<UtcTime>,
}

/// Something that other records can concern: its name, and the ids that another record or a manifest brings together with it.
#[derive(Debug, Clone)]
pub struct Concerned<T> {
    name: T,
    with: BTreeSet<RecordId>,
}

impl Concerned<TagName> {
    /// A release, with what its manifest relies on, where that can be read.
    pub fn release(tag: TagName, manifest: Option<&Manifest>) -> Self {
        Self {
            name: tag,
            with: manifest.map(|manifest| manifest.records.iter().copied().collect()).unwrap_or_default(),
        }
    }

    fn concerns(&self, record: &Record) -> bool {
        record.header.release.as_ref() == Some(&self.name) || self.with.contains(&record.id)
    }
}

impl Concerned<Name> {
    /// A control, with the records that decisions name for it, and the requests that decisions about exceptions name.
    pub fn control<'a>(name: Name, records: impl IntoIterator<Item = &'a Record>) -> Self {
        let mut with = BTreeSet::new();
        for record in records {
            let judged = record.header.gate.iter().flat_map(|gate| &gate.controls).filter(|control| control.id == name);
            with.extend(judged.flat_map(|control| control.records.iter().copied()));
            if matches!(&record.claim, Claim::Exception(asked) if asked.control == name) {
                with.insert(record.id);
            }
        }
        Self { name, with }
    }

    fn concerns(&self, record: &Record) -> bool {
        let decides = matches!(&record.claim, Claim::ExceptionDecision(one) if self.with.contains(&one.exception));
        let mut judged = record.header.gate.iter().flat_map(|gate| &gate.controls);
        decides || self.with.contains(&record.id) || judged.any(|control| control.id == self.name)
    }
}

impl Filter {
    /// Whether a record may be all that is asked for, by its outline.
    pub fn may_admit(&self, record: &Outline<'_>) -> bool {
        let release = |release: &Concerned<TagName>| {
            record.release == Some(release.name.as_str()) || release.with.contains(&record.id)
        };
        let control = |control: &Concerned<Name>| {
            matches!(record.kind, Kind::Gate | Kind::ExceptionDecision) || control.with.contains(&record.id)
        };
        let artifact = |digest| record.names().artifacts.iter().any(|(_, own)| *own == digest);
        is(self.kind.as_ref(), Some(&record.kind))
            && is(self.stage.as_ref(), record.stage.as_ref())
            && is(self.service.as_ref().map(Name::as_str).as_ref(), record.service.as_ref())
            && is(self.environment.as_ref().map(Name::as_str).as_ref(), record.environment.as_ref())
            && is(self.person.as_ref().map(MemberId::as_str).as_ref(), Some(&record.recorder))
            && self.change.as_ref().is_none_or(|change| record.is_of_change(change.as_str()))
            && self.release.as_ref().is_none_or(release)
            && self.approver.as_ref().is_none_or(|who| record.kind == Kind::Approval && record.recorder == who.as_str())
            && self.control.as_ref().is_none_or(control)
            && self.artifact.is_none_or(artifact)
            && self.since.is_none_or(|since| since <= record.recorded)
            && self.until.is_none_or(|until| record.recorded < until)
    }

    /// Of a ledger those that are all that is asked for, in its order.
    pub fn of<'a>(&self, ledger: &'a Ledger) -> impl DoubleEndedIterator<Item = &'a Verified<Record>> {
        ledger.select(|record| self.may_admit(record)).filter(|record| self.admits(record))
    }

    /// Whether a record is all that is asked for.
    pub fn admits(&self, record: &Record) -> bool {
        let header = &record.header;
        is(self.kind.as_ref(), Some(&header.kind))
            && is(self.stage.as_ref(), header.stage.as_ref())
            && is(self.service.as_ref(), header.service.as_ref())
            && is(self.environment.as_ref(), header.environment.as_ref())
            && is(self.person.as_ref(), Some(&header.recorder))
            && is(
                self.change.as_ref().map(ChangeRef::folded).as_ref(),
                header.change.as_ref().map(ChangeRef::folded).as_ref(),
            )
            && self.release.as_ref().is_none_or(|release| release.concerns(record))
            && self.approver.as_ref().is_none_or(|person| approves(record) && header.recorder == *person)
            && self.control.as_ref().is_none_or(|control| control.concerns(record))
            && self.artifact.is_none_or(|digest| record.artifacts.iter().any(|file| file.sha256 == digest))
            && self.since.is_none_or(|since| since <= header.recorded)
            && self.until.is_none_or(|until| header.recorded < until)
    }

    /// Asks for what was recorded within a period, too.
    #[must_use]
    pub fn within(self, period: Period) -> Self {
        Self { since: Some(period.start), until: Some(period.end), ..self }
    }
}

fn is<T: PartialEq>(wanted: Option<&T>, found: Option<&T>) -> bool {
    wanted.is_none() || wanted == found
}

/// Whether it lets something pass.
pub(super) fn approves(record: &Record) -> bool {
    matches!(&record.claim, Claim::Approval(one) if matches!(one.meaning, Meaning::Approved | Meaning::Released))
}

#[cfg(test)]
mod tests;
