//! The sample: changes drawn by a seed, each told from its plan to its monitoring.

use serde::Serialize;
use serde_json::{Map, Value};

use super::gather::Gathered;
use crate::cli::context::Context;
use crate::cli::error::{Error, Result};
use crate::question::sample::{HOW, sample};
use crate::record::{FileDigest, TagName};
use crate::report::audit::{ChangeRow, Drawn, Sample, Step};
use crate::report::story::{CaseJson, RecordJson, Story};
use crate::verify::Ledger;

/// What was drawn.
#[derive(Serialize)]
pub(super) struct SampleJson {
    pub(super) seed: String,
    /// How it is drawn, so that anybody draws it again.
    how: &'static str,
    /// Out of how many.
    pub(super) population: usize,
    pub(super) drawn: Vec<DrawnJson>,
}

/// One change with its story.
#[derive(Serialize)]
pub(super) struct DrawnJson {
    rank: FileDigest,
    pub(super) change: ChangeRow,
    stages: Map<String, Value>,
    pub(super) pending: Vec<String>,
    cases: Vec<CaseJson>,
    #[serde(skip)]
    steps: Vec<Step>,
}

impl SampleJson {
    pub(super) fn of(
        context: &Context,
        ledger: &Ledger,
        gathered: &Gathered,
        population: &[ChangeRow],
        seed: &str,
        count: usize,
    ) -> Result<Self> {
        let drawn = sample(population, |row| row.record, seed, count).into_iter().map(|one| {
            let change: &ChangeRow = one.element;
            let info = context.commit_info(change.commit)?;
            let manifest = change.release.as_ref().and_then(|tag: &TagName| gathered.manifest(tag));
            let story = Story::of(ledger, change.commit, info.tree, manifest, &gathered.deadlines);
            let mut stages = Map::new();
            for (stage, parts) in &story.stages {
                let records = parts.iter().map(|part| RecordJson::of(ledger, part.record, &gathered.deadlines));
                let value = serde_json::to_value(records.collect::<Vec<_>>());
                stages.insert(stage.to_string(), value.map_err(|error| Error::new(error.to_string()))?);
            }
            Ok(DrawnJson {
                rank: one.rank,
                change: change.clone(),
                stages,
                pending: story.pending.clone(),
                cases: story.cases.iter().map(CaseJson::of).collect(),
                steps: Step::of(&story),
            })
        });
        let drawn: Result<Vec<DrawnJson>> = drawn.collect();
        Ok(Self { seed: seed.to_owned(), how: HOW, population: population.len(), drawn: drawn? })
    }

    /// The same for the page.
    pub(super) fn for_page(&self) -> Sample {
        let one = |one: &DrawnJson| Drawn {
            rank: one.rank,
            change: one.change.clone(),
            steps: one.steps.clone(),
            pending: one.pending.clone(),
        };
        let (seed, drawn) = (self.seed.clone(), self.drawn.iter().map(one).collect());
        Sample { seed, how: self.how, population: self.population, drawn }
    }
}

impl DrawnJson {
    /// Its records in text, a line each.
    pub(super) fn lines(&self) -> impl Iterator<Item = String> {
        self.steps.iter().map(|step| {
            let gone = step.superseded_by.map(|by| format!(" (superseded by {})", by.short())).unwrap_or_default();
            let (id, kind, says) = (step.id.short(), step.kind, &step.summary);
            format!("{id}  {kind}  {says}{gone}  {}, {}", step.recorder, step.recorded)
        })
    }
}
