//! What the file of a release lacks, by name: what is late, what is missing and what was altered.

use std::collections::BTreeSet;

use serde::Serialize;

use super::story::Story;
use super::timing::{Deadlines, Timing};
use crate::record::{FileRef, RecordId};
use crate::verify::{FileState, Finding, Severity};

/// One thing, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// What it is: `record`, `file`, `ref` or `commit`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Its full id or name.
    pub id: String,
    /// What is wrong with it.
    pub message: String,
}

impl Gap {
    fn record(id: RecordId, message: String) -> Self {
        Self { kind: "record", id: id.to_string(), message }
    }
}

/// All of it. What is late is there, and takes nothing from a file's completeness.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gaps {
    /// Records that were written long after what they tell of, or before it had ended.
    pub late: Vec<Gap>,
    /// What the release relies on and is not here, or cannot be read.
    pub missing: Vec<Gap>,
    /// What is not what was signed.
    pub altered: Vec<Gap>,
}

impl Gaps {
    /// Of a commit or release, by what verification found. The files are those of its records.
    pub fn of<'f>(
        story: &Story<'_>,
        findings: &[Finding],
        files: impl Iterator<Item = (&'f FileRef, &'f FileState)>,
        deadlines: &Deadlines,
    ) -> Self {
        let mut gaps = Self::default();
        let mut told = BTreeSet::new();
        for part in story.stages.iter().flat_map(|(_, parts)| parts) {
            told.insert(part.record.id);
            let odd = Timing::of(part.record, deadlines).filter(|_| part.superseded_by.is_none());
            let said = |odd: Timing| odd.to_string().trim_start_matches("late: ").to_owned();
            let kind = part.record.header.kind;
            gaps.late.extend(odd.map(|odd| Gap::record(part.record.id, format!("{kind} {}", said(odd)))));
        }
        let tag = story.manifest.map(|manifest| format!("refs/tags/{}", manifest.tag));
        for id in story.manifest.iter().flat_map(|manifest| &manifest.records) {
            if story.record(*id).is_none() {
                let text = "the release relies on it, and it is gone or does not count".to_owned();
                gaps.missing.push(Gap::record(*id, text));
            }
            told.insert(*id);
        }
        for finding in findings.iter().filter(|finding| finding.severity >= Severity::Incomplete) {
            let gap = match (&finding.record, &finding.git_ref, finding.commit) {
                (_, Some(name), _) if Some(name) == tag.as_ref() => {
                    Gap { kind: "ref", id: name.clone(), message: finding.message.clone() }
                }
                (Some(id), ..) if told.contains(id) => Gap::record(*id, finding.message.clone()),
                (_, _, Some(commit)) if commit == story.commit => {
                    Gap { kind: "commit", id: commit.to_string(), message: finding.message.clone() }
                }
                _ => continue,
            };
            let of = if finding.severity == Severity::Error { &mut gaps.altered } else { &mut gaps.missing };
            of.push(gap);
        }
        for (file, state) in files {
            let gap = |message: String| Gap { kind: "file", id: file.sha256.to_string(), message };
            let name = &file.name;
            match state {
                // What two people took out is told where the files are listed; nothing is missing.
                FileState::Verified | FileState::Expunged | FileState::NotYetExpunged => {}
                FileState::Mismatched(what) => gaps.altered.push(gap(format!("{name} was replaced: {what}"))),
                FileState::Missing | FileState::Unreadable(_) => {
                    gaps.missing.push(gap(format!("{name} is said to be stored, and is not here")));
                }
            }
        }
        gaps
    }

    /// Whether nothing is missing and nothing was altered.
    pub fn is_whole(&self) -> bool {
        self.missing.is_empty() && self.altered.is_empty()
    }
}
