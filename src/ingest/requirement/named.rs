//! Links in the names of tests: `refund is limited [REQ-7]`, `test_refund_limit__REQ_7`.
//!
//! Only ids of requirements that are there are looked for, so that no name is misread. In brackets an id stands as it
//! is, perhaps with a revision. Behind two underscores it stands with an underscore for every other sign, and ends
//! there, at two more underscores, or at a sign that is no letter, digit or underscore. Where two ids would be
//! written alike, neither is.

use std::collections::{BTreeSet, HashMap};

use super::Requirements;
use crate::ingest::Report;
use crate::record::RequirementId;

/// The ids that names may hold.
#[derive(Debug)]
pub struct Names<'a> {
    requirements: &'a Requirements,
    /// By how they are written behind two underscores; nothing where two are written alike.
    written: HashMap<String, Option<RequirementId>>,
}

impl<'a> Names<'a> {
    /// Those of the requirements.
    pub fn of(requirements: &'a Requirements) -> Self {
        let mut written: HashMap<String, Option<RequirementId>> = HashMap::new();
        for requirement in requirements.all() {
            let id = &requirement.id;
            written
                .entry(underscored(id.as_str()))
                .and_modify(|known| *known = None)
                .or_insert_with(|| Some(id.clone()));
        }
        Self { requirements, written }
    }

    /// The requirements that a test's name links.
    pub fn in_name(&self, name: &str) -> BTreeSet<RequirementId> {
        let bracketed = name.split('[').skip(1).filter_map(|rest| rest.split_once(']')).map(|(inner, _)| inner);
        let bracketed = bracketed.filter_map(|inner| inner.trim().parse().ok());
        let bracketed = bracketed.filter(|id| self.requirements.linked(id).is_some());
        let words = name.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let behind = words.flat_map(|word| word.split("__").skip(1)).filter_map(|part| self.written.get(part)?.clone());
        bracketed.chain(behind).collect()
    }
}

fn underscored(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

impl Report {
    /// The same report, with the links that the names of its test cases hold.
    #[must_use]
    pub fn linked(mut self, names: &Names<'_>) -> Self {
        if let Self::Tests(report) = &mut self {
            for case in &mut report.cases {
                let found = names.in_name(&case.name);
                let all: BTreeSet<RequirementId> = case.requirements.drain(..).chain(found).collect();
                case.requirements = all.into_iter().collect();
            }
        }
        self
    }
}
