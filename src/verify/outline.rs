//! What can be said of a record before it is read: enough to tell whether it may be what is asked for.

use super::few::Few;
use super::kept::names;
use super::verified::Verified;
use crate::record::ids::{CommitId, FileDigest, RecordId, TreeId};
use crate::record::kind::{Claim, Kind, Stage};
use crate::record::name::{ChangeRef, Name, RequirementId, TagName};
use crate::record::statement::Record;
use crate::record::time::UtcTime;

/// A record in outline. Texts are as the record writes them.
#[derive(Debug, Clone)]
pub struct Outline<'a> {
    /// Its id.
    pub id: RecordId,
    /// The commit that it is about.
    pub commit: CommitId,
    /// The tree of that commit.
    pub tree: TreeId,
    /// Its kind.
    pub kind: Kind,
    /// Its stage.
    pub stage: Option<Stage>,
    /// Who signed it.
    pub recorder: &'a str,
    /// When, by its own word.
    pub recorded: UtcTime,
    /// When what it tells of had ended, likewise.
    pub ended: UtcTime,
    /// The service it applies to.
    pub service: Option<&'a str>,
    /// The environment it applies to.
    pub environment: Option<&'a str>,
    /// The release it applies to.
    pub release: Option<&'a str>,
    /// The change it applies to.
    pub change: Option<&'a str>,
    pub(super) introduced: Few<u32>,
    pub(super) lists: Lists<'a>,
}

/// Where its lists are.
#[derive(Debug, Clone)]
pub(super) enum Lists<'a> {
    /// In the record.
    Record(&'a Record),
    /// In the bytes that are kept of it.
    Kept(&'a [u8]),
}

/// What a record names besides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names<'a> {
    /// Its artifacts, by name and digest.
    pub artifacts: Vec<(&'a str, FileDigest)>,
    /// The files that belong to it.
    pub files: Vec<FileDigest>,
    /// The requirements that its plan or tests name, each once.
    pub requirements: Vec<&'a str>,
}

impl<'a> Outline<'a> {
    /// Of a record that was read.
    pub(super) fn of(record: &'a Verified<Record>) -> Self {
        let header = &record.header;
        Self {
            id: record.id,
            commit: record.commit,
            tree: header.tree,
            kind: header.kind,
            stage: header.stage,
            recorder: header.recorder.as_str(),
            recorded: header.recorded,
            ended: header.occurred.end,
            service: header.service.as_ref().map(Name::as_str),
            environment: header.environment.as_ref().map(Name::as_str),
            release: header.release.as_ref().map(TagName::as_str),
            change: header.change.as_ref().map(ChangeRef::as_str),
            introduced: record.seal().introduced.clone(),
            lists: Lists::Record(record),
        }
    }

    /// What it names besides.
    pub fn names(&self) -> Names<'a> {
        match self.lists {
            Lists::Record(record) => Names::of(record),
            Lists::Kept(bytes) => names(bytes).unwrap_or_default(),
        }
    }

    /// Whether it is about this change, in whatever case it is written.
    pub fn is_of_change(&self, folded: &str) -> bool {
        self.change.is_some_and(|change| change.eq_ignore_ascii_case(folded))
    }
}

impl<'a> Names<'a> {
    fn of(record: &'a Record) -> Self {
        let planned = match &record.claim {
            Claim::Plan(plan) => &plan.requirements[..],
            _ => &[],
        };
        let cases = record.header.test.iter().flat_map(|test| &test.suites).flat_map(|suite| &suite.cases);
        let all = planned.iter().chain(cases.flat_map(|case| &case.requirements));
        let mut requirements: Vec<&str> = all.map(RequirementId::as_str).collect();
        requirements.sort_unstable();
        requirements.dedup();
        Self {
            artifacts: record.artifacts.iter().map(|file| (&file.name[..], file.sha256)).collect(),
            files: record.header.files.iter().map(|file| file.sha256).collect(),
            requirements,
        }
    }
}
