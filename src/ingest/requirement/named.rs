//! Links in the names of tests: `refund is limited [REQ-7]`, `test_refund_limit__REQ_7`.
//!
//! Only ids of requirements that are there are looked for, so that no name is misread. In brackets an id stands as it
//! is, perhaps with a revision. Behind two underscores it stands with an underscore for every other sign, and ends
//! there, at two more underscores, or at a sign that is no letter, digit or underscore. Where two ids would be
//! written alike, neither is.

use std::collections::{BTreeSet, HashMap};

use super::Requirements;
use crate::record::RequirementId;

/// The ids that names may hold.
#[derive(Debug, Default)]
pub struct Names {
    ids: BTreeSet<RequirementId>,
    /// By how they are written behind two underscores; nothing where two are written alike.
    written: HashMap<String, Option<RequirementId>>,
}

impl Names {
    /// Those of the requirements.
    pub fn of(requirements: &Requirements) -> Self {
        let mut names = Self::default();
        for requirement in requirements.all() {
            let id = &requirement.id;
            names.ids.insert(id.clone());
            names
                .written
                .entry(underscored(id.as_str()))
                .and_modify(|known| *known = None)
                .or_insert_with(|| Some(id.clone()));
        }
        names
    }

    /// The requirements that a test's name links.
    pub fn in_name(&self, name: &str) -> BTreeSet<RequirementId> {
        let bracketed = name.split('[').skip(1).filter_map(|rest| rest.split_once(']')).map(|(inner, _)| inner);
        let bracketed = bracketed.filter_map(|inner| inner.trim().parse().ok()).filter(|link| self.is_link(link));
        let words = name.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let behind = words.flat_map(|word| word.split("__").skip(1)).filter_map(|part| self.written.get(part)?.clone());
        bracketed.chain(behind).collect()
    }

    /// Whether it is an id, or one with a revision.
    fn is_link(&self, link: &RequirementId) -> bool {
        let of_revision = || {
            let (id, revision) = link.as_str().rsplit_once('~')?;
            let id: RequirementId = id.parse().ok()?;
            Some(revision.bytes().all(|byte| byte.is_ascii_digit()) && self.ids.contains(&id))
        };
        self.ids.contains(link) || of_revision().unwrap_or(false)
    }
}

fn underscored(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}
