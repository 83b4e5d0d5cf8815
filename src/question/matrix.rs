//! Requirement × test × release: what each release's own test records say of each requirement.

use crate::record::kind::test::CaseOutcome;
use crate::record::{Name, RecordId, RequirementId, TagName};
use crate::release::Manifest;
use crate::verify::Ledger;

/// One test of a requirement, as a release relies on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The requirement, as the test names it.
    pub requirement: RequirementId,
    /// The release.
    pub release: TagName,
    /// The test; `None` where no test of the release names a requirement of its plan.
    pub test: Option<Tested>,
}

/// A test of a requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tested {
    /// The type of suite.
    pub suite: Name,
    /// The case.
    pub case: String,
    /// The record that says how it went.
    pub record: RecordId,
    /// How it went.
    pub outcome: CaseOutcome,
}

/// Every cell, by requirement, then by release in the order given. A requirement of a release's plan that none of its tests
/// names has a cell without outcome: that there is none is an answer, too.
pub fn matrix(ledger: &Ledger, manifests: &[Manifest]) -> Vec<Cell> {
    let mut cells = Vec::new();
    for (place, manifest) in manifests.iter().enumerate() {
        let mut untested: Vec<&RequirementId> = manifest.requirements.iter().collect();
        for record in manifest.records.iter().filter_map(|id| ledger.record(*id)) {
            for suite in record.header.test.iter().flat_map(|test| &test.suites) {
                for case in &suite.cases {
                    for requirement in &case.requirements {
                        untested.retain(|id| *id != requirement);
                        let test = Tested {
                            suite: suite.kind.clone(),
                            case: case.name.clone(),
                            record: record.id,
                            outcome: case.outcome,
                        };
                        let (requirement, release) = (requirement.clone(), manifest.tag.clone());
                        let cell = Cell { requirement, release, test: Some(test) };
                        cells.push((place, cell));
                    }
                }
            }
        }
        for requirement in untested {
            let (requirement, release) = (requirement.clone(), manifest.tag.clone());
            cells.push((place, Cell { requirement, release, test: None }));
        }
    }
    cells.sort_by(|(a, one), (b, other)| {
        let key = |cell: &Cell| cell.test.as_ref().map(|test| (test.suite.clone(), test.case.clone(), test.record));
        (&one.requirement, a).cmp(&(&other.requirement, b)).then_with(|| key(one).cmp(&key(other)))
    });
    cells.into_iter().map(|(_, cell)| cell).collect()
}
