//! The sample: changes that were drawn, each told from its plan to its monitoring.

use super::ChangeRow;
use crate::record::{FileDigest, Kind, MemberId, RecordId, Stage, UtcTime};
use crate::report::story::Story;

/// What was drawn.
pub struct Sample {
    /// By what.
    pub seed: String,
    /// How it is drawn, so that anybody draws it again.
    pub how: &'static str,
    /// Out of how many.
    pub population: usize,
    /// The changes, by rank.
    pub drawn: Vec<Drawn>,
}

/// One change with its story.
pub struct Drawn {
    /// What it was ranked by.
    pub rank: FileDigest,
    /// The change.
    pub change: ChangeRow,
    /// Its records, stage by stage.
    pub steps: Vec<Step>,
    /// What is not there yet, each a sentence.
    pub pending: Vec<String>,
}

/// One record of a story, for people.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its stage.
    pub stage: Stage,
    /// Its id.
    pub id: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// What it says, in a line. May hold text of the repository.
    pub summary: String,
    /// Who signed.
    pub recorder: MemberId,
    /// When.
    pub recorded: UtcTime,
    /// The record that corrects it.
    pub superseded_by: Option<RecordId>,
}

impl Step {
    /// Every record of a story, stage by stage.
    pub fn of(story: &Story<'_>) -> Vec<Self> {
        let parts = story.stages.iter().flat_map(|(stage, parts)| parts.iter().map(move |part| (*stage, part)));
        let step = |(stage, part): (Stage, &crate::report::story::Part<'_>)| Self {
            stage,
            id: part.record.id,
            kind: part.record.header.kind,
            summary: part.record.summary(),
            recorder: part.record.header.recorder.clone(),
            recorded: part.record.header.recorded,
            superseded_by: part.superseded_by,
        };
        parts.map(step).collect()
    }
}
