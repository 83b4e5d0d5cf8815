//! What is not there: commits without a release, changes without approval, release or monitoring.

use serde::Serialize;

use super::counted;
use crate::question::{Changed, Placed, Population, Watch};
use crate::record::{CommitId, Name, RecordId, TagName, UtcTime};

/// What is not there.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Completeness {
    /// Commits of the release branch that no release contains.
    pub commits_without_release: Vec<UnreleasedCommit>,
    /// Changes of production that were no release when they went out.
    pub without_release: Vec<Missing>,
    /// Changes of production that no person had approved when they went out.
    pub without_approval: Vec<Missing>,
    /// Successful ones of which it is not recorded how they did.
    pub without_monitoring: Vec<Missing>,
}

/// A commit of the release branch that no release contains.
#[derive(Debug, Clone, Serialize)]
pub struct UnreleasedCommit {
    /// The commit.
    pub commit: CommitId,
    /// When it was made, by its own word.
    pub made: UtcTime,
    /// The first line of its message.
    pub subject: String,
    /// Who wrote it, by its own word.
    pub author: String,
    /// The services it changes that have no release with it; empty where the catalog parts the tree among none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<Name>,
}

/// A change of production to which something is missing.
#[derive(Debug, Clone, Serialize)]
pub struct Missing {
    /// The deploy record.
    pub record: RecordId,
    /// What was deployed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<TagName>,
    /// `missing`; `late` where it came afterwards; of monitoring `due` or `overdue`.
    pub state: &'static str,
    /// Until when it is to come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<UtcTime>,
    /// What came late.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub late: Vec<RecordId>,
}

impl Completeness {
    pub(super) fn of(population: &Population<'_>, commits: &[UnreleasedCommit]) -> Self {
        let placed = |one: &Changed<'_>, placed: &Placed<'_>| Missing {
            record: one.record.id,
            release: one.record.header.release.clone(),
            state: placed.as_str(),
            due: None,
            late: placed.records().iter().map(|record| record.id).collect(),
        };
        let unwatched = |one: &Changed<'_>| Missing {
            record: one.record.id,
            release: one.record.header.release.clone(),
            state: one.watch.as_str(),
            due: match one.watch {
                Watch::Due(by) | Watch::Overdue(by) => Some(by),
                Watch::Done(_) | Watch::Nothing => None,
            },
            late: Vec::new(),
        };
        Self {
            commits_without_release: commits.to_vec(),
            without_release: population.unreleased().map(|one| placed(one, &one.release)).collect(),
            without_approval: population.unapproved().map(|one| placed(one, &one.approval)).collect(),
            without_monitoring: population.unwatched().map(unwatched).collect(),
        }
    }

    /// What is a no: something that had to be there and was not. A commit that waits for its release is none.
    pub(super) fn faults(&self) -> Vec<String> {
        let overdue = self.without_monitoring.iter().filter(|one| one.state == "overdue").count();
        let all = [
            (self.without_release.len(), "before it was released", "before they were released"),
            (self.without_approval.len(), "before a person approved it", "before a person approved them"),
        ];
        let went = all.into_iter().filter(|(count, ..)| *count > 0).map(|(count, one, many)| {
            let why = if count == 1 { one } else { many };
            format!("{} of production went out {why}", counted(count, "change", "changes"))
        });
        let watch = (overdue > 0)
            .then(|| format!("monitoring of {} of production is overdue", counted(overdue, "change", "changes")));
        went.chain(watch).collect()
    }
}
